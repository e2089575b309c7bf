import { expect } from 'chai';
import { foldEmail, isKnownCustomer, isSameCustomer, listPairHolds } from '../../../src/core/engine/restrictions.ts';

describe('a restriction by lists', () => {
  for (const [include, exclude, has, expected] of [
    [[], [], [], true],
    [[], [], ['NO'], true],
    [['NO'], [], ['NO-18', 'NO'], true],
    [['NO', 'IS'], [], ['IS'], true],
    [['NO'], [], ['SE'], false],
    [['NO'], [], [], false],
    [[], ['NO'], ['NO'], false],
    [[], ['NO'], ['SE'], true],
    [[], ['NO'], [], true],
    [['NO'], ['NO-18'], ['NO-18', 'NO'], false],
  ] as const) {
    const [wanted, shut, trip] = [include, exclude, has].map((list) => list.join(' and ') || 'nothing');
    it(`that includes ${wanted} and excludes ${shut} ${expected ? 'holds' : 'does not hold'} for ${trip}`, () => {
      expect(listPairHolds({ include, exclude }, has)).to.equal(expected);
    });
  }
});

describe('a customer', () => {
  for (const [what, bound, own, expected] of [
    [
      'is the same by the id, whatever the address',
      { id: '7', email: 'a@b.example' },
      { id: '7', email: 'c@d.example' },
      true,
    ],
    [
      'is another by the id, whatever the address',
      { id: '7', email: 'a@b.example' },
      { id: '8', email: 'a@b.example' },
      false,
    ],
    [
      'is the same by the address where one has no id',
      { email: ' Anna@B.example' },
      { id: '7', email: 'anna@b.EXAMPLE' },
      true,
    ],
    ['is another by the address', { email: 'anna@b.example' }, { email: 'anne@b.example' }, false],
    ['is nobody without id and address', { id: '', email: '' }, { id: '', email: '' }, false],
    ['is nobody where the booking names none', { id: '7' }, null, false],
  ] as const) {
    it(what, () => {
      expect(isSameCustomer(bound, own)).to.equal(expected);
    });
  }

  it('is known by an id or an address', () => {
    expect([{ id: '7' }, { email: 'a@b.example' }].every(isKnownCustomer)).to.equal(true);
    expect([null, {}, { id: '', email: null }].some(isKnownCustomer)).to.equal(false);
  });

  it('has one address in capitals, with blanks around it and in wide letters', () => {
    expect(foldEmail(' Anna@Example.ORG ')).to.equal('anna@example.org');
    expect(foldEmail('ａｎｎａ@example.org')).to.equal('anna@example.org');
  });
});
