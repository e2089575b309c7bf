import type { DatevBooking } from '../datev-booking.ts';
import type { ExportSetup, ProfileStyle } from './export-setup.ts';

/** A booking with its number of the journal. */
export interface ProfiledBooking extends DatevBooking {
  readonly journalNumber: number;
}

interface Column {
  readonly heading: string;
  readonly cell: CellName | { readonly always: string };
  /** Signs that the program takes; none: as many as there are. */
  readonly maxLength?: number;
}

export interface ExportProfile extends ProfileStyle {
  readonly columns: readonly Column[];
}

/** What a column can hold, by the name that people arrange columns with. Amounts are below zero for a Generalumkehr. */
const CELLS = {
  Journalnummer: ({ journalNumber }) => String(journalNumber),
  Buchungsdatum: ({ postedOn }, { days }) => dayIn(postedOn, days),
  Monat: ({ postedOn }) => postedOn.slice(5, 7),
  Soll: ({ debit }) => debit,
  Haben: ({ credit }) => credit,
  Betrag: ({ cents, isGeneralReversal }, { decimal }) => amountIn(isGeneralReversal ? -cents : cents, decimal),
  Währung: ({ currency }) => currency,
  Beleg: ({ documentField1 }) => documentField1,
  Gutschein: ({ documentField2 }) => documentField2,
  Text: ({ text }) => text,
  Kostenstelle: ({ costCentre }) => costCentre,
  Fälligkeit: ({ dueOn }, { days }) => (dueOn === null || dueOn === undefined ? '' : dayIn(dueOn, days)),
  Generalumkehr: ({ isGeneralReversal }) => (isGeneralReversal ? '1' : '0'),
  Buchungsnummer: ({ orderNumber }) => orderNumber,
} as const satisfies Readonly<Record<string, (booking: ProfiledBooking, style: ProfileStyle) => string>>;

export type CellName = keyof typeof CELLS;
export const CELL_NAMES = Object.keys(CELLS) as readonly CellName[];
/** Without these a file is no bookkeeping. */
export const NEEDED_CELLS: readonly CellName[] = ['Buchungsdatum', 'Soll', 'Haben', 'Betrag'];
export const MAX_OWN_COLUMNS = 40;

const always = (text: string): Column['cell'] => ({ always: text });
const AUSTRIAN = { separator: ';', decimal: ',', days: 'DD.MM.YYYY', encoding: 'cp1252', hasHeadings: true } as const;

/**
 * The programs a run can be written for besides DATEV, and how each takes a booking: debit, credit, an amount without tax.
 * Sources: BMD NTCS, headings of its import of bookings (Buchungsimport) as several public exports to it write them, a
 * booking being satzart 0 with buchcode 1 (konto is debit) and steuercode 0 (no tax); RZL, the fields its help names for
 * "RZL Format, Buchungen", their order not seen; bexio, the fields of its journal (date, reference, text, debit, credit,
 * amount, currency, tax code). None was read by the program itself: docs/buchhaltung.md says so.
 */
export const EXPORT_PROFILES = {
  bmd: {
    ...AUSTRIAN,
    columns: [
      { heading: 'satzart', cell: always('0') },
      { heading: 'konto', cell: 'Soll', maxLength: 9 },
      { heading: 'gkonto', cell: 'Haben', maxLength: 9 },
      { heading: 'belegnr', cell: 'Beleg', maxLength: 20 },
      { heading: 'belegdatum', cell: 'Buchungsdatum' },
      { heading: 'buchdatum', cell: 'Buchungsdatum' },
      { heading: 'buchsymbol', cell: always('GU') },
      { heading: 'buchcode', cell: always('1') },
      { heading: 'prozent', cell: always('0') },
      { heading: 'steuercode', cell: always('0') },
      { heading: 'betrag', cell: 'Betrag' },
      { heading: 'steuer', cell: always('0,00') },
      { heading: 'text', cell: 'Text', maxLength: 60 },
      { heading: 'extbelegnr', cell: 'Beleg' },
      { heading: 'waehrung', cell: 'Währung' },
      { heading: 'kost', cell: 'Kostenstelle' },
      { heading: 'faelligkeit', cell: 'Fälligkeit' },
    ],
  },
  rzl: {
    ...AUSTRIAN,
    columns: [
      { heading: 'Buchungsart', cell: always('GU') },
      { heading: 'Kontonummer', cell: 'Soll', maxLength: 9 },
      { heading: 'Gegenkonto', cell: 'Haben', maxLength: 9 },
      { heading: 'Buchungsdatum', cell: 'Buchungsdatum' },
      { heading: 'Belegnummer', cell: 'Beleg', maxLength: 12 },
      { heading: 'Betrag', cell: 'Betrag' },
      { heading: 'Steuercode', cell: always('0') },
      { heading: 'Text', cell: 'Text', maxLength: 60 },
      { heading: 'Währung', cell: 'Währung' },
      { heading: 'Kostenstelle', cell: 'Kostenstelle' },
      { heading: 'Externe Belegnummer', cell: 'Beleg' },
    ],
  },
  bexio: {
    separator: ';',
    decimal: '.',
    days: 'DD.MM.YYYY',
    encoding: 'utf8_bom',
    hasHeadings: true,
    columns: [
      { heading: 'Datum', cell: 'Buchungsdatum' },
      { heading: 'Referenz', cell: 'Beleg' },
      { heading: 'Beschreibung', cell: 'Text' },
      { heading: 'Soll', cell: 'Soll' },
      { heading: 'Haben', cell: 'Haben' },
      { heading: 'Betrag', cell: 'Betrag' },
      { heading: 'Währung', cell: 'Währung' },
      { heading: 'Steuercode', cell: always('') },
    ],
  },
} as const satisfies Readonly<Record<string, ExportProfile>>;

