import { oneLine } from '../text.ts';
import { toCp1252Text } from './cp1252-text.ts';

export const MAX_DOCUMENT_FIELD = 36;
/** 9.999.999.999,99, what the format has room for. */
export const MAX_DATEV_CENTS = 999_999_999_999;

/** A number of a document as Belegfeld 1 holds it. */
export interface DocumentField {
  readonly text: string;
  /** The number has signs that the field does not take, or too many, so another number stands there. */
  readonly isReplaced: boolean;
}

/**
 * A number of a document in the signs that Belegfeld 1 takes: umlauts are written out, blanks, dots and the like become
 * a hyphen, always in the same way, so that the booking side finds its open item again. `RE 2026.4711` is `RE-2026-4711`.
 * Where that is not enough, other signs become a hyphen as well, the number ends where there is no more room, and seven
 * signs worked out of the whole number follow, so that the same number is always replaced by the same, and two by two:
 * `TOMA@4712` is `TOMA-4712-` and those seven signs. Source: accounting.md section 9, "document number in DATEV".
 */
export function documentField(number: string): DocumentField {
  const written = toCp1252Text(
    oneLine(number)
      .trim()
      .replace(/[äöüÄÖÜß]/g, (sign) => WRITTEN_OUT[sign] ?? sign)
      .replace(/[\s._,:;#|\\()[\]]+/g, '-'),
  );
  const plain = written.text.normalize('NFD').replace(/\p{M}/gu, '');
  const fits =
    written.unknown.length === 0 && plain.length <= MAX_DOCUMENT_FIELD && /^[A-Za-z0-9$&%*+\-/]+$/.test(plain);
  if (fits) return { text: plain, isReplaced: false };
  const mark = markOf(number);
  const kept = plain.replace(/[^A-Za-z0-9$&%*+/]+/g, '-').slice(0, MAX_DOCUMENT_FIELD - mark.length - 1);
  return { text: `${kept.replace(/-$/, '')}-${mark}`.replace(/^-/, ''), isReplaced: true };
}

const WRITTEN_OUT: Readonly<Record<string, string>> = { ä: 'ae', ö: 'oe', ü: 'ue', Ä: 'Ae', Ö: 'Oe', Ü: 'Ue', ß: 'ss' };

/** Seven signs out of a text: FNV-1a of 32 bits over its UTF-16, in base 36. */
function markOf(text: string): string {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return (hash >>> 0).toString(36).toUpperCase().padStart(7, '0');
}

/** What an entry goes by in the books. */
export interface NumberedEntry {
  readonly event: string;
  readonly openItem: string | null;
  readonly bookingNumber: string | null;
}

/**
 * What of the debtors an entry settles: an open item of its own, or at the till the trip that is paid there. 20,00 in cash
 * for RE-1 settle RE-1, whatever the number of the receipt. Source: accounting.md 9 (till).
 */
export function settledItem({ event, openItem, bookingNumber }: NumberedEntry): string | null {
  return openItem ?? (event.startsWith('trip_payment') ? bookingNumber : null);
}
