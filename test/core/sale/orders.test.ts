import { expect } from 'chai';
import fc from 'fast-check';
import { mayBeSameCredit, orderNumbersIn } from '../../../src/core/sale/bank-statement.ts';
import { epcPaymentText, groupedIban, isIban } from '../../../src/core/sale/epc-payment.ts';
import {
  applyPayment,
  isLegalForOrder,
  ORDER_STATES,
  type OrderMoney,
} from '../../../src/core/sale/order-lifecycle.ts';
import { postingsOfOrder } from '../../../src/core/books/order-postings.ts';

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

describe('the payment code of banking apps', () => {
  const transfer = {
    accountHolder: 'Nordlicht Reisen GmbH',
    iban: 'DE89 3704 0044 0532 0130 00',
    bic: 'COBADEFFXXX',
    cents: 17_550,
    reference: 'B-2026-000009',
  };

  it('holds receiver, amount and reference in the lines of the standard', () => {
    expect(epcPaymentText(transfer, 'EUR')?.split('\n')).to.deep.equal([
      'BCD',
      '002',
      '1',
      'SCT',
      'COBADEFFXXX',
      'Nordlicht Reisen GmbH',
      'DE89370400440532013000',
      'EUR175.50',
      '',
      '',
      'B-2026-000009',
    ]);
  });

  it('is left out where the standard has no such payment', () => {
    expect(epcPaymentText(transfer, 'CHF')).to.equal(null);
    expect(epcPaymentText({ ...transfer, cents: 0 }, 'EUR')).to.equal(null);
    expect(epcPaymentText({ ...transfer, iban: 'DE89 3704 0044 0532 0130 01' }, 'EUR')).to.equal(null);
    expect(epcPaymentText({ ...transfer, accountHolder: ' ' }, 'EUR')).to.equal(null);
  });

  it('never grows beyond what the standard allows and has one line each', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), fc.string({ maxLength: 300 }), (accountHolder, reference) => {
        const text = epcPaymentText({ ...transfer, accountHolder, reference }, 'EUR');
        if (text === null) return;
        expect(Buffer.byteLength(text)).to.be.at.most(331);
        expect(text.split('\n')).to.have.lengthOf(11);
      }),
    );
  });

  it('knows a right account number from a wrong one', () => {
    for (const iban of ['DE89370400440532013000', 'AT61 1904 3002 3457 3201', 'CH9300762011623852957'])
      expect(isIban(iban), iban).to.equal(true);
    for (const iban of ['', 'DE89370400440532013001', 'DE', 'XX00', 'DE8937040044053201300!'])
      expect(isIban(iban), iban).to.equal(false);
    expect(groupedIban('de89370400440532013000')).to.equal('DE89 3704 0044 0532 0130 00');
  });
});

describe('the numbers of orders in a purpose', () => {
  for (const [purpose, expected] of [
    ['B-2026-000017', ['B-2026-000017']],
    ['Gutschein b2026000017 danke', ['B-2026-000017']],
    ['BESTELLUNG B-2026-0000 17', ['B-2026-000017']],
    ['B 2026 000017 und B-2026-000018, noch einmal B-2026-000017', ['B-2026-000017', 'B-2026-000018']],
    ['B-2026-17', []],
    ['Miete Mai', []],
    ['', []],
  ] as const) {
    it(`are found in "${purpose}"`, () => {
      expect(orderNumbersIn(purpose)).to.deep.equal(expected);
    });
  }

  it('are found however a bank breaks the line', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 999_999 }),
        fc.integer({ min: 0, max: 13 }),
        fc.constantFrom(' ', '\n', '  '),
        (number, at, gap) => {
          const text = `B-2026-${String(number).padStart(6, '0')}`;
          expect(orderNumbersIn(`Gutschein ${text.slice(0, at)}${gap}${text.slice(at)} Danke`)).to.deep.equal([text]);
        },
      ),
    );
  });
});

describe('a credit of one file and one of another', () => {
  const camt = {
    account: 'DE89370400440532013000',
    bookedOn: '2026-05-04',
    cents: 10_000,
    currency: 'EUR',
    payer: 'Jürgen Groß',
    purpose: 'Danke B-2026-000017 E2E-77',
  };
  for (const [what, change, expected] of [
    ['name one order in another spelling', { account: '', payer: 'J GROSS', purpose: 'B2026000017' }, true],
    ['name two orders', { purpose: 'B-2026-000018' }, false],
    [
      'have one payer, in capitals and without umlauts',
      { payer: 'JUERGEN GROSS', purpose: 'EREF+E2E-77 SVWZ+danke' },
      true,
    ],
    ['have a payer cut short', { payer: 'Jürgen Gr', purpose: '' }, true],
    ['have payers that differ', { payer: 'Anna', purpose: 'Danke' }, false],
    ['have no payer, and one purpose holds the other', { payer: '', purpose: 'danke b-2026' }, true],
    ['have no payer, and purposes that differ', { payer: '', purpose: 'Miete' }, false],
    ['came to two accounts', { account: 'DE02120300000000202051' }, false],
    ['were booked on two days', { bookedOn: '2026-05-05' }, false],
    ['differ by a cent', { cents: 10_001 }, false],
    ['are of two currencies', { currency: 'CHF' }, false],
  ] as const) {
    it(`${expected ? 'may be the same' : 'are two'} when they ${what}`, () => {
      const other = { ...camt, ...change };
      expect([mayBeSameCredit(camt, other), mayBeSameCredit(other, camt)]).to.deep.equal([expected, expected]);
    });
  }
});
