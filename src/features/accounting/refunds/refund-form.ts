import { REFUND_WAYS } from '../../../core/sale/refund.ts';
import { isIban } from '../../../core/sale/epc-payment.ts';
import type { FormError } from '../../../platform/html/form-view.ts';
import { dayInput } from '../../../platform/html/format.ts';
import type { Locale, Translate } from '../../../platform/html/i18n.ts';
import { parseDay } from '../../../platform/html/typed-input.ts';
import { LENGTHS, textOf } from '../../../platform/http/request.ts';
import type { RefundFilter } from './refund-list-service.ts';
import { REFUND_STATES, type RefundPayment, type RefundTarget } from './refund-service.ts';

const MAX_REFERENCE = 140;
const MAX_PROVIDER_REFERENCE = 200;
const MAX_PAYEE = 200;

type Fields = Readonly<Record<string, unknown>>;

/** What the list is asked for, just as it was typed; `all`: every state. */
export type TypedRefundFilter = Readonly<Record<'state' | 'way' | 'text' | 'incomplete', string>>;

export function typedRefundFilter(query: Fields): TypedRefundFilter {
  return {
    state: textOf(query['state']) || 'open',
    way: textOf(query['way']),
    text: textOf(query['text'], LENGTHS.key),
    incomplete: query['incomplete'] === 'true' ? 'true' : '',
  };
}

export function refundFilterOf(typed: TypedRefundFilter): RefundFilter {
  return {
    state: REFUND_STATES.find((one) => one === typed.state) ?? null,
    way: REFUND_WAYS.find((one) => one === typed.way) ?? null,
    text: typed.text,
    isIncomplete: typed.incomplete === 'true',
  };
}

export type TypedTarget = Readonly<Record<'way' | 'payee' | 'iban' | 'providerReference', string>>;

export function typedTarget(body: Fields): TypedTarget {
  return {
    way: textOf(body['way']),
    payee: textOf(body['payee'], MAX_PAYEE),
    iban: textOf(body['iban'], 50),
    providerReference: textOf(body['providerReference'], MAX_PROVIDER_REFERENCE),
  };
}

export function parseTarget(
  typed: TypedTarget,
  t: Translate,
): { readonly value: RefundTarget } | { readonly errors: readonly FormError[] } {
  const way = REFUND_WAYS.find((one) => one === typed.way);
  const errors: FormError[] = [];
  if (way === undefined) errors.push({ path: 'way', message: t('refunds:refusal.way') });
  if (typed.iban !== '' && !isIban(typed.iban)) errors.push({ path: 'iban', message: t('refunds:refusal.iban') });
  return way === undefined || errors.length > 0 ? { errors } : { value: { ...typed, way } };
}

export type TypedRefundPayment = Readonly<Record<'paidOn' | 'reference', string>>;

export function emptyPayment(today: string, locale: Locale): TypedRefundPayment {
  return { paidOn: dayInput(today, locale), reference: '' };
}

export function typedPayment(body: Fields): TypedRefundPayment {
  return { paidOn: textOf(body['paidOn']), reference: textOf(body['reference'], MAX_REFERENCE) };
}

export function parsePayment(
  typed: TypedRefundPayment,
  t: Translate,
): { readonly value: RefundPayment } | { readonly errors: readonly FormError[] } {
  const day = parseDay(typed.paidOn);
  if (!day.ok) return { errors: [{ path: 'paidOn', message: t(`common:${day.error}`) }] };
  return { value: { paidOn: day.value, reference: typed.reference === '' ? null : typed.reference } };
}
