import { isMalformedCode } from '../../../core/engine/voucher-code.ts';
import { PAYMENT_METHODS } from '../../../core/books/postings.ts';
import {
  CHANNELS,
  DEAL_ENTRIES,
  FUNDINGS,
  MULTIPLIERS,
  RESIDUALS,
  type Deal,
  type IncludeExclude,
} from '../../../core/engine/voucher.ts';
import { MAX_CENTS } from '../../../platform/http/fields.ts';
import { currencyDigits } from '../../../platform/html/format.ts';
import type { FormError } from '../../../platform/html/form-view.ts';
import type { Translate } from '../../../platform/html/i18n.ts';
import { parseCount, parseDay, parseMoney, parsePercent, type Typed } from '../../../platform/html/typed-input.ts';
import type { TierBody } from '../rules/rules-service.ts';
import type { RestrictionKind, TextField, TypedTier, TypedVoucher } from './typed-voucher-form.ts';
import { MAX_NOTE, type VoucherBody } from '../record/voucher-service.ts';
import type { VoucherView } from '../record/voucher-view-service.ts';

export interface FormContext {
  readonly t: Translate;
  readonly currency: string;
  /** What the restrictions' rows name, as ids. */
  readonly entries: Readonly<Record<RestrictionKind, IncludeExclude>>;
  /** The stored voucher of which the form shows all but a few fields; null for a new one. */
  readonly voucher: VoucherView | null;
}

const MAX_TITLE = 200;
const MAX_EMAIL = 254;
const MAX_CODE_TEXT = 100;
const MAX_COUNT = 1_000_000_000;
const MAX_TRAVELLERS = 99;
const MAX_REFERENCE = 64;

/** The typed form as the body the service takes, and what of it cannot be read. */
export function bodyOf(
  typed: TypedVoucher,
  { t, currency, entries, voucher }: FormContext,
): { readonly body: VoucherBody; readonly errors: readonly FormError[] } {
  const errors: FormError[] = [];
  const wrong = (path: string, message: string): void => {
    errors.push({ path, message });
  };
  const text = (name: TextField): string => typed[name].trim();
  const read: Read = (path, value, parse) => {
    if (value.trim() === '') return null;
    const result = parse(value);
    if (result.ok) return result.value;
    wrong(path, t(`common:${result.error}`));
    return null;
  };
  const toMoney = (value: string): Typed<number> => moneyOf(value, currency);
  const money = (name: TextField): number | null => read(name, text(name), toMoney);
  const day = (name: TextField): string | null => read(name, text(name), parseDay);
  const count = (name: TextField, most = MAX_COUNT): number | null => {
    const value = read(name, text(name), parseCount);
    if (value !== null && (value < 1 || value > most)) wrong(name, t('vouchers:out_of_range', { most }));
    return value;
  };
  const { type } = typed;
  const isStored = type === 'purchase' || type === 'settlement';
  const required = (name: string, holds: boolean, message = t('common:input.required')): void => {
    if (holds) wrong(name, message);
  };
  required('title', text('title') === '');
  if (text('title').length > MAX_TITLE) wrong('title', t('vouchers:title_too_long', { count: MAX_TITLE }));
  if (voucher === null && text('code') !== '' && !isSoundCode(text('code')))
    wrong('code', t('vouchers:code_malformed'));
  const paidAt = day('paidAt');
  const value = {
    multiplier: oneOf(MULTIPLIERS, text('multiplier')) ?? 'booking',
    originalValue: isStored ? money('originalValue') : null,
    maxAmount: money('maxAmount'),
    tiers: typed.tiers.map((tier, index) => tierOf(tier, `tiers.${index}`, read, toMoney)),
  };
  typed.tiers.forEach(({ worth }, index) => {
    required(`tiers.${index}.worth`, worth.trim() === '');
  });
  required('originalValue', isStored && text('originalValue') === '');
  required(
    'funding',
    type === 'settlement' && oneOf(FUNDINGS, text('funding')) === null,
    t('vouchers:funding_required'),
  );
  const email = text('customerEmail');
  if (!isEmail(email || null)) wrong('customerEmail', t('vouchers:email_invalid'));
  const deal: Deal | null =
    type !== 'deal'
      ? null
      : {
          paysInFull: text('paysInFull') === 'true',
          entry: oneOf(DEAL_ENTRIES, text('entry')) ?? 'deal_page',
          invoicePartner: text('invoicePartner') === 'true',
          partnerPrice: money('partnerPrice'),
        };
  const tooLong = (name: TextField, most: number): void => {
    if (text(name).length > most) wrong(name, t('vouchers:title_too_long', { count: most }));
  };
  for (const name of ['motif', 'bookingId', 'invoiceId'] as const) tooLong(name, MAX_REFERENCE);
  tooLong('recipientName', MAX_TITLE);
  tooLong('note', MAX_NOTE);
  const recipient = { name: text('recipientName') || null, email: text('recipientEmail') || null };
  if (!isEmail(recipient.email)) wrong('recipientEmail', t('vouchers:email_invalid'));
  required('partner', deal?.invoicePartner === true && text('partner') === '', t('vouchers:partner_required'));
  const issuePrice = voucher === null && type === 'purchase' ? money('issuePrice') : null;
  const method = oneOf(PAYMENT_METHODS, text('method'));
  const body: VoucherBody = {
    type,
    title: text('title'),
    ...(text('code') === '' ? {} : { code: text('code') }),
    paidAt,
    ...(issuePrice === null ? {} : { issuePrice }),
    ...(type === 'purchase' && method !== null && paidAt !== null ? { paymentMethod: method } : {}),
    active: text('active') === 'true',
    value,
    validity: {
      bookFrom: day('bookFrom'),
      bookUntil: day('bookUntil'),
      travelFrom: day('travelFrom'),
      travelUntil: day('travelUntil'),
    },
    restrictions: {
      ...entries,
      partner: text('partner') || null,
      brand: text('brand') || null,
      channels: CHANNELS.filter((channel) => typed.channels.includes(channel)),
      customer: customerOf(email, voucher),
      minTravellers: count('minTravellers', MAX_TRAVELLERS),
    },
    usage: { maxUses: count('maxUses'), maxUsesPerCustomer: count('maxUsesPerCustomer') },
    stacking: { exclusive: text('exclusive') === 'true' },
    deal,
    funding: type === 'settlement' ? oneOf(FUNDINGS, text('funding')) : null,
    refundOnExpiry: isStored && text('refundOnExpiry') === 'true',
    residual: isStored ? (oneOf(RESIDUALS, text('residual')) ?? 'keep') : 'keep',
    motif: text('motif') || null,
    message: text('message') || null,
    recipient: recipient.name === null && recipient.email === null ? null : recipient,
    bookingId: text('bookingId') || null,
    invoiceId: text('invoiceId') || null,
    note: text('note') || null,
  };
  return { body, errors };
}

