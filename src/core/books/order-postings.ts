import type { ChargebackKind } from './dispute.ts';
import { postingsOfIssue, type Posting } from './postings.ts';

/** How money comes to an order: from outside, over the till, or from another order whose buyer has it moved. */
export const ORDER_METHODS = ['bank_transfer', 'cash', 'till', 'online', 'other', 'other_order'] as const;
export type OrderMethod = (typeof ORDER_METHODS)[number];

export interface OrderPaymentLeg {
  readonly method: OrderMethod;
  readonly cents: number;
}

/** What a payment does to the books. */
export interface OrderPostings {
  /** In the chain of the order: money that came before its voucher, and what is too much. */
  readonly received: readonly Posting[];
  /** One per voucher, in the order of the prices. Empty: the order is not complete. */
  readonly sales: readonly Posting[];
}

/**
 * A payment that completes an order at once books the sales themselves, and what is too much on the order's open item.
 * 100,00 from the bank for two vouchers of 50,00: BANK an V_KAUF 50,00 twice; 130,00: besides BANK an DEBITOR 30,00.
 * Throws RangeError where it is less than the price. Source: accounting.md K2 and 9.
 */
export function postingsOfWholePayment(prices: readonly number[], payment: OrderPaymentLeg): OrderPostings {
  const excess = payment.cents - prices.reduce((sum, price) => sum + price, 0);
  if (prices.length === 0 || excess < 0) throw new RangeError('an order is booked once it is paid in full');
  const { method } = payment;
  if (method === 'other_order') return { received: [postingOnAccount(payment)], sales: postingsOfPaidSales(prices) };
  return {
    sales: prices.flatMap((cents) => postingsOfIssue(PURCHASE, cents, method)),
    received: excess === 0 ? [] : [postingOnAccount({ method, cents: excess })],
  };
}

/** The vouchers of an order whose money stands on its open item: DEBITOR an V_KAUF, one each. Source: accounting.md 9. */
export function postingsOfPaidSales(prices: readonly number[]): Posting[] {
  return prices.map((cents) => ({ event: 'sale', debitRole: 'DEBITOR', creditRole: 'V_KAUF', cents }));
}

/** Money that waits on the order's open item, posted on the day it comes: 60,00 of 100,00 from the bank: BANK an DEBITOR 60,00. */
export function postingOnAccount({ method, cents }: OrderPaymentLeg): Posting {
  if (method === 'other_order')
    return { event: 'payment_moved_in', debitRole: 'TRANSFER', creditRole: 'DEBITOR', cents };
  const [sale] = postingsOfIssue(PURCHASE, cents, method);
  if (sale === undefined) throw new Error('a purchase without a posting');
  return { event: 'payment_in', debitRole: sale.debitRole, creditRole: 'DEBITOR', cents };
}

/** Money of an order goes to another one: DEBITOR an TRANSFER, and there TRANSFER an DEBITOR. */
export function postingMovedOut(cents: number): Posting {
  return { event: 'payment_moved_out', debitRole: 'DEBITOR', creditRole: 'TRANSFER', cents };
}

/**
 * What a payment provider tells of money that goes back, posted when it happens and in full: what the buyer's bank took,
 * 100,00: DEBITOR an TRANSIT 100,00, however much was redeemed; a dispute that was won is turned round exactly; what was
 * refunded at the provider is a refund that is paid. Source: accounting.md 9.
 */
export function postingTakenBack(kind: ChargebackKind, cents: number): Posting {
  switch (kind) {
    case 'chargeback':
      return { event: 'chargeback', debitRole: 'DEBITOR', creditRole: 'TRANSIT', cents };
    case 'refund':
      return { event: 'refund_paid', debitRole: 'DEBITOR', creditRole: 'TRANSIT', cents };
    case 'chargeback_won':
      return { event: 'chargeback_reversal', debitRole: 'TRANSIT', creditRole: 'DEBITOR', cents };
  }
}

const PURCHASE = { type: 'purchase', funding: null } as const;
