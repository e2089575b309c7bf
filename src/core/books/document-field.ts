import { toCp1252Text } from './cp1252-text.ts';

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
