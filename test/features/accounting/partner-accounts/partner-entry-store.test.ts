import { expect } from 'chai';
import { readPartnerTotals } from '../../../../src/features/accounting/partner-accounts/partner-entry-store.ts';
import { apiClient } from '../../../support/api-client.ts';
import { turningClock } from '../../../support/clock.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { startTestServer } from '../../../support/http.ts';
import { agency, settled, soldDeals } from './partner-books.ts';

describeOnBothDatabases('sums of what moved between partners and us', (database) => {
  it('are of the days and of the knowledge that is asked for', async () => {
    const server = await startTestServer({ database: database(), clock: turningClock(() => '2026-06-15T10:00:00Z') });
    await agency(database(), 'ost', '10800');
    const ids = await soldDeals({ database: database(), api: apiClient(server.url) }, 'ost', 'OS-1', [5000, 6000]);
    await settled(database(), ids, 'OS-1', { net: 100, vat: 19 });
    const sums = async (from: string | null, to: string | null, knownUntil: number | null = null) =>
      (await readPartnerTotals(database().knex, { from, to, knownUntil })).map(
        ({ event, partnerId, cents, entries, debitRole }) => [event, debitRole, partnerId, cents, entries],
      );
    expect(await sums('2026-02-01', '2026-02-09')).to.deep.equal([['deal_sale', 'DEBITOR_PARTNER', 'ost', 11_000, 2]]);
    expect(await sums('2026-02-10', null)).to.have.deep.members([
      ['deal_commission', 'COMMISSION', 'ost', 200, 2],
      ['deal_commission', 'INPUT_VAT', 'ost', 38, 2],
      ['deal_payout', 'BANK', 'ost', 10_762, 2],
    ]);
    expect(await sums(null, null, 0)).to.deep.equal([]);
    await server.close();
  });
});
