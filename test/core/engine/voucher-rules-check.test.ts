import { expect } from 'chai';
import { checkRules, type CheckedRules } from '../../../src/core/engine/voucher-rules-check.ts';
import { amount, percent, voucherOf } from './vouchers.ts';

const rulesOf = (more: Partial<CheckedRules> = {}): CheckedRules => ({
  ...voucherOf(),
  originalValue: null,
  funding: null,
  ...more,
});
const purchase = (more: Partial<CheckedRules> = {}): CheckedRules =>
  rulesOf({ type: 'purchase', tiers: [], originalValue: 5000, ...more });
const deal = (paysInFull: boolean, more: Partial<CheckedRules> = {}): CheckedRules =>
  rulesOf({ type: 'deal', deal: { paysInFull, entry: 'both', invoicePartner: false, partnerPrice: null }, ...more });

describe('the rules of a voucher', () => {
  for (const [what, rules] of [
    ['a discount with a tier', rulesOf()],
    ['a discount with tiers of both kinds', rulesOf({ tiers: [amount(100), percent(10_000, 1)] })],
    ['a purchase without a tier', purchase()],
    ['a purchase that is limited by a tier', purchase({ tiers: [amount(2000)] })],
    ['a settlement with what it stands for', purchase({ type: 'settlement', funding: 'goodwill' })],
    ['a deal that pays in full', deal(true, { tiers: [] })],
    ['a deal of an amount', deal(false, { tiers: [amount(2000)] })],
    ['one day to book and one to travel', rulesOf({ bookFrom: '2026-01-01', bookUntil: '2026-01-01' })],
  ] as const) {
    it(`may say ${what}`, () => {
      expect(checkRules(rules)).to.deep.equal([]);
    });
  }

  for (const [path, code, rules] of [
    ['value.tiers', 'tier_required', rulesOf({ tiers: [] })],
    ['value.tiers', 'tier_required', deal(false, { tiers: [] })],
    ['value.tiers.0.percent', 'percent_not_allowed', purchase({ tiers: [percent(1000)] })],
    ['value.tiers.1.minTripPrice', 'tier_twice', rulesOf({ tiers: [percent(1000), amount(100)] })],
    ['value.tiers.0.minTripPrice', 'not_whole_cents', rulesOf({ tiers: [percent(1000, 0.5)] })],
    [
      'value.tiers.0',
      'tier_needs_one_value',
      rulesOf({ tiers: [{ minTripPrice: 0, amount: null, basisPoints: null }] }),
    ],
    ['value.tiers.0', 'tier_needs_one_value', rulesOf({ tiers: [{ minTripPrice: 0, amount: 1, basisPoints: 1 }] })],
    ['value.tiers.0.amount', 'amount_not_positive', rulesOf({ tiers: [amount(0)] })],
    ['value.tiers.0.amount', 'not_whole_cents', rulesOf({ tiers: [amount(0.5)] })],
    ['value.tiers.0.percent', 'percent_out_of_range', rulesOf({ tiers: [percent(10_001)] })],
    ['value.tiers.0.percent', 'percent_out_of_range', rulesOf({ tiers: [percent(12.5)] })],
    ['value.maxAmount', 'amount_not_positive', rulesOf({ maxAmount: 0 })],
    ['value.maxAmount', 'not_whole_cents', rulesOf({ maxAmount: 0.5 })],
    ['value.originalValue', 'original_value_required', purchase({ originalValue: null })],
    ['value.originalValue', 'original_value_required', purchase({ originalValue: 0 })],
    ['value.originalValue', 'not_whole_cents', purchase({ originalValue: 0.5 })],
    ['value.originalValue', 'original_value_not_allowed', rulesOf({ originalValue: 5000 })],
    ['deal.paysInFull', 'pays_in_full_only_deal', rulesOf({ deal: deal(true).deal })],
    ['deal', 'deal_only_deal', rulesOf({ deal: deal(false).deal })],
    ['funding', 'funding_only_settlement', purchase({ funding: 'goodwill' })],
    ['validity.bookUntil', 'until_before_from', rulesOf({ bookFrom: '2026-01-02', bookUntil: '2026-01-01' })],
    ['validity.travelUntil', 'until_before_from', rulesOf({ travelFrom: '2026-01-02', travelUntil: '2026-01-01' })],
    ['validity.bookFrom', 'not_a_day', rulesOf({ bookFrom: '2026-02-30' })],
  ] as const) {
    it(`are told ${code} at ${path}`, () => {
      expect(checkRules(rules)).to.deep.equal([{ path, code }]);
    });
  }

  it('are told everything that is wrong at once', () => {
    const wrong = rulesOf({ tiers: [], maxAmount: -1, funding: 'goodwill', bookUntil: 'soon' });
    expect(checkRules(wrong).map(({ code }) => code)).to.deep.equal([
      'tier_required',
      'amount_not_positive',
      'funding_only_settlement',
      'not_a_day',
    ]);
  });
});
