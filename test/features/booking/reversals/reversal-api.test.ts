import { expect } from 'chai';
import { createApiKeyService } from '../../../../src/features/staff/api-keys/api-key-service.ts';
import { apiClient, bookingOf, type ApiClient } from '../../../support/api-client.ts';
import { turningClock } from '../../../support/clock.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { startTestServer, type TestServer } from '../../../support/http.ts';

describeOnBothDatabases('what was given back', (database) => {
  let server: TestServer;
  let api: ApiClient;
  let authorization: string;
  let numbers = 0;
  let now = '2030-01-05T10:00:00Z';
  const clock = turningClock(() => now);

  before(async () => {
    server = await startTestServer({ database: database(), clock, worksInBackground: false });
    api = apiClient(server.url);
    const client = { name: 'Strecke', channel: 'web', rights: ['booking'], origins: [] } as const;
    authorization = `Bearer ${(await createApiKeyService(database(), clock).create(client, 'test')).token}`;
  });
  after(() => server.close());

  async function redeemed(options: { authorization?: string } = {}): Promise<{ id: string; code: string }> {
    const body = { type: 'purchase', title: 'Geschenk', paidAt: '2029-12-01', value: { originalValue: 10_000 } };
    const { code } = (await api.post('/vouchers', body)).body as { code: string };
    const answer = await api.post(
      '/redemptions',
      { booking: bookingOf(8000), codes: [code], bookingNumber: `V-${++numbers}` },
      options,
    );
    return { id: answer.body.id as string, code };
  }

  it('stands line by line in the redemption, with its reversals and what is left of the booking', async () => {
    const { id, code } = await redeemed();
    const at = await api.get(`/redemptions/${id}`);
    expect(at.body).to.include({ remaining: 8000, redeemedAt: '2030-01-05T10:00:00.000Z' });
    expect(at.body.reversals).to.deep.equal([]);
    now = '2030-01-06T10:00:00Z';
    const reversal = await api.post(`/redemptions/${id}/reversals`, { amount: 3000, reason: 'Kind fährt nicht mit' });
    const { body } = await api.get(`/redemptions/${id}`);
    expect(body.lines).to.deep.equal([
      { code, voucherId: at.body.lines[0].voucherId, kind: 'payment', applied: 8000, reversed: 3000, remaining: 5000 },
    ]);
    expect(body.reversals).to.deep.equal([reversal.body]);
    expect(body.reversals[0]).to.include({ amount: 3000, reversedAt: '2030-01-06T10:00:00.000Z' });
    expect(body.booking).to.deep.equal({ price: 8000, redeemed: 5000, left: 3000 });
    expect(body.updatedAt).to.equal('2030-01-06T10:00:00.000Z');
  });

  it('is found by whoever asks for what changed since, each page from where the last one ended', async () => {
    now = '2030-02-01T10:00:00Z';
    const made = [await redeemed(), await redeemed(), await redeemed()];
    now = '2030-02-02T10:00:00Z';
    await api.post(`/redemptions/${made[0]?.id ?? ''}/reversals`, { reason: 'Storno' });
    const since = encodeURIComponent('2030-02-01T11:00:00+01:00');
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: { items: { id: string }[]; nextCursor: string | null } = (
        await api.get(`/redemptions?updatedSince=${since}&limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`)
      ).body;
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    }
    expect(seen).to.deep.equal([made[1]?.id, made[2]?.id, made[0]?.id]);
    const { body } = await api.get(`/reversals?updatedSince=2030-02-02T00:00:00Z`);
    expect(body.items.map((one: { redemptionId: string }) => one.redemptionId)).to.deep.equal([made[0]?.id]);
  });

  it('and what was redeemed is not there for another client, which reverses nothing of it', async () => {
    const { id } = await redeemed();
    const own = { authorization };
    expect((await api.get(`/redemptions/${id}`, own)).status).to.equal(404);
    expect((await api.post(`/redemptions/${id}/reversals`, { reason: 'fremd' }, own)).status).to.equal(404);
    const theirs = await redeemed(own);
    await api.post(`/redemptions/${theirs.id}/reversals`, { reason: 'eigene' }, own);
    for (const path of ['/redemptions', '/reversals'])
      expect((await api.get(path, own)).body.items, path).to.have.lengthOf(1);
    // With the right to see everything: all of it, still without changing any.
    expect((await api.get(`/redemptions/${theirs.id}`)).status).to.equal(200);
    expect((await api.post(`/redemptions/${theirs.id}/reversals`, { reason: 'fremd' })).status).to.equal(404);
  });

  it('says what is wrong with an instant', async () => {
    for (const since of ['gestern', '2030-02-30', '2030-13-01T00:00:00Z']) {
      const answer = await api.get(`/redemptions?updatedSince=${since}`);
      expect([answer.status, answer.body.errors[0].code]).to.deep.equal([400, 'not_an_instant']);
    }
  });
});
