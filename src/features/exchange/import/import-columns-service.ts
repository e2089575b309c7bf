import { hintKeyOf, labelKeyOf } from '../../vouchers/rules/voucher-field.ts';
import { voucherFields } from '../../vouchers/rules/known-fields.ts';

/** What a row says besides the fields of a voucher, and what of those is read in its own way. */
const OWN_COLUMNS: readonly ImportColumn[] = [
  {
    name: 'code',
    place: 1,
    headings: ['code', 'gutscheincode', 'gutschein-code', 'gutschein', 'voucher', 'vouchercode', 'voucher code'],
  },
  { name: 'title', place: 2, headings: ['titel', 'title', 'bezeichnung', 'name'] },
  { name: 'type', place: 3, headings: ['typ', 'type', 'art', 'gutscheinart'] },
  {
    name: 'value',
    place: 4,
    headings: ['wert', 'value', 'nennwert', 'betrag', 'amount', 'face value', 'o-wert'],
  },
  { name: 'rest', place: 5, headings: ['rest', 'restwert', 'balance', 'saldo', 'guthaben', 'remaining'] },
  {
    name: 'paid',
    place: 6,
    headings: ['bezahlt', 'bezahlt am', 'paid', 'paid at', 'paid on', 'zahlung', 'verkauft am'],
  },
  {
    name: 'campaign',
    place: 13,
    headings: ['aktion', 'gutscheinaktion', 'aktion nr', 'aktions-nr', 'aktionsnummer', 'campaign'],
  },
];

export interface ImportColumn {
  readonly name: string;
  readonly place: number;
  readonly headings: readonly string[];
}

/** The columns of a file that mean something, in the order in which they are matched. */
export function importColumns(): readonly ImportColumn[] {
  const ofFields = voucherFields().flatMap(({ name, imported }) =>
    imported === undefined ? [] : [{ name, ...imported }],
  );
  return [...OWN_COLUMNS, ...ofFields].sort((a, b) => a.place - b.place);
}

/** Label and help of a column to match. */
export function importWords(name: string): { readonly label: string; readonly hint: string } {
  const field = voucherFields().find((one) => one.name === name && one.imported !== undefined);
  return field === undefined || field.imported?.hasOwnWords === true
    ? { label: `exchange:import.field.${name}`, hint: `exchange:import.hint.${name}` }
    : { label: labelKeyOf(field), hint: hintKeyOf(field) };
}

/** Which column of the file holds what, from 0; null: none does. */
export type ImportMapping = Readonly<Record<string, number | null>>;

/** The columns by their headings, in German or English. */
export function guessMapping(headings: readonly string[]): ImportMapping {
  const tidy = headings.map((heading) =>
    heading
      .toLowerCase()
      .replace(/[.:*]+$/, '')
      .trim(),
  );
  const find = (known: readonly string[]): number | null => {
    const found = tidy.findIndex((heading) => known.includes(heading));
    return found < 0 ? null : found;
  };
  return Object.fromEntries(importColumns().map(({ name, headings: known }) => [name, find(known)]));
}
