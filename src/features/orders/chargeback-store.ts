import type { Knex } from 'knex';
import { toSafeInteger } from '../../platform/db.ts';

export const CHARGEBACK_KINDS = ['chargeback', 'refund', 'chargeback_won'] as const;
export type ChargebackKind = (typeof CHARGEBACK_KINDS)[number];

export interface Chargeback {
  readonly kind: ChargebackKind;
  readonly cents: number;
  readonly happenedOn: string;
  readonly sourceKey: string;
  readonly reference: string | null;
}

export async function insertChargeback(trx: Knex.Transaction, orderId: string, one: Chargeback, now: number): Promise<void> {
  await trx('order_chargebacks').insert({
    order_id: orderId, kind: one.kind, cents: one.cents, happened_on: one.happenedOn, source_key: one.sourceKey, reference: one.reference, recorded_at: now,
  });
}

/** The order an event was kept for; null: it was never told. */
export async function findChargebackOrder(knex: Knex, sourceKey: string): Promise<string | null> {
  const row = await knex('order_chargebacks').where('source_key', sourceKey).first<{ order_id: number | string } | undefined>('order_id');
  return row === undefined ? null : String(row.order_id);
}

/** In the order in which they were told. */
export async function findChargebacks(knex: Knex, orderId: string): Promise<Chargeback[]> {
  const rows = await knex('order_chargebacks').where('order_id', orderId).orderBy('id').select<ChargebackRow[]>('kind', 'cents', 'happened_on', 'source_key', 'reference');
  return rows.map((row) => ({ kind: row.kind, cents: toSafeInteger(row.cents), happenedOn: row.happened_on, sourceKey: row.source_key, reference: row.reference }));
}

interface ChargebackRow {
  readonly kind: ChargebackKind;
  readonly cents: number | string;
  readonly happened_on: string;
  readonly source_key: string;
  readonly reference: string | null;
}
