import type { Knex } from 'knex';
import { toSafeInteger } from '../../../platform/data/db.ts';

export interface VoucherDispute {
  readonly voucherId: string;
  /** The lock is the dispute's own and goes with it. */
  readonly hasLocked: boolean;
  /** A person ended it because of the dispute. */
  readonly hasEnded: boolean;
}

export async function findVoucherDisputes(knex: Knex, orderId: string): Promise<VoucherDispute[]> {
  const rows = await knex('voucher_disputes')
    .where('order_id', orderId)
    .orderBy('voucher_id')
    .select<DisputeRow[]>('voucher_id', 'has_locked', 'has_ended');
  return rows.map((row) => ({
    voucherId: String(row.voucher_id),
    hasLocked: Boolean(row.has_locked),
    hasEnded: Boolean(row.has_ended),
  }));
}

/** Whether a dispute, of whichever order, locked the voucher. */
export async function isLockedByDispute(knex: Knex, voucherId: string): Promise<boolean> {
  return (
    (await knex('voucher_disputes')
      .where({ voucher_id: voucherId, has_locked: true })
      .first<object | undefined>('voucher_id')) !== undefined
  );
}

/** The order whose money was taken back; null: nobody disputes the voucher. */
export async function findDisputedOrder(
  knex: Knex,
  voucherId: string,
): Promise<{ readonly id: string; readonly number: string } | null> {
  const row = await knex('voucher_disputes as d')
    .join('orders as o', 'o.id', 'd.order_id')
    .where('d.voucher_id', voucherId)
    .orderBy('d.order_id')
    .first<{ id: number | string; number: string } | undefined>('o.id', 'o.number');
  return row === undefined ? null : { id: String(row.id), number: row.number };
}

/** The other orders that dispute a voucher too, such as where vouchers of several were merged. */
export async function findOtherDisputes(knex: Knex, voucherId: string, orderId: string): Promise<string[]> {
  const rows = await knex('voucher_disputes')
    .where({ voucher_id: voucherId })
    .whereNot({ order_id: orderId })
    .orderBy('order_id')
    .pluck<(number | string)[]>('order_id');
  return rows.map(String);
}

export async function insertVoucherDispute(
  trx: Knex.Transaction,
  voucherId: string,
  orderId: string,
  hasLocked: boolean,
  now: number,
): Promise<void> {
  await trx('voucher_disputes')
    .insert({ voucher_id: voucherId, order_id: orderId, has_locked: hasLocked, has_ended: false, created_at: now })
    .onConflict(['voucher_id', 'order_id'])
    .merge(hasLocked ? { has_locked: true } : { voucher_id: voucherId });
}

export async function markEnded(
  trx: Knex.Transaction,
  voucherId: string,
  orderId: string,
  hasEnded: boolean,
): Promise<void> {
  await trx('voucher_disputes').where({ voucher_id: voucherId, order_id: orderId }).update({ has_ended: hasEnded });
}

export async function deleteVoucherDispute(trx: Knex.Transaction, voucherId: string, orderId: string): Promise<void> {
  await trx('voucher_disputes').where({ voucher_id: voucherId, order_id: orderId }).delete();
}

/** The vouchers that came of these by a new code, a split, a merge or a rest: one step. */
export async function findChildren(knex: Knex, ids: readonly string[]): Promise<string[]> {
  const rows = await knex('voucher_links')
    .whereIn('from_id', [...ids])
    .orderBy('to_id')
    .distinct<{ to_id: number | string }[]>('to_id');
  return rows.map((row) => String(row.to_id));
}

export interface EntrySum {
  readonly voucherId: string;
  readonly event: string;
  readonly creditRole: string;
  readonly documentNumber: string | null;
  readonly cents: number;
}

/** What was posted on these vouchers, by event, credited role and document. */
export async function sumEntries(knex: Knex, ids: readonly string[], events: readonly string[]): Promise<EntrySum[]> {
  const rows = await knex('ledger_entries')
    .whereIn('voucher_id', [...ids])
    .whereIn('event', [...events])
    .groupBy('voucher_id', 'event', 'credit_role', 'document_number')
    .select<
      {
        voucher_id: number | string;
        event: string;
        credit_role: string;
        document_number: string | null;
        cents: number | string;
      }[]
    >('voucher_id', 'event', 'credit_role', 'document_number', knex.raw('sum(cents) as cents'));
  return rows.map((row) => ({
    voucherId: String(row.voucher_id),
    event: row.event,
    creditRole: row.credit_role,
    documentNumber: row.document_number,
    cents: toSafeInteger(row.cents),
  }));
}

export async function sumBalances(knex: Knex, ids: readonly string[]): Promise<Map<string, number>> {
  const rows = await knex('vouchers')
    .whereIn('id', [...ids])
    .select<{ id: number | string; balance: number | string | null }[]>('id', 'balance');
  return new Map(rows.map((row) => [String(row.id), row.balance === null ? 0 : toSafeInteger(row.balance)]));
}

interface DisputeRow {
  readonly voucher_id: number | string;
  readonly has_locked: number | boolean;
  readonly has_ended: number | boolean;
}
