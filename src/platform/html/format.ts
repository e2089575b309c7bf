import { LANGUAGES, type Locale } from '../../../locales/languages.ts';
import { currencyDigits } from '../../core/currency.ts';

/** Amounts, shares, days and instants as people of a locale write them. All input is integers and `YYYY-MM-DD`. */

/** 123450 EUR: `1.234,50 €` in German, `€1,234.50` in English. */
export function formatMoney(cents: number, currency: string, locale: Locale): string {
  if (isInexact(cents)) return NO_ROOM;
  const digits = currencyDigits(currency);
  const options = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  return numberFormat(locale, { style: 'currency', currency, ...options }).format(decimal(cents, digits));
}

/** What a spreadsheet shows of a number that its cell has no room for: a sum that is too large to be exact. */
const NO_ROOM = '#####';

function isInexact(cents: number): boolean {
  return Number.isNaN(cents) || (Number.isInteger(cents) && !Number.isSafeInteger(cents));
}

/** Minor units of a currency of two digits, without its sign: `1.234,50` in German. */
export function formatDecimal(cents: number, locale: Locale): string {
  return numberFormat(locale, { minimumFractionDigits: 2, maximumFractionDigits: 2 }).format(decimal(cents, 2));
}

/** The amount as it stands in a form field: no sign of the currency, no grouping. */
export function moneyInput(cents: number, currency: string, locale: Locale): string {
  if (isInexact(cents)) return NO_ROOM;
  const digits = currencyDigits(currency);
  const options = { minimumFractionDigits: digits, maximumFractionDigits: digits, useGrouping: false };
  return numberFormat(locale, options).format(decimal(cents, digits));
}

/** 1250 basis points: `12,5 %` in German, `12.5%` in English. */
export function formatPercent(basisPoints: number, locale: Locale): string {
  return numberFormat(locale, { style: 'percent', maximumFractionDigits: 2 }).format(decimal(basisPoints, 4));
}

export function percentInput(basisPoints: number, locale: Locale): string {
  return numberFormat(locale, { maximumFractionDigits: 2, useGrouping: false }).format(decimal(basisPoints, 2));
}

export function formatNumber(value: number, locale: Locale): string {
  return numberFormat(locale, {}).format(value);
}

/** '2026-12-31': `31.12.2026` in German, `31 Dec 2026` in English. */
export function formatDay(day: string, locale: Locale): string {
  if (locale === 'de') return dayInput(day, locale);
  return dateFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' }).format(new Date(`${day}T00:00:00Z`));
}

/** The day as it stands in a form field: `31.12.2026` in German, ISO in English, where no order is safe from mistakes. */
export function dayInput(day: string, locale: Locale): string {
  return locale === 'de' ? `${day.slice(8, 10)}.${day.slice(5, 7)}.${day.slice(0, 4)}` : day;
}

/** Milliseconds since 1970 as date and time in the given time zone. */
export function formatInstant(at: number, timeZone: string, locale: Locale): string {
  if (locale === 'en') return dateFormat(locale, { dateStyle: 'medium', timeStyle: 'short', timeZone }).format(at);
  const parts = { day: '2-digit', month: '2-digit', year: 'numeric', hour: '2-digit', minute: '2-digit' } as const;
  return dateFormat(locale, { ...parts, timeZone }).format(at);
}

/** The symbol shown beside a field: `€`, `CHF`. */
export function currencySymbol(currency: string, locale: Locale): string {
  const parts = numberFormat(locale, { style: 'currency', currency }).formatToParts(0);
  return parts.find((part) => part.type === 'currency')?.value ?? currency;
}

const numberFormats = new Map<string, Intl.NumberFormat>();
const dateFormats = new Map<string, Intl.DateTimeFormat>();

function numberFormat(locale: Locale, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `${locale} ${JSON.stringify(options)}`;
  const known = numberFormats.get(key);
  if (known) return known;
  const created = new Intl.NumberFormat(LANGUAGES[locale].tag, options);
  numberFormats.set(key, created);
  return created;
}

function dateFormat(locale: Locale, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale} ${JSON.stringify(options)}`;
  const known = dateFormats.get(key);
  if (known) return known;
  const created = new Intl.DateTimeFormat(LANGUAGES[locale].tag, options);
  dateFormats.set(key, created);
  return created;
}

/** Exact decimal text, which Intl reads without going through a float. */
function decimal(integer: number, digits: number): Intl.StringNumericLiteral {
  if (!Number.isSafeInteger(integer)) throw new Error(`not an integer: ${integer}`);
  const text = String(Math.abs(integer)).padStart(digits + 1, '0');
  const whole = text.slice(0, text.length - digits);
  const fraction = text.slice(text.length - digits);
  return `${integer < 0 ? '-' : ''}${whole}${digits > 0 ? `.${fraction}` : ''}` as Intl.StringNumericLiteral;
}
