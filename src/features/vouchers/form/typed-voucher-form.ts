import { VOUCHER_TYPES, type VoucherType } from '../../../core/engine/voucher.ts';
import { dayInput, moneyInput, percentInput } from '../../../platform/html/format.ts';
import type { Locale } from '../../../platform/html/i18n.ts';
import { parseMoney } from '../../../platform/html/typed-input.ts';
import type { VoucherView } from '../record/voucher-view-service.ts';

export interface TypedTier {
  readonly minTripPrice: string;
  readonly worth: string;
  readonly unit: string;
}
export interface TypedRestriction {
  /** A name, an id, or both as the form offers them: `Wandern (wandern)`. */
  readonly entry: string;
  readonly not: string;
}

export const RESTRICTION_KINDS = ['products', 'themes', 'regions'] as const;
export type RestrictionKind = (typeof RESTRICTION_KINDS)[number];

export const TEXT_FIELDS = [
  'title',
  'code',
  'campaign',
  'paidAt',
  'method',
  'active',
  'bookFrom',
  'bookUntil',
  'travelFrom',
  'travelUntil',
  'multiplier',
  'maxAmount',
  'originalValue',
  'issuePrice',
  'residual',
  'funding',
  'maxUses',
  'maxUsesPerCustomer',
  'exclusive',
  'refundOnExpiry',
  'minTravellers',
  'customerEmail',
  'partner',
  'brand',
  'paysInFull',
  'entry',
  'invoicePartner',
  'partnerPrice',
  'motif',
  'message',
  'recipientName',
  'recipientEmail',
  'bookingId',
  'invoiceId',
  'note',
] as const;
export type TextField = (typeof TEXT_FIELDS)[number];
export const LIST_FIELDS = ['tiers', ...RESTRICTION_KINDS, 'channels'] as const;

/** Every field of the form as text, just as it was typed. */
export interface TypedVoucher extends Readonly<Record<TextField, string>> {
  readonly [field: string]: unknown;
  readonly type: VoucherType;
  /** The type whose fields the page showed; another `type` means that the reader has not seen its fields yet. */
  readonly shownType: VoucherType;
  readonly version: string;
  /** The form as it was when the page was opened, so that somebody else's changes can be told. */
  readonly base: string;
  readonly tiers: readonly TypedTier[];
  readonly products: readonly TypedRestriction[];
  readonly themes: readonly TypedRestriction[];
  readonly regions: readonly TypedRestriction[];
  readonly channels: readonly string[];
}

/** More rows than a voucher ever needs, fewer than would hurt. */
const MAX_ROWS = 50;
const MAX_TEXT = 2000;
const MAX_BASE = 100_000;

export function emptyVoucher(type: VoucherType, currency: string, today: string, locale: Locale): TypedVoucher {
  const isStored = type === 'purchase' || type === 'settlement';
  const nothing = Object.fromEntries(TEXT_FIELDS.map((name) => [name, ''])) as Record<TextField, string>;
  return {
    ...nothing,
    type,
    shownType: type,
    version: '',
    base: '',
    active: 'true',
    method: 'bank_transfer',
    multiplier: 'booking',
    residual: 'keep',
    refundOnExpiry: type === 'settlement' ? 'true' : '',
    entry: 'deal_page',
    paidAt: type === 'discount' ? dayInput(today, locale) : '',
    maxUses: isStored ? '' : '1',
    tiers: type === 'discount' ? [{ minTripPrice: moneyInput(0, currency, locale), worth: '', unit: 'percent' }] : [],
    products: [],
    themes: [],
    regions: [],
    channels: [],
  };
}

/** What was sent, whatever it was, in the shape of the form. */
export function typedVoucher(body: unknown): TypedVoucher {
  const sent = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  // Browsers send CRLF; kept and compared are lines as everybody else writes them.
  const text = (value: unknown, limit = MAX_TEXT): string =>
    typeof value === 'string' ? value.replaceAll('\r\n', '\n').slice(0, limit) : '';
  const rows = (value: unknown): Record<string, unknown>[] => {
    const list = Array.isArray(value) ? value : typeof value === 'object' && value !== null ? Object.values(value) : [];
    return list
      .filter((row): row is Record<string, unknown> => typeof row === 'object' && row !== null)
      .slice(0, MAX_ROWS);
  };
  const restrictions = (kind: RestrictionKind): TypedRestriction[] =>
    rows(sent[kind]).map((row) => ({ entry: text(row['entry']), not: text(row['not']) }));
  const typeOf = (value: unknown): VoucherType | null => VOUCHER_TYPES.find((one) => one === value) ?? null;
  const { channels } = sent;
  const type = typeOf(sent['type']) ?? 'discount';
  return {
    ...(Object.fromEntries(TEXT_FIELDS.map((name) => [name, text(sent[name])])) as Record<TextField, string>),
    type,
    shownType: typeOf(sent['shownType']) ?? type,
    version: text(sent['version']),
    base: text(sent['base'], MAX_BASE),
    tiers: rows(sent['tiers']).map((row) => ({
      minTripPrice: text(row['minTripPrice']),
      worth: text(row['worth']),
      unit: text(row['unit']),
    })),
    products: restrictions('products'),
    themes: restrictions('themes'),
    regions: restrictions('regions'),
    channels: (Array.isArray(channels) ? channels : [channels])
      .filter((one): one is string => typeof one === 'string')
      .slice(0, MAX_ROWS),
  };
}

