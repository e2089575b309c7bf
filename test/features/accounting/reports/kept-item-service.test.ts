import { expect } from 'chai';
import { keepItems, keptItems } from '../../../../src/features/accounting/reports/kept-item-service.ts';
import { inTransaction } from '../../../../src/platform/data/db.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { historyOf } from '../../../support/history.ts';

describeOnBothDatabases('open items that are kept', (database) => {
  const { sell } = historyOf(database);

  it('stay as they were, page by page, whatever becomes of their vouchers', async () => {
    for (const cents of [1000, 2000, 3000]) await sell(`Kauf ${cents}`, cents, '2026-06-01');
    await inTransaction(database(), (trx) => keepItems(trx, { day: '2026-06-30', knownUntil: null }));
    await database().knex('vouchers').update({ is_deactivated: true });
    const first = await keptItems(database().knex, '2026-06-30', '0', 2);
    expect(first.map(({ cents, isBlocked }) => [cents, isBlocked])).to.deep.equal([
      [1000, false],
      [2000, false],
    ]);
    const rest = await keptItems(database().knex, '2026-06-30', first.at(-1)?.place ?? '', 2);
    expect(rest.map(({ cents }) => cents)).to.deep.equal([3000]);
    expect(await keptItems(database().knex, '2026-05-31', '0', 2)).to.deep.equal([]);
  });
});
