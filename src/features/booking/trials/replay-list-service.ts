import { currencyDigits, isCurrency } from '../../../core/currency.ts';
import {
  CHANNELS,
  type Booking,
  type Channel,
  type Traveller,
  type TravellerKind,
} from '../../../core/engine/voucher.ts';
import type { FileStore } from '../../../platform/files/files.ts';
import { readTable, type Cell } from '../../../platform/files/table-file.ts';
import { parseCount, parseDay, parseMoney } from '../../../platform/html/typed-input.ts';

/** Columns of a list of bookings, and what their headings may be called. */
const HEADINGS = {
  bookingNumber: ['buchungsnummer', 'buchung', 'nummer', 'booking number', 'booking', 'id'],
  tripPrice: ['reisepreis', 'preis', 'trip price', 'price'],
  nonDiscountable: ['nicht rabattfähig', 'nicht rabattfaehig', 'non discountable', 'fees'],
  currency: ['währung', 'waehrung', 'currency'],
  adults: ['erwachsene', 'adults'],
  children: ['kinder', 'children'],
  infants: ['babys', 'infants'],
  product: ['produkt', 'product'],
  themes: ['themen', 'thema', 'themes', 'theme'],
  regions: ['regionen', 'region', 'regions'],
  brand: ['marke', 'brand'],
  partner: ['partner'],
  channel: ['kanal', 'vertriebskanal', 'channel'],
  departure: ['abreise', 'departure'],
} as const;
type Column = keyof typeof HEADINGS;

export const MAX_LIST_ROWS = 20_000;
const MAX_PROBLEMS = 100;
const MAX_HEADS = 99;

export type ListProblemCode =
  | 'no_columns'
  | 'too_many'
  | 'empty'
  | 'price_wrong'
  | 'fees_wrong'
  | 'fees_high'
  | 'currency_wrong'
  | 'count_wrong'
  | 'day_wrong'
  | 'channel_wrong';

export interface ListProblem {
  /** As the spreadsheet counts. */
  readonly row: number;
  readonly code: ListProblemCode;
  readonly value: string;
}

export interface ListedBooking {
  readonly row: number;
  readonly bookingNumber: string;
  readonly booking: Booking;
}

export interface CheckedList {
  readonly bookings: number;
  /** The first hundred. */
  readonly problems: readonly ListProblem[];
  readonly problemCount: number;
}

export function listKey(token: string): string {
  return `imports/replay-${token}`;
}

/** Reads every row and says what is wrong; nothing is kept of it. Throws a `TableError` for what is no table. */
export async function checkList(files: FileStore, token: string, currency: string): Promise<CheckedList> {
  const problems: ListProblem[] = [];
  let bookings = 0;
  let count = 0;
  for await (const one of readList(files, token, currency)) {
    if ('booking' in one) bookings += 1;
    else {
      count += 1;
      if (problems.length < MAX_PROBLEMS) problems.push(one);
    }
  }
  if (bookings === 0 && count === 0)
    return { bookings, problems: [{ row: 1, code: 'empty', value: '' }], problemCount: 1 };
  return { bookings, problems, problemCount: count };
}

/** Row by row the booking or what is wrong with it. */
export async function* readList(
  files: FileStore,
  token: string,
  currency: string,
): AsyncGenerator<ListedBooking | ListProblem> {
  let columns: ReadonlyMap<Column, number> | null = null;
  let rows = 0;
  for await (const { number, cells } of readTable(await files.path(listKey(token)))) {
    if (columns === null) {
      columns = columnsOf(cells);
      if (columns.has('tripPrice')) continue;
      yield { row: number, code: 'no_columns', value: '' };
      return;
    }
    if (++rows > MAX_LIST_ROWS) {
      yield { row: number, code: 'too_many', value: String(MAX_LIST_ROWS) };
      return;
    }
    yield readRow(number, cells, columns, currency);
  }
}

function columnsOf(cells: readonly Cell[]): ReadonlyMap<Column, number> {
  const headings = cells.map(({ text }) => text.toLowerCase().replace(/[.:*]+$/, ''));
  return new Map(
    (Object.keys(HEADINGS) as Column[]).flatMap((column) => {
      const index = headings.findIndex((heading) => (HEADINGS[column] as readonly string[]).includes(heading));
      return index < 0 ? [] : [[column, index] as const];
    }),
  );
}

