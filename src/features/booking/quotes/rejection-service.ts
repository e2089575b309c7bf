import type { RejectedCode, RejectionReason } from '../../../core/engine/rejection.ts';
import { formatDay, formatMoney } from '../../../platform/html/format.ts';
import type { Locale, Translate } from '../../../platform/html/i18n.ts';

export type ShownRejection = Omit<RejectedCode, 'reason'> & { readonly reason: RejectionReason | 'not_redeemable' };

/** Reasons that would confirm a guess: a browser hears one neutral word instead. */
const CONFIRMING_REASONS: ReadonlySet<RejectionReason> = new Set([
  'unknown_code',
  'mistyped_code',
  'cancelled',
  'deactivated',
  'not_paid',
  'not_yet_valid',
  'used_up',
  'wrong_customer',
]);

/** The rejection as somebody may see it who only knows the code. */
export function neutralRejection(rejected: RejectedCode): ShownRejection {
  return CONFIRMING_REASONS.has(rejected.reason) ? { ...rejected, reason: 'not_redeemable', params: {} } : rejected;
}

/** Codes that look like guessing, for the limits on wrong codes. */
export function wrongCodesOf(rejected: readonly RejectedCode[]): number {
  return rejected.filter(({ reason }) => reason === 'unknown_code' || reason === 'mistyped_code').length;
}

/** What is wrong with a code and what to do, in one sentence. */
export function rejectionSentence(
  rejected: ShownRejection,
  currency: string,
  locale: Locale,
  translate: Translate,
): string {
  const { params, conflictsWith } = rejected;
  const shown = Object.fromEntries(
    Object.entries(params).map(([name, value]) => [name, shownParam(name, value, currency, locale)]),
  );
  return translate(`rejections:${textKey(rejected)}`, { ...shown, conflicts: conflictsWith.join(', ') });
}

const DAYS = new Set(['bookFrom', 'bookUntil', 'travelFrom', 'travelUntil']);
const AMOUNTS = new Set(['minTripPrice', 'missing']);

function shownParam(name: string, value: RejectedCode['params'][string], currency: string, locale: Locale): string {
  if (typeof value === 'string') return DAYS.has(name) ? formatDay(value, locale) : value;
  if (typeof value === 'number') return AMOUNTS.has(name) ? formatMoney(value, currency, locale) : String(value);
  return value === null ? '' : value.join(', ');
}

function textKey({ reason, params }: ShownRejection): string {
  if (reason === 'wrong_entry' && params.type === 'deal') return 'wrong_entry_deal';
  if (reason === 'travel_date_outside') {
    if (params.travelFrom === null) return 'travel_date_outside_until';
    return params.travelUntil === null ? 'travel_date_outside_from' : 'travel_date_outside_between';
  }
  if (reason === 'no_matching_travellers' && (params.multiplier === 'adult' || params.multiplier === 'child'))
    return `${reason}_${params.multiplier}`;
  return reason;
}
