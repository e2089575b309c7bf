import { currencyDigits } from '../../../core/currency.ts';
import { dayInput, moneyInput } from '../../../platform/html/format.ts';
import type { Locale } from '../../../platform/html/i18n.ts';
import { parseCount, parseDay, parseMoney, type Typed } from '../../../platform/html/typed-input.ts';
import type { FieldKind, VoucherField } from '../rules/voucher-field.ts';
import { voucherFields } from '../rules/known-fields.ts';

export interface TextWords {
  readonly currency: string;
  readonly locale: Locale;
}

const MAX_EMAIL = 254;
/** What the form shows in rows or in boxes to tick instead of a field with a text. */
const LIST_KINDS: readonly FieldKind[] = ['tiers', 'pair', 'list'];
const NOT_TYPED: readonly FieldKind[] = ['type', 'currency'];

/** The fields that are one text in the form. */
export function textFields(): readonly VoucherField[] {
  return voucherFields().filter(({ kind }) => !LIST_KINDS.includes(kind) && !NOT_TYPED.includes(kind));
}

export function listFields(): readonly VoucherField[] {
  return voucherFields().filter(({ kind }) => LIST_KINDS.includes(kind));
}

/** A value as the form shows it to be typed over. */
export function textOfValue({ kind }: VoucherField, value: unknown, { currency, locale }: TextWords): string {
  if (value === null || value === undefined) return '';
  if (kind === 'money') return moneyInput(value as number, currency, locale);
  if (kind === 'day') return dayInput(value as string, locale);
  if (kind === 'flag') return value === true ? 'true' : '';
  if (kind === 'customer') return (value as { readonly email?: string | null }).email ?? '';
  return String(value);
}

/** What is wrong with a text: the key of a sentence, and what it tells. */
export type FieldProblem = { readonly key: string; readonly params?: Readonly<Record<string, unknown>> };
export type ReadField = { readonly value: unknown; readonly problem?: FieldProblem };

/** What a text of one of these kinds means; nothing where it is empty. */
export function readText(field: VoucherField, text: string, currency: string): ReadField {
  const tidy = text.trim();
  switch (field.kind) {
    case 'money':
      return readWith(tidy, (typed) => moneyOf(typed, currency));
    case 'day':
      return readWith(tidy, parseDay);
    case 'count':
      return countOf(tidy, field.most ?? 0);
    case 'flag':
      return { value: tidy === 'true' };
    case 'choice':
      return { value: field.values?.find((word) => word === tidy) ?? null };
    case 'email':
    case 'customer':
      return { value: tidy || null, ...(isEmail(tidy) ? {} : { problem: { key: 'vouchers:email_invalid' } }) };
    case 'currency':
    case 'entry':
    case 'list':
    case 'motif':
    case 'pair':
    case 'text':
    case 'tiers':
    case 'type':
      return { value: tidy || null, ...lengthProblem(tidy, field.most) };
  }
}

export function moneyOf(text: string, currency: string): Typed<number> {
  return parseMoney(text, currencyDigits(currency));
}

export function readWith<T>(text: string, parse: (text: string) => Typed<T>): ReadField {
  if (text.trim() === '') return { value: null };
  const typed = parse(text);
  return typed.ok ? { value: typed.value } : { value: null, problem: { key: `common:${typed.error}` } };
}

function countOf(text: string, most: number): ReadField {
  const read = readWith(text, parseCount);
  const isOutside = typeof read.value === 'number' && (read.value < 1 || read.value > most);
  return isOutside ? { ...read, problem: { key: 'vouchers:out_of_range', params: { most } } } : read;
}

/** An address that could be one; none at all is fine. */
function isEmail(text: string): boolean {
  return text === '' || (text.length <= MAX_EMAIL && /^\S+@\S+$/.test(text));
}

function lengthProblem(text: string, most = 0): Pick<ReadField, 'problem'> {
  return most > 0 && text.length > most ? { problem: { key: 'vouchers:title_too_long', params: { count: most } } } : {};
}
