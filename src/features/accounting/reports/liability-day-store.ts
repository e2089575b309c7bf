import type { Knex } from 'knex';

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

/** What is kept of a day already stays. */
export async function keepDay(knex: Knex, day: string, kept: KeptDay): Promise<void> {
  await knex('liability_days')
    .insert({ day, setup_id: kept.setupId, balance_groups: kept.balanceGroups })
    .onConflict('day')
    .ignore();
}
