import { expect } from 'chai';
import { hashPassword } from '../../../../src/platform/secrets/passwords.ts';
import { apiClient, type ApiClient } from '../../../support/api-client.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { startTestServer, type TestServer } from '../../../support/http.ts';
import { signedIn, type Visitor } from '../../../support/pages.ts';
import { PRINTING, textOfPdf } from '../../../support/pdf.ts';

const PASSWORD = 'correct horse battery staple';
const COLUMNS = {
  canSeeCodes: 'can_see_codes',
  canSendVouchers: 'can_send_vouchers',
  canPrintVouchers: 'can_print_vouchers',
} as const;

describeOnBothDatabases('vouchers in the hands of an agent who sees no codes', (database) => {
  let server: TestServer;
  let api: ApiClient;
  let admin: Visitor;
  let people = 0;

  before(async () => {
    server = await startTestServer({ database: database(), env: PRINTING });
    api = apiClient(server.url);
    admin = await signedIn(server.url);
  });
  after(() => server.close());

  it('are what somebody new may send, unless it is taken away', async () => {
    const { html } = await admin.get('/admin/users/new');
    expect(html)
      .to.match(/value="canSendVouchers" checked/)
      .and.match(/value="canPrintVouchers"(?! checked)/);
    expect(await pageOf(await agent([]), await voucher())).to.equal(403);
  });

  it('are sent to their recipient alone', async () => {
    const visitor = await agent(['canSendVouchers']);
    const { id, code } = await voucher();
    const page = await visitor.get(`/admin/vouchers/${id}/document`);
    expect(page.html).to.contain('Die Mail geht an lena@example.org.').and.contain('nur Personen mit dem Recht');
    expect(page.html).not.to.contain('name="to"').and.not.contain('<iframe').and.not.contain('/document/pdf');
    expect(
      (await visitor.post(`/admin/vouchers/${id}/document/mail`, { once: 'm1', to: 'ich@example.org' })).status,
    ).to.equal(403);
    expect((await visitor.post(`/admin/vouchers/${id}/document/mail`, { once: 'm1' })).status).to.equal(303);
    const mails = await database()
      .knex('mails')
      .where({ entity: 'voucher', entity_id: id })
      .select<{ id: number; recipient: string }[]>('id', 'recipient');
    expect(mails.map(({ recipient }) => recipient)).to.deep.equal(['lena@example.org']);
    for (const path of [
      `/admin/outbox/${mails[0]?.id ?? ''}`,
      `/admin/outbox/${mails[0]?.id ?? ''}/content`,
      `/admin/vouchers/${id}/document`,
    ])
      expect((await visitor.get(path)).html, path).not.to.contain(code);
    for (const path of ['print', 'pdf'])
      expect((await visitor.get(`/admin/vouchers/${id}/document/${path}`)).status, path).to.equal(403);
  });

  it('are not sent where no recipient is known', async () => {
    const visitor = await agent(['canSendVouchers']);
    const { id } = await voucher({ recipient: null });
    const page = await visitor.get(`/admin/vouchers/${id}/document`);
    expect(page.html)
      .to.contain('Bitte tragen Sie beim Gutschein zuerst den Empfänger ein.')
      .and.not.contain('Gutscheinmail senden</button>');
    expect((await visitor.post(`/admin/vouchers/${id}/document/mail`, { once: 'm2' })).status).to.equal(422);
  });

  it('are sent from the list, many at once', async () => {
    const visitor = await agent(['canSendVouchers']);
    const { id } = await voucher();
    const list = await visitor.get('/admin/vouchers');
    expect(list.html).to.contain('value="mail"').and.not.contain('value="print"');
    const started = await visitor.post('/admin/vouchers/bulk/start', {
      action: 'mail',
      scope: 'selected',
      ids: id,
      query: '',
    });
    expect((await api.jobEnd(jobIn(started.location))).body.result).to.include({ changed: 1 });
    expect(
      (await visitor.post('/admin/vouchers/bulk/start', { action: 'print', scope: 'selected', ids: id, query: '' }))
        .status,
    ).to.equal(403);
  });

  it('are printed with a right of its own, each print being logged', async () => {
    const visitor = await agent(['canPrintVouchers']);
    const { id, code } = await voucher();
    const page = await visitor.get(`/admin/vouchers/${id}/document`);
    expect(page.html).to.contain('/document/pdf').and.contain('Jeder Druck kommt ins Protokoll');
    expect(page.html).not.to.contain('<iframe').and.not.contain('Gutscheinmail senden').and.not.contain(code);
    const pdf = await fileOf(visitor, `/admin/vouchers/${id}/document/pdf`);
    expect(await textOfPdf(Buffer.from(await pdf.arrayBuffer()))).to.contain(code);
    expect((await visitor.get(`/admin/vouchers/${id}/document/print`)).status).to.equal(403);
    expect(await printsOf(id)).to.equal(1);
    const started = await visitor.post('/admin/vouchers/bulk/start', {
      action: 'print',
      scope: 'selected',
      ids: id,
      query: '',
      format: 'card',
    });
    const job = jobIn(started.location);
    expect((await api.jobEnd(job)).body.state).to.equal('done');
    expect((await fileOf(visitor, `/admin/jobs/${job}/file`)).status).to.equal(200);
    expect(await printsOf(id)).to.equal(2);
    expect((await admin.get(`/admin/audit?entity=voucher&entityId=${id}`)).html).to.contain('gedruckt');
    expect((await visitor.get(`/admin/vouchers/${id}/ledger`)).status).to.equal(200);
  });

  it('are printed unlogged by whoever sees codes anyway', async () => {
    const visitor = await agent(['canSeeCodes']);
    const { id } = await voucher();
    expect((await visitor.get(`/admin/vouchers/${id}/document`)).html)
      .to.contain('<iframe')
      .and.contain('/document/pdf');
    expect((await fileOf(visitor, `/admin/vouchers/${id}/document/pdf`)).status).to.equal(200);
    expect(await printsOf(id)).to.equal(0);
  });

  it('stand in the log of the person whose rights change', async () => {
    const email = 'rechte@example.org';
    const form = { name: 'Rechte', email, role: 'agent' };
    await admin.get('/admin/users/new');
    const { location } = await admin.post('/admin/users', { ...form, rights: ['canSendVouchers'] });
    const id = location?.split('/').at(-1) ?? '';
    expect(
      await database().knex('users').where({ id }).first('can_send_vouchers', 'can_print_vouchers').then(flagsOf),
    ).to.deep.equal([true, false]);
    const version = /name="version" value="(\d+)"/.exec((await admin.get(`/admin/users/${id}`)).html)?.[1] ?? '';
    expect(
      (await admin.post(`/admin/users/${id}`, { ...form, version, rights: ['canPrintVouchers'] })).status,
    ).to.equal(303);
    expect(
      await database().knex('users').where({ id }).first('can_send_vouchers', 'can_print_vouchers').then(flagsOf),
    ).to.deep.equal([false, true]);
    const entry = await database()
      .knex('audit_log')
      .where({ entity: 'user', entity_id: id })
      .orderBy('id', 'desc')
      .first<{ changes: unknown }>('changes');
    expect(JSON.stringify(entry)).to.contain('canPrintVouchers').and.contain('canSendVouchers');
  });

  async function agent(rights: readonly (keyof typeof COLUMNS)[]): Promise<Visitor> {
    const email = `agent${people++}@example.org`;
    const columns = { name: email, email, role: 'agent', password_hash: await hashPassword(PASSWORD), created_at: 0 };
    const granted = Object.fromEntries(rights.map((right) => [COLUMNS[right], true]));
    await database()
      .knex('users')
      .insert({ ...columns, ...granted });
    return signedIn(server.url, { email, password: PASSWORD });
  }

  async function voucher(more: object = {}): Promise<{ id: string; code: string }> {
    const body = {
      type: 'purchase',
      title: 'Geschenk',
      paidAt: '2026-01-10',
      value: { originalValue: 12_345 },
      recipient: { name: 'Lena', email: 'lena@example.org' },
      ...more,
    };
    const answer = await api.post('/vouchers', body);
    expect(answer.status, JSON.stringify(answer.body)).to.equal(201);
    return answer.body as { id: string; code: string };
  }

  async function pageOf(visitor: Visitor, { id }: { readonly id: string }): Promise<number> {
    return (await visitor.get(`/admin/vouchers/${id}/document`)).status;
  }

  async function printsOf(id: string): Promise<number> {
    return (await database().knex('audit_log').where({ action: 'voucher.print', entity_id: id }).select('id')).length;
  }

  function fileOf(visitor: Visitor, path: string): Promise<Response> {
    return fetch(server.url + path, {
      headers: { cookie: [...visitor.cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
    });
  }
});

function jobIn(location: string | null): string {
  return location?.split('/').at(-1) ?? '';
}

function flagsOf(row: object | undefined): boolean[] {
  return Object.values(row ?? {}).map(Boolean);
}
