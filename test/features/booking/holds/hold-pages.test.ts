import { expect } from 'chai';
import { verifyBooks } from '../../../../src/features/accounting/proof/verify-service.ts';
import { apiClient, bookingOf, type ApiClient } from '../../../support/api-client.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { startTestServer, type TestServer } from '../../../support/http.ts';
import { signedIn, type Visitor } from '../../../support/pages.ts';

describeOnBothDatabases('held codes in the admin', (database) => {
  let server: TestServer;
  let api: ApiClient;
  let agent: Visitor;

  before(async () => {
    server = await startTestServer({ database: database() });
    api = apiClient(server.url);
    agent = await signedIn(server.url);
  });
  after(() => server.close());
  afterEach('the books agree', async () => {
    expect((await verifyBooks(database().knex, Date.now())).problem).to.equal(null);
  });

  async function hold(code: string, reference: string, tripPrice = 10_000): Promise<string> {
    const answer = await api.post('/holds', { booking: bookingOf(tripPrice, { reference }), codes: [code] });
    expect(answer.status, JSON.stringify(answer.body)).to.equal(201);
    expect(answer.body.evaluation.accepted).to.have.lengthOf(1);
    return answer.body.id as string;
  }
  const purchase = (code: string): Promise<{ body: { id: string } }> =>
    api.post('/vouchers', {
      type: 'purchase',
      title: 'Reserviert',
      code,
      paidAt: '2026-01-02',
      value: { originalValue: 10_000 },
    });
  const linesOf = (html: string): string[] =>
    [...html.matchAll(/name="line" value="([\d-]+)"/g)].map(([, line]) => line ?? '');

  it('say nothing is held, and which booking holds what until when', async () => {
    expect((await agent.get('/admin/holds')).html).to.contain('Gerade ist nichts reserviert');
    await purchase('HALTER-1');
    await hold('HALTER-1', 'warenkorb-1', 4000);
    const { html } = await agent.get('/admin/holds?code=halter1');
    expect(html.replaceAll('\u00a0', ' '))
      .to.contain('warenkorb-1')
      .and.contain('40,00 €')
      .and.contain('noch 30 Minuten');
    expect((await agent.get('/admin/holds?reference=andere')).html).to.contain('Kein Treffer');
    expect((await agent.get('/admin/holds?campaign=x')).status).to.equal(422);
  });

  it('free a code for others, while the booking that held it is not charged more unasked', async () => {
    await purchase('FREI');
    const holdId = await hold('FREI', 'warenkorb-2');
    const [line = ''] = linesOf((await agent.get('/admin/holds?code=FREI')).html);
    const asked = await agent.get(`/admin/holds/release?line=${line}`);
    expect(asked.html.replaceAll('\u00a0', ' ')).to.contain('1 Reservierung über 100,00 €');
    const noReason = await agent.post('/admin/holds/release', { line, do: 'release', reason: '' });
    expect(noReason.status).to.equal(422);
    expect((await agent.post('/admin/holds/release', { line, do: 'release', reason: 'Anruf' })).status).to.equal(303);
    expect((await agent.get('/admin/holds?code=FREI')).html).to.contain('Kein Treffer');
    expect(
      (await api.post('/redemptions', { booking: bookingOf(10_000), codes: ['FREI'], bookingNumber: 'H-1' })).status,
    ).to.equal(201);
    expect((await api.post('/redemptions', { holdId, bookingNumber: 'H-2' })).body.code).to.equal('quote_changed');
  });

  it('free several at once and lock their codes', async () => {
    for (const code of ['SPERR-1', 'SPERR-2']) {
      await purchase(code);
      await hold(code, `warenkorb-${code}`);
    }
    const lines = linesOf((await agent.get('/admin/holds?code=SPERR-1')).html).concat(
      linesOf((await agent.get('/admin/holds?code=SPERR-2')).html),
    );
    expect((await agent.post('/admin/holds/release', { line: lines, do: 'lock', reason: 'Verdacht' })).status).to.equal(
      303,
    );
    expect((await agent.get('/admin/holds')).html).to.contain(
      '2 Reservierungen sind freigegeben und die Codes gesperrt.',
    );
    for (const code of ['SPERR-1', 'SPERR-2'])
      expect((await api.get(`/vouchers/by-code/${code}`)).body).to.include({ status: 'deactivated', held: 0 });
    expect(
      (await agent.post('/admin/holds/release', { line: lines, do: 'release', reason: 'noch einmal' })).status,
    ).to.equal(303);
  });

  it('free all of a campaign, by a job where there are many', async () => {
    const campaign = (
      await api.post('/campaigns', {
        type: 'discount',
        title: 'Viele',
        value: { tiers: [{ minTripPrice: 0, amount: 100 }] },
      })
    ).body.id as string;
    const codes = Array.from({ length: 205 }, (_unused, index) => `VIELE-${index}`);
    await api.jobEnd((await api.post(`/campaigns/${campaign}/codes`, { codes })).body.id as string);
    for (const code of codes) await hold(code, `viele-${code}`);
    const first = await agent.get(`/admin/holds?campaign=${campaign}`);
    expect(first.html).to.contain('Diese Aktion hält gerade 205 Codes.');
    const next = (/href="([^"]+)" rel="next"/.exec(first.html)?.[1] ?? '')
      .replaceAll('&amp;', '&')
      .replaceAll('&#x3D;', '=');
    const second = linesOf((await agent.get(next)).html);
    expect(second).to.have.lengthOf(50);
    expect(linesOf(first.html).filter((line) => second.includes(line))).to.deep.equal([]);
    const impatient = await startTestServer({ database: { ...database(), patienceMs: 0 } });
    const clicked = await signedIn(impatient.url);
    const answer = await clicked.post('/admin/holds/release', { campaign, reason: 'Aktion beendet' });
    await impatient.close();
    expect(answer.location).to.match(/^\/admin\/jobs\/\d+$/);
    const job = await api.jobEnd(answer.location?.split('/').at(-1) ?? '');
    expect(job.body).to.deep.include({ state: 'done', result: { campaignId: campaign, released: 205 } });
    expect((await agent.get(`/admin/holds?campaign=${campaign}`)).html).to.contain('Kein Treffer');
  });

  it('of a campaign are released while one waits, and how many is told', async () => {
    const campaign = (
      await api.post('/campaigns', {
        type: 'discount',
        title: 'Wenige',
        usage: { maxUses: 9 },
        value: { tiers: [{ minTripPrice: 0, amount: 100 }] },
      })
    ).body.id as string;
    await api.jobEnd((await api.post(`/campaigns/${campaign}/codes`, { codes: ['WENIG-1'] })).body.id as string);
    await hold('WENIG-1', 'wenige');
    const answer = await agent.post('/admin/holds/release', { campaign, reason: 'Aktion beendet' });
    expect([answer.status, answer.location]).to.deep.equal([303, '/admin/holds']);
    expect((await agent.get('/admin/holds')).html).to.contain('1 Reservierung ist freigegeben.');
  });
});
