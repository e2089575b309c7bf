export type LedgerEvent =
  | 'sale'
  | 'issue'
  | 'redemption'
  | 'redemption_reversal'
  | 'top_up'
  | 'refund'
  | 'refund_paid'
  | 'chargeback'
  | 'chargeback_reversal'
  | 'transfer_out'
  | 'transfer_in'
  | 'forfeit'
  | 'forfeit_reversal'
  | 'derecognition'
  | 'reactivation'
  | 'correction'
  | 'payment_in'
  | 'payment_in_reversal'
  | 'sale_reversal'
  | 'top_up_reversal'
  | 'trip_payment'
  | 'trip_payment_reversal'
  | 'cash_in'
  | 'cash_in_reversal'
  | 'cash_out'
  | 'cash_out_reversal'
  | 'cash_difference'
  | 'cash_opening'
  | 'payment_moved_out'
  | 'payment_moved_in'
  | 'migrated'
  | 'partner_invoice'
  | 'partner_invoice_reversal'
  | `partner_${'difference' | 'discount'}`
  | `partner_${'difference' | 'discount'}_reversal`
  | 'partner_payment'
  | 'partner_statement'
  | 'partner_statement_reversal'
  | 'partner_rejected'
  | 'partner_rejected_reversal'
  | 'deal_sale'
  | 'deal_refund'
  | 'deal_use'
  | 'deal_use_reversal'
  | 'deal_commission'
  | 'deal_commission_reversal'
  | 'deal_payout';

/** What the books call an event. The file of an accountant is German, whatever the language of the page it was made on. */
const EVENT_TEXTS: Readonly<Record<LedgerEvent, string>> & Readonly<Record<string, string>> = {
  sale: 'Verkauf',
  issue: 'Ausgabe',
  redemption: 'Einlösung',
  redemption_reversal: 'Storno Einlösung',
  top_up: 'Aufladung',
  refund: 'Erstattung',
  refund_paid: 'Auszahlung Erstattung',
  chargeback: 'Rückbelastung',
  chargeback_reversal: 'Storno Rückbelastung',
  transfer_out: 'Umbuchung Abgang',
  transfer_in: 'Umbuchung Zugang',
  forfeit: 'Verfall Restwert',
  forfeit_reversal: 'Storno Verfall Restwert',
  payment_in: 'Zahlungseingang',
  payment_in_reversal: 'Storno Zahlungseingang',
  sale_reversal: 'Storno Verkauf',
  top_up_reversal: 'Storno Aufladung',
  trip_payment: 'Zahlung an der Kasse',
  trip_payment_reversal: 'Storno Zahlung an der Kasse',
  cash_in: 'Einlage',
  cash_in_reversal: 'Storno Einlage',
  cash_out: 'Entnahme',
  cash_out_reversal: 'Storno Entnahme',
  cash_difference: 'Kassendifferenz',
  cash_opening: 'Übernahme Kassenbestand',
  payment_moved_out: 'Umbuchung Zahlung Abgang',
  payment_moved_in: 'Umbuchung Zahlung Zugang',
  migrated: 'Übernahme aus Altsystem',
  partner_invoice: 'Rechnung an Partner',
  partner_invoice_reversal: 'Storno Rechnung an Partner',
  // Until 0.2 a discount was booked by this event too, and what was booked keeps its word.
  partner_difference: 'Provision oder Nachlass',
  partner_difference_reversal: 'Storno Provision oder Nachlass',
  partner_discount: 'Nachlass laut Vereinbarung',
  partner_discount_reversal: 'Storno Nachlass laut Vereinbarung',
  derecognition: 'Ausbuchung Gutschein',
  reactivation: 'Reaktivierung Gutschein',
  correction: 'Wertkorrektur',
  partner_payment: 'Zahlung des Partners',
  partner_statement: 'Abrechnung des Partners',
  partner_statement_reversal: 'Storno Abrechnung des Partners',
  partner_rejected: 'Ablehnung durch Partner',
  partner_rejected_reversal: 'Storno Ablehnung durch Partner',
  deal_sale: 'Verkauf durch Partner',
  deal_refund: 'Erstattung durch Partner',
  deal_use: 'Einlösung verkaufter Deal',
  deal_use_reversal: 'Storno Einlösung verkaufter Deal',
  deal_commission: 'Provision des Partners',
  deal_commission_reversal: 'Storno Provision des Partners',
  deal_payout: 'Auszahlung des Partners',
};

/** Every event there is, in the order in which people choose one. */
export const LEDGER_EVENTS: readonly string[] = Object.keys(EVENT_TEXTS);

export function eventText(event: string): string {
  return EVENT_TEXTS[event] ?? event;
}

/** Events that take another one back: a Generalumkehr shows them on the accounts of the first. */
export function isReversalEvent(event: string): boolean {
  return event.endsWith('_reversal');
}

/** `G-2026-000123`; a voucher from before there were numbers goes by its id. */
export function voucherNumber(number: string | null, id: string): string {
  return number ?? `V-${id}`;
}

/** What entries belong to that are on no voucher: the money of an order, a refund, what a partner is paid back, or a drawer. */
export const SUBJECT_KINDS = ['order', 'refund', 'partner', 'till'] as const;
export type SubjectKind = (typeof SUBJECT_KINDS)[number];

/** Whose entry it is: a voucher's, or that of an order's money or a refund, which go by their own numbers. */
export interface EntryOwner {
  readonly voucherId: string | null;
  readonly voucherNumber: string | null;
  readonly subject: { readonly kind: SubjectKind; readonly name: string } | null;
}

/** `G-2026-000123`, `B-2026-000017` or `ER-2026-000003`. */
export function ownerNumber({ voucherId, voucherNumber: number, subject }: EntryOwner): string {
  return voucherId === null ? (subject?.name ?? '') : voucherNumber(number, voucherId);
}

/** What people call it, with its number: `Gutschein G-2026-000123`, `Bestellung B-2026-000017`. */
export function ownerText(owner: EntryOwner): string {
  const kind = owner.voucherId === null ? (owner.subject?.kind ?? null) : 'voucher';
  return kind === null ? '' : `${OWNER_TEXTS[kind]} ${ownerNumber(owner)}`;
}

const OWNER_TEXTS: Readonly<Record<'voucher' | SubjectKind, string>> = {
  voucher: 'Gutschein',
  order: 'Bestellung',
  refund: 'Erstattung',
  partner: 'Partner',
  till: 'Kasse',
};

/** At most 12 signs for Belegfeld 2: `G-2026-000123` is `G26000123`. */
export function shortVoucherNumber(number: string): string {
  const match = /^([A-Z]+)-\d\d(\d\d)-(\d+)$/.exec(number);
  return match === null ? number.replaceAll('-', '').slice(0, 12) : `${match[1]}${match[2]}${match[3]}`.slice(0, 12);
}
