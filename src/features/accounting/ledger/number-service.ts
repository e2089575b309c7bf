import type { Connection, Transaction, Write } from '../../../platform/data/db.ts';
import { advanceCircle, countCircles, findRanges, insertRange, rangeInsert, type CircleCount } from './number-store.ts';

/**
 * The number circles, in the order in which one transaction takes from several of them; circles are locked after
 * everything else. A number is taken inside of the transaction that needs it, so a rollback gives it back: no gaps.
 */
export const NUMBER_CIRCLES = [
  'voucher',
  'order',
  'receipt',
  'invoice',
  'cancellation',
  'settlement',
  'derecognition',
  'refund',
  'payment_file',
  'export',
] as const;
export type NumberCircle = (typeof NUMBER_CIRCLES)[number];

export type { CircleCount };

/** What stands in front of the year: `G-2026-000123` is a voucher. */
export const NUMBER_PREFIXES: Readonly<Record<NumberCircle, string>> = {
  voucher: 'G',
  order: 'B',
  receipt: 'Q',
  invoice: 'RE',
  settlement: 'AB',
  cancellation: 'ST',
  derecognition: 'AUS',
  refund: 'ER',
  payment_file: 'ZA',
  export: 'EX',
};

export interface Numbering {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** What has the number, for the report of gaps: `order:17`. */
  readonly subject?: string;
}

/** The next number of a circle, such as `RE-2026-000017`; its row stays locked until the transaction ends. */
export async function nextNumber(
  trx: Transaction,
  circle: NumberCircle,
  year: number,
  numbering: Numbering,
): Promise<string> {
  const [number] = await nextNumbers(trx, circle, year, 1, numbering);
  if (number === undefined) throw new Error('a circle gave no number');
  return number;
}

/** The next number of a circle, with the statement that notes it: to be written together with what has the number. */
export async function takeNumber(
  trx: Transaction,
  circle: NumberCircle,
  year: number,
  numbering: Numbering,
): Promise<{ readonly number: string; readonly write: Write }> {
  const last = await advanceCircle(trx, circle, year, 1);
  const range = { circle, year, first: last, last, subject: numbering.subject ?? null, issuedAt: numbering.now };
  return { number: formatNumber(circle, year, last), write: rangeInsert(trx, range) };
}

/** `count` numbers that follow one another; they cost as much as one. */
export async function nextNumbers(
  trx: Transaction,
  circle: NumberCircle,
  year: number,
  count: number,
  numbering: Numbering,
): Promise<string[]> {
  if (!Number.isSafeInteger(count) || count < 1) throw new RangeError('at least one number is to be taken');
  const last = await advanceCircle(trx, circle, year, count);
  const first = last - count + 1;
  await insertRange(trx, { circle, year, first, last, subject: numbering.subject ?? null, issuedAt: numbering.now });
  return Array.from({ length: count }, (_unused, index) => formatNumber(circle, year, first + index));
}

/** The voucher number 123 of 2026 is `G-2026-000123`; from a million on there are more digits. */
export function formatNumber(circle: NumberCircle, year: number, number: number): string {
  return `${NUMBER_PREFIXES[circle]}-${year}-${String(number).padStart(6, '0')}`;
}

/** The year of a day `YYYY-MM-DD`: what a circle begins again with. */
export function yearOf(day: string): number {
  return Number(day.slice(0, 4));
}

export interface CircleReport extends CircleCount {
  readonly firstNumber: string;
  readonly lastNumber: string;
  readonly gaps: readonly { readonly first: string; readonly last: string; readonly count: number }[];
}

const RANGES_PER_STEP = 5000;
const MAX_GAPS_TOLD = 100;

/** Every circle of every year with what is missing in it. Only a circle that does not add up is looked through. */
export async function reportCircles(connection: Connection): Promise<CircleReport[]> {
  const reports: CircleReport[] = [];
  for (const count of await countCircles(connection)) {
    const circle = count.circle as NumberCircle;
    const isWhole = count.issued === count.last;
    reports.push({
      ...count,
      firstNumber: formatNumber(circle, count.year, 1),
      lastNumber: formatNumber(circle, count.year, count.last),
      gaps: isWhole ? [] : await gapsOf(connection, circle, count),
    });
  }
  return reports;
}

async function gapsOf(
  connection: Connection,
  circle: NumberCircle,
  { year, last }: CircleCount,
): Promise<CircleReport['gaps']> {
  const gaps: { first: string; last: string; count: number }[] = [];
  const note = (from: number, to: number): void => {
    if (to >= from && gaps.length < MAX_GAPS_TOLD)
      gaps.push({
        first: formatNumber(circle, year, from),
        last: formatNumber(circle, year, to),
        count: to - from + 1,
      });
  };
  let next = 1;
  for (let after = 0; ;) {
    const ranges = await findRanges(connection, circle, year, after, RANGES_PER_STEP);
    for (const range of ranges) {
      note(next, range.first - 1);
      next = Math.max(next, range.last + 1);
      after = range.first;
    }
    if (ranges.length < RANGES_PER_STEP) break;
  }
  note(next, last);
  return gaps;
}
