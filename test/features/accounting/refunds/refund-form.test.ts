import { expect } from 'chai';
import {
  emptyPayment,
  parsePayment,
  parseTarget,
  refundFilterOf,
  typedPayment,
  typedRefundFilter,
  typedTarget,
} from '../../../../src/features/accounting/refunds/refund-form.ts';
import { createI18n } from '../../../../src/platform/html/i18n.ts';

const t = createI18n({ directory: 'locales', strict: true }).translator('de');

describe('what is typed about a refund', () => {
  it('asks for open ones unless told otherwise, and for all where no state fits', () => {
    expect(refundFilterOf(typedRefundFilter({}))).to.deep.equal({
      state: 'open',
      way: null,
      text: '',
      isIncomplete: false,
    });
    expect(
      refundFilterOf(typedRefundFilter({ state: 'all', way: 'cash', incomplete: 'true', text: ' ER ' })),
    ).to.include({ state: null, way: 'cash', isIncomplete: true, text: 'ER' });
  });

  it('takes an IBAN whose check digits fit, or none', () => {
    const typed = typedTarget({ way: 'transfer', payee: 'Petra', iban: 'DE89 3704 0044 0532 0130 00' });
    expect(parseTarget(typed, t)).to.have.nested.property('value.way', 'transfer');
    expect(parseTarget({ ...typed, iban: '' }, t)).to.have.property('value');
    expect(parseTarget({ ...typed, iban: 'DE88370400440532013000' }, t)).to.have.nested.property(
      'errors[0].path',
      'iban',
    );
    expect(parseTarget({ ...typed, way: 'brief' }, t)).to.have.nested.property('errors[0].path', 'way');
  });

  it('takes a day of payment, with or without a reference', () => {
    expect(emptyPayment('2026-07-03', 'de')).to.deep.equal({ paidOn: '03.07.2026', reference: '' });
    expect(parsePayment(typedPayment({ paidOn: '3.7.2026', reference: ' ' }), t)).to.deep.equal({
      value: { paidOn: '2026-07-03', reference: null },
    });
    expect(parsePayment(typedPayment({ paidOn: 'heute' }), t)).to.have.nested.property('errors[0].path', 'paidOn');
  });
});
