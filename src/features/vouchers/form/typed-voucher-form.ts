import { VOUCHER_TYPES, type VoucherType } from '../../../core/engine/voucher.ts';
import { moneyInput, percentInput } from '../../../platform/html/format.ts';
import { valueAt } from '../../../platform/data/json-path.ts';
import { linesOf, rawTextOf, textOf } from '../../../platform/http/request.ts';
import { presetOf, type VoucherField } from '../rules/voucher-field.ts';
import { fieldNamed, voucherFields } from '../rules/known-fields.ts';
import type { TierAnswer } from '../rules/rules-service.ts';
import type { VoucherView } from '../record/voucher-view-service.ts';
import { textFields, textOfValue, type TextWords } from './field-text-form.ts';

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

/** Every field of the form as text under its name, just as it was typed; those that pages ask for are named here. */
export interface TypedVoucher {
  readonly [field: string]: unknown;
  readonly type: VoucherType;
  /** The type whose fields the page showed; another `type` means that the reader has not seen its fields yet. */
  readonly shownType: VoucherType;
  readonly version: string;
  /** What the voucher said when the page was opened, so that somebody else's changes can be told. */
  readonly base: string;
  readonly tiers: readonly TypedTier[];
  readonly products: readonly TypedRestriction[];
  readonly themes: readonly TypedRestriction[];
  readonly regions: readonly TypedRestriction[];
  readonly channels: readonly string[];
  readonly code: string;
  readonly campaign: string;
  readonly active: string;
  readonly funding: string;
  readonly motif: string;
}

/** More rows than a voucher ever needs, fewer than would hurt. */
export const MAX_ROWS = 50;
const MAX_TEXT = 2000;
const MAX_BASE = 100_000;

/** A new voucher: what holds where nobody says anything. */
export function emptyVoucher(type: VoucherType, today: string, words: TextWords): TypedVoucher {
  const funding = presetOf(fieldNamed('funding'), { type, funding: null });
  return {
    ...textsOf((field) => {
      if (field.name === 'paidAt') return textOfValue(field, type === 'discount' ? today : null, words);
      return field.isChosen === true ? '' : textOfValue(field, presetOf(field, { type, funding }), words);
    }),
    ...{ type, shownType: type, version: '', base: '' },
    tiers:
      type === 'discount'
        ? [{ minTripPrice: moneyInput(0, words.currency, words.locale), worth: '', unit: 'percent' }]
        : [],
    products: [],
    themes: [],
    regions: [],
    channels: [],
  };
}

/** What was sent, whatever it was, in the shape of the form. */
export function typedVoucher(body: unknown): TypedVoucher {
  const sent = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  const restrictions = (kind: RestrictionKind): TypedRestriction[] =>
    rowsOf(sent[kind]).map((row) => ({ entry: textOf(row['entry']), not: textOf(row['not']) }));
  const typeOf = (value: unknown): VoucherType | null => VOUCHER_TYPES.find((one) => one === value) ?? null;
  const type = typeOf(sent['type']) ?? 'discount';
  const { channels } = sent;
  return {
    ...textsOf(({ name, lines }) => (lines === undefined ? textOf : linesOf)(sent[name], MAX_TEXT)),
    type,
    shownType: typeOf(sent['shownType']) ?? type,
    version: textOf(sent['version']),
    base: rawTextOf(sent['base']).slice(0, MAX_BASE),
    tiers: rowsOf(sent['tiers']).map((row) => ({
      minTripPrice: textOf(row['minTripPrice']),
      worth: textOf(row['worth']),
      unit: textOf(row['unit']),
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
export function typedFromView(view: VoucherView, locale: TextWords['locale']): TypedVoucher {
  const words = { currency: view.currency, locale };
  const rows = (kind: RestrictionKind): TypedRestriction[] => typedPair(view.restrictions[kind]);
  return {
    ...textsOf((field) => textOfValue(field, valueInView(field, view), words)),
    ...{ type: view.type, shownType: view.type, version: String(view.version), base: '' },
    tiers: view.value.tiers.map((tier) => typedTier(tier, words)),
    products: rows('products'),
    themes: rows('themes'),
    regions: rows('regions'),
    channels: view.restrictions.channels,
  };
}

/** What a stored voucher says in a field, as the API would take it. */
export function valueInView(field: VoucherField, view: VoucherView): unknown {
  if (field.name === 'active') return view.status !== 'deactivated';
  if (field.name === 'issuePrice') return view.issuePrice === view.value.originalValue ? null : view.issuePrice;
  const value = valueAt(view, field.path);
  return value === undefined ? presetOf(field, view) : value;
}

export function typedTier({ minTripPrice, amount, percent }: TierAnswer, words: TextWords): TypedTier {
  const money = (cents: number): string => moneyInput(cents, words.currency, words.locale);
  return percent === undefined
    ? { minTripPrice: money(minTripPrice), worth: money(amount), unit: 'amount' }
    : {
        minTripPrice: money(minTripPrice),
        worth: percentInput(Math.round(percent * 100), words.locale),
        unit: 'percent',
      };
}

export function typedPair({
  include,
  exclude,
}: {
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}): TypedRestriction[] {
  return [...include.map((entry) => ({ entry, not: '' })), ...exclude.map((entry) => ({ entry, not: 'true' }))];
}

/** A new voucher like this one: the same rules, a code of its own, nothing paid, sold or sent yet. */
export function typedCopy(typed: TypedVoucher, preset: TypedVoucher): TypedVoucher {
  const begun = voucherFields().filter(({ of, isCopied }) => of !== 'rules' && isCopied !== true);
  const { version, base } = preset;
  return { ...typed, ...Object.fromEntries(begun.map(({ name }) => [name, preset[name]])), version, base };
}

export function textIn(typed: TypedVoucher, name: string): string {
  const value = typed[name];
  return typeof value === 'string' ? value : '';
}

type NamedTexts = Pick<TypedVoucher, 'code' | 'campaign' | 'active' | 'funding' | 'motif'>;

function textsOf(textOfField: (field: VoucherField) => string): NamedTexts {
  return Object.fromEntries(textFields().map((field) => [field.name, textOfField(field)])) as unknown as NamedTexts;
}

function rowsOf(value: unknown): Record<string, unknown>[] {
  const list = Array.isArray(value) ? value : typeof value === 'object' && value !== null ? Object.values(value) : [];
  return list
    .filter((row): row is Record<string, unknown> => typeof row === 'object' && row !== null)
    .slice(0, MAX_ROWS);
}
