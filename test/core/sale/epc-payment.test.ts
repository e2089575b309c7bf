import { expect } from 'chai';
import fc from 'fast-check';
import { epcPaymentText, groupedIban, isIban } from '../../../src/core/sale/epc-payment.ts';

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
