import { expect } from 'chai';
import { createApiKeyService, type NewClient } from '../../../../src/features/staff/api-keys/api-key-service.ts';
import { systemClock } from '../../../../src/platform/process/clock.ts';
import { apiClient, bookingOf, type ApiClient, type CallOptions } from '../../../support/api-client.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { startTestServer, type TestServer } from '../../../support/http.ts';

describeOnBothDatabases('a hold', (database) => {
  let server: TestServer;
  let api: ApiClient;
  let ours: CallOptions;
  let theirs: CallOptions;
  let references = 0;

  before(async () => {
    server = await startTestServer({ database: database() });
    api = apiClient(server.url);
    ours = await clientOf({ name: 'Strecke' });
    theirs = await clientOf({ name: 'Portal', channel: 'partner', otherChannels: ['counter'] });
  });
  after(() => server.close());

  async function clientOf(more: Partial<NewClient> & { readonly name: string }): Promise<CallOptions> {
    const client = { channel: 'web', rights: ['booking'], origins: [], ...more } as const;
    const { token } = await createApiKeyService(database(), systemClock('Europe/Berlin')).create(client, 'test');
    return { authorization: `Bearer ${token}` };
  }

  async function purchase(): Promise<string> {
    const body = { type: 'purchase', title: 'Geschenk', paidAt: '2026-01-02', value: { originalValue: 10_000 } };
    return (await api.post('/vouchers', body)).body.code as string;
  }

  const bookingWith = (reference: string, more: object = {}): object => bookingOf(8000, { reference, ...more });

  it('of another client is not there: it is neither read, changed, released nor redeemed', async () => {
    const reference = `H-${++references}`;
    const code = await purchase();
    const { body: hold } = await api.post('/holds', { booking: bookingWith(reference), codes: [code] }, ours);
    const path = `/holds/${hold.id as string}`;
    expect((await api.get(path, theirs)).status).to.equal(404);
    expect((await api.put(path, { codes: [] }, theirs)).status).to.equal(404);
    expect((await api.call('DELETE', path, undefined, theirs)).status).to.equal(404);
    const redemption = { holdId: hold.id as string, bookingNumber: reference };
    expect((await api.post('/redemptions', redemption, theirs)).status).to.equal(404);
    // With the right to see everything it is read, and nothing more.
    expect((await api.get(path)).body.evaluation.accepted[0].code).to.equal(code);
    expect((await api.put(path, { codes: [] })).status).to.equal(404);
    expect((await api.post('/redemptions', redemption, ours)).status).to.equal(201);
    const again = await api.post('/redemptions', redemption, theirs);
    expect([again.status, again.body.redemptions]).to.deep.equal([404, undefined]);
  });

  it('that is not there yet leaves its idempotency key free', async () => {
    const send = (holdId: string) =>
      api.post('/redemptions', { holdId, bookingNumber: 'H-KEY' }, { ...ours, idempotencyKey: 'h-key' });
    expect((await send('999999')).status).to.equal(404);
    expect((await send('999999')).headers.get('idempotency-replayed')).to.equal(null);
    const { body: hold } = await api.post('/holds', { booking: bookingWith('H-KEY'), codes: [await purchase()] }, ours);
    expect((await send(hold.id as string)).status).to.equal(201);
  });

  it('is replaced by its own client’s reference alone, and only that sees through it', async () => {
    const reference = `H-${++references}`;
    const code = await purchase();
    const first = await api.post('/holds', { booking: bookingWith(reference), codes: [code] }, ours);
    const foreign = await api.post('/holds', { booking: bookingWith(reference), codes: [code] }, theirs);
    expect(foreign.body.evaluation.accepted[0]?.applied ?? 0).to.equal(2000);
    const quote = { booking: bookingWith(reference), codes: [code] };
    expect((await api.post('/quotes', quote, ours)).body.payment).to.equal(8000);
    expect((await api.get(`/holds/${first.body.id as string}`, ours)).status).to.equal(200);
    const second = await api.post('/holds', { booking: bookingWith(reference), codes: [] }, ours);
    expect((await api.get(`/holds/${first.body.id as string}`, ours)).status).to.equal(404);
    expect((await api.get(`/holds/${second.body.id as string}`, ours)).status).to.equal(200);
    expect((await api.get(`/holds/${foreign.body.id as string}`, theirs)).status).to.equal(200);
  });

  it('names no sales channel but those of its client', async () => {
    const limited = {
      type: 'discount',
      title: 'Nur am Schalter',
      value: { tiers: [{ minTripPrice: 0, amount: 1000 }] },
      restrictions: { channels: ['counter'] },
    };
    const code = (await api.post('/vouchers', limited)).body.code as string;
    const ask = (channel: object, options: CallOptions) =>
      api.post('/quotes', { booking: bookingOf(8000, channel), codes: [code] }, options);
    expect((await ask({}, ours)).body.rejected[0].reason).to.equal('wrong_channel');
    const refused = await ask({ channel: 'counter' }, ours);
    expect([refused.status, refused.body.errors[0]]).to.deep.equal([
      422,
      {
        path: 'booking.channel',
        code: 'channel_not_allowed',
        message:
          'Dieser Client bucht nur als: web. Bitte das Feld weglassen oder dem Client den Vertriebskanal erlauben.',
      },
    ]);
    for (const [method, path] of [
      ['POST', '/holds'],
      ['POST', '/redemptions'],
    ] as const) {
      const booking = bookingWith(`H-${++references}`, { channel: 'counter' });
      const answer = await api.call(
        method,
        path,
        { booking, codes: [code], ...(path === '/redemptions' ? { bookingNumber: 'H-C' } : {}) },
        ours,
      );
      expect(answer.status, path).to.equal(422);
    }
    expect((await ask({}, theirs)).body.rejected[0].reason).to.equal('wrong_channel');
    expect((await ask({ channel: 'counter' }, theirs)).body.discount).to.equal(1000);
  });
});
