import { expect } from 'chai';
import { DEFAULT_STACKING_POLICY, type StackingPolicy, type Voucher } from '../../../src/core/engine/voucher.ts';
import { amount, campaignOf, evaluated, percent, purchase, voucherOf } from './vouchers.ts';

describe('which codes stand together', () => {
  it('applies discounts, deals, settlement and purchase in this order, whatever was typed first', () => {
    const deal = voucherOf({
      code: 'D',
      type: 'deal',
      tiers: [amount(1000)],
      deal: { paysInFull: false, entry: 'both', invoicePartner: false, partnerPrice: null },
    });
    const settlement = purchase('S', 1000, { type: 'settlement' });
    const { accepted } = evaluated([
      purchase('P', 1000),
      settlement,
      deal,
      voucherOf({ code: 'R', tiers: [amount(1000)] }),
    ]);
    expect(accepted.map(({ code }) => code)).to.deep.equal(['R', 'D', 'S', 'P']);
  });

  it('uses first what ends earlier, and of that the smaller one', () => {
    const { accepted } = evaluated([
      purchase('OFFEN', 100),
      purchase('SPAET', 100, { bookUntil: '2028-01-01' }),
      purchase('BALD', 300, { bookUntil: '2027-01-01' }),
      purchase('BALD2', 200, { bookUntil: '2027-01-01' }),
    ]);
    expect(accepted.map(({ code }) => code)).to.deep.equal(['BALD2', 'BALD', 'SPAET', 'OFFEN']);
  });

  it('offers the other ways: less to pay now, or more left on the voucher', () => {
    const { accepted, payable, alternatives } = evaluated(
      [voucherOf(), purchase('KAUF', 100_000)],
      {},
      { maxVouchers: 1 },
    );
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
        voucherOf({ code: 'A', campaign: campaignOf(), tiers: [percent(2000)] }),
        voucherOf({ code: 'B', campaign: campaignOf() }),
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
      const { rejected, accepted } = evaluated(vouchers, {}, policy);
      const conflictsWith = reason === 'not_needed' ? [] : accepted.map((one) => one.code);
      expect(rejected).to.deep.equal([{ code, reason, params: {}, conflictsWith }]);
    });
  }

  it('takes codes as typed with strategy entered', () => {
    const two = [
      voucherOf({ code: 'KLEIN', tiers: [percent(500)] }),
      voucherOf({ code: 'GROSS', tiers: [percent(5000)] }),
    ];
    expect(evaluated(two, {}, { maxVouchers: 1, strategy: 'entered' }).accepted.map(({ code }) => code)).to.deep.equal([
      'KLEIN',
    ]);
  });
});
