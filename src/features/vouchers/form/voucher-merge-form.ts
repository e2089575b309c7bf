import { nested, valueAt } from '../../../platform/data/json-path.ts';
import { parseJson } from '../../../platform/data/json.ts';
import type { Translate } from '../../../platform/html/i18n.ts';
import type { VoucherBody } from '../record/voucher-service.ts';
import type { VoucherView } from '../record/voucher-view-service.ts';
import type { TierAnswer } from '../rules/rules-service.ts';
import { existsFor, labelKeyOf, wordKey, type VoucherField } from '../rules/voucher-field.ts';
import { textOfValue, type TextWords } from './field-text-form.ts';
import { fieldsInPageOrder } from './form-layout-form.ts';
import {
  textIn,
  typedPair,
  typedTier,
  valueInView,
  type TypedRestriction,
  type TypedTier,
  type TypedVoucher,
} from './typed-voucher-form.ts';
import { valueInBody, type ReadBody } from './voucher-body-form.ts';

/** What a voucher says field by field, by the names of the fields. */
export type FieldValues = Readonly<Record<string, unknown>>;

export interface FieldChange {
  readonly label: string;
  readonly was: string;
  readonly now: string;
  /** What the reader typed there; null where they left the field alone, so that the other's value stands in it now. */
  readonly typed: string | null;
}

export interface Merged {
  readonly typed: TypedVoucher;
  readonly changes: readonly FieldChange[];
}

export interface MergeWords extends TextWords {
  readonly t: Translate;
  readonly nameOf: (kind: string, id: string) => string;
}

/** What the form could change: not how it is paid, and not the code, which not everybody may see. */
function comparedFields(): VoucherField[] {
  return fieldsInPageOrder().filter(({ name }) => name !== 'method' && name !== 'code');
}

/** The state of a voucher as the page of its form carries it along. */
export function baseOf(view: VoucherView): string {
  return JSON.stringify({
    values: Object.fromEntries(comparedFields().map((field) => [field.name, valueInView(field, view)])),
  });
}

/** What the voucher said when the page was opened; null: nobody knows any more. */
export function readBase(text: string): FieldValues | null {
  try {
    const { values } = parseJson<{ readonly values?: FieldValues }>(text);
    return values !== undefined && comparedFields().every((field) => couldBe(field, values[field.name]))
      ? values
      : null;
  } catch {
    return null;
  }
}

/** The page brings the state back, so anything may stand there. */
function couldBe({ kind }: VoucherField, value: unknown): boolean {
  const isList = (one: unknown): boolean => Array.isArray(one) && one.every((member) => typeof member === 'string');
  switch (kind) {
    case 'tiers':
      return Array.isArray(value) && value.every((tier) => Number.isSafeInteger(valueAt(tier, 'minTripPrice')));
    case 'list':
      return isList(value);
    case 'pair':
      return isList(valueAt(value, 'include')) && isList(valueAt(value, 'exclude'));
    case 'flag':
      return typeof value === 'boolean';
    case 'money':
    case 'count':
      return value === null || Number.isSafeInteger(value);
    case 'customer':
      return typeof value === 'object';
    case 'choice':
    case 'currency':
    case 'day':
    case 'email':
    case 'entry':
    case 'motif':
    case 'text':
    case 'type':
      return value === null || typeof value === 'string';
  }
}

/** The parts of the body that differ from the voucher: what is not touched is not written, nor in the history. */
export function changedParts(view: VoucherView, body: VoucherBody, fixed: readonly string[]): Partial<VoucherBody> {
  const changed = comparedFields().filter(
    (field) =>
      !fixed.includes(field.name) &&
      existsFor(field, view.type) &&
      !isSame(field, valueInView(field, view), valueInBody(field, body)),
  );
  const parts = nested(changed.map(({ path }) => [path, valueAt(body, path)]));
  return {
    ...parts,
    // A recipient is written whole, and money comes in some way.
    ...('recipient' in parts ? { recipient: body.recipient ?? null } : {}),
    ...('paidAt' in parts && body.paymentMethod !== undefined ? { paymentMethod: body.paymentMethod } : {}),
  };
}

/**
 * Somebody else has saved since the page was opened: what the reader typed stays, fields they left alone take the new
 * state, and every field the other one changed is told.
 */