/** The groups of the body that differ: what is not touched is not written, and does not stand in the history. */
export function changedParts(before: VoucherBody, after: VoucherBody): Partial<VoucherBody> {
  const parts = Object.entries(after).filter(
    ([name, part]) => JSON.stringify(part) !== JSON.stringify(before[name as keyof VoucherBody]),
  );
  return Object.fromEntries(parts);
}

/** Where the form shows what the service says of a place in the JSON. */
export function formPath(path: string): string {
  const tier = /^value\.tiers\.(\d+)(?:\.(\w+))?$/.exec(path);
  if (tier !== null) return `tiers.${tier[1] ?? ''}.${tier[2] === 'minTripPrice' ? 'minTripPrice' : 'worth'}`;
  if (path === 'value.tiers') return 'tiers';
  const restriction = /^restrictions\.(products|themes|regions)\./.exec(path);
  if (restriction !== null) return restriction[1] ?? '';
  if (path.startsWith('restrictions.customer')) return 'customerEmail';
  if (path.startsWith('recipient')) return path.endsWith('name') ? 'recipientName' : 'recipientEmail';
  return path.split('.').at(-1) ?? path;
}

export function isSoundCode(code: string): boolean {
  return code.length <= MAX_CODE_TEXT && !isMalformedCode(code);
}

/** An address that could be one; none at all is fine. */
function isEmail(text: string | null): boolean {
  return text === null || (text.length <= MAX_EMAIL && /^\S+@\S+$/.test(text));
}

type Read = <T>(path: string, value: string, parse: (value: string) => Typed<T>) => T | null;

function moneyOf(value: string, currency: string): Typed<number> {
  const money = parseMoney(value, currencyDigits(currency));
  return money.ok && Math.abs(money.value) > MAX_CENTS ? { ok: false, error: 'input.too_large' } : money;
}

function oneOf<T extends string>(values: readonly T[], text: string): T | null {
  return values.find((value) => value === text) ?? null;
}

/** A customer's id does not stand in the form and stays as long as the address does. */
function customerOf(email: string, voucher: VoucherView | null): VoucherView['restrictions']['customer'] {
  const known = voucher?.restrictions.customer ?? null;
  if (email === (known?.email ?? '')) return known;
  return email === '' ? null : { id: null, email };
}

function tierOf(tier: TypedTier, path: string, read: Read, toMoney: (value: string) => Typed<number>): TierBody {
  const minTripPrice = read(`${path}.minTripPrice`, tier.minTripPrice, toMoney) ?? 0;
  if (tier.unit === 'percent') {
    const basisPoints = read(`${path}.worth`, tier.worth, parsePercent);
    return { minTripPrice, percent: basisPoints === null ? 0 : basisPoints / 100 };
  }
  return { minTripPrice, amount: read(`${path}.worth`, tier.worth, toMoney) ?? 0 };
}
