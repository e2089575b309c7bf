import type { Knex } from 'knex';
import type { OrderState } from '../../../core/sale/order-lifecycle.ts';
import { toSafeInteger } from '../../../platform/data/db.ts';
import type { Locale } from '../../../platform/html/i18n.ts';

export type OrderOrigin = 'shop' | 'counter' | 'api' | 'admin';
/** To whom the voucher goes: as a file to the buyer, by mail to the recipient, or over the counter. */
export type OrderDelivery = 'buyer' | 'recipient' | 'counter';

export interface OrderPeople {
  readonly buyerName: string | null;
  readonly buyerEmail: string | null;
  readonly buyerPhone: string | null;
  readonly buyerStreet: string | null;
  readonly buyerPostcode: string | null;
  readonly buyerCity: string | null;
  readonly recipientName: string | null;
  readonly recipientEmail: string | null;
  readonly message: string | null;
}

export interface Order extends OrderPeople {
  readonly id: string;
  readonly number: string;
  readonly state: OrderState;
  readonly origin: OrderOrigin;
  readonly locale: Locale;
  readonly brand: string | null;
  readonly currency: string;
  readonly amount: number;
  readonly quantity: number;
  readonly total: number;
  readonly paid: number;
  readonly motif: string | null;
  readonly delivery: OrderDelivery;
  readonly deliverOn: string | null;
  readonly orderedOn: string;
  readonly orderedAt: number;
  readonly fulfilledAt: number | null;
  readonly endedAt: number | null;
}

export interface NewOrder extends Omit<Order, 'id' | 'paid' | 'state' | 'fulfilledAt' | 'endedAt' | 'orderedAt'> {
  readonly submitKey: string;
  readonly now: number;
}

export async function insertOrder(trx: Knex.Transaction, order: NewOrder): Promise<string> {
  const [id] = await trx('orders').insert({
    number: order.number,
    submit_key: order.submitKey,
    state: 'ordered',
    origin: order.origin,
    locale: order.locale,
    brand_kind: order.brand === null ? null : 'brand',
    brand_id: order.brand,
    currency: order.currency,
    amount: order.amount,
    quantity: order.quantity,
    total: order.total,
    motif_id: order.motif,
    delivery: order.delivery,
    deliver_on: order.deliverOn,
    ordered_on: order.orderedOn,
    ordered_at: order.now,
    updated_at: order.now,
  });
  await trx('order_people').insert({
    order_id: id,
    buyer_name: order.buyerName,
    buyer_email: order.buyerEmail,
    buyer_phone: order.buyerPhone,
    buyer_street: order.buyerStreet,
    buyer_postcode: order.buyerPostcode,
    buyer_city: order.buyerCity,
    recipient_name: order.recipientName,
    recipient_email: order.recipientEmail,
    message: order.message,
  });
  return String(id);
}

/** Locks the row; to be called before it is read in a use case that changes it. */
export async function lockOrder(trx: Knex.Transaction, id: string, now: number): Promise<boolean> {
  const touched: number = await trx('orders').where({ id }).update({ updated_at: now });
  return touched > 0;
}

export async function updateOrder(
  trx: Knex.Transaction,
  id: string,
  columns: Readonly<Record<string, unknown>>,
): Promise<void> {
  await orderUpdate(trx, id, columns);
}

/** The same as a statement, to be written together with others. */
export function orderUpdate(
  trx: Knex.Transaction,
  id: string,
  columns: Readonly<Record<string, unknown>>,
): Knex.QueryBuilder {
  return trx('orders').where({ id }).update(columns);
}

export async function findOrder(knex: Knex, id: string): Promise<Order | null> {
  const row = await selectOrders(knex).where('o.id', id).first<OrderRow | undefined>();
  return row === undefined ? null : toOrder(row);
}

export async function findOrderByNumber(knex: Knex, number: string): Promise<Order | null> {
  const row = await selectOrders(knex).where('o.number', number).first<OrderRow | undefined>();
  return row === undefined ? null : toOrder(row);
}

export async function findOrderBySubmitKey(knex: Knex, submitKey: string): Promise<Order | null> {
  const row = await selectOrders(knex).where('o.submit_key', submitKey).first<OrderRow | undefined>();
  return row === undefined ? null : toOrder(row);
}

