import type { Locals } from 'express';
import type { Difference } from '../../../core/books/verification.ts';
import {
  formatDay,
  formatInstant,
  formatMoney,
  formatNumber,
  formatPercent,
  moneyInput,
} from '../../../platform/html/format.ts';
import { monthText } from '../../accounting/ledger/month-view.ts';
import { differenceText } from '../../accounting/proof/difference-view.ts';
import { VOUCHER_FIELDS } from '../../vouchers/fields.ts';
import { labelKeyOf, wordKey, type VoucherField } from '../../vouchers/rules/voucher-field.ts';
import { kindOfField, labelKeysOf, lastOf, wordKeysOf } from './audit-field.ts';
import { changesOf, type AuditRow, type Change } from './audit-service.ts';

export interface AuditWords extends Pick<Locals, 't' | 'locale'> {
  readonly hasText: (key: string) => boolean;
  readonly timeZone: string;
  /** Of what the entry is about; null: it is not known, and amounts stand without one. */
  readonly currencyOf: (row: AuditRow) => string | null;
  /** What people call a voucher, a campaign or an entry of the catalogue; the id where it is gone. */
  readonly nameOf: (kind: string, id: string) => string;
}

export interface ChangeLine {
  readonly field: string;
  readonly before: string | null;
  readonly after: string | null;
}

const MAX_TEXT = 200;

/** What an entry of the log says, in its reader's words: labels of the forms, amounts, days, names. */
export function changeLines(row: AuditRow, words: AuditWords): ChangeLine[] {
  return changesOf(row.changes).map((change) => lineOf(row, change, words));
}

function lineOf(row: AuditRow, { path, before, after }: Change, words: AuditWords): ChangeLine {
  const show = (value: unknown): string | null => {
    const text = textOf(row, path, value, words);
    return text === '' ? null : text.slice(0, MAX_TEXT);
  };
  return { field: labelOf(row, path, words), before: show(before), after: show(after) };
}

function labelOf({ entity, entityId }: AuditRow, path: string, { t, hasText }: AuditWords): string {
  const field = voucherFieldOf(entity, path);
  if (field !== undefined) {
    const isExclusion = field.kind === 'pair' && path.endsWith('.exclude');
    return `${t(labelKeyOf(field))}${isExclusion ? ` (${t('vouchers:not')})` : ''}`;
  }
  const key = labelKeysOf({ entity, entityId, path }).find(hasText);
  return key === undefined ? path : t(key);
}

/** A rule of a voucher or a campaign is called, and written, as in its form. */
function voucherFieldOf(entity: string, path: string): VoucherField | undefined {
  if (entity !== 'voucher' && entity !== 'campaign') return undefined;
  return VOUCHER_FIELDS.find(
    (field) => field.path === path || (['pair', 'customer'].includes(field.kind) && path.startsWith(`${field.path}.`)),
  );
}

function textOf(row: AuditRow, path: string, value: unknown, words: AuditWords): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'boolean') return words.t(value ? 'common:yes' : 'common:no');
  if (typeof value === 'number') return numberText(row, path, value, words);
  if (typeof value === 'string') return wordText(row, path, value, words);
  if (Array.isArray(value)) {
    const parts = value.map((one) => textOf(row, path, one, words)).filter((part) => part !== '');
    return parts.join(Array.isArray(value[0]) || isObject(value[0]) ? '; ' : ', ');
  }
  if (isDifference(value)) return differenceOf(value, words);
  const kind = referenceOf(row, lastOf(path));
  return Object.entries(value)
    .map(([name, one]) => {
      if (name === 'id' && kind !== null) return words.nameOf(kind, String(one));
      const text = textOf(row, `${path}.${name}`, one, words);
      return text === '' ? '' : `${labelOf(row, name, words)}: ${text}`;
    })
    .filter((part) => part !== '')
    .join(', ');
}

function numberText(row: AuditRow, path: string, value: number, words: AuditWords): string {
  const { locale, timeZone } = words;
  switch (kindOfField(path)) {
    case 'money': {
      const currency = words.currencyOf(row);
      return currency === null ? moneyInput(value, 'EUR', locale) : formatMoney(value, currency, locale);
    }
    case 'basis_points':
      return formatPercent(value, locale);
    case 'percent':
      return formatPercent(Math.round(value * 100), locale);
    case 'instant':
      return formatInstant(value, timeZone, locale);
    case 'number':
      return String(value);
    case 'count':
      return formatNumber(value, locale);
  }
}

function wordText(row: AuditRow, path: string, value: string, words: AuditWords): string {
  const { t, locale, hasText, nameOf, timeZone } = words;
  if (/^\d{4}-\d{2}-\d{2}$/.test(value)) return formatDay(value, locale);
  if (/^\d{4}-\d{2}$/.test(value)) return monthText(value, t);
  if (/^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/.test(value)) return formatInstant(Date.parse(value), timeZone, locale);
  const field = voucherFieldOf(row.entity, path);
  if (field?.catalogue !== undefined) return nameOf(field.catalogue, value);
  const named = referenceOf(row, lastOf(path));
  if (named !== null) return nameOf(named, value);
  const keys = [...(field === undefined ? [] : [wordKey(field, value)]), ...wordKeysOf(path, value)];
  const key = keys.find(hasText);
  return key === undefined ? value : t(key);
}

const REFERENCES: Readonly<Record<string, string>> = {
  voucher: 'voucher',
  vouchers: 'voucher',
  into: 'voucher',
  replaces: 'voucher',
  replacedBy: 'voucher',
  campaign: 'campaign',
  brand: 'brand',
  partner: 'partner',
};

/** What a field names by its id: another voucher, a campaign, an entry of the catalogue. */
function referenceOf({ entity, action }: AuditRow, name: string): string | null {
  if (action === 'voucher.pass_on' && (name === 'from' || name === 'to')) return 'voucher';
  if (entity === 'region' && name === 'parent') return 'region';
  return REFERENCES[name] ?? null;
}

/** The ids that entries name, so that their names are read at once. */
export function referencesOf(rows: readonly AuditRow[]): { readonly kind: string; readonly id: string }[] {
  const own = rows
    .filter(({ entity }) => entity === 'voucher' || entity === 'campaign')
    .map(({ entity, entityId }) => ({ kind: entity, id: entityId }));
  const named = rows.flatMap((row) =>
    changesOf(row.changes).flatMap(({ path, before, after }) => {
      const field = voucherFieldOf(row.entity, path);
      const kind = field?.catalogue ?? referenceOf(row, lastOf(path));
      return kind === null ? [] : [before, after].flat().flatMap((one) => idsIn(one).map((id) => ({ kind, id })));
    }),
  );
  return [...own, ...named];
}

function idsIn(value: unknown): string[] {
  const id: unknown = typeof value === 'object' && value !== null && 'id' in value ? value.id : value;
  return typeof id === 'string' && id !== '' ? [id] : [];
}

function differenceOf(difference: Difference, { t, locale }: AuditWords): string {
  return differenceText(difference, {
    t,
    money: (cents, currency) => formatMoney(cents, currency, locale),
    amount: (cents) => moneyInput(cents, 'EUR', locale),
    count: (count) => formatNumber(count, locale),
  });
}

function isDifference(value: object): value is Difference {
  return 'check' in value && 'place' in value;
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}
