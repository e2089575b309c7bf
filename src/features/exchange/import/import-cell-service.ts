import { amountLimit } from '../../../platform/process/amount-limit.ts';
import type { Cell } from '../../../platform/files/table-file.ts';
import { parseAmount, parseCount, parseDay, parsePercent } from '../../../platform/html/typed-input.ts';

export interface RowProblem {
  readonly code: string;
  readonly value: string;
}

/** The first thing that keeps a row from becoming a voucher. */
export class WrongRow extends Error {
  readonly problem: RowProblem;
  constructor(code: string, value: string) {
    super(code);
    this.problem = { code, value: value.slice(0, 100) };
  }
}

/** A real number of a workbook, or what people type; both have at most two decimals. */
export function moneyOf({ text, number }: Cell, field: string): number | null {
  if (text === '') return null;
  if (number !== null) {
    const cents = Math.round(number * 100);
    if (Math.abs(number * 100 - cents) > 1e-6 || !Number.isSafeInteger(cents))
      throw new WrongRow(`${field}_wrong`, text);
    return withinLimit(cents, text);
  }
  const typed = parseAmount(text);
  if (!typed.ok) throw new WrongRow(`${field}_wrong`, text);
  return withinLimit(typed.value, text);
}

function withinLimit(cents: number, text: string): number {
  if (cents > amountLimit()) throw new WrongRow('amount_too_high', text);
  return cents;
}

export function percentOf(text: string): number {
  const typed = parsePercent(text);
  if (!typed.ok) throw new WrongRow('value_wrong', text);
  return typed.value;
}

export function dayOfCell({ text, day }: Cell): string | null {
  if (day !== null || text === '') return day;
  const typed = parseDay(text);
  if (!typed.ok) throw new WrongRow(typed.error === 'input.no_such_day' ? 'no_such_day' : 'day_wrong', text);
  return typed.value;
}

/** A day; or `ja`, which counts as today, because no day is known. */
export function paidDay(cell: Cell, today: string): string | null {
  const word = cell.text.toLowerCase();
  if (NO.includes(word)) return null;
  if ([...YES, 'bezahlt', 'paid'].includes(word)) return today;
  return dayOfCell(cell);
}

/** Yes or no; an empty cell says no. */
export function flagOf({ text }: Cell): boolean {
  const word = text.toLowerCase();
  if (NO.includes(word)) return false;
  if (!YES.includes(word)) throw new WrongRow('flag_wrong', text);
  return true;
}

const YES: readonly string[] = ['ja', 'yes', 'j', 'y', 'x', '1'];
const NO: readonly string[] = ['', 'nein', 'no', 'n', '0', '-'];

export function entryOf(text: string, known: ReadonlyMap<string, string>, problem: string): string | null {
  if (text === '') return null;
  const id = known.get(text.toLowerCase());
  if (id === undefined) throw new WrongRow(problem, text);
  return id;
}

export function countOf({ text, number }: Cell, most: number): number | null {
  if (text === '') return null;
  const typed = number === null ? parseCount(text) : { ok: true as const, value: number };
  if (!typed.ok || !Number.isInteger(typed.value) || typed.value < 1 || typed.value > most)
    throw new WrongRow('count_wrong', text);
  return typed.value;
}
