import { expect } from 'chai';
import { postingsOfRefundPaid, REFUND_WAYS, refundWayOf } from '../../../src/core/sale/refund.ts';

describe('a refund that is paid', () => {
  for (const [way, role] of [
    ['transfer', 'BANK'],
    ['provider', 'TRANSIT'],
    ['cash', 'CASH'],
  ] as const)
    it(`by ${way} leaves ${role}`, () => {
      expect(postingsOfRefundPaid(40, way)).to.deep.equal([
        { event: 'refund_paid', debitRole: 'DEBITOR', creditRole: role, cents: 40 },
      ]);
    });

  it('to a partner settles the account of partners', () => {
    expect(postingsOfRefundPaid(40, 'transfer', 'DEBITOR_PARTNER')[0]?.debitRole).to.equal('DEBITOR_PARTNER');
    expect(REFUND_WAYS).to.have.length(3);
  });
});

describe('the way back of a refund', () => {
  for (const [roles, expected] of [
    [['CASH'], 'cash'],
    [['CASH_OFFICE', 'CASH'], 'cash'],
    [['TRANSIT', 'TRANSIT'], 'provider'],
    [['BANK'], 'transfer'],
    [['CASH', 'TRANSIT'], 'transfer'],
    [['TRANSFER'], 'transfer'],
    [[], 'transfer'],
  ] as const) {
    it(`of money that came by ${roles.join(' and ') || 'nothing'} is ${expected}`, () => {
      expect(refundWayOf(roles)).to.equal(expected);
    });
  }
});
