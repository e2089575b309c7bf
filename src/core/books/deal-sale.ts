import { roundHalfUp } from '../money.ts';
import type { PostingRole } from './account-role.ts';
import { differencePosting } from './partner-settlement.ts';
import type { Posting } from './postings.ts';

/** A deal that a partner sold in its own name for us (agency): what its holder paid and what of it is still owed, in minor units. */
export interface SoldDeal {
  readonly price: number;
  readonly rest: number;
}

/** How a redemption of a sold deal is covered: taken + difference = redeemed. */
export interface DealUse {
  /** What the holder's own money pays. */
  readonly taken: number;
  /** What the trip is worth beyond it: a price cut. */
  readonly difference: number;
}

/**
 * What the price a holder paid covers of a redemption; the rest of the trip's value is a price cut. Source: accounting.md
 * A4. A trip of 199,00 for 99,00 paid: taken 99,00, difference 100,00; a trip of 80,00: taken 80,00, and 19,00 stay owed.
 */
export function dealUse({ rest }: SoldDeal, redeemed: number): DealUse {
  const taken = Math.min(rest, redeemed);
  return { taken, difference: redeemed - taken };
}

/** The same in proportion where less of the redemption counts. 99,00 and 100,00 of 199,00, half of it: 49,50 and 50,00. */
export function dealUseOfRest(before: DealUse, redeemed: number): DealUse {
  const whole = before.taken + before.difference;
  if (redeemed > whole || whole === 0) throw new RangeError('more of a deal counts than was redeemed');
  const taken = roundHalfUp(before.taken, redeemed, whole);
  return { taken, difference: redeemed - taken };
}

/** A1: the partner reports a sale. 99,00: DEBITOR_PARTNER an V_DEAL 99,00. */
export function postingsOfDealSale(price: number): Posting[] {
  return [{ event: 'deal_sale', debitRole: 'DEBITOR_PARTNER', creditRole: 'V_DEAL', cents: price }];
}

/** The partner corrects the price it reported. 89,00 in place of 99,00, a change of -1000: V_DEAL an DEBITOR_PARTNER 10,00. */
export function postingsOfPriceChange(change: number): Posting[] {
  const [debitRole, creditRole] =
    change > 0 ? (['DEBITOR_PARTNER', 'V_DEAL'] as const) : (['V_DEAL', 'DEBITOR_PARTNER'] as const);
  return [{ event: 'correction', debitRole, creditRole, cents: Math.abs(change) }];
}

/** A2: the partner's invoice about its commission. 15,00 and 2,85 VAT: COMMISSION and INPUT_VAT an DEBITOR_PARTNER. */
export function postingsOfDealCommission(net: number, vat: number): Posting[] {
  return withAmount([
    { event: 'deal_commission', debitRole: 'COMMISSION', creditRole: 'DEBITOR_PARTNER', cents: net },
    { event: 'deal_commission', debitRole: 'INPUT_VAT', creditRole: 'DEBITOR_PARTNER', cents: vat },
  ]);
}

/** Another invoice takes the place of the first. */
export function postingsOfDealCommissionReversal(net: number, vat: number): Posting[] {
  return postingsOfDealCommission(net, vat).map(({ debitRole, creditRole, cents }) => ({
    event: 'deal_commission_reversal',
    debitRole: creditRole,
    creditRole: debitRole,
    cents,
  }));
}

/** A3: the partner pays out; below zero it keeps the money back. 81,15: BANK an DEBITOR_PARTNER 81,15. */
export function postingsOfDealPayout(cents: number): Posting[] {
  if (cents === 0) return [];
  const [debitRole, creditRole] =
    cents > 0 ? (['BANK', 'DEBITOR_PARTNER'] as const) : (['DEBITOR_PARTNER', 'BANK'] as const);
  return [{ event: 'deal_payout', debitRole, creditRole, cents: Math.abs(cents) }];
}

/** A4: what was redeemed leaves the clearing account. V_DEAL an DEAL_CLEARING 99,00, RABATT an DEAL_CLEARING 100,00. */
export function postingsOfDealUse({ taken, difference }: DealUse): Posting[] {
  return withAmount([
    { event: 'deal_use', debitRole: 'V_DEAL', creditRole: 'DEAL_CLEARING', cents: taken },
    differencePosting('RABATT', difference),
  ]);
}

/** The booking was cancelled: what the holder paid is owed again. */
export function postingsOfDealUseReversal(use: DealUse): Posting[] {
  const events = { deal_use: 'deal_use_reversal', partner_discount: 'partner_discount_reversal' } as const;
  return postingsOfDealUse(use).map(({ event, debitRole, creditRole, cents }) => ({
    event: events[event as keyof typeof events],
    debitRole: creditRole,
    creditRole: debitRole,
    cents,
  }));
}

