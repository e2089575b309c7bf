import { requireAmount } from '../../../platform/process/amount-limit.ts';
import type { Act, Author } from '../../../platform/data/act.ts';
import type { Moment } from '../../../platform/process/clock.ts';
import { isLegalForOrder } from '../../../core/sale/order-lifecycle.ts';
import { writeAudit, type AuditEntry } from '../../../platform/data/audit.ts';
import {
  inTransaction,
  isDuplicateKey,
  type Connection,
  type Database,
  type Transaction,
} from '../../../platform/data/db.ts';
import { readPage, type Page } from '../../../platform/data/page.ts';
import { appError } from '../../../platform/process/errors.ts';
import { generateToken, hashToken } from '../../../platform/secrets/tokens.ts';
import { nextNumber, yearOf } from '../../accounting/ledger/number-service.ts';
import { generalSettings } from '../../settings/general-settings-service.ts';
import { shopSettings } from '../../settings/shop-settings-service.ts';
import { queueOrderCancelled, queueOrderPlaced, type MailLinks, type OrderDesk } from './order-message-service.ts';
import {
  findOrder,
  findOrderByNumber,
  findOrderBySubmitKey,
  findOrderByToken,
  findOrderVouchers,
  insertLink,
  insertOrder,
  lockOrder,
  updateOrder,
  type NewOrder,
  type Order,
  type OrderPeople,
} from './order-store.ts';
import { listOrders, type OrderFilter } from './order-list-store.ts';
import { findPayments, type OrderPayment } from '../payments/order-payment-store.ts';

export { deleteLinks, forgetPeople } from './order-people-store.ts';

export type { Order, OrderPeople } from './order-store.ts';
export type { OrderFilter } from './order-list-store.ts';
export type { OrderPayment } from '../payments/order-payment-store.ts';

/** What somebody orders; amounts are minor units of the currency of the settings. */
export interface OrderInput
  extends
    OrderPeople,
    Pick<
      NewOrder,
      'origin' | 'locale' | 'brand' | 'amount' | 'quantity' | 'motif' | 'delivery' | 'deliverOn' | 'submitKey'
    > {}

export interface PlacedOrder {
  readonly order: Order;
  /** The secret of the page on which the buyer follows the order. */
  readonly token: string;
  /** false: this form was sent before; nothing was ordered again. */
  readonly isNew: boolean;
  /** false: what was sent before under this key said something else; that is what was ordered. */
  readonly isSame: boolean;
}

/** Takes an order in: its number, the buyer's first mail without a code, and a note to the agency, all or nothing. */
export async function placeOrder(desk: OrderDesk, author: Author, input: OrderInput): Promise<PlacedOrder> {
  const token = newOrderToken();
  try {
    return {
      order: await inTransaction(desk.database, (trx) => placeIn({ trx, ...author }, input, token, desk)),
      token,
      isNew: true,
      isSame: true,
    };
  } catch (error) {
    const order = isDuplicateKey(error)
      ? await findOrderBySubmitKey(desk.database.knex, hashToken(input.submitKey))
      : null;
    if (order === null) throw error;
    await inTransaction(desk.database, (trx) => insertLink(trx, order.id, hashToken(token), author.moment.now));
    return { order, token, isNew: false, isSame: saysTheSame(order, input) };
  }
}

function saysTheSame(order: Order, input: OrderInput): boolean {
  return ORDERED.every((field) => order[field] === input[field]);
}

const ORDERED = [
  'amount',
  'quantity',
  'brand',
  'motif',
  'delivery',
  'deliverOn',
  'buyerName',
  'buyerEmail',
  'buyerPhone',
  'buyerStreet',
  'buyerPostcode',
  'buyerCity',
  'recipientName',
  'recipientEmail',
  'message',
] as const;

/** The same inside of a larger use case. */
export async function placeIn(act: Act, input: OrderInput, token: string, links: MailLinks): Promise<Order> {
  const { trx, moment } = act;
  requireAmount(input.amount * input.quantity, 'quantity');
  const number = await nextNumber(trx, 'order', yearOf(moment.today), { now: moment.now, subject: 'order' });
  const { currency } = await generalSettings(trx);
  const shop = await shopSettings(trx);
  const id = await insertOrder(trx, {
    ...input,
    submitKey: hashToken(input.submitKey),
    currency,
    number,
    total: input.amount * input.quantity,
    orderedOn: moment.today,
    now: moment.now,
  });
  await insertLink(trx, id, hashToken(token), moment.now);
  const placed = await readOrder(trx, id);
  // At the counter the buyer stands there and pays at once.
  if (input.origin !== 'counter') await queueOrderPlaced(act, placed, { token, shop, links });
  await auditOrder(act, 'order.place', id, { amount: input.amount, quantity: input.quantity, origin: input.origin });
  return placed;
}

/** The order behind a link; null for a link that leads nowhere. */
export async function orderOfToken(connection: Connection, token: string): Promise<Order | null> {
  return /^[\w-]{40,64}$/.test(token) ? findOrderByToken(connection, hashToken(token)) : null;
}

export function newOrderToken(): string {
  return generateToken('');
}

export async function readOrder(connection: Connection, id: string): Promise<Order> {
  const order = await findOrder(connection, id);
  if (order === null) throw appError('not_found');
  return order;
}

/** The order with its row locked until the transaction ends; throws `not_found`. */
export async function lockedOrder(trx: Transaction, id: string, moment: Moment): Promise<Order> {
  if (!(await lockOrder(trx, id, moment.now))) throw appError('not_found');
  return readOrder(trx, id);
}

/** Null: there is no such number. */
export function findByNumber(connection: Connection, number: string): Promise<Order | null> {
  return findOrderByNumber(connection, number);
}

export async function findOrders(database: Database, filter: OrderFilter): Promise<Page<Order>> {
  return readPage(filter.limit, (limit) => listOrders(database.knex, { ...filter, limit }));
}

export interface OrderDetails {
  readonly order: Order;
  readonly payments: readonly OrderPayment[];
  readonly voucherIds: readonly string[];
}

export async function orderDetails(connection: Connection, id: string): Promise<OrderDetails> {
  return {
    order: await readOrder(connection, id),
    payments: await findPayments(connection, id),
    voucherIds: await findOrderVouchers(connection, id),
  };
}

/** Ends an order nobody has paid in full; what was paid of it is left to be paid back. The buyer hears of it only when asked for. */
export async function cancelOrder(database: Database, author: Author, id: string, tellsBuyer: boolean): Promise<Order> {
  const { moment } = author;
  const shop = await shopSettings(database.knex);
  return inTransaction(database, async (trx) => {
    const order = await lockedOrder(trx, id, moment);
    if (order.state === 'cancelled') return order;
    if (!isLegalForOrder('cancel', order.state)) throw appError('illegal_transition');
    await updateOrder(trx, id, { state: 'cancelled', ended_at: moment.now });
    const cancelled = await readOrder(trx, id);
    if (tellsBuyer) await queueOrderCancelled({ trx, ...author }, cancelled, shop);
    await auditOrder({ trx, ...author }, 'order.cancel', id, { paid: order.paid, tellsBuyer });
    return cancelled;
  });
}

export async function auditOrder(act: Act, action: string, id: string, changes: object): Promise<void> {
  await writeAudit(act.trx, [orderAuditEntry(act, action, id, changes)]);
}

export function orderAuditEntry({ actor, moment }: Author, action: string, id: string, changes: object): AuditEntry {
  return { recordedAt: moment.now, actor, action, entity: 'order', entityId: id, changes };
}
