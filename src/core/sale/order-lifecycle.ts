/** What an order of vouchers can be: nobody has paid, somebody has paid a part, its vouchers exist, or it is over. */
export const ORDER_STATES = ['ordered', 'partly_paid', 'fulfilled', 'cancelled', 'refunded'] as const;
export type OrderState = (typeof ORDER_STATES)[number];

export type OrderAction = 'settle' | 'cancel' | 'refund';

/**
 * Which action is legal in which state. Money may come in at any time; `applyPayment` says what it does. `hasValue`: something
 * stands on its vouchers, which a booking may have given back after the order was refunded: then it is refunded again.
 */
export function isLegalForOrder(action: OrderAction, state: OrderState, hasValue = false): boolean {
  return LEGAL[action].includes(state) || (action === 'refund' && state === 'refunded' && hasValue);
}

export interface OrderMoney {
  readonly state: OrderState;
  /** Cents, quantity times amount. */
  readonly total: number;
  /** Cents that have come in so far. */
  readonly paid: number;
}

export interface PaymentEffect {
  readonly state: OrderState;
  readonly paid: number;
  /** Whether the vouchers are to be made now. */
  readonly fulfils: boolean;
  /** Cents that are still to come; 0 once the order is fulfilled. */
  readonly missing: number;
  /** Cents of this payment nobody had asked for. */
  readonly excess: number;
}

/**
 * What a payment does to an order: no voucher becomes valid before the whole price has come in, and what is too much is
 * never lost. 100,00 asked, 60,00 paid: partly_paid, 40,00 missing; then 45,00: fulfilled, excess 5,00. A payment for an
 * order that is over changes no state and is excess as a whole. Throws RangeError for less than one cent.
 * Source: accounting.md K2.
 */
export function applyPayment(order: OrderMoney, cents: number): PaymentEffect {
  if (!Number.isSafeInteger(cents) || cents < 1) throw new RangeError('a payment is at least one cent');
  const paid = order.paid + cents;
  if (order.state !== 'ordered' && order.state !== 'partly_paid')
    return { state: order.state, paid, fulfils: false, missing: 0, excess: cents };
  const fulfils = paid >= order.total;
  return {
    state: fulfils ? 'fulfilled' : 'partly_paid',
    paid,
    fulfils,
    missing: fulfils ? 0 : order.total - paid,
    excess: Math.max(0, paid - order.total),
  };
}

const LEGAL: Readonly<Record<OrderAction, readonly OrderState[]>> = {
  settle: ['ordered', 'partly_paid'],
  cancel: ['ordered', 'partly_paid'],
  refund: ['fulfilled'],
};
