import { expect } from 'chai';
import { verifyBooks } from '../../src/features/accounting/proof/verify-service.ts';
import { apiClient, bookingOf, type ApiClient } from '../support/api-client.ts';
import { describeOnBothDatabases } from '../support/databases.ts';
import { startTestServer, type TestServer } from '../support/http.ts';

describeOnBothDatabases('reversals beside a new code', (database) => {
  let server: TestServer;
  let api: ApiClient;
  before(async () => {
    server = await startTestServer({ database: database() });
    api = apiClient(server.url);
  });
  after(() => server.close());

  it('lose no cent and count every use once, whichever comes first', async () => {
    for (let round = 0; round < 5; round++) {
      const id = (
        await api.post('/vouchers', {
          type: 'purchase',
          title: 'Wettlauf',
          code: `LAUF-${round}`,
          paidAt: '2026-01-02',
          value: { originalValue: 50_000 },
        })
      ).body.id as string;
      const redemption = (
        await api.post('/redemptions', {
          booking: bookingOf(20_000),
          codes: [`LAUF-${round}`],
          bookingNumber: `W-${round}`,
        })
      ).body.id as string;
      const giveBack = () => api.post(`/redemptions/${redemption}/reversals`, { amount: 5000, reason: 'Teil' });
      const answers = await Promise.all([
        giveBack(),
        api.post(`/vouchers/${id}/reissue`, { reason: 'verloren' }),
        giveBack(),
        giveBack(),
        giveBack(),
        giveBack(),
      ]);
      const [, reissued, ...rest] = answers;
      const statuses = [answers[0], ...rest].map(({ status }) => status).sort();
      expect(statuses).to.deep.equal([201, 201, 201, 201, 422]);
      expect(reissued.status).to.equal(201);
      expect((await api.get(`/vouchers/${id}`)).body.balance).to.equal(0);
      expect((await api.get(`/vouchers/${reissued.body.id as string}`)).body).to.include({ balance: 50_000, uses: 0 });
    }
    expect((await verifyBooks(database().knex, Date.now())).problem).to.equal(null);
  });
});
