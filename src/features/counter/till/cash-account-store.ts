import type { Knex } from 'knex';
import { toSafeInteger } from '../../../platform/data/db.ts';

/** The step by which the account took over what lay in the drawers. */
export interface CashOpening {
  readonly currency: string;
  readonly inDrawers: number;
  readonly inAccount: number;
  readonly documentNumber: string;
  readonly reason: string;
  readonly actor: string;
  readonly postedOn: string;
  readonly recordedAt: number;
}

export interface CurrencySum {
  readonly currency: string;
  readonly cents: number;
}

/** What lies in all drawers: that of an open shift, or what was counted in a till's last one. `locked`: until the transaction ends. */
export async function sumDrawers(knex: Knex, lock: 'free' | 'locked'): Promise<CurrencySum[]> {
  const query = knex('till_shifts as s')
    .whereNotExists((later) =>
      later
        .select(knex.raw('1'))
        .from('till_shifts as n')
        .whereRaw('n.till = s.till and n.currency = s.currency and n.id > s.id'),
    )
    .orderBy('s.id');
  if (lock === 'locked') void query.forUpdate();
  const rows = await query.select<{ currency: string; cash: number | string }[]>('s.currency', 's.cash');
  const sums = new Map<string, number>();
  for (const { currency, cash } of rows) sums.set(currency, (sums.get(currency) ?? 0) + toSafeInteger(cash));
  return [...sums].map(([currency, cents]) => ({ currency, cents }));
}

/** What the last shift of a till left in its drawer, until the transaction ends; null: it was never open. */
export async function lockLastDrawer(
  trx: Knex.Transaction,
  { till, currency, beforeId }: { readonly till: string; readonly currency: string; readonly beforeId: string },
): Promise<number | null> {
  const row = await trx('till_shifts')
    .where({ till, currency })
    .where('id', '<', beforeId)
    .orderBy('id', 'desc')
    .forUpdate()
    .first<{ cash: number | string } | undefined>('cash');
  return row === undefined ? null : toSafeInteger(row.cash);
}

/** What lay in the drawer when the till was opened. */
export async function setOpeningCash(trx: Knex.Transaction, id: string, cash: number): Promise<void> {
  await trx('till_shifts').where({ id }).update({ opening_cash: cash, cash });
}

/** The names of the tills there are, each once. */
export async function listTills(knex: Knex, limit: number): Promise<string[]> {
  const rows = await knex('till_shifts').distinct<{ till: string }[]>('till').orderBy('till').limit(limit);
  return rows.map(({ till }) => till);
}

/** The numbers of a shift's documents. */
export async function findDocumentsOfShift(knex: Knex, shiftId: string): Promise<string[]> {
  const rows = await knex('till_entries')
    .where({ shift_id: shiftId })
    .whereNotNull('document_number')
    .select<{ document_number: string }[]>('document_number');
  return rows.map((row) => row.document_number);
}

export async function insertOpening(trx: Knex.Transaction, opening: CashOpening): Promise<void> {
  await trx('till_openings').insert({
    currency: opening.currency,
    in_drawers: opening.inDrawers,
    in_account: opening.inAccount,
    document_number: opening.documentNumber,
    reason: opening.reason,
    actor: opening.actor,
    posted_on: opening.postedOn,
    recorded_at: opening.recordedAt,
  });
}

/** The newest first. */
export async function listOpenings(knex: Knex, limit: number): Promise<CashOpening[]> {
  const rows = await knex('till_openings').orderBy('id', 'desc').limit(limit).select<OpeningRow[]>();
  return rows.map((row) => ({
    currency: row.currency,
    inDrawers: toSafeInteger(row.in_drawers),
    inAccount: toSafeInteger(row.in_account),
    documentNumber: row.document_number,
    reason: row.reason,
    actor: row.actor,
    postedOn: row.posted_on,
    recordedAt: toSafeInteger(row.recorded_at),
  }));
}

interface OpeningRow {
  readonly currency: string;
  readonly in_drawers: number | string;
  readonly in_account: number | string;
  readonly document_number: string;
  readonly reason: string;
  readonly actor: string;
  readonly posted_on: string;
  readonly recorded_at: number | string;
}
