import { expect } from 'chai';
import { DEFAULT_SETUP } from '../../../../src/core/books/chart-of-accounts.ts';
import { balancesOf } from '../../../../src/core/books/ledger-sums.ts';
import { totals } from '../../../../src/features/accounting/ledger/totals-service.ts';
import {
  openDocuments,
  openPartnerAccounts,
  withPartnerAccounts,
} from '../../../../src/features/accounting/partner-accounts/partner-account-service.ts';
import { findOpenDocuments } from '../../../../src/features/accounting/partner-accounts/partner-entry-store.ts';
import { apiClient } from '../../../support/api-client.ts';
import { turningClock } from '../../../support/clock.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { startTestServer, type TestServer } from '../../../support/http.ts';
import { agency, settled, soldDeals } from './partner-books.ts';

describeOnBothDatabases('what is open with partners', (database) => {
  let server: TestServer;

  before(async () => {
    server = await startTestServer({ database: database(), clock: turningClock(() => '2026-06-15T10:00:00Z') });
    const parts = { database: database(), api: apiClient(server.url) };
    await agency(database(), 'nord', '10700');
    await agency(database(), 'ohne', '');
    const ids = await soldDeals(parts, 'nord', 'NO-1', [10_000, 333, 1]);
    await settled(database(), ids.slice(0, 1), 'NO-1', { net: 1000, vat: 190 });
    await soldDeals(parts, 'ohne', 'OH-1', [700], '2026-05-01');
  });
  after(() => server.close());

  it('is on the accounts of the trial balance what it is by document, on every day', async () => {
    for (const day of ['2026-01-31', '2026-02-01', '2026-02-10', '2026-02-20', '2026-05-01']) {
      const span = { from: null, to: day };
      const sums = await withPartnerAccounts(database().knex, await totals(database().knex, span), span);
      const onAccounts = balancesOf(DEFAULT_SETUP, sums)
        .filter(({ role }) => role === 'DEBITOR_PARTNER')
        .map(({ account, debit, credit }) => [account, debit - credit]);
      const { accounts } = await openPartnerAccounts(database().knex, DEFAULT_SETUP, day);
      expect(onAccounts.filter(([, open]) => open !== 0)).to.have.deep.members(
        accounts.map(({ account, open }) => [account, open]),
      );
    }
  });

  it('is listed the oldest first, and no more than was asked for', async () => {
    const { documents, isCut } = await openDocuments(database().knex, 'nord', '2026-06-15');
    expect(documents.map(({ document, debit, credit }) => [document, debit, credit])).to.deep.equal([
      ['NO-1', 10_334, 10_000],
    ]);
    expect(isCut).to.equal(false);
    const first = await findOpenDocuments(database().knex, '2026-06-15', undefined, 1);
    expect(first.map(({ document, since }) => [document, since])).to.deep.equal([['NO-1', '2026-02-01']]);
  });
});
