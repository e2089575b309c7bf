import type { FormError } from '../../../platform/html/form-view.ts';
import { dayInput } from '../../../platform/html/format.ts';
import type { Locale, Translate } from '../../../platform/html/i18n.ts';
import { parseDay } from '../../../platform/html/typed-input.ts';
import { LENGTHS, textOf } from '../../../platform/http/request.ts';
import { MAX_REPORT_DAYS, type ReportDays } from './partner-report-service.ts';

type Body = Readonly<Record<string, unknown>>;

const DAY_MS = 86_400_000;

export interface AskedReport {
  readonly typed: { readonly partner: string; readonly from: string; readonly to: string };
  /** null: a day is wrong. */
  readonly days: ReportDays | null;
  readonly errors: readonly FormError[];
}

/** Without days it is the month before until today. */
export function askedReport(
  source: Body,
  today: string,
  { t, locale }: { readonly t: Translate; readonly locale: Locale },
): AskedReport {
  const typed = { partner: textOf(source['partner']), from: textOf(source['from']), to: textOf(source['to']) };
  if (typed.from === '' && typed.to === '') {
    const first = firstOfMonthBefore(today);
    return {
      typed: { ...typed, from: dayInput(first, locale), to: dayInput(today, locale) },
      days: { from: first, to: today },
      errors: [],
    };
  }
  const [from, to] = [parseDay(typed.from), parseDay(typed.to)];
  const errors = [
    ...(from.ok ? [] : [{ path: 'from', message: t(`common:${from.error}`) }]),
    ...(to.ok ? [] : [{ path: 'to', message: t(`common:${to.error}`) }]),
  ];
  if (!from.ok || !to.ok) return { typed, days: null, errors };
  if (from.value > to.value)
    return { typed, days: null, errors: [{ path: 'to', message: t('partner_settlements:days_reversed') }] };
  if ((Date.parse(to.value) - Date.parse(from.value)) / DAY_MS >= MAX_REPORT_DAYS)
    return { typed, days: null, errors: [{ path: 'from', message: t('partner_settlements:too_long') }] };
  return { typed, days: { from: from.value, to: to.value }, errors: [] };
}

/** Which deal is to be written off and why, just as it was typed. */
export interface TypedWriteOff {
  readonly lineId: string;
  readonly redemptionId: string;
  readonly reason: string;
}

export function typedWriteOff(body: Body): TypedWriteOff {
  return {
    lineId: textOf(body['line']),
    redemptionId: textOf(body['redemption']),
    reason: textOf(body['reason'], LENGTHS.reason),
  };
}

/** What the fields below the report begin with: as they were typed, else the payment is of today. */
export function linesInput(source: Body, today: string): Readonly<Record<string, string>> {
  return {
    paidOn: textOf(source['paidOn']) || today,
    reference: textOf(source['reference']),
    [`reason-${textOf(source['line'])}`]: textOf(source['reason'], LENGTHS.reason),
  };
}

function firstOfMonthBefore(today: string): string {
  return new Date(Date.UTC(Number(today.slice(0, 4)), Number(today.slice(5, 7)) - 2, 1)).toISOString().slice(0, 10);
}
