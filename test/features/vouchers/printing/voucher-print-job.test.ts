import { expect } from 'chai';
import unzipper from 'unzipper';
import { hashPassword } from '../../../../src/platform/secrets/passwords.ts';
import { apiClient, type ApiClient } from '../../../support/api-client.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { startTestServer, type TestServer } from '../../../support/http.ts';
import { signedIn, type Visitor } from '../../../support/pages.ts';
import { PRINTING, qrOfPdf, textOfPdf } from '../../../support/pdf.ts';

const LIST = '/admin/vouchers';

describeOnBothDatabases('many vouchers on paper', (database) => {
  let server: TestServer;
  let api: ApiClient;
  let admin: Visitor;
  const made: { id: string; code: string }[] = [];

  before(async () => {
    server = await startTestServer({ database: database(), env: PRINTING });
    api = apiClient(server.url);
    admin = await signedIn(server.url);
    for (let index = 0; index < 6; index++) {
      const { body } = await api.post('/vouchers', {
        type: 'purchase',
        title: 'Stapel',
        value: { originalValue: 1000 + index },
        ...(index === 5 ? {} : { paidAt: '2026-01-10' }),
      });
      made.push(body as { id: string; code: string });
    }
    await api.post('/vouchers', {
      type: 'purchase',
      title: 'Anderer',
      value: { originalValue: 7 },
      paidAt: '2026-01-10',
    });
  });
  after(() => server.close());

  const fileOf = (id: string, who: Visitor): Promise<Response> =>
    fetch(`${server.url}/admin/jobs/${id}/file`, {
      headers: { cookie: [...who.cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
    });

  it('become a ZIP with a PDF of each voucher of the list that may leave the house', async () => {
    const preview = await admin.post(`${LIST}/bulk`, { action: 'print', scope: 'all', query: 'q=Stapel' });
    expect(preview.html).to.contain('6 Gutscheine').and.contain('Bei 1 davon');
    const started = await admin.post(`${LIST}/bulk/start`, {
      action: 'print',
      scope: 'all',
      query: 'q=Stapel',
      format: 'card',
    });
    expect(started.status, started.html).to.equal(303);
    const id = started.location?.split('/').at(-1) ?? '';
    const { state, result } = (await api.jobEnd(id)).body as { state: string; result: object };
    expect(state, JSON.stringify(result)).to.equal('done');
    expect(result).to.include({ created: 5, skipped: 1 });
    const answer = await fileOf(id, admin);
    expect([answer.status, answer.headers.get('content-type')]).to.deep.equal([200, 'application/zip']);
    const { files } = await unzipper.Open.buffer(Buffer.from(await answer.arrayBuffer()));
    expect(files.map(({ path }) => path)).to.have.members(
      made.slice(0, 5).map((voucher) => `Gutschein-${voucher.id}.pdf`),
    );
    for (const file of files) {
      const own = made.find((voucher) => file.path === `Gutschein-${voucher.id}.pdf`);
      expect(await textOfPdf(await file.buffer())).to.contain(own?.code);
    }
  });

  it('become one tagged PDF with a page for each, fonts in it, from a list or from the codes of a run', async () => {
    const started = await admin.post(`${LIST}/bulk/start`, {
      action: 'print',
      scope: 'all',
      query: 'q=Stapel',
      format: 'a4',
      files: 'together',
    });
    const id = started.location?.split('/').at(-1) ?? '';
    expect((await api.jobEnd(id)).body['result']).to.include({ created: 5, skipped: 1 });
    const answer = await fileOf(id, admin);
    expect([answer.status, answer.headers.get('content-type')]).to.deep.equal([200, 'application/pdf']);
    const pdf = Buffer.from(await answer.arrayBuffer());
    const pages = await Promise.all([1, 2, 3, 4, 5].map((page) => textOfPdf(pdf, page)));
    for (const { code } of made.slice(0, 5)) expect(pages.filter((text) => text.includes(code))).to.have.length(1);
    expect(await textOfPdf(pdf, 6).catch(() => 'no such page')).to.equal('no such page');
    expect(await qrOfPdf(pdf, 3)).to.match(/\/v#[0-9A-Z]{16}$/);
    expect(pdf.toString('latin1'))
      .to.contain('/StructTreeRoot')
      .and.match(/\/FontFile|\/Subtype \/Type3/)
      .and.not.match(/DejaVu|Helvetica|Arial/);

    const campaign = (
      await api.post('/campaigns', {
        type: 'discount',
        title: 'Lauf',
        value: { tiers: [{ minTripPrice: 0, percent: 10 }] },
        paidAt: '2026-01-10',
      })
    ).body as { id: string };
    const run = ((await api.post(`/campaigns/${campaign.id}/codes`, { count: 3 })).body as { id: string }).id;
    await api.jobEnd(run);
    const page = `/admin/campaigns/${campaign.id}/codes/runs/${run}`;
    expect((await admin.get(page)).html).to.contain('Codes als PDF');
    const printed = await admin.post(`${page}/print`, { format: 'card', files: 'together' });
    const job = printed.location?.split('/').at(-1) ?? '';
    expect((await api.jobEnd(job)).body['result']).to.include({ created: 3, skipped: 0 });
    const codes = (await database()
      .knex('vouchers')
      .where({ campaign_id: campaign.id })
      .orderBy('id')
      .select('normalised_code')) as { normalised_code: string }[];
    const cards = new Uint8Array(await (await fileOf(job, admin)).arrayBuffer());
    for (const [index, { normalised_code: code }] of codes.entries())
      expect((await textOfPdf(cards, index + 1)).replaceAll('-', '')).to.contain(code);
  });

  it('are left alone when the job is cancelled, and no file stays', async () => {
    const started = await admin.post(`${LIST}/bulk/start`, {
      action: 'print',
      scope: 'all',
      query: 'q=Stapel',
      files: 'together',
    });
    const id = started.location?.split('/').at(-1) ?? '';
    await database().knex('jobs').where({ id }).update({ is_cancel_requested: true });
    expect((await api.jobEnd(id)).body['state']).to.equal('cancelled');
    expect((await fileOf(id, admin)).status).to.equal(404);
  });

  it('are those that were chosen', async () => {
    const started = await admin.post(`${LIST}/bulk/start`, {
      action: 'print',
      scope: 'selected',
      ids: `${made[0]?.id ?? ''},${made[1]?.id ?? ''}`,
      query: '',
    });
    const id = started.location?.split('/').at(-1) ?? '';
    expect((await api.jobEnd(id)).body['result']).to.include({ created: 2, skipped: 0 });
  });

  it('are not for people who may not see codes, nor is the file', async () => {
    const login = { email: 'ohne@example.org', password: 'correct horse battery staple' };
    await database()
      .knex('users')
      .insert({
        email: login.email,
        name: 'Ohne Codes',
        role: 'agent',
        password_hash: await hashPassword(login.password),
        created_at: 0,
      });
    const agent = await signedIn(server.url, login);
    expect((await agent.get(LIST)).html).not.to.contain('als PDF drucken');
    expect((await agent.post(`${LIST}/bulk/start`, { action: 'print', scope: 'all', query: '' })).status).to.equal(403);
    const started = await admin.post(`${LIST}/bulk/start`, {
      action: 'print',
      scope: 'selected',
      ids: made[0]?.id ?? '',
      query: '',
    });
    const id = started.location?.split('/').at(-1) ?? '';
    await api.jobEnd(id);
    expect((await fileOf(id, agent)).status).to.be.oneOf([403, 404]);
  });
});
