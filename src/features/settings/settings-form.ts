import type { FormError } from '../../platform/html/form-view.ts';
import { formatNumber, moneyInput } from '../../platform/html/format.ts';
import type { Locale, Translate } from '../../platform/html/i18n.ts';
import { parseCount, parseAmount } from '../../platform/html/typed-input.ts';
import { linesOf, manyOf, textOf } from '../../platform/http/request.ts';
import type { SettingField, SettingFields, SettingsOf } from './setting-service.ts';

/** A flag is `true` or empty, several choices are a list. */
export type TypedSettings<F extends SettingFields> = Readonly<Record<keyof F, string | readonly string[]>>;

/** Of a text that is shown again to be shortened. */
const MAX_TYPED = 100_000;

export interface SettingsForm<F extends SettingFields> {
  readonly typed: TypedSettings<F>;
  /** null: something is wrong. */
  readonly settings: SettingsOf<F> | null;
  readonly errors: readonly FormError[];
}

/** Says what is wrong with a field. */
export type SaysWrong = (name: string, bounds: Readonly<Record<string, string>>) => string;

/** The text of each field under its name: `settings:general.holdMinutes_wrong`. */
export function wrongIn(group: string, t: Translate): SaysWrong {
  return (name, bounds) => t(`${group}.${name}_wrong`, bounds);
}

/** What somebody typed, with all that is wrong in the order of the fields. */
export function readSettings<F extends SettingFields>(
  fields: F,
  body: unknown,
  says: SaysWrong,
  { t, locale }: { readonly t: Translate; readonly locale: Locale },
): SettingsForm<F> {
  const sent = (body ?? {}) as Readonly<Record<string, unknown>>;
  const errors: FormError[] = [];
  const read = Object.entries(fields).map(([name, field]) => {
    const typed = typedIn(field, sent[name]);
    const value = valueOf(field, typed);
    if (value === undefined)
      errors.push({
        path: name,
        message: notMoney(field, typed, t) ?? tooLong(field, typed, t) ?? says(name, boundsOf(field, locale)),
      });
    return { name, typed, value };
  });
  return {
    typed: Object.fromEntries(read.map(({ name, typed }) => [name, typed])) as TypedSettings<F>,
    settings:
      errors.length > 0 ? null : (Object.fromEntries(read.map(({ name, value }) => [name, value])) as SettingsOf<F>),
    errors,
  };
}

/** As they stand in the form before anybody types. */
export function typedSettings<F extends SettingFields>(
  fields: F,
  settings: SettingsOf<F>,
  { currency, locale }: { readonly currency: string; readonly locale: Locale },
): TypedSettings<F> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, { kind }]) => {
      const value = settings[name];
      if (kind === 'flag') return [name, value === true ? 'true' : ''];
      if (kind === 'money') return [name, moneyInput(Number(value), currency, locale)];
      return [name, Array.isArray(value) ? value : String(value ?? '')];
    }),
  ) as TypedSettings<F>;
}

function typedIn(field: SettingField, sent: unknown): string | readonly string[] {
  switch (field.kind) {
    case 'flag':
      return sent === 'true' ? 'true' : '';
    case 'choices': {
      const chosen = manyOf(sent);
      return field.of.filter((one) => chosen.includes(one));
    }
    case 'text': {
      if (field.hasLines === true) return linesOf(sent, MAX_TYPED);
      const typed = textOf(sent, MAX_TYPED);
      return field.isUpperCase === true ? typed.toUpperCase() : typed;
    }
    case 'count':
    case 'optional_count':
    case 'money':
    case 'choice':
      return textOf(sent);
  }
}

/** undefined: it is none. */
function valueOf(field: SettingField, typed: string | readonly string[]): unknown {
  if (typeof typed !== 'string') return typed.length === 0 ? undefined : typed;
  switch (field.kind) {
    case 'flag':
      return typed === 'true';
    case 'text':
      return typed.length <= field.maxLength && field.pattern?.test(typed) !== false && field.isSound?.(typed) !== false
        ? typed
        : undefined;
    case 'choice':
    case 'choices':
      return field.of.find((one) => one === typed);
    case 'optional_count':
      return typed === '' ? null : within(field, parseCount(typed));
    case 'count':
      return within(field, parseCount(typed));
    case 'money':
      return within(field, parseAmount(typed));
  }
}

function within(
  { min, max }: { readonly min: number; readonly max: number },
  parsed: { readonly ok: true; readonly value: number } | { readonly ok: false },
): number | undefined {
  return parsed.ok && parsed.value >= min && parsed.value <= max ? parsed.value : undefined;
}

/** What is no amount at all is told in the words that stand under every amount. */
function notMoney(field: SettingField, typed: string | readonly string[], t: Translate): string | null {
  if (field.kind !== 'money' || typeof typed !== 'string') return null;
  const parsed = parseAmount(typed);
  return parsed.ok ? null : t(`common:${parsed.error}`);
}

function tooLong(field: SettingField, typed: string | readonly string[], t: Translate): string | null {
  const isTooLong = field.kind === 'text' && field.pattern === undefined && typed.length > field.maxLength;
  return isTooLong ? t('common:input.too_long', { most: field.maxLength }) : null;
}

function boundsOf(field: SettingField, locale: Locale): Record<string, string> {
  return 'min' in field ? { min: formatNumber(field.min, locale), max: formatNumber(field.max, locale) } : {};
}
