import { countOf, headsOf } from './value.ts';
import type { Booking, Customer, IncludeExclude, Voucher } from './voucher.ts';
import type { RejectionReason, TraceCheck } from './rejection.ts';

type Shown = TraceCheck['required'];

/** What a voucher and a booking decide alone; other reasons come from the code as typed, or from the codes beside it. */
export type EligibilityReason = Exclude<
  RejectionReason,
  | 'malformed_code'
  | 'duplicate_code'
  | 'mistyped_code'
  | 'unknown_code'
  | 'exclusive_voucher'
  | 'type_not_combinable'
  | 'campaign_already_used'
  | 'too_many_of_type'
  | 'too_many_vouchers'
  | 'not_needed'
>;

/** One rule of eligibility: its reason, whether it holds, what it asks for, what is there, what a sentence needs. */
export interface EligibilityCheck {
  readonly reason: EligibilityReason;
  readonly passed: boolean;
  readonly required: Shown;
  readonly actual: Shown;
  readonly params: Readonly<Record<string, Shown>>;
}

/** Stored value that neither was spent nor is held by another booking; null for a voucher that stores none. */
export function availableOf(voucher: Voucher): number | null {
  return voucher.balance === null ? null : Math.max(0, voucher.balance - voucher.heldByOthers);
}

/** What is left of the campaign's budget with other bookings' holds left aside; null: no budget. */
export function budgetLeftOf(voucher: Voucher): number | null {
  const { campaign } = voucher;
  if (campaign === null || campaign.budget === null) return null;
  return Math.max(0, campaign.budget - campaign.budgetUsed - campaign.budgetHeldByOthers);
}

/** The first rule that does not hold, in the order of engine.md section 2; null: the voucher is eligible by itself. */
export function firstFailure(voucher: Voucher, booking: Booking, today: string): EligibilityCheck | null {
  for (const rule of RULES) {
    const check = rule(voucher, booking, today);
    if (!check.passed) return check;
  }
  return null;
}

/** Every rule with what it asks for and what is there, passed or not. */
export function allChecks(voucher: Voucher, booking: Booking, today: string): EligibilityCheck[] {
  return RULES.map((rule) => rule(voucher, booking, today));
}

type Rule = (voucher: Voucher, booking: Booking, today: string) => EligibilityCheck;