export function mergeTyped(
  read: ReadBody & { readonly typed: TypedVoucher },
  current: { readonly view: VoucherView; readonly typed: TypedVoucher },
  words: MergeWords,
): Merged {
  const { typed } = read;
  const base = readBase(typed.base);
  const taken: Record<string, unknown> = {};
  const changes: FieldChange[] = [];
  for (const field of comparedFields()) {
    const { name } = field;
    if (!existsFor(field, typed.type) || !existsFor(field, current.view.type)) continue;
    const now = valueInView(field, current.view);
    const mine = isUnread(read, name) ? UNREAD : valueInBody(field, read.body);
    // Without the state at the start only differences can be told, and none of them may be taken over.
    if (isSame(field, base === null ? mine : base[name], now)) continue;
    const isUntouched = base !== null && isSame(field, base[name], mine);
    if (isUntouched) taken[name] = current.typed[name];
    if (!isUntouched && isSame(field, mine, now)) continue;
    const { t } = words;
    const asTyped = (): string => shownTyped(field, typed, mine, words) || t('vouchers:nothing');
    changes.push({
      label: t(labelKeyOf(field)),
      was: base === null ? asTyped() : shown(field, base[name], words) || t('vouchers:nothing'),
      now: shown(field, now, words) || t('vouchers:nothing'),
      typed: isUntouched ? null : asTyped(),
    });
  }
  const { view } = current;
  return { typed: { ...typed, ...taken, version: String(view.version), base: baseOf(view) }, changes };
}

/** Stands for what was typed and means nothing; no field says it. */
const UNREAD = Symbol('unread');

function isUnread({ errors }: ReadBody, name: string): boolean {
  return errors.some(({ path }) => path === name || path.startsWith(`${name}.`));
}

/** Words to tick and entries of the catalogue have no order, and a text no blanks around it. */
function isSame({ kind }: VoucherField, a: unknown, b: unknown): boolean {
  if (a === UNREAD || b === UNREAD) return false;
  const tidy = (value: unknown): unknown => {
    if (Array.isArray(value)) return kind === 'list' ? [...(value as string[])].sort() : value;
    if (typeof value === 'string') return value.replaceAll('\r\n', '\n').trim() || null;
    if (kind !== 'pair' || typeof value !== 'object' || value === null) return value ?? null;
    const { include, exclude } = value as { readonly include: string[]; readonly exclude: string[] };
    return [[...include].sort(), [...exclude].sort()];
  };
  return JSON.stringify(tidy(a)) === JSON.stringify(tidy(b));
}

/** A value in words, as the form would show it. */
function shown(field: VoucherField, value: unknown, words: MergeWords): string {
  const { t, nameOf } = words;
  switch (field.kind) {
    case 'tiers':
      return tiersText(
        (value as readonly TierAnswer[]).map((tier) => typedTier(tier, words)),
        t,
      );
    case 'list':
      return (value as readonly string[]).map((word) => t(wordKey(field, word))).join(', ');
    case 'pair':
      return pairText(
        typedPair(value as Parameters<typeof typedPair>[0]).map((row) => named(field, row, nameOf)),
        t,
      );
    case 'flag':
      return t(value === true ? 'common:yes' : 'common:no');
    case 'choice':
      return value === null ? '' : t(wordKey(field, String(value)));
    case 'entry':
    case 'motif':
      return value === null ? '' : nameOf(field.catalogue ?? 'motif', String(value));
    case 'count':
    case 'currency':
    case 'customer':
    case 'day':
    case 'email':
    case 'money':
    case 'text':
    case 'type':
      return textOfValue(field, value, words);
  }
}

/** What the reader typed, exactly so where it is a text. */
function shownTyped(field: VoucherField, typed: TypedVoucher, value: unknown, words: MergeWords): string {
  switch (field.kind) {
    case 'tiers':
      return tiersText(typed.tiers, words.t);
    case 'pair':
      return pairText(typed[field.name] as readonly TypedRestriction[], words.t);
    case 'list':
    case 'flag':
    case 'choice':
    case 'entry':
    case 'motif':
      return value === UNREAD ? textIn(typed, field.name) : shown(field, value, words);
    case 'count':
    case 'currency':
    case 'customer':
    case 'day':
    case 'email':
    case 'money':
    case 'text':
    case 'type':
      return textIn(typed, field.name);
  }
}

function named({ catalogue }: VoucherField, row: TypedRestriction, nameOf: MergeWords['nameOf']): TypedRestriction {
  const name = catalogue === undefined ? row.entry : nameOf(catalogue, row.entry);
  return name === row.entry ? row : { ...row, entry: `${name} (${row.entry})` };
}

function tiersText(tiers: readonly TypedTier[], t: Translate): string {
  return tiers
    .map(({ minTripPrice, worth, unit }) =>
      t('vouchers:tier_text', { price: minTripPrice || '0', worth, unit: unit === 'percent' ? ' %' : '' }),
    )
    .join('; ');
}

function pairText(rows: readonly TypedRestriction[], t: Translate): string {
  return rows.map(({ entry, not }) => (not === 'true' ? `${t('vouchers:not')} ${entry}` : entry)).join(', ');
}
