import { expect } from 'chai';
import { evaluate } from '../../../src/core/engine/evaluate.ts';
import {
  DEFAULT_STACKING_POLICY,
  type Booking,
  type StackingPolicy,
  type Voucher,
} from '../../../src/core/engine/voucher.ts';
import { bookingOf, entries, NO_RESTRICTIONS, voucherOf } from './vouchers.ts';

const TODAY = '2026-11-22';
const policyOf = (more: Partial<StackingPolicy> = {}): StackingPolicy => ({
  ...DEFAULT_STACKING_POLICY,
  maxVouchers: 10,
  ...more,
});
const run = (vouchers: readonly Voucher[], booking: Partial<Booking> = {}, policy: Partial<StackingPolicy> = {}) =>
  evaluate(policyOf(policy), vouchers, bookingOf(booking), entries(...vouchers.map(({ code }) => code)), TODAY);
const amount = (value: number, minTripPrice = 0) => ({ minTripPrice, amount: value, basisPoints: null });
const percent = (basisPoints: number, minTripPrice = 0) => ({ minTripPrice, amount: null, basisPoints });
const purchase = (code: string, balance: number, more: Partial<Voucher> = {}): Voucher =>
  voucherOf({ code, type: 'purchase', tiers: [], balance, ...more });
const campaign = (more: object = {}) => ({
  id: '1',
  active: true,
  paidOn: null,
  budget: null,
  budgetUsed: 0,
  budgetHeldByOthers: 0,
  ...more,
});
const restricted = (more: Partial<Voucher['restrictions']>): Partial<Voucher> => ({
  restrictions: { ...NO_RESTRICTIONS, ...more },
});

describe('eligibility: the first reason that holds rejects a code', () => {
  const table: readonly [string, Partial<Voucher>, Partial<Booking>][] = [
    ['cancelled', { isCancelled: true, isDeactivated: true }, {}],
    ['deactivated', { isDeactivated: true, paidOn: null }, {}],
    ['deactivated', { campaign: campaign({ active: false }) }, {}],
    ['not_paid', { paidOn: null, bookUntil: '2020-01-01' }, {}],
    ['not_paid', { paidOn: '2026-11-23' }, {}],
    ['not_yet_valid', { bookFrom: '2026-11-23' }, {}],
    ['expired', { bookUntil: '2026-11-21', uses: 1, maxUses: 1 }, {}],
    ['used_up', { uses: 1, maxUses: 1, usesHeldByOthers: 1 }, {}],
    ['used_up', { type: 'purchase', tiers: [], balance: 0 }, {}],
    ['held_by_another_booking', { maxUses: 1, usesHeldByOthers: 1, currency: 'CHF' }, {}],
    ['held_by_another_booking', { type: 'purchase', tiers: [], balance: 500, heldByOthers: 500 }, {}],
    ['currency_mismatch', { currency: 'CHF' }, { channel: 'counter' }],
    ['wrong_channel', restricted({ channels: ['counter'] }), {}],
    ['wrong_entry', {}, { entry: 'deal_page' }],
    [
      'wrong_entry',
      { type: 'deal', deal: { paysInFull: true, entry: 'deal_page', invoicePartner: false, partnerPrice: null } },
      {},
    ],
    ['wrong_partner', restricted({ partner: 'citydeal' }), {}],
    ['wrong_brand', restricted({ brand: 'nordlicht' }), {}],
    [
      'wrong_customer',
      restricted({ customer: { id: '7', email: 'a@b.example' } }),
      { customer: { id: '8', email: 'a@b.example' } },
    ],
    ['customer_limit_reached', { maxUsesPerCustomer: 1 }, {}],
    ['customer_limit_reached', { maxUsesPerCustomer: 1, usesByCustomer: 1 }, { customer: { email: 'a@b.example' } }],
    ['wrong_product', restricted({ products: { include: ['island'], exclude: [] } }), {}],
    ['wrong_product', restricted({ products: { include: ['lofoten'], exclude: [] } }), { product: null }],
    ['wrong_theme', restricted({ themes: { include: ['wandern'], exclude: ['wandern'] } }), {}],
    ['wrong_region', restricted({ regions: { include: [], exclude: ['NO'] } }), {}],
    ['travel_date_outside', { travelFrom: '2027-06-02' }, {}],
    ['travel_date_outside', { travelUntil: '2027-06-30' }, { departure: null }],
    ['too_few_travellers', restricted({ minTravellers: 4 }), {}],
    ['trip_price_too_low', { tiers: [percent(1000, 129_901)] }, {}],
    ['no_matching_travellers', { multiplier: 'child' }, { travellers: [{ kind: 'adult' }] }],
    ['budget_exhausted', { campaign: campaign({ budget: 100, budgetUsed: 60, budgetHeldByOthers: 40 }) }, {}],
  ];
  for (const [reason, voucher, booking] of table) {
    it(`${reason}: ${JSON.stringify(voucher).slice(0, 90)}`, () => {
      expect(run([voucherOf(voucher)], booking).rejected.map((one) => one.reason)).to.deep.equal([reason]);
    });
  }

  const accepted: readonly [string, Partial<Voucher>, Partial<Booking>][] = [
    ['on its last day', { bookUntil: TODAY }, {}],
    ['on its first day', { bookFrom: TODAY, paidOn: TODAY }, {}],
    ['paid through its campaign', { paidOn: null, campaign: campaign({ paidOn: TODAY }) }, {}],
    [
      'for its customer by e-mail in another case',
      restricted({ customer: { email: 'Anna@B.example' } }),
      { customer: { id: '7', email: 'anna@b.EXAMPLE' } },
    ],
    ['on the day of departure it ends', { travelUntil: '2027-06-01' }, {}],
    ['at exactly its minimum price', { tiers: [percent(1000, 129_900)] }, {}],
  ];
  for (const [name, voucher, booking] of accepted) {
    it(`a voucher holds ${name}`, () => {
      expect(run([voucherOf(voucher)], booking).accepted).to.have.lengthOf(1);
    });
  }

  it('tells malformed, twice the same, mistyped and unknown codes apart', () => {
    const { rejected } = evaluate(
      policyOf(),
      [voucherOf()],
      bookingOf(),
      entries('SOMMER10', 'sommer 10', '-–-', 'NOPE', '0123456789ABCDEF', 'A'.repeat(65)),
      TODAY,
    );
    expect(rejected.map(({ code, reason }) => `${code.slice(0, 9)} ${reason}`)).to.deep.equal([
      'sommer 10 duplicate_code',
      '-–- malformed_code',
      'NOPE unknown_code',
      '012345678 mistyped_code',
      'AAAAAAAAA malformed_code',
    ]);
  });
});