/** A5: the partner gave the holder the money back before a redemption. 99,00: V_DEAL an DEBITOR_PARTNER 99,00. */
export function postingsOfDealRefund(price: number): Posting[] {
  return [{ event: 'deal_refund', debitRole: 'V_DEAL', creditRole: 'DEBITOR_PARTNER', cents: price }];
}

/** Whose money a deal is that nobody redeemed, by the contract with the partner. */
export const EXPIRED_DEALS = ['ours', 'partner'] as const;
export type ExpiredDeals = (typeof EXPIRED_DEALS)[number];

/** A6: the claim is time-barred and an approved run ends it. 99,00 that stay with us: V_DEAL an BREAKAGE 99,00. */
export function postingsOfDealExpiry(rest: number, expired: ExpiredDeals): Posting[] {
  return [
    {
      event: 'derecognition',
      debitRole: 'V_DEAL',
      creditRole: expired === 'ours' ? 'BREAKAGE' : 'DEBITOR_PARTNER',
      cents: rest,
    },
  ];
}

/** A deal that was ended is honoured after all: the counter entry, in a later year against the income of another year. */
export function postingsOfDealReactivation(cents: number, endedOnRole: PostingRole, isSameYear: boolean): Posting[] {
  const debitRole = endedOnRole === 'BREAKAGE' && !isSameYear ? 'BREAKAGE_REVERSAL' : endedOnRole;
  return [{ event: 'reactivation', debitRole, creditRole: 'V_DEAL', cents }];
}

/** What a row of a partner's report of sales turns out to be. */
export const SALES_FINDINGS = [
  'sold',
  'refunded',
  'already_reported',
  'price_differs',
  'redeemed_differs',
  'refunded_redeemed',
  'not_sold',
  'ended',
  'invoiced',
  'twice',
  'no_price',
  'refund_differs',
  'other_partner',
  'unknown_code',
] as const;
export type SalesFinding = (typeof SALES_FINDINGS)[number];

/** A row: what the holder paid in minor units; below zero: the partner gave it back. */
export interface StatedSale {
  readonly deal: string | null;
  readonly cents: number;
}

export interface KnownSale {
  readonly isOfPartner: boolean;
  /** Cancelled, replaced or derecognised: its code works no more. */
  readonly isEnded: boolean;
  /** Redeemed and charged to the partner by an invoice of ours, as a deal of the other model. */
  readonly isInvoiced: boolean;
  /** null: no sale of it was reported before. */
  readonly sale: (SoldDeal & { readonly isRefunded: boolean }) | null;
}

export interface SalesJudgement {
  readonly finding: SalesFinding;
  /** The price we know; null: none. */
  readonly expected: number | null;
}

/**
 * What each row of a report of sales is about, in the order of the rows: a row sees what the rows before it would book. Source:
 * accounting.md A1 and A5. A code nobody reported before for 99,00 is `sold`; -99,00 for it later is `refunded`, unless
 * it was redeemed meanwhile; 89,00 for it is `price_differs`.
 */
export function judgeSales(rows: readonly StatedSale[], deals: ReadonlyMap<string, KnownSale>): SalesJudgement[] {
  const sales = new Map([...deals].map(([deal, { sale }]) => [deal, sale]));
  const sold = new Set<string>();
  return rows.map(({ deal, cents }) => {
    const known = deal === null ? undefined : deals.get(deal);
    if (deal === null || known === undefined) return { finding: 'unknown_code', expected: null };
    if (!known.isOfPartner) return { finding: 'other_partner', expected: null };
    if (cents === 0) return { finding: 'no_price', expected: null };
    const sale = sales.get(deal) ?? null;
    const finding = cents > 0 ? findingOfSale(cents, sale, known, sold.has(deal)) : findingOfRefund(-cents, sale);
    if (finding === 'sold') {
      sales.set(deal, { price: cents, rest: cents, isRefunded: false });
      sold.add(deal);
    }
    if (finding === 'refunded' && sale !== null) sales.set(deal, { ...sale, rest: 0, isRefunded: true });
    return { finding, expected: sale?.price ?? null };
  });
}

function findingOfSale(cents: number, sale: KnownSale['sale'], known: KnownSale, isInFile: boolean): SalesFinding {
  if (isInFile) return 'twice';
  if (sale !== null)
    return sale.price === cents ? 'already_reported' : sale.rest === sale.price ? 'price_differs' : 'redeemed_differs';
  if (known.isInvoiced) return 'invoiced';
  return known.isEnded ? 'ended' : 'sold';
}

function findingOfRefund(cents: number, sale: KnownSale['sale']): SalesFinding {
  if (sale === null) return 'not_sold';
  if (sale.isRefunded) return 'already_reported';
  if (sale.rest < sale.price) return 'refunded_redeemed';
  return cents === sale.price ? 'refunded' : 'refund_differs';
}

function withAmount(postings: readonly Posting[]): Posting[] {
  return postings.filter(({ cents }) => cents > 0);
}