export async function findOrderByToken(knex: Knex, tokenHash: string): Promise<Order | null> {
  const row = await selectOrders(knex)
    .join('order_links as l', 'l.order_id', 'o.id')
    .where('l.token_hash', tokenHash)
    .first<OrderRow | undefined>();
  return row === undefined ? null : toOrder(row);
}

export async function insertLink(
  trx: Knex.Transaction,
  orderId: string,
  tokenHash: string,
  now: number,
): Promise<void> {
  await linkInsert(trx, orderId, tokenHash, now);
}

export function linkInsert(trx: Knex.Transaction, orderId: string, tokenHash: string, now: number): Knex.QueryBuilder {
  return trx('order_links').insert({ token_hash: tokenHash, order_id: orderId, created_at: now });
}

/** Orders that still wait for money, by their numbers. */
export async function findOrdersByNumbers(knex: Knex, numbers: readonly string[]): Promise<Order[]> {
  if (numbers.length === 0) return [];
  return ((await selectOrders(knex).whereIn('o.number', [...numbers])) as OrderRow[]).map(toOrder);
}

/** In the order of their positions, from 1 on. */
export function orderVouchersInsert(
  trx: Knex.Transaction,
  orderId: string,
  voucherIds: readonly string[],
): Knex.QueryBuilder {
  return trx('order_vouchers').insert(
    voucherIds.map((voucherId, index) => ({ order_id: orderId, position: index + 1, voucher_id: voucherId })),
  );
}

export async function findOrderVouchers(knex: Knex, orderId: string): Promise<string[]> {
  const rows = await knex('order_vouchers')
    .where({ order_id: orderId })
    .orderBy('position')
    .select<{ voucher_id: number | string }[]>('voucher_id');
  return rows.map((row) => String(row.voucher_id));
}

/** Orders (`o`) with what they say about people (`p`). */
export function selectOrders(knex: Knex): Knex.QueryBuilder {
  return knex('orders as o')
    .leftJoin('order_people as p', 'p.order_id', 'o.id')
    .select('o.*', ...PEOPLE_COLUMNS.map((column) => `p.${column}`));
}

const PEOPLE_COLUMNS = [
  'buyer_name',
  'buyer_email',
  'buyer_phone',
  'buyer_street',
  'buyer_postcode',
  'buyer_city',
  'recipient_name',
  'recipient_email',
  'message',
] as const;

export interface OrderRow extends Readonly<Record<(typeof PEOPLE_COLUMNS)[number], string | null>> {
  readonly id: number | string;
  readonly number: string;
  readonly state: OrderState;
  readonly origin: OrderOrigin;
  readonly locale: Locale;
  readonly brand_id: string | null;
  readonly currency: string;
  readonly amount: number | string;
  readonly quantity: number;
  readonly total: number | string;
  readonly paid: number | string;
  readonly motif_id: string | null;
  readonly delivery: OrderDelivery;
  readonly deliver_on: string | null;
  readonly ordered_on: string;
  readonly ordered_at: number | string;
  readonly fulfilled_at: number | string | null;
  readonly ended_at: number | string | null;
}

export function toOrder(row: OrderRow): Order {
  return {
    id: String(row.id),
    number: row.number,
    state: row.state,
    origin: row.origin,
    locale: row.locale,
    brand: row.brand_id,
    currency: row.currency,
    amount: toSafeInteger(row.amount),
    quantity: row.quantity,
    total: toSafeInteger(row.total),
    paid: toSafeInteger(row.paid),
    motif: row.motif_id,
    delivery: row.delivery,
    deliverOn: row.deliver_on,
    orderedOn: row.ordered_on,
    orderedAt: toSafeInteger(row.ordered_at),
    fulfilledAt: row.fulfilled_at === null ? null : toSafeInteger(row.fulfilled_at),
    endedAt: row.ended_at === null ? null : toSafeInteger(row.ended_at),
    buyerName: row.buyer_name,
    buyerEmail: row.buyer_email,
    buyerPhone: row.buyer_phone,
    buyerStreet: row.buyer_street,
    buyerPostcode: row.buyer_postcode,
    buyerCity: row.buyer_city,
    recipientName: row.recipient_name,
    recipientEmail: row.recipient_email,
    message: row.message,
  };
}
