import { expect } from 'chai';
import { inCash } from '../../../../src/core/sale/till.ts';
import { readReceipt } from '../../../../src/features/accounting/receipts/receipt-service.ts';
import { changeDrawer, recordMove, requireCurrency } from '../../../../src/features/counter/till/till-book-service.ts';
import { journalOf } from '../../../../src/features/counter/till/shift-service.ts';
import { inTransaction } from '../../../../src/platform/data/db.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { newForm, tillDesk } from '../till-desk.ts';

describeOnBothDatabases('the book of a till', (database) => {
  const desk = tillDesk(database);
  const codeOf = (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => 'done',
      (error: unknown) => (error as { details: { fields: { code: string }[] } }).details.fields[0]?.code ?? '',
    );
  const change = (shiftId: string, cash: number) =>
    inTransaction(database(), (trx) => changeDrawer({ trx, ...desk.author('user:1') }, shiftId, cash));

  it('never takes more out of a drawer than lies in it', async () => {
    const shift = await desk.open('user:1', 'Kasse 1', 1000);
    expect(await codeOf(change(shift.id, -1001))).to.equal('drawer_short');
    expect((await change(shift.id, -1000)).cash).to.equal(0);
    expect((await change(shift.id, 1000)).cash).to.equal(1000);
    const races = await Promise.all([1, 2, 3].map(() => codeOf(change(shift.id, -600))));
    expect(races.sort()).to.deep.equal(['done', 'drawer_short', 'drawer_short']);
    await change(shift.id, 600);
  });

  it('has one currency', async () => {
    const shift = await desk.shiftOf('user:1');
    expect(() => {
      requireCurrency(shift, 'CHF');
    }).to.throw();
    requireCurrency(shift, 'EUR');
  });

  it('writes row and receipt under one number', async () => {
    const shift = await desk.shiftOf('user:1');
    await inTransaction(database(), async (trx) => {
      await recordMove({ trx, ...desk.author('user:1') }, shift, {
        ...newForm(),
        event: 'cash_in',
        businessTypes: ['Geldtransit'],
        tender: inCash(5),
        price: 0,
        documentNumber: 'Q-2026-009999',
        postings: [],
      });
    });
    const { entries } = await journalOf(database().knex, shift.id);
    expect(entries.at(-1)?.documentNumber).to.equal('Q-2026-009999');
    expect((await readReceipt(database().knex, 'Q-2026-009999')).content.till).to.equal('Kasse 1');
  });
});
