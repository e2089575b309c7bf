import { expect } from 'chai';
import fc from 'fast-check';
import {
  dealUse,
  dealUseOfRest,
  judgeSales,
  postingsOfDealCommission,
  postingsOfDealCommissionReversal,
  postingsOfDealExpiry,
  postingsOfDealPayout,
  postingsOfDealReactivation,
  postingsOfDealRefund,
  postingsOfDealSale,
  postingsOfDealUse,
  postingsOfDealUseReversal,
  postingsOfPriceChange,
  type KnownSale,
} from '../../../src/core/books/deal-sale.ts';
import type { Posting } from '../../../src/core/books/postings.ts';

const told = (postings: readonly Posting[]): string[] =>
  postings.map(({ debitRole, creditRole, cents }) => `${debitRole} an ${creditRole} ${cents}`);

describe('deals a partner sells for us', () => {
  it('are posted as the accountant’s table has it', () => {
    expect(told(postingsOfDealSale(9900))).to.deep.equal(['DEBITOR_PARTNER an V_DEAL 9900']);
    expect(told(postingsOfDealCommission(1500, 285))).to.deep.equal([
      'COMMISSION an DEBITOR_PARTNER 1500',
      'INPUT_VAT an DEBITOR_PARTNER 285',
    ]);
    expect(told(postingsOfDealCommission(1500, 0))).to.deep.equal(['COMMISSION an DEBITOR_PARTNER 1500']);
    expect(told(postingsOfDealCommissionReversal(1500, 285))).to.deep.equal([
      'DEBITOR_PARTNER an COMMISSION 1500',
      'DEBITOR_PARTNER an INPUT_VAT 285',
    ]);
    expect(told(postingsOfDealPayout(8115))).to.deep.equal(['BANK an DEBITOR_PARTNER 8115']);
    expect(told(postingsOfDealPayout(-9900))).to.deep.equal(['DEBITOR_PARTNER an BANK 9900']);
    expect(told(postingsOfDealPayout(0))).to.deep.equal([]);
    expect(told(postingsOfDealUse({ taken: 9900, difference: 10_000 }))).to.deep.equal([
      'V_DEAL an DEAL_CLEARING 9900',
      'RABATT an DEAL_CLEARING 10000',
    ]);
    expect(told(postingsOfDealUseReversal({ taken: 9900, difference: 10_000 }))).to.deep.equal([
      'DEAL_CLEARING an V_DEAL 9900',
      'DEAL_CLEARING an RABATT 10000',
    ]);
    expect(told(postingsOfDealRefund(9900))).to.deep.equal(['V_DEAL an DEBITOR_PARTNER 9900']);
    expect(told(postingsOfPriceChange(-1000))).to.deep.equal(['V_DEAL an DEBITOR_PARTNER 1000']);
    expect(told(postingsOfDealExpiry(9900, 'ours'))).to.deep.equal(['V_DEAL an BREAKAGE 9900']);
    expect(told(postingsOfDealExpiry(9900, 'partner'))).to.deep.equal(['V_DEAL an DEBITOR_PARTNER 9900']);
    expect(told(postingsOfDealReactivation(9900, 'BREAKAGE', false))).to.deep.equal([
      'BREAKAGE_REVERSAL an V_DEAL 9900',
    ]);
    expect(told(postingsOfDealReactivation(9900, 'BREAKAGE', true))).to.deep.equal(['BREAKAGE an V_DEAL 9900']);
    expect(told(postingsOfDealReactivation(9900, 'DEBITOR_PARTNER', false))).to.deep.equal([
      'DEBITOR_PARTNER an V_DEAL 9900',
    ]);
  });

  it('cover a redemption with what was paid, never with more than is left, and always to the cent', () => {
    expect(dealUse({ price: 9900, rest: 9900 }, 19_900)).to.deep.equal({ taken: 9900, difference: 10_000 });
    expect(dealUse({ price: 9900, rest: 9900 }, 8000)).to.deep.equal({ taken: 8000, difference: 0 });
    expect(dealUseOfRest({ taken: 9900, difference: 10_000 }, 9950)).to.deep.equal({ taken: 4950, difference: 5000 });
    expect(() => dealUseOfRest({ taken: 10, difference: 0 }, 11)).to.throw(RangeError);
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1_000_000 }),
        fc.integer({ min: 1, max: 1_000_000 }),
        fc.nat(1_000_000),
        (rest, redeemed, less) => {
          const use = dealUse({ price: rest, rest }, redeemed);
          expect(use.taken + use.difference).to.equal(redeemed);
          expect(use.taken).to.be.at.most(rest);
          const part = dealUseOfRest(use, less % (redeemed + 1));
          expect(part.taken + part.difference).to.equal(less % (redeemed + 1));
          expect(part.taken).to.be.within(0, use.taken);
          expect(part.difference).to.be.at.least(0);
        },
      ),
    );
  });

  const known = (more: Partial<KnownSale> = {}): KnownSale => ({
    isOfPartner: true,
    isEnded: false,
    isInvoiced: false,
    sale: null,
    ...more,
  });
  const sale = (price: number, rest: number, isRefunded = false): KnownSale =>
    known({ sale: { price, rest, isRefunded } });

  it('are judged row by row, each row seeing what those before it would book', () => {
    const deals = new Map<string, KnownSale>([
      ['neu', known()],
      ['verkauft', sale(9900, 9900)],
      ['gereist', sale(9900, 0)],
      ['zurueck', sale(9900, 0, true)],
      ['gesperrt', known({ isEnded: true })],
      ['rechnung', known({ isInvoiced: true })],
      ['fremd', known({ isOfPartner: false })],
    ]);
    const rows: readonly (readonly [string | null, number, string, number | null])[] = [
      ['neu', 5000, 'sold', null],
      ['neu', 5000, 'twice', 5000],
      ['neu', -4000, 'refund_differs', 5000],
      ['neu', -5000, 'refunded', 5000],
      ['neu', -5000, 'already_reported', 5000],
      ['verkauft', 9900, 'already_reported', 9900],
      ['verkauft', 8900, 'price_differs', 9900],
      ['gereist', 8900, 'redeemed_differs', 9900],
      ['gereist', -9900, 'refunded_redeemed', 9900],
      ['zurueck', -9900, 'already_reported', 9900],
      ['gesperrt', 9900, 'ended', null],
      ['gesperrt', -9900, 'not_sold', null],
      ['rechnung', 9900, 'invoiced', null],
      ['fremd', 9900, 'other_partner', null],
      [null, 9900, 'unknown_code', null],
      ['verkauft', 0, 'no_price', null],
    ];
    const judged = judgeSales(
      rows.map(([deal, cents]) => ({ deal, cents })),
      deals,
    );
    expect(judged.map(({ finding, expected }) => [finding, expected])).to.deep.equal(
      rows.map(([, , finding, expected]) => [finding, expected]),
    );
  });
});
