import type { ChargebackKind } from '../../../core/books/dispute.ts';
import type { Moment } from '../../../platform/process/clock.ts';
import { PAYMENT_METHODS, type PaymentMethod } from '../../../core/books/postings.ts';
import { appError } from '../../../platform/process/errors.ts';
import { bookChargeback } from './chargeback-service.ts';
import { chargebacksOf } from './dispute-figures-service.ts';
import type { OrderDesk } from '../record/order-message-service.ts';
import { payOrder, type PaymentOutcome } from './order-payment-service.ts';
import { findOrderByNumber } from '../record/order-store.ts';

/** What a payment provider, or the bridge to one, says about money of an order. */
export interface PaymentEvent {
  readonly type?: 'payment' | ChargebackKind;
  /** The provider's own id of this payment or chargeback: told twice, it is booked once. */
  readonly id: string;
  /** The number of the order. */
  readonly order: string;
  readonly amount: number;
  readonly currency: string;
  readonly paidOn?: string;
  readonly method?: PaymentMethod;
  readonly reference?: string;
}

export interface PaymentEventOutcome extends PaymentOutcome {
  /** Cents that were taken back and not given again. */
  readonly disputed: number;
}

/** Books an event once; throws `not_found` for an order nobody knows. */
export async function bookPaymentEvent(
  desk: OrderDesk,
  event: PaymentEvent,
  moment: Moment,
): Promise<PaymentEventOutcome> {
  const { database } = desk;
  const author = { actor: 'webhook', moment };
  const order = await findOrderByNumber(database.knex, event.order);
  if (order === null) throw appError('not_found');
  if (order.currency !== event.currency) {
    throw appError('rule_broken', {
      fields: [
        {
          path: 'currency',
          code: 'wrong_currency',
          text: 'orders:refusal.wrong_currency',
          params: { currency: order.currency },
        },
      ],
    });
  }
  const paidOn = event.paidOn ?? moment.today;
  const { type = 'payment' } = event;
  const reference = event.reference ?? null;
  if (type !== 'payment') {
    const chargeback = {
      kind: type,
      cents: event.amount,
      happenedOn: paidOn,
      sourceKey: `${type}:${event.id}`,
      reference,
    };
    return {
      ...(await bookChargeback(desk, author, order.id, chargeback)),
      missing: Math.max(0, order.total - order.paid),
      excess: 0,
    };
  }
  const method = PAYMENT_METHODS.find((one) => one === event.method) ?? 'online';
  const payment = { cents: event.amount, method, paidOn, sourceKey: `webhook:${event.id}`, reference };
  const outcome = await payOrder(desk, author, order.id, payment);
  return { ...outcome, disputed: (await chargebacksOf(database.knex, order.id)).disputed.total };
}
