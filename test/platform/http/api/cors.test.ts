import { expect } from 'chai';
import { createApiKeyService } from '../../../../src/features/staff/api-keys/api-key-service.ts';
import { systemClock } from '../../../../src/platform/process/clock.ts';
import { apiClient, bookingOf, type ApiClient } from '../../../support/api-client.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { startTestServer, type TestServer } from '../../../support/http.ts';

const AGENCY = 'https://buchen.example';
const OTHER = 'https://andere.example';

describeOnBothDatabases("browsers on an agency's own page", (database) => {
  let server: TestServer;
  let api: ApiClient;
  let hold: { token: string };

  before(async () => {
    const keys = createApiKeyService(database(), systemClock('Europe/Berlin'));
    const key = (origins: readonly string[]) =>
      keys.create({ name: 'Buchung', channel: 'web', rights: ['booking'], origins }, 'test');
    const { token } = await key([AGENCY]);
    await key([OTHER]);
    server = await startTestServer({ database: database() });
    api = apiClient(server.url);
    const held = await api.post(
      '/holds',
      { booking: bookingOf(20_000, { reference: 'cors' }) },
      { authorization: `Bearer ${token}` },
    );
    hold = { token: held.body.clientToken as string };
  });
  after(() => server.close());

  const preflight = (path: string, origin: string): Promise<Response> =>
    fetch(`${server.url}/api/v1${path}`, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'PUT',
        'access-control-request-headers': 'authorization,content-type',
      },
    });
  const change = (origin: string | null): Promise<Response> =>
    fetch(`${server.url}/api/v1/holds/current/codes`, {
      method: 'PUT',
      headers: {
        authorization: `Hold ${hold.token}`,
        'content-type': 'application/json',
        ...(origin === null ? {} : { origin }),
      },
      body: '{"codes":[]}',
    });

  it('are told before what they may send, from exactly the origins of the keys', async () => {
    const answer = await preflight('/holds/current/codes', AGENCY);
    expect(answer.status).to.equal(204);
    expect(answer.headers.get('access-control-allow-origin')).to.equal(AGENCY);
    expect(answer.headers.get('access-control-allow-methods')).to.contain('PUT');
    expect(answer.headers.get('access-control-allow-headers')).to.contain('Authorization');
    expect(answer.headers.get('access-control-allow-credentials')).to.equal(null);
    expect(answer.headers.get('vary')).to.contain('Origin');
    for (const origin of ['https://boese.example', `${AGENCY}.boese.example`, 'http://buchen.example', 'null']) {
      const refused = await preflight('/holds/current/codes', origin);
      expect(refused.status, origin).to.equal(403);
      expect(refused.headers.get('access-control-allow-origin'), origin).to.equal(null);
    }
  });

  it('may change their hold, and read why not, from the origins of the key that made it only', async () => {
    const answer = await change(AGENCY);
    expect(answer.status).to.equal(200);
    expect(answer.headers.get('access-control-allow-origin')).to.equal(AGENCY);
    expect((await change(OTHER)).status).to.equal(403);
    expect((await change('https://boese.example')).headers.get('access-control-allow-origin')).to.equal(null);
    expect((await change(server.url)).status).to.equal(200);
    expect((await change(null)).status).to.equal(200);
    const wrong = await fetch(`${server.url}/api/v1/holds/current`, {
      headers: { origin: AGENCY, authorization: 'Hold falsch' },
    });
    expect(wrong.status).to.equal(401);
    expect(wrong.headers.get('access-control-allow-origin')).to.equal(AGENCY);
  });

  it('may call nothing else', async () => {
    for (const path of ['/quotes', '/redemptions', '/vouchers'])
      expect((await preflight(path, AGENCY)).headers.get('access-control-allow-origin'), path).to.equal(null);
  });
});
