import type { Locals } from 'express';
import { CHOOSABLE_FUNDINGS } from '../../../core/engine/voucher.ts';
import { formatMoney, formatNumber } from '../../../platform/html/format.ts';
import type { CheckState, CountedRest, ImportNight } from './import-service.ts';

type DoneCheck = Extract<CheckState, { readonly state: 'done' }>;
type Words = Pick<Locals, 't' | 'locale'>;

/** What a check found, and what the first night would do to the vouchers. */
export function checkView({ check, payload }: DoneCheck, currency: string, { t, locale }: Words) {
  const isBlocked = payload.policy === 'stop' && check.bad + check.skipped > 0;
  const money = (cents: number): string => formatMoney(cents, currency, locale);
  const figure = (label: string, value: string): { label: string; value: string } => ({
    label: t(`exchange:import.figure.${label}`),
    value,
  });
  const count = (label: 'good' | 'skipped' | 'bad'): { label: string; value: string } =>
    figure(label, formatNumber(check[label], locale));
  return {
    fileName: payload.fileName,
    figures: [
      ...(['good', 'skipped', 'bad'] as const).map(count),
      figure('value', money(check.value)),
      figure('rest', money(check.rest)),
    ],
    isBlocked,
    mayStart: check.good > 0 && !isBlocked,
    startLabel: t('exchange:import.start', { count: check.good, number: formatNumber(check.good, locale) }),
    booked: check.rest === 0 ? '' : t('exchange:import.booked', { rest: money(check.rest) }),
    night: check.night === undefined ? [] : nightLines(check.night, money, { t, locale }),
    isPaidOut: (check.night?.paidOut.vouchers ?? 0) > 0,
    withoutFunding: check.withoutFunding ?? 0,
    fundings: CHOOSABLE_FUNDINGS.map((value) => ({ value, label: t(`vouchers:funding.${value}`) })),
    problems: check.problems,
    moreProblems: Math.max(0, check.bad + check.skipped - check.problems.length),
  };
}

function nightLines(night: ImportNight, money: (cents: number) => string, { t, locale }: Words): string[] {
  const line = (name: keyof ImportNight): string => {
    const { vouchers, rest }: CountedRest = night[name];
    return t(`exchange:import.night.${name}`, {
      count: vouchers,
      number: formatNumber(vouchers, locale),
      rest: money(rest),
    });
  };
  return [line('expired'), line('paidOut'), line('over'), t('exchange:import.night.forfeited')];
}
