import { expect } from 'chai';
import fc from 'fast-check';
import { mayBeSameCredit, orderNumbersIn } from '../../../src/core/sale/bank-statement.ts';

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
