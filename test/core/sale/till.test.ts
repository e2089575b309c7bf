import { expect } from 'chai';
import fc from 'fast-check';
import { businessTypesOf, drawerShareOf, tenderFor } from '../../../src/core/sale/till.ts';

describe('the till', () => {
  const nothing = { cash: 0, card: 0, transfer: 0 };

  it('puts all of a rest on one tender', () => {
    expect(tenderFor(4200, 'card', nothing)).to.deep.equal({ ok: true, amounts: { cash: 0, card: 4200, transfer: 0 } });
    expect(tenderFor(0, 'cash', nothing)).to.deep.equal({ ok: true, amounts: nothing });
  });

  it('takes a mixed payment only when it makes up the rest to the cent', () => {
    expect(tenderFor(4200, 'mixed', { cash: 2000, card: 2200, transfer: 0 })).to.include({ ok: true });
    expect(tenderFor(4200, 'mixed', { cash: 2000, card: 2000, transfer: 0 })).to.deep.equal({ ok: false, open: 200 });
    expect(tenderFor(4200, 'mixed', { cash: 5000, card: 0, transfer: 0 })).to.deep.equal({ ok: false, open: -800 });
  });

  it('puts into the drawer what is cash of it', () => {
    expect(drawerShareOf({ cash: 2000, card: 3000, transfer: 500 })).to.equal(2000);
  });

  it('never takes more or less than the rest', () => {
    const cents = fc.integer({ min: 0, max: 100_000 });
    fc.assert(
      fc.property(
        cents,
        fc.constantFrom('cash' as const, 'card' as const, 'transfer' as const, 'mixed' as const),
        fc.record({ cash: cents, card: cents, transfer: cents }),
        (rest, by, given) => {
          const result = tenderFor(rest, by, given);
          const sum = result.ok
            ? result.amounts.cash + result.amounts.card + result.amounts.transfer
            : given.cash + given.card + given.transfer + result.open;
          expect(sum).to.equal(rest);
        },
      ),
    );
  });

  it('names events in the words of fiscal tills', () => {
    expect(businessTypesOf('redemption', { isDiscount: false }, 4000)).to.deep.equal([
      'MehrzweckgutscheinEinloesung',
      'Forderungsaufloesung',
    ]);
    expect(businessTypesOf('redemption', { isDiscount: true }, 0)).to.deep.equal(['Rabatt']);
    expect(businessTypesOf('sale', null, 0)).to.deep.equal(['MehrzweckgutscheinKauf']);
    expect(businessTypesOf('cash_out', null, 0)).to.deep.equal(['Geldtransit']);
  });
});
