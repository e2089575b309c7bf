import { isRefusedNumber } from '../../booking/quotes/booking-number-service.ts';
import type { Request, Response } from 'express';
import {
  TENDERS,
  tenderFor,
  WAYS_TO_PAY,
  tenderAmounts,
  type Tender,
  type TenderAmounts,
} from '../../../core/sale/till.ts';
import type { FormError } from '../../../platform/html/form-view.ts';
import { formatMoney } from '../../../platform/html/format.ts';
import type { Translate } from '../../../platform/html/i18n.ts';
import { generateToken } from '../../../platform/secrets/tokens.ts';
import { amountSentence, parseMoney } from '../../../platform/html/typed-input.ts';
import { fingerprintOf } from '../../../platform/data/idempotency.ts';
import { LENGTHS, fieldsOf, textOf } from '../../../platform/http/request.ts';
import type { SentForm } from './till-form-service.ts';

declare module 'express-session' {
  interface SessionData {
    /** Vouchers whose code this person scanned or sold: only those are redeemed and printed at the counter. */
    counterVouchers?: readonly string[];
  }
}

export type Typed = Readonly<Record<string, string>>;

export const COUNTER_PATH = '/admin/counter';
const MAX_REMEMBERED = 50;

export function typedFields(req: Request, names: readonly string[]): Typed {
  const sent = fieldsOf(req);
  const typed = Object.fromEntries(names.map((name) => [name, textOf(sent[name], LENGTHS.reason)]));
  return { ...typed, entryKey: textOf(sent['entryKey'], LENGTHS.key) || generateToken('') };
}

/** The form as it was sent, to be done once; `what` tells forms apart that ask for the same fields. */
export function sentForm({ entryKey = '', ...said }: Typed, what: string): SentForm {
  return { entryKey, formHash: fingerprintOf({ what, said }) };
}

/** An amount above 0, or null with its error noted. */
export function amountOf(
  typed: Typed,
  name: string,
  errors: FormError[],
  { t, otherwise }: { readonly t: Translate; readonly otherwise: string },
): number | null {
  const parsed = parseMoney(typed[name] ?? '');
  if (parsed.ok && parsed.value > 0) return parsed.value;
  errors.push({ path: name, message: amountSentence(parsed, t, otherwise) });
  return null;
}

/** What is wrong with an amount of cash that may be 0. */
export function cashSentence(cash: ReturnType<typeof parseMoney>, t: Translate): string {
  return amountSentence(cash, t, t('counter:error.cash'));
}

/** How the rest is paid; null with the errors noted. */
export function tenderOf(
  typed: Typed,
  rest: number,
  currency: string,
  res: Response,
  errors: FormError[],
): TenderAmounts | null {
  const { t, locale } = res.locals;
  const by = WAYS_TO_PAY.find((one) => one === typed['by']) ?? 'cash';
  const given: Record<Tender, number> = { ...tenderAmounts(() => 0) };
  for (const one of by === 'mixed' ? TENDERS : []) {
    const text = typed[one] ?? '';
    const parsed = text === '' ? { ok: true as const, value: 0 } : parseMoney(text);
    if (parsed.ok && parsed.value >= 0) given[one] = parsed.value;
    else errors.push({ path: one, message: amountSentence(parsed, t, t('counter:error.amount')) });
  }
  const result = tenderFor(rest, by, given);
  if (result.ok) return errors.length === 0 ? result.amounts : null;
  const key = result.open > 0 ? 'tender_short' : 'tender_over';
  if (errors.length === 0)
    errors.push({
      path: 'cash',
      message: t(`counter:error.${key}`, {
        rest: formatMoney(rest, currency, locale),
        open: formatMoney(Math.abs(result.open), currency, locale),
      }),
    });
  return null;
}

/** The fields in which somebody says how is paid. */
export const TENDER_FIELDS = ['by', ...TENDERS] as const;

/** The ways to pay, as the form offers them; `isMixed` is the one that asks for the amount of each tender. */
export function tenderChoices(t: Translate): readonly object[] {
  return WAYS_TO_PAY.map((value) => ({ value, label: t(`counter:tender.${value}`), isMixed: value === 'mixed' }));
}

export function rememberVouchers(req: Request, ids: readonly string[]): void {
  const others = (req.session.counterVouchers ?? []).filter((known) => !ids.includes(known));
  req.session.counterVouchers = [...others, ...ids].slice(-MAX_REMEMBERED);
}

export function knowsVoucher(req: Request, id: string): boolean {
  return req.session.counterVouchers?.includes(id) ?? false;
}

/** The number of the booking that is redeemed for; what is wrong with it is noted. */
export function bookingNumberOf(typed: Typed, errors: FormError[], t: Translate): string {
  const number = typed['bookingNumber'] ?? '';
  const wrong = (message: string): void => void errors.push({ path: 'bookingNumber', message });
  if (number === '') wrong(t('counter:error.number'));
  else if (number.length > LENGTHS.key) wrong(t('common:input.too_long', { most: LENGTHS.key }));
  else if (isRefusedNumber(number)) wrong(t('errors:field.number_not_fitting'));
  return number;
}
