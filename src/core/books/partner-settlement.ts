import { roundHalfUp } from '../money.ts';
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
export function settlementOf({
  applied,
  redeemed,
  agreedPrice,
  commissionBasisPoints,
}: DealContract): PartnerSettlement {
  if (redeemed > applied || redeemed < 0 || applied <= 0)
    throw new RangeError('more of a deal counts than was redeemed');
  if (agreedPrice !== null) {
    const owed = Math.min(redeemed, roundHalfUp(agreedPrice, redeemed, applied));
    return { owed, difference: redeemed - owed, differenceRole: 'RABATT' };
  }
  const commission = roundHalfUp(redeemed, commissionBasisPoints, 10_000);
  return { owed: redeemed - commission, difference: commission, differenceRole: 'COMMISSION' };
}

/** D3, D4: the invoice to the partner. Owed 714,00 of 840,00: DEBITOR_PARTNER an DEAL_CLEARING 714,00, COMMISSION an DEAL_CLEARING 126,00. */
export function postingsOfPartnerInvoice({ owed, difference, differenceRole }: PartnerSettlement): Posting[] {
  return withAmount([
    { event: 'partner_invoice', debitRole: 'DEBITOR_PARTNER', creditRole: 'DEAL_CLEARING', cents: owed },
    differencePosting(differenceRole, difference),
  ]);
}

/** D6, D8: the counter-invoice takes back what the invoice posted. */
export function postingsOfPartnerCancellation(settlement: PartnerSettlement): Posting[] {
  return takenBack(postingsOfPartnerInvoice(settlement));
}

/** D5: the partner paid. 714,00: BANK an DEBITOR_PARTNER 714,00. */
export function postingsOfPartnerPayment(cents: number): Posting[] {
  return [{ event: 'partner_payment', debitRole: 'BANK', creditRole: 'DEBITOR_PARTNER', cents }];
}

/** How a redeemed deal is settled without an invoice of ours; owed + difference + claimed = redeemed. */
export interface PartnerClearing extends PartnerSettlement {
  /** What the partner refuses, so that the traveller owes it. */
  readonly claimed: number;
}

/**
 * What the partner's own statement grants; the rest is commission where the contract names one, else a price cut. Source:
 * accounting.md D3, D4. 840,00 redeemed, 700,00 granted: owed 700,00, difference 140,00. RangeError where more is
 * granted than was redeemed: the excess is no settlement of this deal.
 */
export function clearingByStatement(redeemed: number, granted: number, hasCommission: boolean): PartnerClearing {
  if (granted <= 0 || granted > redeemed) throw new RangeError('a statement grants a part of what was redeemed');
  return {
    owed: granted,
    difference: redeemed - granted,
    differenceRole: hasCommission ? 'COMMISSION' : 'RABATT',
    claimed: 0,
  };
}

/** D8: the partner refuses the code, so the traveller's trip is unpaid again. 840,00: DEBITOR an DEAL_CLEARING 840,00. */
export function clearingByRejection(redeemed: number): PartnerClearing {
  return { owed: 0, difference: 0, differenceRole: 'RABATT', claimed: redeemed };
}

/** Nobody pays for it: an agreed price of 0, or a deal without a partner. 840,00: RABATT an DEAL_CLEARING 840,00. */
export function clearingByPriceCut(redeemed: number): PartnerClearing {
  return { owed: 0, difference: redeemed, differenceRole: 'RABATT', claimed: 0 };
}

/** The same in proportion where less of the redemption counts. 700,00 and 140,00 of 840,00, half of it: 350,00 and 70,00. */
export function clearingOfRest(before: PartnerClearing, redeemed: number): PartnerClearing {
  const whole = before.owed + before.difference + before.claimed;
  if (redeemed > whole) throw new RangeError('more of a deal counts than was settled');
  const owed = roundHalfUp(before.owed, redeemed, whole);
  const claimed = before.claimed === 0 ? 0 : Math.min(redeemed - owed, roundHalfUp(before.claimed, redeemed, whole));
  return { owed, claimed, difference: redeemed - owed - claimed, differenceRole: before.differenceRole };
}

/** D3, D4, D8 without an invoice of ours: what was redeemed leaves the clearing account. */
export function postingsOfPartnerClearing({ owed, difference, differenceRole, claimed }: PartnerClearing): Posting[] {
  return withAmount([
    { event: 'partner_statement', debitRole: 'DEBITOR_PARTNER', creditRole: 'DEAL_CLEARING', cents: owed },
    differencePosting(differenceRole, difference),
    { event: 'partner_rejected', debitRole: 'DEBITOR', creditRole: 'DEAL_CLEARING', cents: claimed },
  ]);
}

export function postingsOfClearingReversal(clearing: PartnerClearing): Posting[] {
  return takenBack(postingsOfPartnerClearing(clearing));
}

/** What is left of the redeemed amount, by its name. 126,00: the partner's commission, or a discount that was agreed. */
export function differencePosting(role: 'COMMISSION' | 'RABATT', cents: number): Posting {
  const event = role === 'COMMISSION' ? 'partner_difference' : 'partner_discount';
  return { event, debitRole: role, creditRole: 'DEAL_CLEARING', cents };
}

const REVERSALS = {
  partner_invoice: 'partner_invoice_reversal',
  partner_difference: 'partner_difference_reversal',
  partner_discount: 'partner_discount_reversal',
  partner_statement: 'partner_statement_reversal',
  partner_rejected: 'partner_rejected_reversal',
} as const;

function takenBack(postings: readonly Posting[]): Posting[] {
  return postings.map(({ event, debitRole, creditRole, cents }) => ({
    event: REVERSALS[event as keyof typeof REVERSALS],
    debitRole: creditRole,
    creditRole: debitRole,
    cents,
  }));
}

function withAmount(postings: readonly Posting[]): Posting[] {
  return postings.filter(({ cents }) => cents > 0);
}
