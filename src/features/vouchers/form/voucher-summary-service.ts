import { evaluate } from '../../../core/engine/evaluate.ts';
import { plainBooking } from '../../../core/engine/plain-booking.ts';
import type { Jurisdiction } from '../../../core/books/limitation.ts';
import { checkRules } from '../../../core/engine/voucher-rules-check.ts';
import { DEFAULT_STACKING_POLICY, type Booking } from '../../../core/engine/voucher.ts';
import { formatDay, formatMoney, formatPercent } from '../../../platform/html/format.ts';
import type { Locale, Translate } from '../../../platform/html/i18n.ts';
import { isStoredValue, rulesFromBody, type RulesBody, type StoredRules } from '../rules/rules-service.ts';
import { shortEndOf, shortEndText } from '../record/voucher-warning-service.ts';

export interface VoucherSummary {
  /** What it is worth, in one line; empty while nobody knows. */
  readonly headline: string;
  readonly sentences: readonly string[];
  /** What the law may not let stand; it can be saved all the same. */
  readonly warning: string | null;
  /** null: the rules are not complete enough for the engine. */
  readonly example: {
    readonly tripPrice: string;
    readonly applied: string;
    readonly payable: string;
    readonly left: string | null;
    readonly isDiscount: boolean;
  } | null;
}

export interface SummaryContext {
  readonly currency: string;
  readonly today: string;
  readonly locale: Locale;
  readonly t: Translate;
  readonly jurisdiction: Jurisdiction;
  /** The day of payment, or today where it is not known. */
  readonly claimOn: string;
  /** The name of a catalogue entry: `theme`, `wandern` gives "Wandern". */
  readonly nameOf: (kind: string, id: string) => string;
}

/** What a voucher does, in plain sentences, with an example that the real engine computed. */
export function summarise(body: RulesBody, context: SummaryContext): VoucherSummary {
  const rules = rulesFromBody(body, context.currency);
  const [headline = '', ...more] = worthLines(rules, context);
  const said = (key: string): string => context.t(`vouchers:says.${key}`);
  const isAlone = rules.exclusive && headline !== '';
  return {
    headline: isAlone ? `${headline}, ${said('exclusive')}` : headline,
    sentences: [
      ...more,
      ...validityLines(rules, context),
      ...placeLines(rules, context),
      ...(rules.exclusive && !isAlone ? [said('exclusive')] : []),
    ],
    warning: tooShort(rules, context),
    example: exampleOf(rules, context),
  };
}

function tooShort(rules: StoredRules, { claimOn, jurisdiction, locale, t }: SummaryContext): string | null {
  const short = shortEndOf(rules, claimOn, jurisdiction);
  return short === null ? null : shortEndText(short, t, locale);
}

const EXAMPLE_TRIP_PRICE = 120_000;

function worthLines(rules: StoredRules, { locale, t }: SummaryContext): string[] {
  const money = (cents: number): string => formatMoney(cents, rules.currency, locale);
  const say = (key: string, params: Record<string, unknown> = {}): string => t(`vouchers:says.${key}`, params);
  const cap =
    rules.maxAmount === null || rules.maxAmount <= 0 ? [] : [say('at_most', { value: money(rules.maxAmount) })];
  const lines: string[][] = [];
  if (rules.deal?.paysInFull === true) lines.push([say('pays_in_full'), ...cap]);
  if (rules.originalValue !== null && rules.originalValue > 0)
    lines.push([say('stores', { value: money(rules.originalValue) }), ...cap]);
  for (const { minTripPrice, amount, basisPoints } of rules.tiers) {
    if (!((basisPoints ?? amount ?? 0) > 0)) continue;
    const worth =
      basisPoints === null
        ? `${money(amount ?? 0)} ${say(`per.${rules.multiplier}`)}`
        : `${formatPercent(basisPoints, locale)} ${say(`of.${rules.multiplier}`)}`;
    const from = minTripPrice > 0 ? [say('from', { price: money(minTripPrice) })] : [];
    lines.push(isStoredValue(rules.type) ? [say('tier_limit', { worth }), ...from] : [worth, ...cap, ...from]);
  }
  return lines.map((parts) => parts.join(', '));
}

