import { CHANNELS, DEAL_ENTRIES, FUNDINGS, MULTIPLIERS, RESIDUALS, VOUCHER_TYPES, type Deal } from '../../core/voucher.ts';
import { moneyInput, dayInput, percentInput } from '../../platform/format.ts';
import type { FormError } from '../../platform/form-view.ts';
import type { Locale, Translate } from '../../platform/i18n.ts';
import { parseCount, parseDay, parseMoney, parsePercent, type Typed } from '../../platform/typed-input.ts';
import type { TierBody } from '../campaigns/rules-service.ts';
import type { VoucherBody } from './voucher-service.ts';
import type { VoucherView } from './voucher-view-service.ts';

export interface TypedTier {
  readonly minTripPrice: string;
  readonly worth: string;
  readonly unit: string;
}
export interface TypedRestriction {
  readonly id: string;
  readonly not: string;
}

/** Every field of the form as text, just as it was typed. */
export interface TypedVoucher {
  readonly [field: string]: unknown;
  readonly type: string;
  readonly tiers: readonly TypedTier[];
  readonly products: readonly TypedRestriction[];
  readonly themes: readonly TypedRestriction[];
  readonly regions: readonly TypedRestriction[];
  readonly channels: readonly string[];
}

export const RESTRICTION_KINDS = ['products', 'themes', 'regions'] as const;
export type RestrictionKind = (typeof RESTRICTION_KINDS)[number];

const TEXT_FIELDS = [
  'title', 'code', 'paidAt', 'bookFrom', 'bookUntil', 'travelFrom', 'travelUntil', 'multiplier', 'maxAmount', 'originalValue', 'residual', 'funding',
  'maxUses', 'maxUsesPerCustomer', 'exclusive', 'minTravellers', 'customerEmail', 'partner', 'brand', 'paysInFull', 'entry', 'invoicePartner',
  'partnerPrice', 'version',
] as const;
type TextField = (typeof TEXT_FIELDS)[number];

const MAX_TITLE = 200;
/** More rows than a voucher ever needs, fewer than would hurt. */
const MAX_ROWS = 50;

export function emptyVoucher(type: string, today: string, locale: Locale): TypedVoucher {
  const unit = type === 'purchase' || type === 'settlement' ? 'amount' : 'percent';
  const tiers = type === 'discount' ? [{ minTripPrice: '0', worth: '', unit }] : [];
  return { ...Object.fromEntries(TEXT_FIELDS.map((name) => [name, ''])), multiplier: 'booking', residual: 'keep', entry: 'deal_page', paidAt: type === 'discount' ? dayInput(today, locale) : '', maxUses: type === 'discount' || type === 'deal' ? '1' : '', type, tiers, products: [], themes: [], regions: [], channels: [] };
}

/** What was sent, whatever it was, in the shape of the form. */
export function typedVoucher(body: unknown): TypedVoucher {
  const sent = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  const text = (value: unknown): string => (typeof value === 'string' ? value.slice(0, 2000) : '');
  const rows = (value: unknown): Record<string, unknown>[] => {
    const list = Array.isArray(value) ? value : typeof value === 'object' && value !== null ? Object.values(value) : [];
    return list.filter((row): row is Record<string, unknown> => typeof row === 'object' && row !== null).slice(0, MAX_ROWS);
  };
  const restrictions = (kind: RestrictionKind): TypedRestriction[] => rows(sent[kind]).map((row) => ({ id: text(row['id']), not: text(row['not']) }));
  const { channels } = sent;
  return {
    ...Object.fromEntries(TEXT_FIELDS.map((name) => [name, text(sent[name])])),
    type: text(sent['type']),
    tiers: rows(sent['tiers']).map((row) => ({ minTripPrice: text(row['minTripPrice']), worth: text(row['worth']), unit: text(row['unit']) })),
    products: restrictions('products'),
    themes: restrictions('themes'),
    regions: restrictions('regions'),
    channels: (Array.isArray(channels) ? channels : [channels]).filter((one): one is string => typeof one === 'string'),
  };
}