describe('what one voucher is worth', () => {
  const table: readonly [string, Voucher, Partial<Booking>, Partial<StackingPolicy>, number][] = [
    ['12,5 % of 1.299,00, half a cent rounds up', voucherOf({ tiers: [percent(1250)] }), {}, {}, 16_238],
    ['a percentage leaves out what cannot be discounted', voucherOf(), { nonDiscountable: 29_900 }, {}, 10_000],
    ['50,00 per booking', voucherOf({ tiers: [amount(5000)] }), {}, {}, 5000],
    ['50,00 per pax: infants never count', voucherOf({ multiplier: 'pax', tiers: [amount(5000)] }), {}, {}, 15_000],
    ['50,00 per adult', voucherOf({ multiplier: 'adult', tiers: [amount(5000)] }), {}, {}, 10_000],
    ['50,00 per child', voucherOf({ multiplier: 'child', tiers: [amount(5000)] }), {}, {}, 5000],
    [
      'the highest tier that is reached',
      voucherOf({ tiers: [amount(1000), amount(2000, 100_000), amount(9000, 200_000)] }),
      {},
      {},
      2000,
    ],
    ['10 % for children without prices: a third of the cover', voucherOf({ multiplier: 'child' }), {}, {}, 4330],
    [
      '10 % for children with prices: of theirs alone',
      voucherOf({ multiplier: 'child' }),
      {
        travellers: [
          { kind: 'adult', price: 100_000 },
          { kind: 'child', price: 29_900 },
        ],
      },
      {},
      2990,
    ],
    ['never more than maxAmount', voucherOf({ maxAmount: 5000 }), {}, {}, 5000],
    [
      'never more than the rest of the budget',
      voucherOf({ campaign: campaign({ budget: 3000, budgetUsed: 500 }) }),
      {},
      {},
      2500,
    ],
    ['never more than the cover', voucherOf({ tiers: [amount(500_000)] }), { nonDiscountable: 100_000 }, {}, 29_900],
    ['a purchase without a tier pays what it has', purchase('KAUF', 50_000), {}, {}, 50_000],
    [
      'a purchase pays also what cannot be discounted',
      purchase('KAUF', 500_000),
      { nonDiscountable: 100_000 },
      {},
      129_900,
    ],
    ['a tier limits what a purchase pays', purchase('KAUF', 50_000, { tiers: [amount(20_000)] }), {}, {}, 20_000],
    ['what other bookings hold is left aside', purchase('KAUF', 50_000, { heldByOthers: 45_000 }), {}, {}, 5000],
    [
      'a deal that pays in full pays all that is left',
      voucherOf({
        type: 'deal',
        tiers: [],
        deal: { paysInFull: true, entry: 'both', invoicePartner: false, partnerPrice: null },
      }),
      {},
      {},
      129_900,
    ],
  ];
  for (const [name, voucher, booking, policy, applied] of table) {
    it(`${name}: ${applied}`, () => {
      expect(run([voucher], booking, policy).accepted.map((one) => one.applied)).to.deep.equal([applied]);
    });
  }

  it('takes a second percentage of the original price, or of what is left, as the policy says', () => {
    const two = [voucherOf({ code: 'A', tiers: [percent(2000)] }), voucherOf({ code: 'B', tiers: [percent(1000)] })];
    expect(run(two, { tripPrice: 10_000 }).discount).to.equal(3000);
    expect(run(two, { tripPrice: 10_000 }, { percentBase: 'remaining' }).discount).to.equal(2800);
  });

  it('spends no more of a voucher than the traveller wants to', () => {
    const { accepted, payable } = evaluate(
      policyOf(),
      [purchase('KAUF', 50_000)],
      bookingOf(),
      [{ code: 'KAUF', atMost: 12_345 }],
      TODAY,
    );
    expect([accepted[0]?.applied, accepted[0]?.availableAfter, payable]).to.deep.equal([12_345, 37_655, 117_555]);
  });

  it('explains each step, and of the caps only the one that holds the amount down', () => {
    expect(run([voucherOf({ maxAmount: 5000 })]).accepted[0]?.explanation).to.deep.equal([
      { key: 'tier', minTripPrice: 0, basisPoints: 1000 },
      { key: 'base', amount: 129_900 },
      { key: 'worth', amount: 12_990 },
      { key: 'maxAmount', amount: 5000 },
      { key: 'applied', amount: 5000 },
    ]);
  });
});

