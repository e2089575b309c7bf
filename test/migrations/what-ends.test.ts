import { expect } from 'chai';
import { down, up } from '../../migrations/330-what-ends.ts';
import { verifyBooks } from '../../src/features/accounting/proof/verify-service.ts';
import { apiClient, bookingOf } from '../support/api-client.ts';
import { describeOnBothDatabases } from '../support/databases.ts';
import { startTestServer, type TestServer } from '../support/http.ts';

describeOnBothDatabases('what a derecognition asks of a voucher', (database) => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer({ database: database() });
  });
  after(() => server.close());

  it('is filled from the entries of vouchers that are there, and goes without a trace', async () => {
    const { knex } = database();
    const api = apiClient(server.url);
    const sold = async (more: object): Promise<{ id: string; code: string }> =>
      (
        await api.post('/vouchers', {
          type: 'purchase',
          title: 'Alt',
          paidAt: '2026-01-02',
          value: { originalValue: 10_000 },
          ...more,
        })
      ).body as { id: string; code: string };
    const lapsed = await sold({ residual: 'forfeit' });
    await api.post('/redemptions', { booking: bookingOf(8500), codes: [lapsed.code], bookingNumber: 'M-1' });
    const plain = await sold({});
    const toppedUp = await sold({});
    await api.post(`/vouchers/${toppedUp.id}/topups`, { amount: 500, method: 'cash' });
    const stored = (): Promise<unknown[]> =>
      knex('vouchers').orderBy('id').select('id', 'forfeited', 'has_forfeited', 'topped_up_on', 'balance');
    const before = await stored();
    await knex.transaction((trx) => down(trx));
    expect(await knex.schema.hasColumn('vouchers', 'forfeited')).to.equal(false);
    expect(await knex.schema.hasColumn('derecognition_runs', 'posted_on')).to.equal(false);
    await knex.transaction((trx) => up(trx));
    expect(await stored()).to.deep.equal(before);
    expect(
      (await knex('vouchers').whereIn('id', [lapsed.id, plain.id]).orderBy('id').pluck('forfeited')).map(Number),
    ).to.deep.equal([1500, 0]);
    expect((await verifyBooks(knex, Date.now())).problem).to.equal(null);
  });
});