/** A stored voucher as the form shows it. */
export function typedFromView(view: VoucherView, locale: Locale): TypedVoucher {
  const money = (cents: number | null): string => (cents === null ? '' : moneyInput(cents, view.currency, locale));
  const day = (value: string | null): string => (value === null ? '' : dayInput(value, locale));
  const number = (value: number | null): string => (value === null ? '' : String(value));
  const { value, validity, restrictions, usage, deal } = view;
  const rows = (kind: RestrictionKind): TypedRestriction[] => [
    ...restrictions[kind].include.map((id) => ({ id, not: '' })),
    ...restrictions[kind].exclude.map((id) => ({ id, not: 'true' })),
  ];
  return {
    type: view.type,
    title: view.title,
    code: view.code,
    paidAt: day(view.paidAt),
    bookFrom: day(validity.bookFrom),
    bookUntil: day(validity.bookUntil),
    travelFrom: day(validity.travelFrom),
    travelUntil: day(validity.travelUntil),
    multiplier: value.multiplier,
    tiers: value.tiers.map((tier) => ({
      minTripPrice: money(tier.minTripPrice),
      worth: tier.percent === undefined ? money(tier.amount) : percentInput(Math.round(tier.percent * 100), locale),
      unit: tier.percent === undefined ? 'amount' : 'percent',
    })),
    maxAmount: money(value.maxAmount),
    originalValue: money(value.originalValue),
    residual: view.residual,
    funding: view.funding ?? '',
    maxUses: number(usage.maxUses),
    maxUsesPerCustomer: number(usage.maxUsesPerCustomer),
    exclusive: view.stacking.exclusive ? 'true' : '',
    minTravellers: number(restrictions.minTravellers),
    customerEmail: restrictions.customer?.email ?? '',
    partner: restrictions.partner ?? '',
    brand: restrictions.brand ?? '',
    channels: restrictions.channels,
    paysInFull: deal?.paysInFull === true ? 'true' : '',
    entry: deal?.entry ?? 'deal_page',
    invoicePartner: deal?.invoicePartner === true ? 'true' : '',
    partnerPrice: money(deal?.partnerPrice ?? null),
    products: rows('products'),
    themes: rows('themes'),
    regions: rows('regions'),
    version: String(view.version),
  };
}

/** The typed form as the body the service takes, and what cannot be read. */
export function parseVoucher(typed: TypedVoucher, t: Translate): { readonly body: VoucherBody; readonly errors: readonly FormError[] } {
  const errors: FormError[] = [];
  const text = (name: TextField): string => String(typed[name] ?? '').trim();
  const read = <T>(path: string, value: string, parse: (value: string) => Typed<T>): T | null => {
    if (value.trim() === '') return null;
    const result = parse(value);
    if (result.ok) return result.value;
    errors.push({ path, message: t(`common:${result.error}`) });
    return null;
  };
  const money = (name: TextField): number | null => read(name, text(name), (value) => parseMoney(value));
  const day = (name: TextField): string | null => read(name, text(name), parseDay);
  const count = (name: TextField): number | null => read(name, text(name), parseCount);
  const type = oneOf(VOUCHER_TYPES, typed.type) ?? 'discount';
  if (text('title') === '') errors.push({ path: 'title', message: t('common:input.required') });
  if (text('title').length > MAX_TITLE) errors.push({ path: 'title', message: t('vouchers:title_too_long', { count: MAX_TITLE }) });
  if (type === 'settlement' && oneOf(FUNDINGS, text('funding')) === null) errors.push({ path: 'funding', message: t('vouchers:funding_required') });
  const deal: Deal = {
    paysInFull: text('paysInFull') === 'true',
    entry: oneOf(DEAL_ENTRIES, text('entry')) ?? 'deal_page',
    invoicePartner: text('invoicePartner') === 'true',
    partnerPrice: money('partnerPrice'),
  };
  const body: VoucherBody = {
    type,
    title: text('title'),
    ...(text('code') === '' ? {} : { code: text('code') }),
    paidAt: day('paidAt'),
    value: {
      multiplier: oneOf(MULTIPLIERS, text('multiplier')) ?? 'booking',
      tiers: typed.tiers.map((tier, index) => parseTier(tier, index, read)),
      maxAmount: money('maxAmount'),
      originalValue: type === 'purchase' || type === 'settlement' ? money('originalValue') : null,
    },
    validity: { bookFrom: day('bookFrom'), bookUntil: day('bookUntil'), travelFrom: day('travelFrom'), travelUntil: day('travelUntil') },
    restrictions: {
      ...Object.fromEntries(RESTRICTION_KINDS.map((kind) => [kind, includeExclude(typed[kind])])),
      partner: text('partner') || null,
      brand: text('brand') || null,
      channels: CHANNELS.filter((channel) => typed.channels.includes(channel)),
      customer: text('customerEmail') === '' ? null : { email: text('customerEmail') },
      minTravellers: count('minTravellers'),
    },
    usage: { maxUses: count('maxUses'), maxUsesPerCustomer: count('maxUsesPerCustomer') },
    stacking: { exclusive: text('exclusive') === 'true' },
    deal: type === 'deal' ? deal : null,
    funding: type === 'settlement' ? oneOf(FUNDINGS, text('funding')) : null,
    residual: oneOf(RESIDUALS, text('residual')) ?? 'keep',
  };
  return { body, errors };
}

