import { isCalendarDay } from '../calendar.ts';
import type { Tier, VoucherRules } from './voucher.ts';

/** A place in a voucher's JSON that breaks a rule, and which. */
export interface RuleProblem {
  readonly path: string;
  readonly code: RuleProblemCode;
}

export type RuleProblemCode =
  | 'tier_required'
  | 'percent_not_allowed'
  | 'tier_twice'
  | 'tier_needs_one_value'
  | 'amount_not_positive'
  | 'percent_out_of_range'
  | 'not_whole_cents'
  | 'pays_in_full_only_deal'
  | 'deal_only_deal'
  | 'deal_required'
  | 'original_value_required'
  | 'original_value_not_allowed'
  | 'funding_only_settlement'
  | 'until_before_from'
  | 'not_a_day';

export interface CheckedRules extends VoucherRules {
  readonly originalValue: number | null;
  readonly funding: string | null;
}

/**
 * Everything that is wrong with a voucher's or a campaign's rules, all at once; empty: they can be saved.
 * Source: engine.md section 3, "Refused when a voucher is saved". A discount without a tier: [{ path: 'value.tiers',
 * code: 'tier_required' }].
 */
export function checkRules(rules: CheckedRules): RuleProblem[] {
  const isStored = rules.type === 'purchase' || rules.type === 'settlement';
  const problems: RuleProblem[] = [];
  const add = (path: string, code: RuleProblemCode, holds: boolean): void => {
    if (holds) problems.push({ path, code });
  };
  const needsTier = rules.type === 'discount' || (rules.type === 'deal' && rules.deal?.paysInFull !== true);
  add('value.tiers', 'tier_required', needsTier && rules.tiers.length === 0);
  rules.tiers.forEach((tier, index) => {
    problems.push(...tierProblems(tier, `value.tiers.${index}`, isStored, rules.tiers.slice(0, index)));
  });
  if (rules.maxAmount !== null) {
    add('value.maxAmount', 'not_whole_cents', !Number.isSafeInteger(rules.maxAmount));
    add('value.maxAmount', 'amount_not_positive', rules.maxAmount <= 0);
  }
  add(
    'value.originalValue',
    'original_value_required',
    isStored && (rules.originalValue === null || rules.originalValue <= 0),
  );
  add(
    'value.originalValue',
    'not_whole_cents',
    rules.originalValue !== null && !Number.isSafeInteger(rules.originalValue),
  );
  add('value.originalValue', 'original_value_not_allowed', !isStored && rules.originalValue !== null);
  add('deal.paysInFull', 'pays_in_full_only_deal', rules.type !== 'deal' && rules.deal?.paysInFull === true);
  add('deal', 'deal_only_deal', rules.type !== 'deal' && rules.deal !== null && !rules.deal.paysInFull);
  add('funding', 'funding_only_settlement', rules.type !== 'settlement' && rules.funding !== null);
  problems.push(...dayProblems(rules));
  return problems;
}

function tierProblems(tier: Tier, path: string, isStored: boolean, earlier: readonly Tier[]): RuleProblem[] {
  const { minTripPrice, amount, basisPoints } = tier;
  const problems: RuleProblem[] = [];
  const add = (name: string, code: RuleProblemCode, holds: boolean): void => {
    if (holds) problems.push({ path: name === '' ? path : `${path}.${name}`, code });
  };
  add('minTripPrice', 'not_whole_cents', !Number.isSafeInteger(minTripPrice) || minTripPrice < 0);
  add(
    'minTripPrice',
    'tier_twice',
    earlier.some((other) => other.minTripPrice === minTripPrice),
  );
  add('', 'tier_needs_one_value', (amount === null) === (basisPoints === null));
  add('amount', 'amount_not_positive', amount !== null && amount <= 0);
  add('amount', 'not_whole_cents', amount !== null && !Number.isSafeInteger(amount));
  add('percent', 'percent_not_allowed', basisPoints !== null && isStored);
  // Basis points that are no whole number come from a percentage with more than two decimals.
  add(
    'percent',
    'percent_out_of_range',
    basisPoints !== null && !(Number.isSafeInteger(basisPoints) && basisPoints > 0 && basisPoints <= 10_000),
  );
  return problems;
}

function dayProblems({ bookFrom, bookUntil, travelFrom, travelUntil }: VoucherRules): RuleProblem[] {
  const days = { bookFrom, bookUntil, travelFrom, travelUntil };
  const problems: RuleProblem[] = Object.entries(days)
    .filter(([, day]) => day !== null && !isCalendarDay(day))
    .map(([name]) => ({ path: `validity.${name}`, code: 'not_a_day' }));
  if (bookFrom !== null && bookUntil !== null && bookUntil < bookFrom)
    problems.push({ path: 'validity.bookUntil', code: 'until_before_from' });
  if (travelFrom !== null && travelUntil !== null && travelUntil < travelFrom)
    problems.push({ path: 'validity.travelUntil', code: 'until_before_from' });
  return problems;
}
