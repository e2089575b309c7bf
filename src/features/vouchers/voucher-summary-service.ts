import { evaluate } from '../../core/evaluate.ts';
import { checkRules } from '../../core/voucher-rules-check.ts';
import { DEFAULT_STACKING_POLICY, type Booking } from '../../core/voucher.ts';
import { formatDay, formatMoney, formatPercent } from '../../platform/format.ts';
import type { Locale, Translate } from '../../platform/i18n.ts';
import { isStoredValue, rulesFromBody, type RulesBody, type StoredRules } from '../campaigns/rules-service.ts';

export interface VoucherSummary {
  readonly sentences: readonly string[];
  /** null: the rules are not complete enough for the engine. */
  readonly example: { readonly tripPrice: string; readonly applied: string; readonly payable: string; readonly isDiscount: boolean } | null;
}

/** What a voucher does, in plain sentences, with an example that the real engine computed. */
export function summarise(body: RulesBody, currency: string, today: string, locale: Locale, t: Translate): VoucherSummary {
  const rules = rulesFromBody(body, currency);
  return { sentences: sentencesOf(rules, locale, t), example: exampleOf(rules, today, locale) };
}

const EXAMPLE_TRIP_PRICE = 120_000;

function sentencesOf(rules: StoredRules, locale: Locale, t: Translate): string[] {
  const money = (cents: number): string => formatMoney(cents, rules.currency, locale);
  const say = (key: string, params: Record<string, unknown> = {}): string => t(`vouchers:says.${key}`, params);
  const sentences: string[] = [];
  if (rules.deal?.paysInFull === true) sentences.push(say('pays_in_full'));
  if (rules.originalValue !== null) sentences.push(say('stores', { value: money(rules.originalValue) }));
  for (const { minTripPrice, amount, basisPoints } of rules.tiers) {
    const worth = basisPoints === null ? `${money(amount ?? 0)} ${say(`per.${rules.multiplier}`)}` : `${formatPercent(basisPoints, locale)} ${say(`of.${rules.multiplier}`)}`;
    const limit = isStoredValue(rules.type) ? 'tier_limit' : 'tier';
    sentences.push(minTripPrice === 0 ? say(limit, { worth }) : say(`${limit}_from`, { worth, price: money(minTripPrice) }));
  }
  if (rules.maxAmount !== null) sentences.push(say('at_most', { value: money(rules.maxAmount) }));
  const { bookFrom, bookUntil, travelFrom, travelUntil } = rules;
  if (bookFrom !== null) sentences.push(say('book_from', { day: formatDay(bookFrom, locale) }));
  sentences.push(bookUntil === null ? say('no_end') : say('book_until', { day: formatDay(bookUntil, locale) }));
  if (travelFrom !== null) sentences.push(say('travel_from', { day: formatDay(travelFrom, locale) }));
  if (travelUntil !== null) sentences.push(say('travel_until', { day: formatDay(travelUntil, locale) }));
  if (rules.maxUses !== null) sentences.push(say('uses', { count: rules.maxUses }));
  if (rules.maxUsesPerCustomer !== null) sentences.push(say('uses_per_customer', { count: rules.maxUsesPerCustomer }));
  const { products, themes, regions, minTravellers } = rules.restrictions;
  for (const [name, pair] of Object.entries({ products, themes, regions })) {
    if (pair.include.length > 0) sentences.push(say(`only_${name}`, { list: pair.include.join(', ') }));
    if (pair.exclude.length > 0) sentences.push(say(`not_${name}`, { list: pair.exclude.join(', ') }));
  }
  if (minTravellers !== null) sentences.push(say('min_travellers', { count: minTravellers }));
  if (rules.exclusive) sentences.push(say('exclusive'));
  return sentences;
}

function exampleOf(rules: StoredRules, today: string, locale: Locale): VoucherSummary['example'] {
  if (checkRules(rules).length > 0) return null;
  const lowest = Math.min(...rules.tiers.map(({ minTripPrice }) => minTripPrice), EXAMPLE_TRIP_PRICE);
  const tripPrice = Math.max(EXAMPLE_TRIP_PRICE, lowest);
  const { accepted, payable } = evaluate(DEFAULT_STACKING_POLICY, [{ ...withoutLimits(rules, today) }], exampleBooking(rules, tripPrice), [{ code: 'BEISPIEL', atMost: null }], today);
  const applied = accepted[0]?.applied;
  if (applied === undefined) return null;
  const money = (cents: number): string => formatMoney(cents, rules.currency, locale);
  return { tripPrice: money(tripPrice), applied: money(applied), payable: money(payable), isDiscount: rules.type === 'discount' };
}

/** The voucher as if it were new and its place fitted: the example is about its worth alone. */
function withoutLimits(rules: StoredRules, today: string) {
  return {
    ...rules,
    id: '0',
    code: 'BEISPIEL',
    normalisedCode: 'BEISPIEL',
    bookFrom: null,
    bookUntil: null,
    travelFrom: null,
    travelUntil: null,
    restrictions: { ...NO_RESTRICTIONS },
    maxUses: null,
    maxUsesPerCustomer: null,
    deal: rules.deal === null ? null : { ...rules.deal, entry: 'both' as const },
    paidOn: today,
    isCancelled: false,
    isDeactivated: false,
    campaign: null,
    balance: rules.originalValue,
    heldByOthers: 0,
    uses: 0,
    usesHeldByOthers: 0,
    usesByCustomer: 0,
  };
}

const NONE = { include: [], exclude: [] };
const NO_RESTRICTIONS = { products: NONE, themes: NONE, regions: NONE, brand: null, partner: null, channels: [], customer: null, minTravellers: null };

/** Two adults and a child. */
function exampleBooking(rules: StoredRules, tripPrice: number): Booking {
  return {
    currency: rules.currency,
    tripPrice,
    nonDiscountable: 0,
    travellers: (['adult', 'adult', 'child'] as const).map((kind) => ({ kind, price: null })),
    product: null,
    themes: [],
    regions: [],
    brand: null,
    partner: null,
    channel: 'web',
    entry: 'booking_flow',
    departure: null,
    customer: null,
    reference: null,
  };
}
