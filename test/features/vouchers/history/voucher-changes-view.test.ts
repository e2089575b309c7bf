import { expect } from 'chai';
import {
  changesView,
  type ChangeWords,
  type ChangesView,
} from '../../../../src/features/vouchers/history/voucher-changes-view.ts';
import type { Translate } from '../../../../src/platform/html/i18n.ts';

const words: ChangeWords = {
  t: ((key: string) => key) as Translate,
  locale: 'en',
  currency: 'EUR',
  nameOf: (kind, id) => `${kind} of ${id}`,
};

function changed(path: string, before: unknown, after: unknown): ChangesView['changes'] {
  const told = path.split('.').reduceRight<unknown>((inner, name) => ({ [name]: inner }), { before, after });
  return changesView('voucher.change', told, words).changes;
}

describe('the changes of a voucher as people read them', () => {
  it('name a field by its label, with what it was and what it became', () => {
    expect(changed('title', 'Summer', 'Winter')).to.deep.equal([
      { label: 'vouchers:field.title', from: 'Summer', to: 'Winter' },
    ]);
  });

  it('write days and amounts as the language does', () => {
    expect(changed('validity.bookUntil', null, '2026-12-31')).to.deep.equal([
      { label: 'vouchers:field.bookUntil', from: 'vouchers:nothing', to: '31 Dec 2026' },
    ]);
    expect(changed('value.maxAmount', 5000, 123_456)).to.deep.equal([
      { label: 'vouchers:field.maxAmount', from: '€50.00', to: '€1,234.56' },
    ]);
  });

  it('call an entry of the catalogue by its name', () => {
    expect(changed('restrictions.brand', null, 'b1')[0]?.to).to.equal('brand of b1');
  });

  it('leave a path nobody knows as it is', () => {
    expect(changed('somewhere.else', 'a', 'b')).to.deep.equal([{ label: 'somewhere.else', from: 'a', to: 'b' }]);
  });

  it('tell why, how much and how', () => {
    const told = { cents: 2500, method: 'cash', reason: 'Paid at the counter' };
    expect(changesView('voucher.pay', told, words)).to.deep.equal({
      changes: [],
      detail: '€25.00 · vouchers:method.cash · Paid at the counter',
    });
  });

  it('say nothing of a voucher that is new', () => {
    const told = { title: { before: null, after: 'Summer' }, reason: 'Goodwill' };
    expect(changesView('voucher.create', told, words)).to.deep.equal({ changes: [], detail: '' });
  });
});