/** A stored voucher as the form shows it; its restrictions still by id. */
export function typedFromView(view: VoucherView, locale: Locale): TypedVoucher {
  const money = (cents: number | null): string => (cents === null ? '' : moneyInput(cents, view.currency, locale));
  const day = (value: string | null): string => (value === null ? '' : dayInput(value, locale));
  const number = (value: number | null): string => (value === null ? '' : String(value));
  const flag = (value: boolean): string => (value ? 'true' : '');
  const { value, validity, restrictions, usage, deal } = view;
  const rows = (kind: RestrictionKind): TypedRestriction[] => [
    ...restrictions[kind].include.map((entry) => ({ entry, not: '' })),
    ...restrictions[kind].exclude.map((entry) => ({ entry, not: 'true' })),
  ];
  return {
    type: view.type,
    shownType: view.type,
    version: String(view.version),
    base: '',
    title: view.title,
    code: view.code,
    campaign: view.campaign ?? '',
    paidAt: day(view.paidAt),
    method: 'bank_transfer',
    active: flag(view.status !== 'deactivated'),
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
    issuePrice: view.issuePrice === value.originalValue ? '' : money(view.issuePrice),
    residual: view.residual,
    funding: view.funding ?? '',
    maxUses: number(usage.maxUses),
    maxUsesPerCustomer: number(usage.maxUsesPerCustomer),
    exclusive: flag(view.stacking.exclusive),
    refundOnExpiry: flag(view.refundOnExpiry),
    minTravellers: number(restrictions.minTravellers),
    customerEmail: restrictions.customer?.email ?? '',
    partner: restrictions.partner ?? '',
    brand: restrictions.brand ?? '',
    channels: restrictions.channels,
    paysInFull: flag(deal?.paysInFull === true),
    entry: deal?.entry ?? 'deal_page',
    invoicePartner: flag(deal?.invoicePartner === true),
    partnerPrice: money(deal?.partnerPrice ?? null),
    motif: view.motif ?? '',
    message: view.message ?? '',
    recipientName: view.recipient?.name ?? '',
    recipientEmail: view.recipient?.email ?? '',
    bookingId: view.bookingId ?? '',
    invoiceId: view.invoiceId ?? '',
    note: view.note ?? '',
    products: rows('products'),
    themes: rows('themes'),
    regions: rows('regions'),
  };
}

/** A new voucher like this one: the same rules, a code of its own, nothing paid, sold or sent yet. */
export function typedCopy(typed: TypedVoucher, preset: TypedVoucher): TypedVoucher {
  const { code, paidAt, method, active, version, base, recipientName, recipientEmail, bookingId, invoiceId, note } =
    preset;
  return {
    ...typed,
    code,
    paidAt,
    method,
    active,
    version,
    base,
    recipientName,
    recipientEmail,
    bookingId,
    invoiceId,
    note,
  };
}

/** Another type: what still stands as its own type preset it becomes what the new one presets; all that was typed stays. */
export function takeType(typed: TypedVoucher, presetOf: (type: VoucherType) => TypedVoucher): TypedVoucher {
  const [before, after] = [presetOf(typed.shownType), presetOf(typed.type)];
  const texts = Object.fromEntries(
    TEXT_FIELDS.map((name) => [name, typed[name] === before[name] ? after[name] : typed[name]]),
  );
  const areTiersUntouched = typed.tiers.every(({ worth }) => worth.trim() === '');
  return { ...typed, ...texts, shownType: typed.type, tiers: areTiersUntouched ? after.tiers : typed.tiers };
}

/** Adds or takes a row away; null where the button asks for something else. */
export function changeRows(typed: TypedVoucher, action: string): TypedVoucher | null {
  const [verb, list, index] = action.split(':');
  if (list !== 'tiers' && !RESTRICTION_KINDS.some((kind) => kind === list)) return null;
  const rows = typed[list ?? ''] as readonly unknown[];
  const lastUnit = typed.tiers.at(-1)?.unit ?? (typed.type === 'discount' ? 'percent' : 'amount');
  const empty = list === 'tiers' ? { minTripPrice: '', worth: '', unit: lastUnit } : { entry: '', not: '' };
  if (verb === 'add')
    return {
      ...sortTiers(typed),
      [list ?? '']: [...(list === 'tiers' ? sortTiers(typed).tiers : rows), empty].slice(0, MAX_ROWS),
    };
  return verb === 'remove' ? { ...typed, [list ?? '']: rows.filter((_row, at) => String(at) !== index) } : null;
}

/** Without rows that say nothing, and tiers in the order in which they take effect. */
export function tidyRows(typed: TypedVoucher): TypedVoucher {
  const named = (rows: readonly TypedRestriction[]): TypedRestriction[] =>
    rows.filter(({ entry }) => entry.trim() !== '');
  const tiers = typed.tiers.filter(({ minTripPrice, worth }) => minTripPrice.trim() !== '' || worth.trim() !== '');
  return sortTiers({
    ...typed,
    tiers,
    products: named(typed.products),
    themes: named(typed.themes),
    regions: named(typed.regions),
  });
}

function sortTiers(typed: TypedVoucher): TypedVoucher {
  const priceOf = ({ minTripPrice }: TypedTier): number => {
    if (minTripPrice.trim() === '') return 0;
    const price = parseMoney(minTripPrice);
    return price.ok ? price.value : Number.MAX_SAFE_INTEGER;
  };
  return { ...typed, tiers: [...typed.tiers].sort((a, b) => priceOf(a) - priceOf(b)) };
}
