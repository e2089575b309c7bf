import { expect } from 'chai';
import {
  findDocumentsOfShift,
  listOpenings,
  sumDrawers,
} from '../../../../src/features/counter/till/cash-account-store.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { tillDesk } from '../till-desk.ts';

describeOnBothDatabases('what lies in the drawers', (database) => {
  const desk = tillDesk(database);

  it('is the last shift of each till, by currency', async () => {
    const shift = { actor: 'user:9', opened_on: '2025-01-02', opened_at: 1, touched_at: 1, opening_cash: 0 };
    const closed = { closed_at: 2, counted_cash: 0, difference: 0 };
    const add = (till: string, currency: string, cash: number) =>
      database()
        .knex('till_shifts')
        .insert({ ...shift, ...closed, till, currency, cash });
    await add('Kasse 1', 'EUR', 100);
    await add('Kasse 1', 'EUR', 250);
    await add('Kasse 2', 'EUR', 30);
    await add('Kasse 1', 'CHF', 7);
    expect(await sumDrawers(database().knex, 'free')).to.have.deep.members([
      { currency: 'EUR', cents: 280 },
      { currency: 'CHF', cents: 7 },
    ]);
    expect(await listOpenings(database().knex, 10)).to.deep.equal([]);
  });

  it('is told by documents, one a movement', async () => {
    const shift = await desk.open('user:1', 'Kasse 3', 500);
    expect(await findDocumentsOfShift(database().knex, shift.id)).to.have.lengthOf(1);
  });
});