const RULES: readonly Rule[] = [
  (voucher) => check('cancelled', !voucher.isCancelled, null, null),
  (voucher) => check('deactivated', !voucher.isDeactivated && voucher.campaign?.active !== false, null, null),
  (voucher, _booking, today) => {
    const paidOn = voucher.paidOn ?? voucher.campaign?.paidOn ?? null;
    return check('not_paid', paidOn !== null && paidOn <= today, today, paidOn, { paidAt: paidOn });
  },
  ({ bookFrom }, _booking, today) =>
    check('not_yet_valid', bookFrom === null || today >= bookFrom, bookFrom, today, { bookFrom }),
  ({ bookUntil }, _booking, today) =>
    check('expired', bookUntil === null || today <= bookUntil, bookUntil, today, { bookUntil }),
  (voucher) => {
    const hasUses = voucher.maxUses === null || voucher.uses < voucher.maxUses;
    const hasValue = voucher.balance === null || voucher.balance > 0;
    return check('used_up', hasUses && hasValue, voucher.maxUses, voucher.uses, {
      maxUses: voucher.maxUses,
      uses: voucher.uses,
    });
  },
  (voucher) => {
    const hasUses = voucher.maxUses === null || voucher.uses + voucher.usesHeldByOthers < voucher.maxUses;
    const available = availableOf(voucher);
    return check('held_by_another_booking', hasUses && (available === null || available > 0), null, available, {
      heldAmount: voucher.heldByOthers,
      heldUses: voucher.usesHeldByOthers,
    });
  },
  (voucher, booking) =>
    check('currency_mismatch', voucher.currency === booking.currency, voucher.currency, booking.currency),
  ({ restrictions: { channels } }, { channel }) =>
    check('wrong_channel', channels.length === 0 || channels.includes(channel), channels, channel),
  (voucher, { entry }) => {
    const own = voucher.type === 'deal' ? (voucher.deal?.entry ?? 'deal_page') : null;
    const passed = entry === 'deal_page' ? own === 'deal_page' || own === 'both' : own !== 'deal_page';
    return check('wrong_entry', passed, own, entry, { type: voucher.type, entry });
  },
  ({ restrictions: { partner } }, booking) =>
    check('wrong_partner', partner === null || partner === booking.partner, partner, booking.partner),
  ({ restrictions: { brand } }, booking) =>
    check('wrong_brand', brand === null || brand === booking.brand, brand, booking.brand),
  ({ restrictions: { customer } }, booking) =>
    check('wrong_customer', customer === null || isSameCustomer(customer, booking.customer), null, null),
  ({ maxUsesPerCustomer, usesByCustomer }, booking) => {
    const passed =
      maxUsesPerCustomer === null || (isKnownCustomer(booking.customer) && usesByCustomer < maxUsesPerCustomer);
    return check('customer_limit_reached', passed, maxUsesPerCustomer, usesByCustomer, {
      maxUsesPerCustomer,
      usesByCustomer,
    });
  },
  ({ restrictions: { products } }, { product }) => {
    const has = product === null ? [] : [product];
    return check('wrong_product', listPairHolds(products, has), products.include, has, {
      include: products.include,
      exclude: products.exclude,
    });
  },
  ({ restrictions: { themes } }, booking) =>
    check('wrong_theme', listPairHolds(themes, booking.themes), themes.include, booking.themes, {
      include: themes.include,
      exclude: themes.exclude,
    }),
  ({ restrictions: { regions } }, booking) =>
    check('wrong_region', listPairHolds(regions, booking.regions), regions.include, booking.regions, {
      include: regions.include,
      exclude: regions.exclude,
    }),
  ({ travelFrom, travelUntil }, { departure }) => {
    const isOpen = travelFrom === null && travelUntil === null;
    const isInside =
      departure !== null &&
      (travelFrom === null || departure >= travelFrom) &&
      (travelUntil === null || departure <= travelUntil);
    const required = isOpen ? null : `${travelFrom ?? ''}..${travelUntil ?? ''}`;
    return check('travel_date_outside', isOpen || isInside, required, departure, {
      travelFrom,
      travelUntil,
      departure,
    });
  },
  ({ restrictions: { minTravellers } }, booking) => {
    const heads = headsOf(booking);
    return check('too_few_travellers', minTravellers === null || heads >= minTravellers, minTravellers, heads, {
      minTravellers,
      travellers: heads,
    });
  },
  ({ tiers }, { tripPrice }) => {
    const minTripPrice = tiers.reduce<number | null>(
      (least, tier) => Math.min(least ?? tier.minTripPrice, tier.minTripPrice),
      null,
    );
    const missing = Math.max(0, (minTripPrice ?? 0) - tripPrice);
    return check('trip_price_too_low', missing === 0, minTripPrice, tripPrice, { minTripPrice, tripPrice, missing });
  },
  (voucher, booking) => {
    const count = countOf(voucher.multiplier, booking);
    return check('no_matching_travellers', count > 0, voucher.multiplier, count, { multiplier: voucher.multiplier });
  },
  (voucher) => {
    const left = budgetLeftOf(voucher);
    return check('budget_exhausted', left === null || left > 0, voucher.campaign?.budget ?? null, left);
  },
];

function check(
  reason: EligibilityReason,
  passed: boolean,
  required: Shown,
  actual: Shown,
  params: Readonly<Record<string, Shown>> = { required, actual },
): EligibilityCheck {
  return { reason, passed, required, actual, params };
}

/** (include is empty, or the trip has one of it) and the trip has none of exclude. Source: engine.md section 2. */
export function listPairHolds(pair: IncludeExclude, has: readonly string[]): boolean {
  const isIncluded = pair.include.length === 0 || pair.include.some((id) => has.includes(id));
  return isIncluded && !pair.exclude.some((id) => has.includes(id));
}

/** Ids are compared when both sides have one, else e-mails without regard to case. */
export function isSameCustomer(bound: Customer, own: Customer | null): boolean {
  if (own === null) return false;
  if (hasText(bound.id) && hasText(own.id)) return bound.id === own.id;
  return hasText(bound.email) && hasText(own.email) && foldEmail(bound.email) === foldEmail(own.email);
}

export function isKnownCustomer(customer: Customer | null): boolean {
  return customer !== null && (hasText(customer.id) || hasText(customer.email));
}

/** The form in which two e-mail addresses are compared: foldEmail(' Anna@Example.ORG') = 'anna@example.org'. */
export function foldEmail(email: string): string {
  return email.trim().normalize('NFKC').toLowerCase();
}

function hasText(value: string | null | undefined): value is string {
  return value !== null && value !== undefined && value !== '';
}
