import { expect } from 'chai';
import { inCash } from '../../../../src/core/sale/till.ts';
import { cashBook } from '../../../../src/features/counter/till/cash-book-service.ts';
import { findCashBook } from '../../../../src/features/counter/till/cash-book-store.ts';
import { closeShift } from '../../../../src/features/counter/till/shift-service.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { byCard, tillDesk, TODAY } from '../till-desk.ts';

describeOnBothDatabases('a cash book', (database) => {
  const desk = tillDesk(database);
  const noon = Date.parse(`${TODAY}T12:00:00Z`);

  it('has every movement of cash with its document and what lay in the drawer after it, over all shifts', async () => {
    const first = await desk.open('user:1', 'Kasse 1', 10_000);
    await desk.sell('user:1', 2500, 1, inCash(2500));
    await desk.sell('user:1', 9900, 1, byCard(9900));
    await closeShift(database(), first.id, { countedCash: 12_000, note: 'verzählt' }, desk.author('user:1'));
    await desk.open('user:2', 'Kasse 1', 2000);
    await desk.open('user:1', 'Kasse 2', 1);
    const span = { till: 'Kasse 1', from: noon, until: noon + 1 };
    const rows = await findCashBook(database().knex, span, 100);
    expect(rows.map(({ event, cash, balance }) => [event, cash, balance])).to.deep.equal([
      ['cash_in', 10_000, 10_000],
      ['sale', 2500, 12_500],
      ['difference', -500, 12_000],
      ['cash_out', -10_000, 2000],
    ]);
    expect(new Set(rows.map(({ documentNumber }) => documentNumber)).size).to.equal(4);
    expect(await cashBook(database().knex, span)).to.deep.equal(rows);
    expect(await findCashBook(database().knex, { ...span, from: noon + 1 }, 100)).to.deep.equal([]);
  });
});
