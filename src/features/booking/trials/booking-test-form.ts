import { currencyDigits, isCurrency } from '../../../core/currency.ts';
import {
  CHANNELS,
  ENTRIES,
  TRAVELLER_KINDS,
  type Booking,
  type CodeEntry,
  type Traveller,
} from '../../../core/engine/voucher.ts';
import type { Database } from '../../../platform/data/db.ts';
import { dayInput, moneyInput } from '../../../platform/html/format.ts';
import type { FormError } from '../../../platform/html/form-view.ts';
import type { Locale, Translate } from '../../../platform/html/i18n.ts';
import { parseDay, parseMoney } from '../../../platform/html/typed-input.ts';
import { LENGTHS, linesOf, textOf } from '../../../platform/http/request.ts';
import type { CatalogueKind } from '../../catalogue/catalogue-service.ts';
import { findNamed } from '../../vouchers/form/voucher-choices-view.ts';
import { MAX_CODES } from '../quotes/evaluation-service.ts';

export interface TypedTraveller {
  readonly kind: string;
  readonly price: string;
}

/** The form as it was typed. */
export interface TypedBooking extends Readonly<Record<TextField, string>> {
  readonly travellers: readonly TypedTraveller[];
}

const TEXT_FIELDS = [
  'currency',
  'tripPrice',
  'nonDiscountable',
  'product',
  'themes',
  'regions',
  'brand',
  'partner',
  'channel',
  'entry',
  'departure',
  'customerId',
  'customerEmail',
  'reference',
  'codes',
  'bookOn',
] as const;
type TextField = (typeof TEXT_FIELDS)[number];
const LINES: readonly string[] = ['codes', 'themes', 'regions'];

const MAX_TRAVELLERS = 99;

export interface ParsedBooking {
  /** null where something is wrong. */
  readonly booking: Booking | null;
  readonly codes: readonly CodeEntry[];
  readonly bookOn: string | null;
  readonly errors: readonly FormError[];
  /** Names and ids the catalogue does not know: they match nothing. */
  readonly unknown: readonly string[];
}

export function emptyBooking(currency: string): TypedBooking {
  const texts = Object.fromEntries(TEXT_FIELDS.map((name) => [name, ''])) as Record<TextField, string>;
  return {
    ...texts,
    currency,
    channel: 'web',
    entry: 'booking_flow',
    travellers: [
      { kind: 'adult', price: '' },
      { kind: 'adult', price: '' },
    ],
  };
}

export function typedFromBooking(booking: Booking, locale: Locale): TypedBooking {
  const { currency } = booking;
  const money = (cents: number | null | undefined): string =>
    cents === null || cents === undefined ? '' : moneyInput(cents, currency, locale);
  return {
    ...emptyBooking(currency),
    tripPrice: money(booking.tripPrice),
    nonDiscountable: booking.nonDiscountable === 0 ? '' : money(booking.nonDiscountable),
    product: booking.product ?? '',
    themes: booking.themes.join('\n'),
    regions: booking.regions.join('\n'),
    brand: booking.brand ?? '',
    partner: booking.partner ?? '',
    channel: booking.channel,
    entry: booking.entry,
    departure: booking.departure === null ? '' : dayInput(booking.departure, locale),
    customerId: booking.customer?.id ?? '',
    customerEmail: booking.customer?.email ?? '',
    reference: booking.reference ?? '',
    travellers: booking.travellers.map(({ kind, price }) => ({ kind, price: money(price) })),
  };
}

export function typedBooking(body: unknown): TypedBooking {
  const sent = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  const texts = Object.fromEntries(
    TEXT_FIELDS.map((name) => [name, (LINES.includes(name) ? linesOf : textOf)(sent[name], LENGTHS.text)]),
  ) as Record<TextField, string>;
  const rows = Array.isArray(sent['travellers']) ? sent['travellers'] : Object.values(sent['travellers'] ?? {});
  const travellers = (rows as unknown[]).slice(0, MAX_TRAVELLERS).map((row) => {
    const { kind, price } = (typeof row === 'object' && row !== null ? row : {}) as Record<string, unknown>;
    return { kind: textOf(kind), price: textOf(price) };
  });
  return { ...texts, travellers };
}

/** `add` and `remove:2` change the rows of travellers; null: something else was asked for. */
export function changeTravellers(typed: TypedBooking, action: string): TypedBooking | null {
  if (action === 'add') {
    const last = typed.travellers.at(-1);
    return {
      ...typed,
      travellers: [...typed.travellers, { kind: last?.kind ?? 'adult', price: '' }].slice(0, MAX_TRAVELLERS),
    };
  }
  const index = /^remove:(\d{1,2})$/.exec(action)?.[1];
  return index === undefined
    ? null
    : { ...typed, travellers: typed.travellers.filter((_row, at) => at !== Number(index)) };
}