function readRow(
  row: number,
  cells: readonly Cell[],
  columns: ReadonlyMap<Column, number>,
  defaultCurrency: string,
): ListedBooking | ListProblem {
  const cell = (column: Column): Cell | undefined => cells[columns.get(column) ?? -1];
  const text = (column: Column): string => cell(column)?.text ?? '';
  const problem = (code: ListProblemCode, value: string): ListProblem => ({ row, code, value: value.slice(0, 60) });
  const currency = text('currency') === '' ? defaultCurrency : text('currency').toUpperCase();
  if (!isCurrency(currency)) return problem('currency_wrong', currency);
  const tripPrice = centsOf(cell('tripPrice'), currency);
  if (tripPrice === null) return problem('price_wrong', text('tripPrice'));
  const nonDiscountable = text('nonDiscountable') === '' ? 0 : centsOf(cell('nonDiscountable'), currency);
  if (nonDiscountable === null) return problem('fees_wrong', text('nonDiscountable'));
  if (nonDiscountable > tripPrice) return problem('fees_high', text('nonDiscountable'));
  const travellers: Traveller[] = [];
  for (const [column, kind] of [
    ['adults', 'adult'],
    ['children', 'child'],
    ['infants', 'infant'],
  ] as const) {
    // A list without numbers of travellers is of bookings for one.
    const count =
      text(column) === ''
        ? { ok: true as const, value: column === 'adults' && !columns.has('adults') ? 1 : 0 }
        : parseCount(text(column));
    if (!count.ok || count.value > MAX_HEADS) return problem('count_wrong', text(column));
    travellers.push(...heads(kind, count.value));
  }
  if (travellers.length === 0 || travellers.length > MAX_HEADS)
    return problem('count_wrong', String(travellers.length));
  const departure = dayOf(cell('departure'));
  if (departure === undefined) return problem('day_wrong', text('departure'));
  const channel = channelOf(text('channel'));
  if (channel === null) return problem('channel_wrong', text('channel'));
  const one = (column: Column): string | null => (text(column) === '' ? null : text(column).slice(0, 64));
  const many = (column: Column): string[] =>
    text(column)
      .split(/[,;|]/)
      .map((part) => part.trim())
      .filter((part) => part !== '')
      .slice(0, 100);
  const booking: Booking = {
    currency,
    tripPrice,
    nonDiscountable,
    travellers,
    product: one('product'),
    themes: many('themes'),
    regions: many('regions'),
    brand: one('brand'),
    partner: one('partner'),
    channel,
    entry: 'booking_flow',
    departure,
    customer: null,
    reference: null,
  };
  return {
    row,
    bookingNumber: text('bookingNumber') === '' ? String(row) : text('bookingNumber').slice(0, 64),
    booking,
  };
}

function centsOf(cell: Cell | undefined, currency: string): number | null {
  const digits = currencyDigits(currency);
  // A real number of a workbook has lost the way it was written.
  const money = parseMoney(
    cell?.number === null || cell?.number === undefined ? (cell?.text ?? '') : cell.number.toFixed(digits),
    digits,
  );
  return money.ok && money.value >= 0 ? money.value : null;
}

/** undefined: what stands there is no day. */
function dayOf(cell: Cell | undefined): string | null | undefined {
  if (cell === undefined || cell.text === '') return null;
  if (cell.day !== null) return cell.day;
  const day = parseDay(cell.text);
  return day.ok ? day.value : undefined;
}

const CHANNEL_WORDS: Readonly<Record<string, Channel>> = {
  '': 'web',
  schalter: 'counter',
  kasse: 'counter',
  counter: 'counter',
  partner: 'partner',
  web: 'web',
  online: 'web',
};

function channelOf(text: string): Channel | null {
  return CHANNEL_WORDS[text.toLowerCase()] ?? CHANNELS.find((one) => one === text.toLowerCase()) ?? null;
}

function heads(kind: TravellerKind, count: number): Traveller[] {
  return Array.from({ length: count }, () => ({ id: null, kind, price: null }));
}
