import type { TakenBy } from '../books/postings.ts';

interface TenderKind {
  /** Whether it lies in the drawer, and so belongs to what is counted at the end of a shift. */
  readonly isInDrawer: boolean;
  /** How the payment of a voucher is booked. */
  readonly method: TakenBy;
}

/** Money over the counter. A voucher is no tender here: what it pays is taken off before. Each has a column of the till's entries and a text. */
export const TENDER_KINDS = {
  cash: { isInDrawer: true, method: 'till' },
  card: { isInDrawer: false, method: 'other' },
  transfer: { isInDrawer: false, method: 'bank_transfer' },
} as const satisfies Readonly<Record<string, TenderKind>>;

export type Tender = keyof typeof TENDER_KINDS;
export const TENDERS = Object.keys(TENDER_KINDS) as Tender[];
/** By one tender, or by several of them. */
export const WAYS_TO_PAY = [...TENDERS, 'mixed'] as const;
export type WayToPay = (typeof WAYS_TO_PAY)[number];
export type TenderAmounts = Readonly<Record<Tender, number>>;

export function tenderAmounts(amountOf: (tender: Tender) => number): TenderAmounts {
  return Object.fromEntries(TENDERS.map((tender) => [tender, amountOf(tender)])) as TenderAmounts;
}

/** Nothing but cash: -100,00 is {cash -100,00, card 0, transfer 0}. */
export function inCash(cents: number): TenderAmounts {
  return tenderAmounts((tender) => (tender === 'cash' ? cents : 0));
}

/** The same money the other way: 20,00 in cash and 30,00 by card are -20,00 and -30,00. */
export function turnedRound(amounts: TenderAmounts): TenderAmounts {
  return tenderAmounts((tender) => (amounts[tender] === 0 ? 0 : -amounts[tender]));
}

export function tenderSum(amounts: TenderAmounts): number {
  return TENDERS.reduce((sum, tender) => sum + amounts[tender], 0);
}

/** What of it goes into the drawer: 20,00 in cash and 30,00 by card are 20,00. */
export function drawerShareOf(amounts: TenderAmounts): number {
  return tenderSum(tenderAmounts((tender) => (TENDER_KINDS[tender].isInDrawer ? amounts[tender] : 0)));
}

/** What can be taken back in the shift it was done in: each has a `_reversal`, with the amounts turned round. */
export const REVERSIBLE_EVENTS = ['redemption', 'sale', 'top_up', 'cash_in', 'cash_out'] as const;
export type ReversibleEvent = (typeof REVERSIBLE_EVENTS)[number];
export type ReversalEvent = `${ReversibleEvent}_reversal`;

/** `refund`: paid out of the drawer; `difference`: what was counted is not what should be there. */
export type TillEvent = ReversibleEvent | ReversalEvent | 'refund' | 'difference';

/** What there are receipts of: all that happens at a till, and `opening`, what was taken over into the books. */
export type ReceiptKind = TillEvent | 'opening';

export function reversalOf(event: ReversibleEvent): ReversalEvent {
  return `${event}_reversal`;
}

/** Whether it is one of the events that can be taken back. */
export function isReversible(event: TillEvent): event is ReversibleEvent {
  return REVERSIBLE_EVENTS.some((one) => one === event);
}

/** The words of the DSFinV-K for what happens at a till, so that a fiscal till can take them over as they are. */
export type BusinessType =
  | 'MehrzweckgutscheinKauf'
  | 'MehrzweckgutscheinEinloesung'
  | 'Rabatt'
  | 'Forderungsaufloesung'
  | 'Geldtransit'
  | 'DifferenzSollIst'
  | 'Anfangsbestand';

/**
 * What an event is to a fiscal till: first the voucher's part, then the customer's. A redemption of 60,00 with 40,00 in
 * cash is MehrzweckgutscheinEinloesung 60,00 and Forderungsaufloesung 40,00. A Storno is the same with negative amounts.
 * Source: accounting.md 4.8.
 */
export function businessTypesOf(
  event: TillEvent,
  voucher: { readonly isDiscount: boolean } | null,
  rest: number,
): BusinessType[] {
  switch (event) {
    case 'sale':
    case 'top_up':
    case 'sale_reversal':
    case 'top_up_reversal':
      return ['MehrzweckgutscheinKauf'];
    case 'cash_in':
    case 'cash_out':
    case 'cash_in_reversal':
    case 'cash_out_reversal':
      return ['Geldtransit'];
    case 'refund':
      return ['Forderungsaufloesung'];
    case 'difference':
      return ['DifferenzSollIst'];
    case 'redemption':
    case 'redemption_reversal':
      return [
        voucher?.isDiscount === true ? 'Rabatt' : 'MehrzweckgutscheinEinloesung',
        ...(rest !== 0 ? (['Forderungsaufloesung'] as const) : []),
      ];
  }
}

export type TenderResult =
  { readonly ok: true; readonly amounts: TenderAmounts } | { readonly ok: false; readonly open: number };

/**
 * How a rest is paid: all of it by one tender, or by the amounts given, which must make it up to the cent. 42,00 by `card`
 * is {cash 0, card 42,00, transfer 0}; 20,00 in cash and 20,00 by card leave `open` 2,00, too much a negative one.
 */
export function tenderFor(rest: number, by: WayToPay, given: TenderAmounts): TenderResult {
  if (by !== 'mixed') return { ok: true, amounts: tenderAmounts((tender) => (tender === by ? rest : 0)) };
  const open = rest - tenderSum(given);
  return open === 0 ? { ok: true, amounts: given } : { ok: false, open };
}
