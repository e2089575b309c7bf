import type { ChargebackKind } from '../../../core/books/dispute.ts';
import type { Knex } from 'knex';
import { toSafeInteger } from '../../../platform/data/db.ts';

export interface Chargeback {
  readonly kind: ChargebackKind;
  readonly cents: number;
  readonly happenedOn: string;
  readonly sourceKey: string;
  readonly reference: string | null;
  /** How much of a refund at the provider was one that we had decided. */
  readonly confirmed: number;
}

export async function insertChargeback(
  trx: Knex.Transaction,
  orderId: string,
  one: Chargeback,
  now: number,
): Promise<void> {
  await trx('order_chargebacks').insert({
    order_id: orderId,
    kind: one.kind,
    cents: one.cents,
    happened_on: one.happenedOn,
    source_key: one.sourceKey,
    reference: one.reference,
    confirmed: one.confirmed,
    recorded_at: now,
  });
}

/** What an event was kept as; null: it was never told. */
export async function findKeptChargeback(
  knex: Knex,
  sourceKey: string,
): Promise<{ readonly orderId: string; readonly cents: number } | null> {
  const row = await knex('order_chargebacks')
    .where('source_key', sourceKey)
    .first<{ order_id: number | string; cents: number | string } | undefined>('order_id', 'cents');
  return row === undefined ? null : { orderId: String(row.order_id), cents: Number(row.cents) };
}

/** In the order in which they were told. */
export async function findChargebacks(knex: Knex, orderId: string): Promise<Chargeback[]> {
  const rows = await knex('order_chargebacks')
    .where('order_id', orderId)
    .orderBy('id')
    .select<ChargebackRow[]>('kind', 'cents', 'happened_on', 'source_key', 'reference', 'confirmed');
  return rows.map((row) => ({
    kind: row.kind,
    cents: toSafeInteger(row.cents),
    happenedOn: row.happened_on,
    sourceKey: row.source_key,
    reference: row.reference,
    confirmed: toSafeInteger(row.confirmed),
  }));
}

/** Whether anything was told before such events were posted when they happen. */
export async function hasWaitingChargebacks(knex: Knex, orderId: string): Promise<boolean> {
  const row: unknown = await knex('order_chargebacks').where({ order_id: orderId, is_posted: false }).first('id');
  return row !== undefined;
}

export async function markChargebacksPosted(trx: Knex.Transaction, orderId: string): Promise<void> {
  await trx('order_chargebacks').where({ order_id: orderId, is_posted: false }).update({ is_posted: true });
}

/** Begins the key of what a person entered; all others are the provider's. */
const BY_HAND = 'won-form:';

export function keyByHand(formKey: string): string {
  return `${BY_HAND}${formKey}`;
}

/** The provider tells itself now what a person had entered ahead: so many cents of that go, so that nothing counts twice. How many went. */
export async function replaceByHand(trx: Knex.Transaction, orderId: string, cents: number): Promise<number> {
  const rows = await trx('order_chargebacks')
    .where({ order_id: orderId, kind: 'chargeback_won' })
    .where('source_key', 'like', `${BY_HAND}%`)
    .orderBy('id')
    .select<{ id: number | string; cents: number | string }[]>('id', 'cents');
  let left = cents;
  for (const row of rows) {
    const known = toSafeInteger(row.cents);
    if (left >= known) await trx('order_chargebacks').where({ id: row.id }).delete();
    else if (left > 0)
      await trx('order_chargebacks')
        .where({ id: row.id })
        .update({ cents: known - left });
    left = Math.max(0, left - known);
  }
  return cents - left;
}

export async function saveDispute(trx: Knex.Transaction, orderId: string, cents: number, now: number): Promise<void> {
  await trx('order_disputes')
    .insert({ order_id: orderId, cents, opened_at: now, updated_at: now })
    .onConflict('order_id')
    .merge(['cents', 'updated_at']);
}

export interface DisputeRow {
  readonly orderId: string;
  readonly cents: number;
  readonly openedAt: number;
  readonly updatedAt: number;
}

/** Open: money is missing and nobody has ended the vouchers; the newest orders first. */
export async function listDisputes(
  knex: Knex,
  page: { readonly isOpen: boolean; readonly beforeId: string | null; readonly limit: number },
): Promise<DisputeRow[]> {
  const query = knex('order_disputes as d')
    .join('orders as o', 'o.id', 'd.order_id')
    .orderBy('d.order_id', 'desc')
    .limit(page.limit);
  if (page.isOpen) void query.where('d.cents', '>', 0).where('o.state', 'fulfilled');
  else void query.where((done) => void done.where('d.cents', 0).orWhereNot('o.state', 'fulfilled'));
  if (page.beforeId !== null) void query.where('d.order_id', '<', page.beforeId);
  const rows = await query.select<
    { order_id: number | string; cents: number | string; opened_at: number | string; updated_at: number | string }[]
  >('d.order_id', 'd.cents', 'd.opened_at', 'd.updated_at');
  return rows.map((row) => ({
    orderId: String(row.order_id),
    cents: toSafeInteger(row.cents),
    openedAt: toSafeInteger(row.opened_at),
    updatedAt: toSafeInteger(row.updated_at),
  }));
}

interface ChargebackRow {
  readonly kind: ChargebackKind;
  readonly cents: number | string;
  readonly happened_on: string;
  readonly source_key: string;
  readonly reference: string | null;
  readonly confirmed: number | string;
}
