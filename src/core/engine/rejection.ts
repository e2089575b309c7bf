/**
 * Every reason why a code is refused, in the order in which reasons are told. What is checked for a reason of the
 * voucher or the trip stands in the table of `restrictions.ts`, for one of other codes in `stacking.ts`.
 */
export const REJECTION_REASONS = [
  'malformed_code',
  'duplicate_code',
  'mistyped_code',
  'unknown_code',
  'cancelled',
  'deactivated',
  'not_paid',
  'not_yet_valid',
  'expired',
  'used_up',
  'held_by_another_booking',
  'currency_mismatch',
  'wrong_channel',
  'wrong_entry',
  'wrong_partner',
  'wrong_brand',
  'wrong_customer',
  'customer_limit_reached',
  'wrong_product',
  'wrong_theme',
  'wrong_region',
  'travel_date_outside',
  'too_few_travellers',
  'trip_price_too_low',
  'no_matching_travellers',
  'budget_exhausted',
  'exclusive_voucher',
  'type_not_combinable',
  'campaign_already_used',
  'too_many_of_type',
  'too_many_vouchers',
  'not_needed',
] as const;
export type RejectionReason = (typeof REJECTION_REASONS)[number];

export interface RejectedCode {
  /** As typed. */
  readonly code: string;
  readonly reason: RejectionReason;
  readonly params: Readonly<Record<string, string | number | null | readonly string[]>>;
  readonly conflictsWith: readonly string[];
}

/** One check a code went through, for the trace: every check, not only the first that failed. */
export interface TraceCheck {
  readonly check: RejectionReason;
  readonly passed: boolean;
  readonly required: string | number | null | readonly string[];
  readonly actual: string | number | null | readonly string[];
}
