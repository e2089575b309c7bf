import { postingsOfIssue, type PaymentMethod, type Posting } from './postings.ts';

export interface OrderPaymentLeg {
  readonly method: PaymentMethod;
  readonly cents: number;
}

export interface OrderPostings {
  /** One per voucher, in the order of the prices: its own money. */
  readonly sales: readonly Posting[];
  /** What stands on the buyer's account, with the index of its payment; kept in the chain of the first voucher. */
  readonly received: readonly { readonly payment: number; readonly posting: Posting }[];
}

/**
 * The postings of an order that is paid in full. One payment of at least the price books the sale itself and what is too
 * much on the buyer's account. Several payments first come in on that account, and the vouchers are paid from it. Two
 * vouchers of 50,00 paid by 60,00 and 40,00 from the bank: BANK an DEBITOR 60,00, BANK an DEBITOR 40,00, DEBITOR an V_KAUF
 * 50,00 twice. Throws RangeError where the payments are less than the price. Source: accounting.md K2.
 */
export function postingsOfOrder(prices: readonly number[], payments: readonly OrderPaymentLeg[]): OrderPostings {
  const total = sumOf(prices);
  const paid = sumOf(payments.map(({ cents }) => cents));
  const [only, ...others] = payments;
  if (prices.length === 0 || only === undefined || paid < total)
    throw new RangeError('an order is booked once it is paid in full');
  if (others.length > 0) {
    return {
      sales: prices.map((cents) => ({ event: 'sale', debitRole: 'DEBITOR', creditRole: 'V_KAUF', cents })),
      received: payments.map((payment, index) => ({ payment: index, posting: postingOnAccount(payment) })),
    };
  }
  const excess = paid - total;
  return {
    sales: prices.flatMap((cents) => postingsOfIssue(PURCHASE, cents, only.method)),
    received: excess === 0 ? [] : [{ payment: 0, posting: postingOnAccount({ method: only.method, cents: excess }) }],
  };
}

/** Money on the buyer's account, to be used, paid back or kept for the buyer: BANK an DEBITOR. */
export function postingOnAccount({ method, cents }: OrderPaymentLeg): Posting {
  const [sale] = postingsOfIssue(PURCHASE, cents, method);
  if (sale === undefined) throw new Error('a purchase without a posting');
  return { event: 'payment_in', debitRole: sale.debitRole, creditRole: 'DEBITOR', cents };
}

const PURCHASE = { type: 'purchase', funding: null } as const;

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
