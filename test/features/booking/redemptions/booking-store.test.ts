import { expect } from 'chai';
import {
  bookingGivenBack,
  bookingWrite,
  findBookings,
  placeOf,
  type BookingMove,
} from '../../../../src/features/booking/redemptions/booking-store.ts';
import { inTransaction, isDuplicateKey, writeTogether } from '../../../../src/platform/data/db.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';

describeOnBothDatabases('the row of a booking', (database) => {
  const ref = { circle: '0', key: 'k-1' };
  const move = (more: Partial<BookingMove> = {}): BookingMove => ({
    ref,
    number: 'K-1',
    currency: 'EUR',
    price: 10_000,
    applied: 4000,
    isNew: false,
    now: 1,
    ...more,
  });
  const write = (more: Partial<BookingMove>): Promise<number | undefined> =>
    inTransaction(database(), async (trx) => (await writeTogether(trx, [bookingWrite(trx, move(more))]))[0]?.rows);
  const standing = async () => (await findBookings(database().knex, [ref])).get(placeOf(ref));

  it('is there once', async () => {
    expect(await write({ isNew: true })).to.equal(1);
    const error = await write({ isNew: true }).catch((caught: unknown) => caught);
    expect(isDuplicateKey(error)).to.equal(true);
    expect(await standing()).to.deep.equal({ currency: 'EUR', price: 10_000, redeemed: 4000 });
  });

  it('takes what there is room for, and tells that it took nothing where there is none', async () => {
    expect(await write({ applied: 6001 })).to.equal(0);
    expect(await write({ applied: 1, currency: 'CHF' })).to.equal(0);
    expect(await write({ applied: 5000 })).to.equal(1);
    expect(await write({ applied: 0, price: 8999 })).to.equal(0);
    expect(await write({ applied: 2000, price: 11_000 })).to.equal(1);
    expect(await standing()).to.deep.equal({ currency: 'EUR', price: 11_000, redeemed: 11_000 });
  });

  it('gives back, but never below nothing', async () => {
    const giveBack = (amount: number) =>
      inTransaction(database(), (trx) => writeTogether(trx, [bookingGivenBack(trx, ref, amount, 2)]));
    await giveBack(11_000);
    expect((await standing())?.redeemed).to.equal(0);
    expect(await giveBack(1).catch(() => 'refused')).to.equal('refused');
    expect(await write({ applied: 500, price: 500, currency: 'CHF' })).to.equal(1);
    expect(await standing()).to.deep.equal({ currency: 'CHF', price: 500, redeemed: 500 });
  });
});
