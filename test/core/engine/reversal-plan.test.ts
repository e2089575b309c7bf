import { expect } from 'chai';
import fc from 'fast-check';
import {
  FEE_BEARERS,
  planReversal,
  type FeeBearer,
  type ReversalWish,
  type ReversibleLine,
} from '../../../src/core/engine/reversal-plan.ts';

const line = (
  id: string,
  kind: 'discount' | 'payment',
  applied: number,
  reversed = 0,
  shares: readonly number[] = [],
): ReversibleLine => ({
  id,
  kind,
  applied,
  reversed,
  allocation: shares.map((amount, traveller) => ({ traveller, amount })),
});

describe('the plan of a reversal', () => {
  const discount = line('d', 'discount', 10_000, 0, [5000, 5000]);
  const settlement = line('s', 'payment', 4000, 0, [2000, 2000]);
  const purchase = line('p', 'payment', 6000, 0, [3000, 3000]);
  const lines = [discount, settlement, purchase];

  const cases: readonly (readonly [string, ReversalWish, Readonly<Record<string, number>>])[] = [
    ['all that is left', { kind: 'whole' }, { p: 6000, s: 4000, d: 10_000 }],
    ['an amount in the reverse order of application', { kind: 'amount', amount: 7000 }, { p: 6000, s: 1000 }],
    [
      'so much of each',
      {
        kind: 'lines',
        amounts: new Map([
          ['d', 1],
          ['p', 2],
        ]),
      },
      { p: 2, d: 1 },
    ],
    ['the shares of one traveller', { kind: 'travellers', travellers: [1] }, { p: 3000, s: 2000, d: 5000 }],
  ];
  for (const [what, wish, expected] of cases) {
    it(`gives back ${what}`, () => {
      expect(amountsOf(planReversal(lines, wish))).to.deep.equal(expected);
    });
  }

  const fees: readonly (readonly [FeeBearer, number, number, Readonly<Record<string, number>>, number])[] = [
    ['voucher_last', 5000, 4000, { p: 6000, s: 3000, d: 10_000 }, 0],
    ['voucher_last', 3000, 4000, { p: 6000, s: 4000, d: 10_000 }, 1000],
    ['voucher_first', 5000, 4000, { p: 5000, d: 10_000 }, 4000],
    ['voucher_first', 12_000, 4000, { d: 10_000 }, 2000],
    ['pro_rata', 7000, 4000, { p: 3000, s: 2000, d: 10_000 }, 2000],
  ];
  for (const [bearer, fee, money, expected, moneyBack] of fees) {
    it(`keeps a fee of ${fee} from ${money} in money and 10000 in vouchers by ${bearer}`, () => {
      const plan = planReversal(lines, { kind: 'fee', fee, money, bearer });
      expect(amountsOf(plan)).to.deep.equal(expected);
      expect('fee' in plan && plan.fee?.moneyBack).to.equal(moneyBack);
    });
  }

  it('refuses more than there is, by name, and says when nothing is left', () => {
    expect(planReversal(lines, { kind: 'amount', amount: 20_001 })).to.deep.equal({ excessive: ['amount'] });
    expect(planReversal(lines, { kind: 'lines', amounts: new Map([['s', 4001]]) })).to.deep.equal({ excessive: ['s'] });
    expect(planReversal(lines, { kind: 'fee', fee: 14_001, money: 4000, bearer: 'pro_rata' })).to.deep.equal({
      excessive: ['fee'],
    });
    expect(planReversal([line('p', 'payment', 1, 1)], { kind: 'whole' })).to.deep.equal({ excessive: [] });
  });

  it('never gives back more than is left, and accounts for every cent of a fee', () => {
    const anyLine = fc
      .tuple(fc.constantFrom('discount' as const, 'payment' as const), fc.nat(50_000), fc.nat(50_000))
      .map(([kind, a, b]) => ({ kind, applied: Math.max(a, b) + 1, reversed: Math.min(a, b) }));
    fc.assert(
      fc.property(
        fc.array(anyLine, { minLength: 1, maxLength: 6 }),
        fc.nat(60_000),
        fc.nat(100),
        fc.constantFrom(...FEE_BEARERS),
        (raw, money, share, bearer) => {
          const all = raw.map(({ kind, applied, reversed }, index) => line(String(index), kind, applied, reversed));
          const paid = all
            .filter(({ kind }) => kind === 'payment')
            .reduce((sum, one) => sum + one.applied - one.reversed, 0);
          const fee = Math.floor(((money + paid) * share) / 100);
          const plan = planReversal(all, { kind: 'fee', fee, money, bearer });
          if ('excessive' in plan) throw new Error('refused');
          for (const { lineId, amount } of plan.shares)
            expect(amount).to.be.within(1, (all[Number(lineId)]?.applied ?? 0) - (all[Number(lineId)]?.reversed ?? 0));
          const back = plan.shares
            .filter(({ lineId }) => all[Number(lineId)]?.kind === 'payment')
            .reduce((sum, { amount }) => sum + amount, 0);
          expect(back + (plan.fee?.fromVouchers ?? 0)).to.equal(paid);
          expect((plan.fee?.moneyBack ?? 0) + (plan.fee?.fromMoney ?? 0)).to.equal(money);
          expect((plan.fee?.fromMoney ?? 0) + (plan.fee?.fromVouchers ?? 0)).to.equal(fee);
        },
      ),
    );
  });
});

function amountsOf(plan: ReturnType<typeof planReversal>): Record<string, number> {
  if ('excessive' in plan) throw new Error(`refused: ${plan.excessive.join()}`);
  return Object.fromEntries(plan.shares.map(({ lineId, amount }) => [lineId, amount]));
}
