import { expect } from 'chai';
import { giveDocument } from '../../../../src/features/accounting/datev/document-number-service.ts';
import { openEntries, runEntries } from '../../../../src/features/accounting/datev/export-entry-service.ts';
import { inTransaction } from '../../../../src/platform/data/db.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { historyOf } from '../../../support/history.ts';

describeOnBothDatabases('the entries that an export judges', (database) => {
  const { sell, spend } = historyOf(database);

  it('are those of its days, each with the document number that was given to its own', async () => {
    await sell('Buch', 10_000, '2026-06-01', { code: 'BUCH' });
    await spend(['BUCH'], 1000, 'B@1', '2026-06-02');
    await spend(['BUCH'], 1000, 'B@2', '2026-07-02');
    const author = { actor: 'user:1', moment: { now: 1, today: '2026-07-03' } };
    await giveDocument(database(), author, { number: 'B@1', document: 'B-1' });
    const found: unknown[] = [];
    for await (const entries of openEntries(database().knex, { from: '2026-06-01', to: '2026-06-30' }))
      found.push(...entries.map(({ event, bookingNumber, givenDocument }) => [event, bookingNumber, givenDocument]));
    expect(found).to.deep.equal([
      ['sale', null, undefined],
      ['redemption', 'B@1', 'B-1'],
    ]);
  });

  it('are none of a run that does not exist', async () => {
    const found: unknown[] = [];
    await inTransaction(database(), async (trx) => {
      for await (const entries of runEntries(trx, '999')) found.push(...entries);
    });
    expect(found).to.deep.equal([]);
  });
});