describe('which codes stand together', () => {
  it('applies discounts, deals, settlement and purchase in this order, whatever was typed first', () => {
    const deal = voucherOf({
      code: 'D',
      type: 'deal',
      tiers: [amount(1000)],
      deal: { paysInFull: false, entry: 'both', invoicePartner: false, partnerPrice: null },
    });
    const settlement = purchase('S', 1000, { type: 'settlement' });
    const { accepted } = run([purchase('P', 1000), settlement, deal, voucherOf({ code: 'R', tiers: [amount(1000)] })]);
    expect(accepted.map(({ code }) => code)).to.deep.equal(['R', 'D', 'S', 'P']);
  });

  it('uses first what ends earlier, and of that the smaller one', () => {
    const { accepted } = run([
      purchase('OFFEN', 100),
      purchase('SPAET', 100, { bookUntil: '2028-01-01' }),
      purchase('BALD', 300, { bookUntil: '2027-01-01' }),
      purchase('BALD2', 200, { bookUntil: '2027-01-01' }),
    ]);
    expect(accepted.map(({ code }) => code)).to.deep.equal(['BALD2', 'BALD', 'SPAET', 'OFFEN']);
  });

  it('offers the other ways: less to pay now, or more left on the voucher', () => {
    const { accepted, payable, alternatives } = run([voucherOf(), purchase('KAUF', 100_000)], {}, { maxVouchers: 1 });
    expect(accepted.map(({ code }) => code)).to.deep.equal(['KAUF']);
    expect(payable).to.equal(29_900);
    expect(alternatives).to.deep.equal([{ codes: ['SOMMER10'], payable: 116_910, storedValueUsed: 0 }]);
  });

  const conflicts: readonly [string, Voucher[], Partial<StackingPolicy>, string][] = [
    [
      'exclusive_voucher',
      [voucherOf({ code: 'GROSS', tiers: [percent(5000)], exclusive: true }), voucherOf({ code: 'KLEIN' })],
      {},
      'KLEIN',
    ],
    [
      'type_not_combinable',
      [purchase('KAUF', 100_000), voucherOf({ code: 'KLEIN' })],
      { forbiddenPairs: [['discount', 'purchase']] },
      'KLEIN',
    ],
    [
      'campaign_already_used',
      [
        voucherOf({ code: 'A', campaign: campaign(), tiers: [percent(2000)] }),
        voucherOf({ code: 'B', campaign: campaign() }),
      ],
      {},
      'B',
    ],
    [
      'too_many_of_type',
      [voucherOf({ code: 'A', tiers: [percent(2000)] }), voucherOf({ code: 'B' })],
      { maxPerType: { ...DEFAULT_STACKING_POLICY.maxPerType, discount: 1 } },
      'B',
    ],
    [
      'too_many_vouchers',
      [voucherOf({ code: 'A', tiers: [percent(2000)] }), voucherOf({ code: 'B' })],
      { maxVouchers: 1 },
      'B',
    ],
    ['not_needed', [voucherOf({ code: 'A', tiers: [percent(10_000)] }), purchase('B', 100)], {}, 'B'],
  ];
  for (const [reason, vouchers, policy, code] of conflicts) {
    it(`tells why ${code} was not taken: ${reason}`, () => {
      const { rejected, accepted } = run(vouchers, {}, policy);
      const conflictsWith = reason === 'not_needed' ? [] : accepted.map((one) => one.code);
      expect(rejected).to.deep.equal([{ code, reason, params: {}, conflictsWith }]);
    });
  }

  it('takes codes as typed with strategy entered', () => {
    const two = [
      voucherOf({ code: 'KLEIN', tiers: [percent(500)] }),
      voucherOf({ code: 'GROSS', tiers: [percent(5000)] }),
    ];
    expect(run(two, {}, { maxVouchers: 1, strategy: 'entered' }).accepted.map(({ code }) => code)).to.deep.equal([
      'KLEIN',
    ]);
  });
});
