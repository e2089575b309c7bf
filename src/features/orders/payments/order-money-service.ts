import { postingOnAccount } from '../../../core/books/order-postings.ts';
import type { Posting } from '../../../core/books/postings.ts';
import type { Act } from '../../../platform/data/act.ts';
import type { Transaction } from '../../../platform/data/db.ts';
import {
  moveSubject,
  subjectFor,
  type LedgerSubject,
  type SubjectMove,
} from '../../accounting/ledger/ledger-subject-service.ts';
import type { Order } from '../record/order-store.ts';
import { findWaitingPayments, markPaymentsPosted, type PaymentLeg } from './order-payment-store.ts';

/** The open item of an order: money that came before its vouchers or is too much, and what its buyer owes after a chargeback. */
export function orderSubject(trx: Transaction, order: Order): Promise<LedgerSubject> {
  const { id, number, brand, currency } = order;
  return subjectFor(trx, { kind: 'order', name: number, subjectId: id, brand, currency });
}

/** What is posted on the open item of an order. */
export function orderMove(
  { number }: Order,
  posting: Posting,
  { paidOn, documentNumber = number }: Pick<PaymentLeg, 'paidOn'> & { readonly documentNumber?: string },
): SubjectMove {
  return { postings: [posting], postedOn: paidOn, reason: number, documentNumber };
}

export function paymentMoves(order: Order, payments: readonly PaymentLeg[]): SubjectMove[] {
  return payments.map((payment) => orderMove(order, postingOnAccount(payment), payment));
}

/** Money kept before part payments were posted is posted now, under the lock of its order. How many cents it was. */
export async function postWaitingPayments(act: Act, order: Order): Promise<number> {
  const waiting = await findWaitingPayments(act.trx, order.id);
  if (waiting.length === 0) return 0;
  await moveSubject(act, await orderSubject(act.trx, order), paymentMoves(order, waiting));
  await markPaymentsPosted(act.trx, order.id);
  return waiting.reduce((sum, { cents }) => sum + cents, 0);
}
