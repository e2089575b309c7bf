import { expect } from 'chai';
import fc from 'fast-check';
import {
  exemptionSentence,
  invoiceAmounts,
  VAT_TREATMENT_NAMES,
  vatTreatment,
} from '../../../../src/core/books/invoicing/vat-treatment.ts';

describe('the amounts of an invoice', () => {
  const cases = [
    { owed: 71_400, rate: 1900, net: 60_000, vat: 11_400, rounding: 0 },
    { owed: 10_000, rate: 1900, net: 8403, vat: 1597, rounding: 0 },
    { owed: 10_700, rate: 700, net: 10_000, vat: 700, rounding: 0 },
    { owed: 10_810, rate: 810, net: 10_000, vat: 810, rounding: 0 },
    { owed: 3, rate: 1900, net: 3, vat: 1, rounding: -1 },
    { owed: 1, rate: 1900, net: 1, vat: 0, rounding: 0 },
    { owed: 71_400, rate: 0, net: 71_400, vat: 0, rounding: 0 },
  ];
  for (const { owed, rate, ...amounts } of cases)
    it(`are of ${owed} at ${rate} basis points ${JSON.stringify(amounts)}`, () => {
      expect(invoiceAmounts(owed, rate)).to.deep.equal({ ...amounts, payable: owed });
    });

  it('obey the arithmetic of EN 16931, come to what is owed, and round by one minor unit at most', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000_000_000 }), fc.integer({ min: 0, max: 3000 }), (owed, rate) => {
        const { net, vat, rounding, payable } = invoiceAmounts(owed, rate);
        // BR-CO-17: the rounded part, half up.
        expect(vat).to.equal(Number((2n * BigInt(net) * BigInt(rate) + 10_000n) / 20_000n));
        // BR-CO-15, BR-CO-16.
        expect(net + vat + rounding).to.equal(payable);
        expect(payable).to.equal(owed);
        expect(Math.abs(rounding)).to.be.at.most(1);
      }),
    );
  });
});

describe('a treatment for VAT', () => {
  const categories = {
    no_supply: null,
    standard: 'S',
    margin: 'E',
    reverse_charge: 'AE',
    exempt: 'E',
    outside: 'O',
    intra_community: 'K',
    export: 'G',
    zero: 'Z',
  };

  it('has the category of EN 16931', () => {
    expect(Object.fromEntries(VAT_TREATMENT_NAMES.map((name) => [name, vatTreatment(name).category]))).to.deep.equal(
      categories,
    );
  });

  it('has a reason or a code exactly where the category asks for one', () => {
    for (const name of VAT_TREATMENT_NAMES) {
      const { category, exemptionCode, exemptionText } = vatTreatment(name);
      const asks = category !== null && category !== 'S' && category !== 'Z';
      expect(exemptionText !== 'none', name).to.equal(asks);
      expect(exemptionSentence(name) !== '', name).to.equal(exemptionText === 'sentence');
      if (!asks) expect(exemptionCode, name).to.equal(null);
    }
  });

  it('names travel agents by the code that stands for them', () => {
    expect(vatTreatment('margin').exemptionCode).to.equal('VATEX-EU-D');
    expect(exemptionSentence('margin')).to.equal('Sonderregelung für Reisebüros (§ 25 UStG)');
  });
});
