import { expect } from 'chai';
import { CASH_BOOK_JOB, queueCashBook } from '../../../../src/features/counter/till/cash-book-service.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { tillDesk } from '../till-desk.ts';

describeOnBothDatabases('a cash book that is asked for', (database) => {
  const desk = tillDesk(database);

  it('waits as a job of who asked', async () => {
    const span = { till: 'Kasse 1', from: 0, until: 1, period: '2026-06' };
    const payload = { ...span, locale: 'de', userName: 'Ada' } as const;
    const id = await queueCashBook(database(), payload, desk.author('user:1'));
    expect(await database().knex('jobs').where({ id }).first('kind', 'created_by')).to.deep.equal({
      kind: CASH_BOOK_JOB,
      created_by: 'user:1',
    });
  });
});