function validityLines(rules: StoredRules, { locale, t }: SummaryContext): string[] {
  const say = (key: string, params: Record<string, unknown> = {}): string => t(`vouchers:says.${key}`, params);
  const { bookFrom, bookUntil, travelFrom, travelUntil } = rules;
  const lines: string[] = [];
  if (bookFrom !== null) lines.push(say('book_from', { day: formatDay(bookFrom, locale) }));
  lines.push(bookUntil === null ? say('no_end') : say('book_until', { day: formatDay(bookUntil, locale) }));
  if (travelFrom !== null) lines.push(say('travel_from', { day: formatDay(travelFrom, locale) }));
  if (travelUntil !== null) lines.push(say('travel_until', { day: formatDay(travelUntil, locale) }));
  if (rules.maxUses !== null) lines.push(say('uses', { count: rules.maxUses }));
  if (rules.maxUsesPerCustomer !== null) lines.push(say('uses_per_customer', { count: rules.maxUsesPerCustomer }));
  if (isStoredValue(rules.type)) lines.push(say(`residual.${rules.residual}`));
  if (rules.refundOnExpiry) lines.push(say('refund_on_expiry'));
  return lines;
}

function placeLines({ restrictions, deal }: StoredRules, { t, nameOf }: SummaryContext): string[] {
  const say = (key: string, params: Record<string, unknown> = {}): string => t(`vouchers:says.${key}`, params);
  const { products, themes, regions, channels, partner, brand, customer, minTravellers } = restrictions;
  const lines: string[] = [];
  for (const [name, kind, pair] of [
    ['products', 'product', products],
    ['themes', 'theme', themes],
    ['regions', 'region', regions],
  ] as const) {
    const names = (ids: readonly string[]): string => ids.map((id) => nameOf(kind, id)).join(', ');
    if (pair.include.length > 0) lines.push(say(`only_${name}`, { list: names(pair.include) }));
    if (pair.exclude.length > 0) lines.push(say(`not_${name}`, { list: names(pair.exclude) }));
  }
  if (channels.length > 0)
    lines.push(say('channels', { list: channels.map((channel) => t(`vouchers:channel.${channel}`)).join(', ') }));
  if (deal !== null) lines.push(say(`entry.${deal.entry}`));
  if (partner !== null) lines.push(say('partner', { name: nameOf('partner', partner) }));
  if (deal?.invoicePartner === true) lines.push(say('invoice'));
  if (brand !== null) lines.push(say('brand', { name: nameOf('brand', brand) }));
  if (customer?.email != null) lines.push(say('customer', { email: customer.email }));
  if (minTravellers !== null) lines.push(say('min_travellers', { count: minTravellers }));
  return lines;
}

function exampleOf(rules: StoredRules, { today, locale }: SummaryContext): VoucherSummary['example'] {
  if (checkRules(rules).length > 0) return null;
  const tripPrice = examplePrice(rules);
  const { accepted, payable } = evaluate(
    DEFAULT_STACKING_POLICY,
    [withoutLimits(rules, today)],
    exampleBooking(rules, tripPrice),
    [{ code: 'BEISPIEL', atMost: null }],
    today,
  );
  const [code] = accepted;
  if (code === undefined) return null;
  const money = (cents: number): string => formatMoney(cents, rules.currency, locale);
  const left = code.availableAfter === undefined || code.availableAfter === 0 ? null : money(code.availableAfter);
  return {
    tripPrice: money(tripPrice),
    applied: money(code.applied),
    payable: money(payable),
    left,
    isDiscount: rules.type === 'discount',
  };
}

/** A usual price, or where the lowest tier begins when that is more: its rule must come into play. */
function examplePrice({ tiers }: StoredRules): number {
  const [lowest] = tiers;
  return lowest === undefined ? EXAMPLE_TRIP_PRICE : Math.max(EXAMPLE_TRIP_PRICE, lowest.minTripPrice);
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
    restrictions: NO_RESTRICTIONS,
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
const NO_RESTRICTIONS = {
  products: NONE,
  themes: NONE,
  regions: NONE,
  brand: null,
  partner: null,
  channels: [],
  customer: null,
  minTravellers: null,
};

/** Two adults and a child. */
function exampleBooking(rules: StoredRules, tripPrice: number): Booking {
  return plainBooking(rules.currency, tripPrice, ['adult', 'adult', 'child']);
}