/** null: DATEV. `bmd` has 17 columns, the first of which is 0 in every line. */
export function profileOf(setup: ExportSetup | undefined): ExportProfile | null {
  if (setup === undefined || setup.profile === 'datev') return null;
  const { profile: name, own } = setup;
  return name === 'own' ? { ...own, columns: ownColumns(own.columns) ?? [] } : EXPORT_PROFILES[name];
}

/** `Konto = Soll, Betrag` as columns; null: a name is none, one of the needed is missing, or there are too many. */
export function ownColumns(text: string): Column[] | null {
  const parts = text.split(',').map((part) => part.split('=').map((one) => one.trim()));
  const columns = parts.flatMap(([heading = '', name = heading]): Column[] => {
    const cell = CELL_NAMES.find((one) => one === name);
    return cell === undefined || heading === '' ? [] : [{ heading, cell }];
  });
  const has = new Set(columns.map(({ cell }) => cell));
  const isSound = columns.length === parts.length && columns.length <= MAX_OWN_COLUMNS;
  return isSound && NEEDED_CELLS.every((one) => has.has(one)) ? columns : null;
}

/** The first line; null: the profile has none. */
export function profileHeadings(profile: ExportProfile): string | null {
  return profile.hasHeadings
    ? lineOf(
        profile.columns.map(({ heading }) => heading),
        profile,
      )
    : null;
}

/** A booking as a line. 60,00 from 1796 to 10000 for bexio: `09.06.2026;RE-4711;Einlösung …;1796;10000;60.00;EUR;`. */
export function profileLine(profile: ExportProfile, booking: ProfiledBooking): string {
  return lineOf(
    profile.columns.map((column) => fitting(column, cellOf(profile, column, booking))),
    profile,
  );
}

/** What a column has no room for, with what stands there instead: told before anything is written. */
export function shortenedBy(
  profile: ExportProfile,
  booking: ProfiledBooking,
): { readonly heading: string; readonly value: string; readonly used: string }[] {
  return profile.columns.flatMap((column) => {
    const value = cellOf(profile, column, booking);
    const used = fitting(column, value);
    return used === value ? [] : [{ heading: column.heading, value, used }];
  });
}

function cellOf(style: ProfileStyle, { cell }: Column, booking: ProfiledBooking): string {
  return typeof cell === 'string' ? CELLS[cell](booking, style) : cell.always;
}

/** The end of a number tells more than its beginning; of a text it is the other way round. */
function fitting({ cell, maxLength }: Column, value: string): string {
  if (maxLength === undefined || value.length <= maxLength) return value;
  return cell === 'Text' ? value.slice(0, maxLength) : value.slice(-maxLength);
}

function lineOf(cells: readonly string[], { separator }: ProfileStyle): string {
  return cells
    .map((cell) => (cell.includes(separator) || /["\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell))
    .join(separator);
}

function dayIn(day: string, form: ProfileStyle['days']): string {
  if (form === 'YYYY-MM-DD') return day;
  return form === 'YYYYMMDD' ? day.replaceAll('-', '') : day.split('-').reverse().join('.');
}

function amountIn(cents: number, decimal: string): string {
  const text = String(Math.abs(cents)).padStart(3, '0');
  return `${cents < 0 ? '-' : ''}${text.slice(0, -2)}${decimal}${text.slice(-2)}`;
}
