import type { Translate } from '../../../platform/html/i18n.ts';
import {
  LIST_FIELDS,
  TEXT_FIELDS,
  typedVoucher,
  type TypedRestriction,
  type TypedTier,
  type TypedVoucher,
} from './typed-voucher-form.ts';

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

type Field = (typeof TEXT_FIELDS)[number] | (typeof LIST_FIELDS)[number];

/**
 * Somebody else has saved since the page was opened: what the reader typed stays, fields they left alone take the new
 * state, and every field the other one changed is told.
 */
export function mergeTyped(
  typed: TypedVoucher,
  current: TypedVoucher,
  nameOf: (kind: string, id: string) => string,
  t: Translate,
): Merged {
  const base = readBase(typed.base);
  const fields: Field[] = [...TEXT_FIELDS.filter((name) => name !== 'method' && name !== 'code'), ...LIST_FIELDS];
  const isSame = (a: TypedVoucher | null, b: TypedVoucher, field: Field): boolean =>
    JSON.stringify(a?.[field]) === JSON.stringify(b[field]);
  const taken: Partial<Record<Field, unknown>> = {};
  const changes: FieldChange[] = [];
  for (const field of fields) {
    // Without the state at the start only differences can be told, and none of them may be taken over.
    if (isSame(base ?? typed, current, field)) continue;
    const isUntouched = base !== null && isSame(base, typed, field);
    if (isUntouched) taken[field] = current[field];
    const show = (state: TypedVoucher): string => shown(state, field, nameOf, t) || t('vouchers:nothing');
    if (!isSame(typed, current, field) || isUntouched) {
      changes.push({
        label: t(labelKey(field)),
        was: show(base ?? typed),
        now: show(current),
        typed: isUntouched ? null : show(typed),
      });
    }
  }
  return {
    typed: { ...typed, ...(taken as Partial<TypedVoucher>), version: current.version, base: baseOf(current) },
    changes,
  };
}

/** The state of the form as its page carries it along; without the code, which not everybody may see. */
export function baseOf(typed: TypedVoucher): string {
  return JSON.stringify({ ...typed, base: '', code: '' });
}

export function labelKey(field: string): string {
  return ['products', 'themes', 'regions'].includes(field)
    ? `vouchers:restriction.${field}`
    : `vouchers:field.${field}`;
}

function readBase(text: string): TypedVoucher | null {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null ? typedVoucher(parsed) : null;
  } catch {
    return null;
  }
}

const FLAGS: readonly Field[] = ['active', 'exclusive', 'refundOnExpiry', 'paysInFull', 'invoicePartner'];
const CHOICES: readonly Field[] = ['multiplier', 'residual', 'funding', 'entry'];

function shown(typed: TypedVoucher, field: Field, nameOf: (kind: string, id: string) => string, t: Translate): string {
  const value = typed[field];
  if (field === 'tiers') return typed.tiers.map((tier) => tierText(tier, t)).join('; ');
  if (field === 'channels') return typed.channels.map((channel) => t(`vouchers:channel.${channel}`)).join(', ');
  if (field === 'products' || field === 'themes' || field === 'regions')
    return typed[field].map((row) => restrictionText(row, t)).join(', ');
  if (FLAGS.includes(field)) return t(value === 'true' ? 'common:yes' : 'common:no');
  if (value === '') return '';
  if (CHOICES.includes(field)) return t(`vouchers:${field}.${String(value)}`);
  return field === 'partner' || field === 'brand' || field === 'motif' ? nameOf(field, String(value)) : String(value);
}

function tierText({ minTripPrice, worth, unit }: TypedTier, t: Translate): string {
  return t('vouchers:tier_text', { price: minTripPrice || '0', worth, unit: unit === 'percent' ? ' %' : '' });
}

function restrictionText({ entry, not }: TypedRestriction, t: Translate): string {
  return not === 'true' ? `${t('vouchers:not')} ${entry}` : entry;
}
