import { expect } from 'chai';
import fc from 'fast-check';
import {
  applyPayment,
  isLegalForOrder,
  ORDER_STATES,
  type OrderMoney,
} from '../../../src/core/sale/order-lifecycle.ts';

describe('an order', () => {
  const open: OrderMoney = { state: 'ordered', total: 10_000, paid: 0 };
  for (const [what, order, cents, expected] of [
    [
      'is fulfilled by its price',
      open,
      10_000,
      { state: 'fulfilled', paid: 10_000, fulfils: true, missing: 0, excess: 0 },
    ],
    [
      'waits for the rest of an underpayment',
      open,
      6000,
      { state: 'partly_paid', paid: 6000, fulfils: false, missing: 4000, excess: 0 },
    ],
    [
      'is fulfilled by the payment that completes it',
      { ...open, state: 'partly_paid', paid: 6000 },
      4500,
      { state: 'fulfilled', paid: 10_500, fulfils: true, missing: 0, excess: 500 },
    ],
    [
      'is not fulfilled twice',
      { ...open, state: 'fulfilled', paid: 10_000 },
      10_000,
      { state: 'fulfilled', paid: 20_000, fulfils: false, missing: 0, excess: 10_000 },
    ],
    [
      'stays cancelled when money comes late',
      { ...open, state: 'cancelled' },
      10_000,
      { state: 'cancelled', paid: 10_000, fulfils: false, missing: 0, excess: 10_000 },
    ],
  ] as readonly (readonly [string, OrderMoney, number, object])[]) {
    it(what, () => {
      expect(applyPayment(order, cents)).to.deep.equal(expected);
    });
  }

  it('takes no payment of nothing', () => {
    for (const cents of [0, -1, 0.5, Number.NaN]) expect(() => applyPayment(open, cents)).to.throw(RangeError);
  });

  it('is fulfilled exactly once by any row of payments, and no cent is lost', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100_000 }),
        fc.array(fc.integer({ min: 1, max: 50_000 }), { minLength: 1, maxLength: 12 }),
        (total, payments) => {
          let order: OrderMoney = { state: 'ordered', total, paid: 0 };
          let fulfilled = 0;
          let excess = 0;
          for (const cents of payments) {
            const effect = applyPayment(order, cents);
            fulfilled += effect.fulfils ? 1 : 0;
            excess += effect.excess;
            order = { ...order, state: effect.state, paid: effect.paid };
          }
          const sum = payments.reduce((all, one) => all + one, 0);
          expect(order.paid).to.equal(sum);
          expect(fulfilled).to.equal(sum >= total ? 1 : 0);
          expect(excess).to.equal(Math.max(0, sum - total));
        },
      ),
    );
  });

  it('can be cancelled until it is fulfilled, and only then refunded', () => {
    expect(ORDER_STATES.filter((state) => isLegalForOrder('cancel', state))).to.deep.equal(['ordered', 'partly_paid']);
    expect(ORDER_STATES.filter((state) => isLegalForOrder('settle', state))).to.deep.equal(['ordered', 'partly_paid']);
    expect(ORDER_STATES.filter((state) => isLegalForOrder('refund', state))).to.deep.equal(['fulfilled']);
  });
});
