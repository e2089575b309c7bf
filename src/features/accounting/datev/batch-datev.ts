import type { DatevBooking } from '../../../core/books/datev-booking.ts';
import { MAX_DATEV_CENTS } from '../../../core/books/document-field.ts';

/** The DATEV format "Buchungsstapel" (EXTF 700, category 21, version 13), line by line. Source: accounting.md 3. */

export interface DatevBatch {
  /** Local time, 17 digits: YYYYMMDDHHMMSSFFF. */
  readonly createdAt: string;
  readonly exportedBy: string;
  readonly consultant: string;
  readonly client: string;
  readonly fiscalYearBegin: string;
  readonly accountLength: number;
  readonly from: string;
  readonly to: string;
  readonly title: string;
  readonly isLocked: boolean;
  readonly currency: string;
  /** `03`, `04` or empty. */
  readonly chart: string;
  readonly runNumber: string;
}

export const MAX_BOOKINGS_PER_FILE = 99_999;
export const LINE_END = '\r\n';

const FIELDS = 125;

const QUOTED = new Set([
  2,
  3,
  6,
  9,
  11,
  12,
  14,
  16,
  20,
  ...range(21, 38),
  40,
  42,
  ...range(48, 87),
  91,
  95,
  96,
  98,
  102,
  103,
  105,
  107,
  109,
  110,
  112,
  118,
  120,
  121,
  123,
]);

const HEADINGS: readonly string[] = [
  'Umsatz (ohne Soll/Haben-Kz)',
  'Soll/Haben-Kennzeichen',
  'WKZ Umsatz',
  'Kurs',
  'Basis-Umsatz',
  'WKZ Basis-Umsatz',
  'Konto',
  'Gegenkonto (ohne BU-Schlüssel)',
  'BU-Schlüssel',
  'Belegdatum',
  'Belegfeld 1',
  'Belegfeld 2',
  'Skonto',
  'Buchungstext',
  'Postensperre',
  'Diverse Adressnummer',
  'Geschäftspartnerbank',
  'Sachverhalt',
  'Zinssperre',
  'Beleglink',
  ...range(1, 8).flatMap((n) => [`Beleginfo - Art ${n}`, `Beleginfo - Inhalt ${n}`]),
  'KOST1 - Kostenstelle',
  'KOST2 - Kostenstelle',
  'Kost-Menge',
  'EU-Land u. UStID (Bestimmung)',
  'EU-Steuersatz (Bestimmung)',
  'Abw. Versteuerungsart',
  'Sachverhalt L+L',
  'Funktionsergänzung L+L',
  'BU 49 Hauptfunktionstyp',
  'BU 49 Hauptfunktionsnummer',
  'BU 49 Funktionsergänzung',
  ...range(1, 20).flatMap((n) => [`Zusatzinformation - Art ${n}`, `Zusatzinformation- Inhalt ${n}`]),
  'Stück',
  'Gewicht',
  'Zahlweise',
  'Forderungsart',
  'Veranlagungsjahr',
  'Zugeordnete Fälligkeit',
  'Skontotyp',
  'Auftragsnummer',
  'Buchungstyp',
  'USt-Schlüssel (Anzahlungen)',
  'EU-Land (Anzahlungen)',
  'Sachverhalt L+L (Anzahlungen)',
  'EU-Steuersatz (Anzahlungen)',
  'Erlöskonto (Anzahlungen)',
  'Herkunft-Kz',
  'Buchungs GUID',
  'KOST-Datum',
  'SEPA-Mandatsreferenz',
  'Skontosperre',
  'Gesellschaftername',
  'Beteiligtennummer',
  'Identifikationsnummer',
  'Zeichnernummer',
  'Postensperre bis',
  'Bezeichnung SoBil-Sachverhalt',
  'Kennzeichen SoBil-Buchung',
  'Festschreibung',
  'Leistungsdatum',
  'Datum Zuord. Steuerperiode',
  'Fälligkeit',
  'Generalumkehr (GU)',
  'Steuersatz',
  'Land',
  'Abrechnungsreferenz',
  'BVV-Position',
  'EU-Land u. UStID (Ursprung)',
  'EU-Steuersatz (Ursprung)',
  'Abw. Skontokonto',
];

/** Line 1: what the file is, whose, and of which days. */
export function batchHeader(batch: DatevBatch): string {
  return [
    '"EXTF"',
    '700',
    '21',
    '"Buchungsstapel"',
    '13',
    batch.createdAt,
    '',
    '"RE"',
    quote(batch.exportedBy),
    '""',
    batch.consultant,
    batch.client,
    digits(batch.fiscalYearBegin),
    String(batch.accountLength),
    digits(batch.from),
    digits(batch.to),
    quote(batch.title),
    '""',
    '1',
    '0',
    batch.isLocked ? '1' : '0',
    quote(batch.currency),
    '',
    '""',
    '',
    '',
    quote(batch.chart),
    '',
    '',
    '""',
    quote(batch.runNumber),
  ].join(';');
}

/** Line 2. */
export function batchHeadings(): string {
  return HEADINGS.join(';');
}

/** 60,00 of G-2026-000123 redeemed on 9 June: `60,00;"S";"EUR";;;"";1796;10000;"";0906;"RE-2026-4711";"G26000123";;"Einlösung …";…` */
export function batchBooking(booking: DatevBooking): string {
  if (!Number.isSafeInteger(booking.cents) || booking.cents <= 0 || booking.cents > MAX_DATEV_CENTS)
    throw new Error('an amount that DATEV does not take');
  if (booking.debit === booking.credit) throw new Error('an account against itself');
  if (booking.additions.length > 20) throw new Error('more than 20 additions');
  const values = new Map<number, string>([
    [1, amount(booking.cents)],
    [2, 'S'],
    [3, booking.currency],
    [7, booking.debit],
    [8, booking.credit],
    [10, booking.postedOn.slice(8, 10) + booking.postedOn.slice(5, 7)],
    [11, booking.documentField1],
    [12, booking.documentField2],
    [14, booking.text],
    [37, booking.costCentre],
    ...booking.additions.flatMap(
      ([kind, content], index) =>
        [
          [48 + 2 * index, kind],
          [49 + 2 * index, content],
        ] as const,
    ),
    [95, booking.orderNumber],
    [114, booking.isLocked ? '1' : '0'],
    // TTMMJJJJ.
    [117, (booking.dueOn ?? '').split('-').reverse().join('')],
    [118, booking.isGeneralReversal ? '1' : '0'],
  ]);
  return range(1, FIELDS)
    .map((field) => {
      const value = values.get(field) ?? '';
      return QUOTED.has(field) ? quote(value) : value;
    })
    .join(';');
}

function amount(cents: number): string {
  const text = String(cents).padStart(3, '0');
  return `${text.slice(0, -2)},${text.slice(-2)}`;
}

function quote(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}

function digits(day: string): string {
  return day.replaceAll('-', '');
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_unused, index) => from + index);
}
