import { expect } from 'chai';
import { verifyEverything } from '../../../../src/features/accounting/proof/proof-service.ts';
import {
  compareCash,
  shiftInAccount,
  takeOverCash,
} from '../../../../src/features/counter/till/cash-account-service.ts';
import { moveDrawer } from '../../../../src/features/counter/till/shift-service.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { newForm, tillDesk } from '../till-desk.ts';

describeOnBothDatabases('drawers and the account CASH', (database) => {
  const desk = tillDesk(database);
  const reason = 'Gezählt am Stichtag';
  const take = (expected: number): Promise<string> =>
    takeOverCash(database(), desk.author('user:1'), { currency: 'EUR', expected, reason }).then(
      () => 'done',
      (error: unknown) => (error as { code: string }).code,
    );

  it('agree where every movement was posted', async () => {
    const shift = await desk.open('user:1', 'Kasse 1', 20_000);
    const sent = { ...newForm(), shiftId: shift.id };
    await moveDrawer(database(), sent, { cents: 5000, isOut: true, note: 'Bank' }, desk.author('user:1'));
    expect(await desk.compare()).to.deep.include({
      inDrawers: 15_000,
      inAccount: 15_000,
      difference: 0,
      opening: null,
    });
    expect(await shiftInAccount(database().knex, shift.id)).to.equal(15_000);
    expect(await take(0)).to.equal('conflict');
  });

  it('that differ from before are brought together once, by somebody who says why, and never by themselves', async () => {
    // A shift of the time before the books followed the till.
    const old = { actor: 'user:9', currency: 'EUR', opened_on: '2025-01-02', opened_at: 1, touched_at: 1 };
    const counted = { cash: 7000, counted_cash: 7000, difference: -500, closed_at: 2, closed_by: 'user:9' };
    await database()
      .knex('till_shifts')
      .insert({ ...old, ...counted, till: 'Kasse alt', opening_cash: 7500 });
    expect((await desk.compare()).difference).to.equal(7000);
    expect(await take(6999)).to.equal('conflict');
    const answers = await Promise.all([1, 2, 3].map(() => take(7000)));
    expect(answers.sort()).to.deep.equal(['conflict', 'conflict', 'done']);
    const [compared] = await compareCash(database().knex);
    expect(compared).to.deep.include({ inDrawers: 22_000, inAccount: 22_000, difference: 0 });
    expect(compared?.opening).to.deep.include({ reason, actor: 'user:1', inDrawers: 22_000, inAccount: 15_000 });
    expect((await verifyEverything(database().knex, Date.now())).problem).to.equal(null);
  });

  it('go on from what the last shift left, also when the till is opened again', async () => {
    await desk.open('user:2', 'Kasse alt', 6800, 'difference');
    expect((await desk.compare()).difference).to.equal(0);
    expect((await desk.shiftOf('user:2')).openingCash).to.equal(7000);
  });
});
