import { roundHalfUp } from './money.ts';
import type { Posting } from './postings.ts';

/** What was redeemed of a deal and what its contract says; amounts are minor units. */
export interface DealContract {
  /** What the redemption took of the code, before anything was given back. */
  readonly applied: number;
  /** What of it still counts: applied less given back. */
  readonly redeemed: number;
  /** What the partner pays for the whole code; null: what was redeemed less the commission. */
  readonly agreedPrice: number | null;
  /** Basis points of what was redeemed that the partner keeps. */
  readonly commissionBasisPoints: number;
}

export interface PartnerSettlement {
  /** What the partner owes. */
  readonly owed: number;
  /** What is left of the redeemed amount: owed + difference = redeemed, so that the clearing account ends at zero. */
  readonly difference: number;
  readonly differenceRole: 'COMMISSION' | 'RABATT';
}

/**
 * What a partner owes for a redeemed deal: the agreed price, in proportion where a part was given back and never more than
 * was redeemed, the rest being a price cut; or what was redeemed less the commission. Source: accounting.md D3, D4.
 * A trip of 840,00 with an agreed price of 199,00: owed 199,00, 641,00 is a price cut; half of it given back: 99,50 and
 * 320,50. 840,00 with 15 % commission: owed 714,00, commission 126,00. RangeError where more counts than was redeemed.
 */
export function settlementOf({ applied, redeemed, agreedPrice, commissionBasisPoints }: DealContract): PartnerSettlement {
  if (redeemed > applied || redeemed < 0 || applied <= 0) throw new RangeError('more of a deal counts than was redeemed');
  if (agreedPrice !== null) {
    const owed = Math.min(redeemed, roundHalfUp(agreedPrice, redeemed, applied));
    return { owed, difference: redeemed - owed, differenceRole: 'RABATT' };
  }
  const commission = roundHalfUp(redeemed, commissionBasisPoints, 10_000);
  return { owed: redeemed - commission, difference: commission, differenceRole: 'COMMISSION' };
}

/** D3, D4: the invoice to the partner. Owed 714,00 of 840,00: DEBITOR_PARTNER an DEAL_CLEARING 714,00, COMMISSION an DEAL_CLEARING 126,00. */
export function postingsOfPartnerInvoice({ owed, difference, differenceRole }: PartnerSettlement): Posting[] {
  const postings: Posting[] = [
    { event: 'partner_invoice', debitRole: 'DEBITOR_PARTNER', creditRole: 'DEAL_CLEARING', cents: owed },
    { event: 'partner_difference', debitRole: differenceRole, creditRole: 'DEAL_CLEARING', cents: difference },
  ];
  return postings.filter(({ cents }) => cents > 0);
}

/** D6, D8: the counter-invoice takes back what the invoice posted. */
export function postingsOfPartnerCancellation(settlement: PartnerSettlement): Posting[] {
  return postingsOfPartnerInvoice(settlement).map(({ event, debitRole, creditRole, cents }) => ({
    event: event === 'partner_invoice' ? 'partner_invoice_reversal' : 'partner_difference_reversal',
    debitRole: creditRole,
    creditRole: debitRole,
    cents,
  }));
}

/** D5: the partner paid. 714,00: BANK an DEBITOR_PARTNER 714,00. */
export function postingsOfPartnerPayment(cents: number): Posting[] {
  return [{ event: 'partner_payment', debitRole: 'BANK', creditRole: 'DEBITOR_PARTNER', cents }];
}