/** Where the form shows what the service says of a place in the JSON. */
export function formPath(path: string): string {
  const tier = /^value\.tiers\.(\d+)(?:\.(\w+))?$/.exec(path);
  if (tier !== null) return `tiers.${tier[1] ?? ''}.${tier[2] === 'minTripPrice' ? 'minTripPrice' : 'worth'}`;
  if (path === 'value.tiers') return 'tiers';
  const restriction = /^restrictions\.(products|themes|regions)\./.exec(path);
  if (restriction !== null) return restriction[1] ?? '';
  if (path.startsWith('restrictions.customer')) return 'customerEmail';
  return path.split('.').at(-1) ?? path;
}

/** Adds or takes a row away; null where the button asks for something else. */
export function changeRows(typed: TypedVoucher, action: string): TypedVoucher | null {
  const [verb, list, index] = action.split(':');
  if (verb === 'type') return typed;
  const empty = list === 'tiers' ? { minTripPrice: '', worth: '', unit: typed.type === 'discount' ? 'percent' : 'amount' } : { id: '', not: '' };
  const rows = list === 'tiers' ? typed.tiers : RESTRICTION_KINDS.some((kind) => kind === list) ? typed[list as RestrictionKind] : null;
  if (rows === null || list === undefined) return null;
  if (verb === 'add') return { ...typed, [list]: [...rows, empty].slice(0, MAX_ROWS) };
  return verb === 'remove' ? { ...typed, [list]: (rows as readonly unknown[]).filter((_row, at) => String(at) !== index) } : null;
}

function oneOf<T extends string>(values: readonly T[], text: string): T | null {
  return values.find((value) => value === text) ?? null;
}

function parseTier(tier: TypedTier, index: number, read: <T>(path: string, value: string, parse: (value: string) => Typed<T>) => T | null): TierBody {
  const minTripPrice = read(`tiers.${index}.minTripPrice`, tier.minTripPrice, (value) => parseMoney(value)) ?? 0;
  if (tier.unit === 'percent') {
    const basisPoints = read(`tiers.${index}.worth`, tier.worth, parsePercent);
    return { minTripPrice, percent: basisPoints === null ? 0 : basisPoints / 100 };
  }
  return { minTripPrice, amount: read(`tiers.${index}.worth`, tier.worth, (value) => parseMoney(value)) ?? 0 };
}

function includeExclude(rows: readonly TypedRestriction[]): { include: string[]; exclude: string[] } {
  const named = rows.filter(({ id }) => id.trim() !== '');
  return {
    include: named.filter(({ not }) => not !== 'true').map(({ id }) => id.trim()),
    exclude: named.filter(({ not }) => not === 'true').map(({ id }) => id.trim()),
  };
}
