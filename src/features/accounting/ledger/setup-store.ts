import type { Knex } from 'knex';
import { DEFAULT_SETUP, type AccountingSetup } from '../../../core/books/chart-of-accounts.ts';
import { toSafeInteger } from '../../../platform/data/db.ts';
import { parseJson } from '../../../platform/data/json.ts';

export interface SetupVersion {
  readonly id: string;
  readonly setup: AccountingSetup;
  readonly note: string | null;
  readonly createdAt: number;
  readonly createdBy: string;
}

export async function insertSetup(trx: Knex.Transaction, version: Omit<SetupVersion, 'id'>): Promise<string> {
  const [id] = await trx('accounting_setups').insert({
    setup: JSON.stringify(version.setup),
    discount_method: version.setup.discountMethod,
    note: version.note,
    created_at: version.createdAt,
    created_by: version.createdBy,
  });
  return String(id);
}

/** The newest versions first. */
export async function findSetups(knex: Knex, beforeId: string | null, limit: number): Promise<SetupVersion[]> {
  const query = knex('accounting_setups').orderBy('id', 'desc').limit(limit);
  if (beforeId !== null) void query.where('id', '<', beforeId);
  return (await query.select<SetupRow[]>()).map(toVersion);
}

export async function findSetup(knex: Knex, id: string): Promise<SetupVersion | null> {
  const row = await knex('accounting_setups').where({ id }).first<SetupRow | undefined>();
  return row === undefined ? null : toVersion(row);
}

interface SetupRow {
  readonly id: number | string;
  readonly setup: string;
  readonly note: string | null;
  readonly created_at: number | string;
  readonly created_by: string;
}

function toVersion(row: SetupRow): SetupVersion {
  return {
    id: String(row.id),
    // A version from before a field was added has its default.
    setup: { ...DEFAULT_SETUP, ...parseJson<AccountingSetup>(row.setup) },
    note: row.note,
    createdAt: toSafeInteger(row.created_at),
    createdBy: row.created_by,
  };
}
