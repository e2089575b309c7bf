import { expect } from 'chai';
import { readCommission, readPayout } from '../../../../src/features/partners/sales/partner-payout-form.ts';

const t = (key: string): string => key;
const TODAY = '2026-03-31';

function pathsOf(read: object): string[] {
  return 'errors' in read ? (read.errors as { path: string }[]).map(({ path }) => path) : [];
}

describe('the partner’s invoice about its commission', () => {
  const TYPED = {
    commissionNumber: 'P-9',
    commissionOn: '30.03.2026',
    commissionNet: '15,00',
    commissionVat: '2,85',
  };

  it('is read to the cent', () => {
    expect(readCommission(TYPED, TODAY, t)).to.deep.equal({
      value: { documentNumber: 'P-9', on: '2026-03-30', net: 1500, vat: 285 },
    });
  });

  it('may say nothing about VAT', () => {
    expect(readCommission({ ...TYPED, commissionVat: '' }, TODAY, t)).to.have.nested.property('value.vat', 0);
  });

  it('wants a number, a day until today and amounts of at least nothing', () => {
    expect(pathsOf(readCommission({}, TODAY, t))).to.deep.equal(['commissionNumber', 'commissionOn', 'commissionNet']);
    expect(pathsOf(readCommission({ ...TYPED, commissionOn: '01.04.2026' }, TODAY, t))).to.deep.equal(['commissionOn']);
    expect(pathsOf(readCommission({ ...TYPED, commissionNet: '-1', commissionVat: '-1' }, TODAY, t))).to.deep.equal([
      'commissionNet',
      'commissionVat',
    ]);
  });
});

describe('the payout of a report of sales', () => {
  const TYPED = { payoutOn: '30.03.2026', payoutAmount: '81,15', payoutReference: 'UMS 4' };

  it('is read to the cent', () => {
    expect(readPayout(TYPED, TODAY, t)).to.deep.equal({
      value: { paidOn: '2026-03-30', reference: 'UMS 4', cents: 8115 },
    });
  });

  it('is below zero where we are to pay', () => {
    expect(readPayout({ ...TYPED, payoutAmount: '-81,15' }, TODAY, t)).to.have.nested.property('value.cents', -8115);
  });

  it('wants a day until today, an amount and a reference', () => {
    expect(pathsOf(readPayout({}, TODAY, t))).to.deep.equal(['payoutOn', 'payoutAmount', 'payoutReference']);
    expect(pathsOf(readPayout({ ...TYPED, payoutOn: '01.04.2026' }, TODAY, t))).to.deep.equal(['payoutOn']);
  });
});
