import { oldestToldDay } from '../../core/told-day.ts';
import { isCalendarDay } from '../../core/calendar.ts';
import { amountLimit } from '../process/amount-limit.ts';
import type { Translate } from './i18n.ts';

/**
 * What people type into a field, read into integers and days. German and English ways of writing are both understood,
 * because two decimals and groups of three can never be mistaken for each other. An error is the key of its text.
 */
export type Typed<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: TypedInputError };
export type TypedInputError =
  | 'input.money'
  | 'input.percent'
  | 'input.day'
  | 'input.no_such_day'
  | 'input.day_to_come'
  | 'input.day_too_old'
  | 'input.count'
  | 'input.count_too_large'
  | 'input.too_large';

const MONEY = /^(-?)(\d+|\d{1,3}(?:[.,' ]\d{3})+)(?:([.,])(\d{1,2}))?$/;

/** `1.234,50`, `1,234.50`, `1234,5`, `1'234.50`, `1.234 €` into minor units: 123450, 123450, 123450, 123450, 123400. */
export function parseAmount(text: string, digits = 2): Typed<number> {
  const tidy = text
    .trim()
    .replace(/[\u00a0\u202f\u2009]/g, ' ')
    .replace(/\u2019/g, "'")
    .replace(/\u2212/g, '-')
    .replace(/^(?:€|[A-Z]{3}) ?| ?(?:€|[A-Z]{3})$/g, '');
  const match = MONEY.exec(tidy);
  if (!match) return { ok: false, error: 'input.money' };
  const [, sign, whole = '', point, fraction = ''] = match;
  const groupMarks = new Set(whole.replace(/\d/g, ''));
  if (groupMarks.size > 1 || (point !== undefined && groupMarks.has(point)) || fraction.length > digits)
    return { ok: false, error: 'input.money' };
  return toInteger(`${sign}${whole.replace(/\D/g, '')}${fraction.padEnd(digits, '0')}`);
}

/** The same up to the highest single amount that may be entered; the sentence of `input.too_large` tells it. */
export function parseMoney(text: string, digits = 2): Typed<number> {
  const amount = parseAmount(text, digits);
  return amount.ok && Math.abs(amount.value) > amountLimit() ? { ok: false, error: 'input.too_large' } : amount;
}

/** The sentence under a field of an amount: the bound where the amount is above it, otherwise what its page says. */
export function amountSentence(amount: Typed<number>, t: Translate, otherwise: string): string {
  return !amount.ok && amount.error === 'input.too_large' ? t('common:input.too_large') : otherwise;
}

/** `12,5`, `12.5`, `12,5 %` into basis points: 1250. At most two decimals. */
export function parsePercent(text: string): Typed<number> {
  const match = /^(\d{1,6})(?:[.,](\d{1,2}))?\s?%?$/.exec(text.trim());
  if (!match) return { ok: false, error: 'input.percent' };
  return toInteger(`${match[1]}${(match[2] ?? '').padEnd(2, '0')}`);
}

/** `31.12.2026`, `1.6.26` or `2026-12-31` into `2026-12-31`. */
export function parseDay(text: string): Typed<string> {
  const tidy = text.trim();
  const iso = /^(\d{4})-(\d{2})-(\d{2})$/.exec(tidy);
  const german = /^(\d{1,2})\. ?(\d{1,2})\. ?(\d{4}|\d{2})$/.exec(tidy);
  const [year, month, day] = iso ? [iso[1], iso[2], iso[3]] : german ? [german[3], german[2], german[1]] : [];
  if (year === undefined || month === undefined || day === undefined) return { ok: false, error: 'input.day' };
  const value = `${year.padStart(4, '20')}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  return isCalendarDay(value) ? { ok: true, value } : { ok: false, error: 'input.no_such_day' };
}

/** The same of a day on which money has moved. */
export function parsePastDay(text: string, today: string): Typed<string> {
  const day = parseDay(text);
  if (!day.ok) return day;
  if (day.value > today) return { ok: false, error: 'input.day_to_come' };
  return day.value < oldestToldDay(today) ? { ok: false, error: 'input.day_too_old' } : day;
}

/** `1000` or `1.000` into 1000. */
export function parseCount(text: string): Typed<number> {
  const tidy = text.trim();
  if (!/^(\d+|\d{1,3}([., ']\d{3})+)$/.test(tidy)) return { ok: false, error: 'input.count' };
  const count = toInteger(tidy.replace(/\D/g, ''));
  return count.ok ? count : { ok: false, error: 'input.count_too_large' };
}

function toInteger(digits: string): Typed<number> {
  const value = Number(digits);
  return Number.isSafeInteger(value)
    ? { ok: true, value: value === 0 ? 0 : value }
    : { ok: false, error: 'input.too_large' };
}
