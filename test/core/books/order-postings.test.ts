import { expect } from 'chai';
import fc from 'fast-check';
import {
  postingMovedOut,
  postingOnAccount,
  postingsOfPaidSales,
  postingsOfWholePayment,
  postingTakenBack,
} from '../../../src/core/books/order-postings.ts';
import { openItemChange } from '../../../src/core/books/ledger-sums.ts';
import type { Posting } from '../../../src/core/books/postings.ts';

const told = (postings: readonly Posting[]): string[] =>
  postings.map(({ event, debitRole, creditRole, cents }) => `${event}: ${debitRole} an ${creditRole} ${String(cents)}`);

describe('the postings of an order', () => {
  it('book a payment that completes it as the sale and what is too much on account', () => {
    const { sales, received } = postingsOfWholePayment([5000, 5000], { method: 'bank_transfer', cents: 10_050 });
    expect(told(sales)).to.deep.equal(['sale: BANK an V_KAUF 5000', 'sale: BANK an V_KAUF 5000']);
    expect(told(received)).to.deep.equal(['payment_in: BANK an DEBITOR 50']);
  });

  it('book money that waits on its day, and the vouchers out of it', () => {
    expect(told([postingOnAccount({ method: 'till', cents: 6000 }), ...postingsOfPaidSales([6000])])).to.deep.equal([
      'payment_in: CASH an DEBITOR 6000',
      'sale: DEBITOR an V_KAUF 6000',
    ]);
  });

  it('move money from one order to another without touching a bank', () => {
    const { sales, received } = postingsOfWholePayment([4000], { method: 'other_order', cents: 4000 });
    expect(told([postingMovedOut(4000), ...received, ...sales])).to.deep.equal([
      'payment_moved_out: DEBITOR an TRANSFER 4000',
      'payment_moved_in: TRANSFER an DEBITOR 4000',
      'sale: DEBITOR an V_KAUF 4000',
    ]);
  });

  it('book what a provider takes back in full and turn it round when it is won', () => {
    expect(
      told([
        postingTakenBack('chargeback', 100),
        postingTakenBack('chargeback_won', 100),
        postingTakenBack('refund', 7),
      ]),
    ).to.deep.equal([
      'chargeback: DEBITOR an TRANSIT 100',
      'chargeback_reversal: TRANSIT an DEBITOR 100',
      'refund_paid: DEBITOR an TRANSIT 7',
    ]);
  });

  it('refuse to complete an order with less than its price', () => {
    expect(() => postingsOfWholePayment([5000], { method: 'cash', cents: 4999 })).to.throw(RangeError);
    expect(() => postingsOfWholePayment([], { method: 'cash', cents: 4999 })).to.throw(RangeError);
  });

  it('put every cent that came in somewhere, every voucher its price, and the rest on the open item', () => {
    const leg = fc.record({
      method: fc.constantFrom('bank_transfer' as const, 'cash' as const, 'till' as const, 'online' as const),
      cents: fc.integer({ min: 1, max: 20_000 }),
    });
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 1, maxLength: 8 }),
        fc.array(leg, { minLength: 1, maxLength: 5 }),
        (prices, legs) => {
          const total = prices.reduce((sum, one) => sum + one, 0);
          const paid = legs.reduce((sum, one) => sum + one.cents, 0);
          const [first, ...others] = legs;
          if (first === undefined || paid < total) return;
          const whole = others.length === 0 ? postingsOfWholePayment(prices, first) : null;
          const sales = whole?.sales ?? postingsOfPaidSales(prices);
          const all = [...sales, ...(whole?.received ?? legs.map(postingOnAccount))];
          const balance = (role: string): number =>
            all.reduce(
              (sum, one) => sum + (one.debitRole === role ? one.cents : 0) - (one.creditRole === role ? one.cents : 0),
              0,
            );
          expect(sales.map(({ cents }) => cents)).to.deep.equal(prices);
          expect(balance('V_KAUF')).to.equal(-total);
          const money = ['BANK', 'CASH', 'CASH_OFFICE', 'TRANSIT'].reduce((sum, role) => sum + balance(role), 0);
          expect(money).to.equal(paid);
          expect(openItemChange(all)).to.equal(paid - total);
        },
      ),
    );
  });
});
