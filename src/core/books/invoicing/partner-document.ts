import type { Supply } from './e-invoice.ts';

/** A document over a supply is an invoice; over money that is only passed on it is a statement of account. */
export type PartnerDocumentKind = 'invoice' | 'settlement';

const NAMES: Readonly<Record<PartnerDocumentKind, { readonly issued: string; readonly cancelled: string }>> = {
  invoice: { issued: 'Rechnung', cancelled: 'Stornorechnung' },
  settlement: { issued: 'Abrechnung', cancelled: 'Storno der Abrechnung' },
};

/** undefined: issued before it was asked, when each was called an invoice, and so it stays. null: no supply, a settlement. */
export function documentKindOf(supply: Supply | null | undefined): PartnerDocumentKind {
  return supply === null ? 'settlement' : 'invoice';
}

/**
 * What the document is called, in the one language of all documents to partners; for what is no supply never "Rechnung"
 * (§ 14 UStG, § 14c UStG). A cancellation of an invoice is a "Stornorechnung", of a settlement a "Storno der Abrechnung".
 */
export function documentName(supply: Supply | null | undefined, isCancellation: boolean): string {
  const { issued, cancelled } = NAMES[documentKindOf(supply)];
  return isCancellation ? cancelled : issued;
}
