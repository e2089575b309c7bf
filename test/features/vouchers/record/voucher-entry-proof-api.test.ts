import { expect } from 'chai';
import { sealLedger } from '../../../../src/features/accounting/proof/seal-service.ts';
import { apiClient } from '../../../support/api-client.ts';
import { describeOn } from '../../../support/databases.ts';
import { startTestServer, type TestServer } from '../../../support/http.ts';

describeOn('SQLite', 'the API', (database) => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer({ database: database() });
  });
  after(() => server.close());

  it('gives the proof of a ledger entry, sealed or not', async () => {
    const api = apiClient(server.url);
    const sold = { type: 'purchase', title: 'Kauf', paidAt: '2026-06-01', value: { originalValue: 5000 } };
    const { body } = await api.post('/vouchers', sold);
    const path = `/vouchers/${body.id as string}/entries/1/proof`;
    expect((await api.get(path)).body).to.deep.include({ seal: null, path: [] });
    await sealLedger(database(), 'test', 1);
    const answer = await api.get(path);
    expect(answer.status).to.equal(200);
    expect(answer.body.seal).to.include({ id: 1 });
    expect((await api.get(`/vouchers/${body.id as string}/entries/2/proof`)).status).to.equal(404);
  });
});
