import { expect } from 'chai';
import { apiClient, type ApiClient } from '../../../support/api-client.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { startTestServer, type TestServer } from '../../../support/http.ts';
import { signedIn } from '../../../support/pages.ts';

describeOnBothDatabases('the codes of a campaign', (database) => {
  let server: TestServer;
  let api: ApiClient;

  before(async () => {
    server = await startTestServer({ database: database() });
    api = apiClient(server.url);
  });
  after(() => server.close());

  const campaign = async (type: string, value: object): Promise<string> =>
    (await api.post('/campaigns', { type, title: type, value })).body.id as string;

  it('are never worth more together than can be counted exactly', async () => {
    const id = await campaign('purchase', { originalValue: 100_000_000 });
    const refused = await api.post(`/campaigns/${id}/codes`, { count: 100_001 });
    expect(refused.status).to.equal(422);
    expect(refused.body.errors).to.deep.include({
      path: 'count',
      code: 'too_much_value',
      message: 'Bei diesem Wert je Code sind höchstens 100000 Codes auf einmal möglich.',
    });
  });

  it('are not such as can be guessed where a person lists them and they hold money', async () => {
    const admin = await signedIn(server.url);
    const stored = await campaign('purchase', { originalValue: 5000 });
    const discount = await campaign('discount', { tiers: [{ minTripPrice: 0, amount: 100 }] });
    const add = async (id: string, code: string): Promise<number> => {
      await admin.get('/admin/vouchers/new');
      return (
        await admin.post('/admin/vouchers', {
          ...{ type: 'purchase', shownType: 'purchase', title: 'x', campaign: id, code, active: 'true', once: code },
        })
      ).status;
    };
    expect(await add(stored, 'KAUF-500')).to.equal(422);
    expect(await add(stored, '7K2M-9QXR-T0AB')).to.equal(303);
    expect(await add(discount, 'SOMMER11')).to.equal(303);
  });
});
