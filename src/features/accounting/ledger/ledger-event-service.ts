import type { Posting } from '../../../core/books/postings.ts';
import { toCp1252Text } from '../datev/cp1252-datev.ts';

/** What the books call an event. The file of an accountant is German, whatever the language of the page it was made on. */
const EVENT_TEXTS: Readonly<Record<Posting['event'], string>> & Readonly<Record<string, string>> = {
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
  migrated: 'Übernahme aus Altsystem',
  partner_invoice: 'Rechnung an Partner',
  partner_invoice_reversal: 'Storno Rechnung an Partner',
  partner_difference: 'Provision oder Nachlass',
  partner_difference_reversal: 'Storno Provision oder Nachlass',
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

/** At most 12 signs for Belegfeld 2: `G-2026-000123` is `G26000123`. */
export function shortVoucherNumber(number: string): string {
  const match = /^([A-Z]+)-\d\d(\d\d)-(\d+)$/.exec(number);
  return match === null ? number.replaceAll('-', '').slice(0, 12) : `${match[1]}${match[2]}${match[3]}`.slice(0, 12);
}

export const MAX_DOCUMENT_FIELD = 36;

/**
 * A number of a document in the signs that Belegfeld 1 takes: umlauts are written out, blanks, dots and the like become
 * a hyphen, always in the same way, so that the booking side finds its open item again. `RE 2026.4711` is `RE-2026-4711`.
 */
export function documentField(text: string): { readonly text: string; readonly unknown: readonly string[] } {
  const written = toCp1252Text(
    text
      .trim()
      .replace(/[äöüÄÖÜß]/g, (sign) => WRITTEN_OUT[sign] ?? sign)
      .replace(/[\s._,:;#|\\()[\]]+/g, '-'),
  );
  const plain = written.text.normalize('NFD').replace(/\p{M}/gu, '');
  const strange = [...plain].filter((sign) => !/[A-Za-z0-9$&%*+\-/]/.test(sign));
  return { text: plain, unknown: [...written.unknown, ...strange] };
}

const WRITTEN_OUT: Readonly<Record<string, string>> = { ä: 'ae', ö: 'oe', ü: 'ue', Ä: 'Ae', Ö: 'Oe', Ü: 'Ue', ß: 'ss' };
