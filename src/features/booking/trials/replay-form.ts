import { currencyDigits } from '../../../core/currency.ts';
import { addDays } from '../../../core/calendar.ts';
import { checkRules } from '../../../core/engine/voucher-rules-check.ts';
import { MULTIPLIERS, type Tier } from '../../../core/engine/voucher.ts';
import { dayInput, moneyInput, percentInput } from '../../../platform/html/format.ts';
import type { FormError } from '../../../platform/html/form-view.ts';
import type { Locale, Translate } from '../../../platform/html/i18n.ts';
import { parseCount, parseDay, parseMoney, parsePercent } from '../../../platform/html/typed-input.ts';
import { linesOf, textOf } from '../../../platform/http/request.ts';
import type { StoredRules } from '../../vouchers/rules/rules-service.ts';
import type { ParsedRestrictions, TypedRestrictions } from './replay-restrictions-form.ts';

const FIELDS = [
  'campaign',
  'tiers',
  'maxAmount',
  'multiplier',
  'travelFrom',
  'travelUntil',
  'minTravellers',
  'from',
  'until',
  'past',
  'products',
  'themes',
  'regions',
  'channels',
] as const;
type Field = (typeof FIELDS)[number];
export type TypedReplay = Readonly<Record<Field, string>>;

const DAYS_BACK = 365;
const MAX_TEXT = 20_000;
const LINES: readonly string[] = ['tiers', 'products', 'themes', 'regions'];

export function typedReplay(body: unknown): TypedReplay {
  const sent = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  const { channels } = sent;
  const ticked = (Array.isArray(channels) ? channels : [channels]).filter(
    (one): one is string => typeof one === 'string',
  );
  return {
    ...(Object.fromEntries(
      FIELDS.map((name) => [name, (LINES.includes(name) ? linesOf : textOf)(sent[name], MAX_TEXT)]),
    ) as TypedReplay),
    channels: ticked.join(',').slice(0, MAX_TEXT),
  };
}

/** A campaign as it is stored, against the bookings of the last year. */
export function typedFromCampaign(
  id: string,
  rules: StoredRules,
  restrictions: TypedRestrictions,
  today: string,
  locale: Locale,
): TypedReplay {
  const money = (cents: number): string => moneyInput(cents, rules.currency, locale);
  return {
    campaign: id,
    tiers: rules.tiers
      .map(
        ({ minTripPrice, amount, basisPoints }) =>
          `${money(minTripPrice)} = ${basisPoints === null ? money(amount ?? 0) : `${percentInput(basisPoints, locale)} %`}`,
      )
      .join('\n'),
    maxAmount: rules.maxAmount === null ? '' : money(rules.maxAmount),
    multiplier: rules.multiplier,
    travelFrom: rules.travelFrom === null ? '' : dayInput(rules.travelFrom, locale),
    travelUntil: rules.travelUntil === null ? '' : dayInput(rules.travelUntil, locale),
    minTravellers: rules.restrictions.minTravellers === null ? '' : String(rules.restrictions.minTravellers),
    from: dayInput(addDays(today, -DAYS_BACK), locale),
    until: dayInput(today, locale),
    past: 'true',
    ...restrictions,
  };
}

export interface ParsedReplay {
  readonly rules: StoredRules;
  readonly days: { readonly from: string; readonly until: string } | null;
  readonly errors: readonly FormError[];
}

export function parseReplay(
  typed: TypedReplay,
  stored: StoredRules,
  limits: ParsedRestrictions,
  t: Translate,
): ParsedReplay {
  const errors: FormError[] = limits.errors.map(({ path, message }) => ({
    path,
    message: `${t(`replay:field.${path}`)}: ${message}`,
  }));
  const digits = currencyDigits(stored.currency);
  const wrong = (path: Field, key: string, params: Record<string, unknown> = {}): void =>
    void errors.push({ path, message: `${t(`replay:field.${path}`)}: ${t(key, params)}` });
  const dayAt = (path: 'travelFrom' | 'travelUntil' | 'from' | 'until'): string | null => {
    if (typed[path] === '') return null;
    const day = parseDay(typed[path]);
    if (day.ok) return day.value;
    wrong(path, `common:${day.error}`);
    return null;
  };
  const tiers = typed.tiers
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .flatMap((line): Tier[] => {
      const [, from = '', worth = ''] = /^(.*?)\s*=\s*(.*)$/.exec(line) ?? [];
      const [least, percent, amount] = [parseMoney(from, digits), parsePercent(worth), parseMoney(worth, digits)];
      if (least.ok && worth.endsWith('%') && percent.ok)
        return [{ minTripPrice: least.value, amount: null, basisPoints: percent.value }];
      if (least.ok && !worth.endsWith('%') && amount.ok)
        return [{ minTripPrice: least.value, amount: amount.value, basisPoints: null }];
      wrong('tiers', 'replay:tier_wrong', { line: line.slice(0, 60) });
      return [];
    });
  let maxAmount: number | null = null;
  if (typed.maxAmount !== '') {
    const money = parseMoney(typed.maxAmount, digits);
    if (money.ok) maxAmount = money.value;
    else wrong('maxAmount', `common:${money.error}`);
  }
  let minTravellers: number | null = null;
  if (typed.minTravellers !== '') {
    const count = parseCount(typed.minTravellers);
    if (count.ok && count.value >= 1 && count.value <= 99) minTravellers = count.value;
    else wrong('minTravellers', 'replay:min_travellers_wrong');
  }
  const rules: StoredRules = {
    ...stored,
    tiers: [...tiers].sort((a, b) => a.minTripPrice - b.minTripPrice),
    maxAmount,
    multiplier: MULTIPLIERS.find((one) => one === typed.multiplier) ?? stored.multiplier,
    travelFrom: dayAt('travelFrom'),
    travelUntil: dayAt('travelUntil'),
    restrictions: { ...stored.restrictions, ...limits.restrictions, minTravellers },
  };
  if (errors.length === 0) for (const { path, code } of checkRules(rules)) wrong(fieldOf(path), `replay:rule.${code}`);
  const days = typed.past === 'true' ? daysOf(dayAt('from'), dayAt('until')) : null;
  return { rules, days, errors };

  function daysOf(from: string | null, until: string | null): ParsedReplay['days'] {
    if (typed.from === '') wrong('from', 'common:input.required');
    if (typed.until === '') wrong('until', 'common:input.required');
    if (from === null || until === null) return null;
    if (until < from) wrong('until', 'replay:until_before_from');
    return { from, until };
  }
}

/** Which field a broken rule is shown at. */
function fieldOf(path: string): Field {
  if (path.startsWith('value.maxAmount')) return 'maxAmount';
  if (path.startsWith('validity.travel')) return 'travelUntil';
  return 'tiers';
}
