import type { Locals } from 'express';
import { formatDay, formatMoney, formatPercent } from '../../../platform/html/format.ts';
import type { TierAnswer } from '../rules/rules-service.ts';
import { labelKeyOf, wordKey, type VoucherField } from '../rules/voucher-field.ts';
import { fieldAt, voucherFields } from '../rules/known-fields.ts';

type Words = Pick<Locals, 't' | 'locale'>;

export interface ChangeWords extends Words {
  readonly currency: string;
  /** What the catalogue calls an entry. */
  readonly nameOf: (kind: string, id: string) => string;
}

export interface ChangesView {
  /** Field by field what it was and what it became. */
  readonly changes: readonly { readonly label: string; readonly from: string; readonly to: string }[];
  readonly detail: string;
}

/** What the log tells of one action, as people read it. A new voucher changed nothing. */
export function changesView(action: string, changes: unknown, words: ChangeWords): ChangesView {
  if (action === 'voucher.create') return { changes: [], detail: '' };
  const told = typeof changes === 'object' && changes !== null ? (changes as Readonly<Record<string, unknown>>) : {};
  const pairs = pairsOf(told, '').map(({ path, before, after }) => ({
    label: labelText(path, words.t),
    from: valueText(path, before, words),
    to: valueText(path, after, words),
  }));
  return { changes: pairs, detail: detailText(told, words) };
}

interface Pair {
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** Every `{ before, after }` with the path to it, however deep it stands. */
function pairsOf(told: object, path: string): Pair[] {
  return Object.entries(told).flatMap(([name, value]: [string, unknown]) => {
    const here = path === '' ? name : `${path}.${name}`;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
    return 'before' in value && 'after' in value
      ? [{ path: here, before: value.before, after: value.after }]
      : pairsOf(value, here);
  });
}

/** What an action says of itself besides fields: why, how much, how, when. */
function detailText(told: Readonly<Record<string, unknown>>, { currency, t, locale }: ChangeWords): string {
  const { reason, cents, amount = cents, method, paidAt, refund, balance } = told;
  const parts: string[] = [];
  if (typeof amount === 'number') parts.push(formatMoney(amount, currency, locale));
  if (typeof paidAt === 'string') parts.push(formatDay(paidAt, locale));
  if (typeof method === 'string') parts.push(t(`vouchers:method.${method}`));
  if (typeof refund === 'boolean' && typeof balance === 'number' && balance > 0) {
    parts.push(
      t(refund ? 'vouchers:detail.refunded' : 'vouchers:detail.kept', {
        value: formatMoney(balance, currency, locale),
      }),
    );
  }
  if (typeof reason === 'string' && reason !== '') parts.push(reason);
  return parts.join(' · ');
}

/** Groups that are told as a whole where there was none before. */
const WHOLE: Readonly<Record<string, string>> = { recipient: 'recipientName', deal: 'deal' };

function labelText(path: string, t: Words['t']): string {
  const whole = WHOLE[path];
  if (whole !== undefined) return t(`vouchers:field.${whole}`);
  const field = loggedField(path);
  if (field === undefined) return path;
  return `${t(labelKeyOf(field))}${path.endsWith('.exclude') ? ` (${t('vouchers:not')})` : ''}`;
}

/** By its place in the JSON, or by its name alone, as some actions tell it. */
function loggedField(path: string): VoucherField | undefined {
  return fieldAt(path) ?? voucherFields().find(({ name }) => name === path.split('.').at(-1));
}

function valueText(path: string, value: unknown, { currency, nameOf, t, locale }: ChangeWords): string {
  if (value === null || value === '' || (Array.isArray(value) && value.length === 0)) return t('vouchers:nothing');
  if (typeof value === 'boolean') return t(value ? 'common:yes' : 'common:no');
  const field = loggedField(path);
  const listed = Array.isArray(value) ? (value as unknown[]) : [value];
  switch (field?.kind) {
    case 'money':
      return typeof value === 'number' ? formatMoney(value, currency, locale) : String(value);
    case 'tiers':
      return (listed as TierAnswer[]).map((tier) => tierText(tier, currency, { t, locale })).join('; ');
    case 'pair':
    case 'entry':
    case 'motif':
      return listed.map((id) => nameOf(field.catalogue ?? 'motif', String(id))).join(', ');
    case 'list':
    case 'choice':
    case 'type':
      return listed.map((word) => t(wordKey(field, String(word)))).join(', ');
    case 'count':
    case 'currency':
    case 'customer':
    case 'day':
    case 'email':
    case 'flag':
    case 'text':
    case undefined:
      return dayOrText(listed.map(String).join(', '), locale);
  }
}

function dayOrText(text: string, locale: Words['locale']): string {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) ? formatDay(text, locale) : text;
}

function tierText({ minTripPrice, amount, percent }: TierAnswer, currency: string, { t, locale }: Words): string {
  const money = (cents: number): string => formatMoney(cents, currency, locale);
  const worth = percent === undefined ? money(amount) : formatPercent(Math.round(percent * 100), locale);
  return minTripPrice === 0 ? worth : t('vouchers:tier_from', { worth, price: money(minTripPrice) });
}
