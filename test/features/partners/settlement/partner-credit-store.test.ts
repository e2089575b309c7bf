import { expect } from 'chai';
import { creditsOfLines, setOffInvoice } from '../../../../src/features/partners/settlement/partner-credit-store.ts';
import { inTransaction } from '../../../../src/platform/data/db.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';

describeOnBothDatabases('credits of partners', (database) => {
  it('are nothing of deals nobody overpaid, and pay no invoice that is not there', async () => {
    expect((await creditsOfLines(database().knex, ['1', '2'])).size).to.equal(0);
    expect((await creditsOfLines(database().knex, [])).size).to.equal(0);
    expect(await inTransaction(database(), (trx) => setOffInvoice(trx, '1', 5))).to.equal(false);
  });
});
