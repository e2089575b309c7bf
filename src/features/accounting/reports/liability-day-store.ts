import type { Knex } from 'knex';
import { toSafeInteger } from '../../../platform/data/db.ts';

export interface KeptDay {
  /** The setup that held; null: the proposals of SKR03. */
  readonly setupId: string | null;
  /** JSON. */
  readonly balanceGroups: string;
}

export async function findKeptDay(knex: Knex, day: string): Promise<KeptDay | null> {
  const row = await knex('liability_days')
    .where({ day })
    .first<{ setup_id: number | string | null; balance_groups: string } | undefined>('setup_id', 'balance_groups');
  return row === undefined
    ? null
    : { setupId: row.setup_id === null ? null : String(row.setup_id), balanceGroups: row.balance_groups };
}

/** Fails as a duplicate where the day is kept already: what is kept stays. */
export async function insertKeptDay(trx: Knex.Transaction, day: string, kept: KeptDay): Promise<void> {
  await trx('liability_days').insert({ day, setup_id: kept.setupId, balance_groups: kept.balanceGroups });
}

export interface KeptItems {
  readonly position: number;
  readonly lastPlace: string;
  /** Packed JSON. */
  readonly items: Buffer;
}

export async function insertKeptItems(trx: Knex.Transaction, day: string, kept: KeptItems): Promise<void> {
  await trx('liability_day_items').insert({
    day,
    position: kept.position,
    last_place: kept.lastPlace,
    items: kept.items,
  });
}

/** The first part of a day that goes beyond a place; null: there is none. */
export async function findKeptItems(knex: Knex, day: string, afterPlace: string): Promise<KeptItems | null> {
  const row = await knex('liability_day_items')
    .where({ day })
    .where('last_place', '>', afterPlace)
    .orderBy('position')
    .first<{ position: number; last_place: number | string; items: Buffer } | undefined>();
  return row === undefined
    ? null
    : { position: toSafeInteger(row.position), lastPlace: String(row.last_place), items: row.items };
}

/** Whether the open items of a day are kept: days from before they were have balances alone. */
export async function hasKeptItems(knex: Knex, day: string): Promise<boolean> {
  return (await knex('liability_day_items').where({ day }).first<unknown>('position')) !== undefined;
}