export async function parseBooking(database: Database, typed: TypedBooking, t: Translate): Promise<ParsedBooking> {
  const errors: FormError[] = [];
  const unknown: string[] = [];
  const wrong = (path: string, label: string, message: string): void =>
    void errors.push({ path, message: `${label}: ${message}` });
  const field = (name: string): string => t(`booking-test:field.${name}`);
  const currency = typed.currency.toUpperCase();
  if (!isCurrency(currency)) wrong('currency', field('currency'), t('booking-test:currency_wrong'));
  const digits = currencyDigits(currency);
  const moneyAt = (path: string, label: string, text: string): number => {
    const money = parseMoney(text, digits);
    if (money.ok && money.value >= 0) return money.value;
    wrong(path, label, t(`common:${money.ok ? 'input.money' : money.error}`));
    return 0;
  };
  const dayAt = (name: 'departure' | 'bookOn'): string | null => {
    if (typed[name] === '') return null;
    const day = parseDay(typed[name]);
    if (day.ok) return day.value;
    wrong(name, field(name), t(`common:${day.error}`));
    return null;
  };
  if (typed.tripPrice === '') wrong('tripPrice', field('tripPrice'), t('common:input.required'));
  const tripPrice = typed.tripPrice === '' ? 0 : moneyAt('tripPrice', field('tripPrice'), typed.tripPrice);
  const nonDiscountable =
    typed.nonDiscountable === '' ? 0 : moneyAt('nonDiscountable', field('nonDiscountable'), typed.nonDiscountable);
  if (nonDiscountable > tripPrice)
    wrong('nonDiscountable', field('nonDiscountable'), t('booking-test:above_trip_price'));
  const travellers = typed.travellers.map((row, index): Traveller => ({
    id: null,
    kind: TRAVELLER_KINDS.find((one) => one === row.kind) ?? 'adult',
    price:
      row.price === ''
        ? null
        : moneyAt(`travellers.${index}.price`, t('booking-test:traveller_price', { number: index + 1 }), row.price),
  }));
  checkTravellers(travellers, tripPrice, wrong, t);
  const codes = parseCodes(typed.codes, digits, wrong, t);
  const [departure, bookOn] = [dayAt('departure'), dayAt('bookOn')];
  const idOf = async (kind: CatalogueKind, text: string): Promise<string> => {
    const found = await findNamed(database, kind, text);
    if (found === null) unknown.push(text);
    return found?.id ?? text.slice(0, 64);
  };
  const one = async (kind: CatalogueKind, text: string): Promise<string | null> =>
    text === '' ? null : idOf(kind, text);
  const many = (kind: CatalogueKind, text: string): Promise<string[]> =>
    Promise.all(
      rowsIn(text)
        .slice(0, 100)
        .map((line) => idOf(kind, line)),
    );
  const [product, brand, partner] = [
    await one('product', typed.product),
    await one('brand', typed.brand),
    await one('partner', typed.partner),
  ];
  const [themes, regions] = [await many('theme', typed.themes), await many('region', typed.regions)];
  const customer =
    typed.customerId === '' && typed.customerEmail === ''
      ? null
      : { id: typed.customerId || null, email: typed.customerEmail || null };
  const booking: Booking = {
    currency,
    tripPrice,
    nonDiscountable,
    travellers,
    product,
    themes,
    regions,
    brand,
    partner,
    departure,
    customer,
    channel: CHANNELS.find((channel) => channel === typed.channel) ?? 'web',
    entry: ENTRIES.find((entry) => entry === typed.entry) ?? 'booking_flow',
    reference: typed.reference === '' ? null : typed.reference.slice(0, 128),
  };
  return { booking: errors.length > 0 ? null : booking, codes, bookOn, errors, unknown };
}

type Wrong = (path: string, label: string, message: string) => void;

function checkTravellers(travellers: readonly Traveller[], tripPrice: number, wrong: Wrong, t: Translate): void {
  const label = t('booking-test:field.travellers');
  const prices = travellers.flatMap(({ price }) => (price === null || price === undefined ? [] : [price]));
  if (travellers.length === 0) wrong('travellers', label, t('booking-test:no_travellers'));
  else if (prices.length > 0 && prices.length < travellers.length)
    wrong('travellers', label, t('booking-test:prices_incomplete'));
  else if (prices.reduce((sum, price) => sum + price, 0) > tripPrice)
    wrong('travellers', label, t('booking-test:prices_too_high'));
}

/** One code a line; ` = 50,00` behind it: at most so much of it. */
function parseCodes(text: string, digits: number, wrong: Wrong, t: Translate): CodeEntry[] {
  const lines = rowsIn(text);
  if (lines.length > MAX_CODES)
    wrong('codes', t('booking-test:field.codes'), t('booking-test:too_many_codes', { max: MAX_CODES }));
  return lines.slice(0, MAX_CODES).map((line) => {
    const [, code = line, most] = /^(.*?)\s*=\s*([^=]+)$/.exec(line) ?? [];
    if (most === undefined) return { code, atMost: null };
    const money = parseMoney(most, digits);
    if (money.ok && money.value > 0) return { code, atMost: money.value };
    wrong('codes', t('booking-test:field.codes'), t('booking-test:at_most_wrong', { text: most }));
    return { code, atMost: null };
  });
}

function rowsIn(text: string): string[] {
  return text
    .split(/[\n;]/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
