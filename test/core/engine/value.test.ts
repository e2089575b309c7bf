import { expect } from 'chai';
import type { Booking, StackingPolicy, Voucher } from '../../../src/core/engine/voucher.ts';
import { amount, campaignOf, evaluated, percent, purchase, voucherOf } from './vouchers.ts';

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
      voucherOf({ campaign: campaignOf({ budget: 3000, budgetUsed: 500 }) }),
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
      expect(evaluated([voucher], booking, policy).accepted.map((one) => one.applied)).to.deep.equal([applied]);
    });
  }

  it('takes a second percentage of the original price, or of what is left, as the policy says', () => {
    const two = [voucherOf({ code: 'A', tiers: [percent(2000)] }), voucherOf({ code: 'B', tiers: [percent(1000)] })];
    expect(evaluated(two, { tripPrice: 10_000 }).discount).to.equal(3000);
    expect(evaluated(two, { tripPrice: 10_000 }, { percentBase: 'remaining' }).discount).to.equal(2800);
  });
});
