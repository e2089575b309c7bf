import { expect } from 'chai';
import fc from 'fast-check';
import { postingsOfOrder } from '../../../src/core/books/order-postings.ts';

describe('the postings of an order', () => {
  it('book one payment as the sale and what is too much on account', () => {
    expect(postingsOfOrder([5000, 5000], [{ method: 'bank_transfer', cents: 10_050 }])).to.deep.equal({
      sales: [
        { event: 'sale', debitRole: 'BANK', creditRole: 'V_KAUF', cents: 5000 },
        { event: 'sale', debitRole: 'BANK', creditRole: 'V_KAUF', cents: 5000 },
      ],
      received: [{ payment: 0, posting: { event: 'payment_in', debitRole: 'BANK', creditRole: 'DEBITOR', cents: 50 } }],
    });
  });

  it('lead several payments over the account of the buyer', () => {
    const { sales, received } = postingsOfOrder(
      [10_000],
      [
        { method: 'bank_transfer', cents: 6000 },
        { method: 'cash', cents: 4000 },
      ],
    );
    expect(sales).to.deep.equal([{ event: 'sale', debitRole: 'DEBITOR', creditRole: 'V_KAUF', cents: 10_000 }]);
    expect(received.map(({ posting }) => [posting.debitRole, posting.cents])).to.deep.equal([
      ['BANK', 6000],
      ['CASH', 4000],
    ]);
  });

  it('put every cent that came in somewhere and every voucher its price', () => {
    const leg = fc.record({
      method: fc.constantFrom('bank_transfer' as const, 'cash' as const, 'online' as const),
      cents: fc.integer({ min: 1, max: 20_000 }),
    });
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 1, maxLength: 8 }),
        fc.array(leg, { minLength: 1, maxLength: 5 }),
        (prices, legs) => {
          const total = prices.reduce((sum, one) => sum + one, 0);
          const paid = legs.reduce((sum, one) => sum + one.cents, 0);
          if (paid < total) return void expect(() => postingsOfOrder(prices, legs)).to.throw(RangeError);
          const { sales, received } = postingsOfOrder(prices, legs);
          const all = [...sales, ...received.map(({ posting }) => posting)];
          const balance = (role: string): number =>
            all.reduce(
              (sum, one) => sum + (one.debitRole === role ? one.cents : 0) - (one.creditRole === role ? one.cents : 0),
              0,
            );
          expect(sales.map(({ cents }) => cents)).to.deep.equal(prices);
          expect(balance('V_KAUF')).to.equal(-total);
          expect(balance('BANK') + balance('CASH') + balance('TRANSIT')).to.equal(paid);
          expect(balance('DEBITOR') + 0).to.equal(total - paid + 0);
        },
      ),
    );
  });
});
