/** What providers tell of money that goes back; `payment` tells of money that came. */
export const CHARGEBACK_KINDS = ['chargeback', 'refund', 'chargeback_won'] as const;
export type ChargebackKind = (typeof CHARGEBACK_KINDS)[number];
export const PAYMENT_EVENT_TYPES = ['payment', ...CHARGEBACK_KINDS] as const;

/** What was told of an order's money that a payment provider took back, in minor units. */
export interface TakenBack {
  /** By the buyer or the bank. */
  readonly chargebacks: number;
  /** Refunded at the provider itself. */
  readonly refunds: number;
  /** Given again after a dispute was won. */
  readonly won: number;
}

export interface Disputed {
  /** Taken back and not given again. */
  readonly total: number;
  readonly charged: number;
  readonly refunded: number;
}

/**
 * What is missing of an order's money: what was won ends chargebacks first. 100,00 charged back, 40,00 won: 60,00 are
 * disputed, all of it charged back. The order in which it was told does not matter; all cents >= 0.
 */
export function disputedOf({ chargebacks, refunds, won }: TakenBack): Disputed {
  const total = Math.max(0, chargebacks + refunds - won);
  const charged = Math.min(total, Math.max(0, chargebacks - won));
  return { total, charged, refunded: total - charged };
}

export interface DisputedVouchers {
  /** Taken back and not given again. */
  readonly disputed: number;
  /** Of it what the books show already: value that was ended against the money under way. */
  readonly booked: number;
  /** What still stands on the vouchers. */
  readonly balance: number;
  /** What was redeemed of them, less what was given back. */
  readonly redeemed: number;
}

export interface DisputeFigures {
  /** Ends with the vouchers, so nobody loses it. */
  readonly covered: number;
  /** Redeemed value whose money is gone: to be claimed from the buyer. */
  readonly lost: number;
  /** Taken back beyond both: overpaid, refunded before, or lapsed. */
  readonly other: number;
}

/**
 * What a dispute costs. Two vouchers of 50,00 of which 60,00 were redeemed and all 100,00 taken back: 40,00 are covered
 * by what is left, 60,00 are lost. With 30,00 taken back nothing is lost, because 40,00 are left. Cents, all >= 0.
 */
export function disputeFigures({ disputed, booked, balance, redeemed }: DisputedVouchers): DisputeFigures {
  const open = Math.max(0, disputed - booked);
  const covered = Math.min(open, balance);
  const lost = Math.min(open - covered, redeemed);
  return { covered, lost, other: open - covered - lost };
}
