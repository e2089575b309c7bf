import { createHmac, timingSafeEqual } from 'node:crypto';
import { PAYMENT_METHODS, type PaymentMethod } from '../../core/postings.ts';
import type { Database } from '../../platform/db.ts';
import { appError } from '../../platform/errors.ts';
import type { Moment } from '../vouchers/voucher-view-service.ts';
import type { MailLinks } from './order-message-service.ts';
import { payOrder, type PaymentOutcome } from './order-payment-service.ts';
import { findOrderByNumber } from './order-store.ts';

/** What a payment provider, or the bridge to one, says about money that came in. */
export interface PaymentEvent {
  /** The provider's own id of this payment: told twice, it is booked once. */
  readonly id: string;
  /** The number of the order. */
  readonly order: string;
  readonly amount: number;
  readonly currency: string;
  readonly paidOn?: string;
  readonly method?: PaymentMethod;
  readonly reference?: string;
}

/** A signature is good for five minutes; a clock may be wrong by as much. */
const MAX_AGE_SECONDS = 300;

/**
 * Whether `t=<seconds>,v1=<hex>` signs this body: HMAC-SHA256 over `<seconds>.<body>`. Several `v1` may stand there while
 * the secret is being changed. An old signature is refused, so a copied request is of no use later.
 */
export function isSignedBy(secret: string, signature: string, body: Buffer, now: number): boolean {
  const parts = signature.split(',').map((part) => part.trim().split('=', 2));
  const at = parts.find(([name]) => name === 't')?.[1] ?? '';
  if (!/^\d{1,12}$/.test(at) || Math.abs(now / 1000 - Number(at)) > MAX_AGE_SECONDS) return false;
  const expected = createHmac('sha256', secret).update(`${at}.`).update(body).digest();
  return parts.some(([name, value = '']) => name === 'v1' && /^[0-9a-f]{64}$/i.test(value) && timingSafeEqual(Buffer.from(value, 'hex'), expected));
}

/** Books the payment of an event once; throws `not_found` for an order nobody knows. */
export async function bookPaymentEvent(database: Database, event: PaymentEvent, links: MailLinks, moment: Moment): Promise<PaymentOutcome> {
  const order = await findOrderByNumber(database.knex, event.order);
  if (order === null) throw appError('not_found');
  if (order.currency !== event.currency) {
    throw appError('rule_broken', { fields: [{ path: 'currency', code: 'wrong_currency', message: { de: `Die Bestellung lautet auf ${order.currency}.`, en: `The order is in ${order.currency}.` } }] });
  }
  const paidOn = event.paidOn ?? moment.today;
  if (paidOn > moment.today) {
    throw appError('rule_broken', { fields: [{ path: 'paidOn', code: 'day_to_come', message: { de: 'Der Tag der Zahlung liegt in der Zukunft.', en: 'The day of payment lies in the future.' } }] });
  }
  const method = PAYMENT_METHODS.find((one) => one === event.method) ?? 'online';
  const payment = { cents: event.amount, method, paidOn, sourceKey: `webhook:${event.id}`, reference: event.reference ?? null };
  return payOrder(database, order.id, payment, links, 'webhook', moment);
}
