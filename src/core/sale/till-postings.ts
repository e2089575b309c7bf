import { TENDER_KINDS, TENDERS, type TenderAmounts } from './till.ts';
import type { LedgerEvent } from '../books/ledger-event.ts';
import { moneyRole, type Posting } from '../books/postings.ts';

/**
 * What a traveller pays at the till beside the voucher: it settles the trip, whose invoice the booking side writes.
 * 20,00 in cash and 10,00 by card: CASH an DEBITOR 20,00, TRANSIT an DEBITOR 10,00. Source: accounting.md 9 (till).
 */
export function postingsOfTripPayment(amounts: TenderAmounts): (Posting & { readonly event: 'trip_payment' })[] {
  return TENDERS.filter((tender) => amounts[tender] > 0).map((tender) => ({
    event: 'trip_payment',
    debitRole: moneyRole(TENDER_KINDS[tender].method),
    creditRole: 'DEBITOR',
    cents: amounts[tender],
  }));
}

/**
 * Money brought to the drawer or taken from it without a customer, in cents above or below 0: it is on its way from or to
 * the bank. 100,00 taken to the bank, -10000: TRANSIT an CASH 100,00. Source: accounting.md 9 (till).
 */
export function postingOfCashMove(cents: number): Posting & { readonly event: 'cash_in' | 'cash_out' } {
  return cents > 0
    ? { event: 'cash_in', debitRole: 'CASH', creditRole: 'TRANSIT', cents }
    : { event: 'cash_out', debitRole: 'TRANSIT', creditRole: 'CASH', cents: -cents };
}

/**
 * Counted less what should be there, in cents. 10,00 missing, -1000: CASH_DIFFERENCE an CASH 10,00; 5,00 too much: CASH
 * an CASH_DIFFERENCE 5,00. Source: accounting.md 9 (till).
 */
export function postingOfCashDifference(cents: number): Posting {
  return balancing('cash_difference', 'CASH_DIFFERENCE', cents);
}

/**
 * What lies in the drawers less what the account shows, from before the books followed the till. 220,00 in the drawer and
 * nothing in the books: CASH an OPENING 220,00. Source: accounting.md 9 (till).
 */
export function postingOfCashOpening(cents: number): Posting {
  return balancing('cash_opening', 'OPENING', cents);
}

/** A posting taken back: BANK an V_KAUF 50,00 of a sale becomes V_KAUF an BANK 50,00 of its Storno. */
export function reversedPosting<Event extends ReversibleAtTill>(posting: Posting & { readonly event: Event }): Posting {
  return {
    event: `${posting.event}_reversal`,
    debitRole: posting.creditRole,
    creditRole: posting.debitRole,
    cents: posting.cents,
  };
}

/** What the till takes back as it was posted. */
const REVERSIBLE_AT_TILL = [
  'sale',
  'top_up',
  'payment_in',
  'trip_payment',
  'cash_in',
  'cash_out',
] as const satisfies readonly LedgerEvent[];
export type ReversibleAtTill = (typeof REVERSIBLE_AT_TILL)[number];

/** Whether the till can take an entry of this event back: a sale yes, a correction no. */
export function isReversibleAtTill(event: string): event is ReversibleAtTill {
  return REVERSIBLE_AT_TILL.some((one) => one === event);
}

function balancing(event: LedgerEvent, other: 'CASH_DIFFERENCE' | 'OPENING', cents: number): Posting {
  return cents > 0
    ? { event, debitRole: 'CASH', creditRole: other, cents }
    : { event, debitRole: other, creditRole: 'CASH', cents: -cents };
}
