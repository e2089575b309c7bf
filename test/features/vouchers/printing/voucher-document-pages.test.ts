import { expect } from 'chai';
import * as jsqr from 'jsqr';
import PostalMime from 'postal-mime';
import sharp from 'sharp';
import { createPrinter, type Printer } from '../../../../src/platform/files/chromium.ts';
import { apiClient, type ApiClient } from '../../../support/api-client.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { startTestServer, TEST_API_KEY, type TestServer } from '../../../support/http.ts';
import { signedIn } from '../../../support/pages.ts';
import { PRINTING, textOfPdf } from '../../../support/pdf.ts';
import { visit } from '../../../support/browser.ts';
import { startSmtpServer, type TestMailServer } from '../../../support/smtp.ts';

type Decode = (pixels: Uint8ClampedArray, width: number, height: number) => { data: string } | null;

describeOnBothDatabases('a voucher on paper and in the mail', (database) => {
  let server: TestServer;
  let smtp: TestMailServer;
  let api: ApiClient;

  before(async () => {
    smtp = await startSmtpServer();
    server = await startTestServer({
      database: database(),
      env: { ...PRINTING, SMTP_URL: smtp.url, PUBLIC_URL: 'http://gutscheine.example' },
    });
    api = apiClient(server.url);
  });
  after(async () => {
    await server.close();
    await smtp.close();
  });

  const paid = async (more: object = {}): Promise<{ id: string; code: string }> => {
    const { body } = await api.post('/vouchers', {
      type: 'purchase',
      title: 'Reise nach Łódź & <Rom>',
      paidAt: '2026-01-10',
      value: { originalValue: 12_345 },
      ...more,
    });
    return body as { id: string; code: string };
  };
  const pdfOf = async (id: string, query = ''): Promise<Buffer> => {
    const answer = await fetch(`${server.url}/api/v1/vouchers/${id}/pdf${query}`, {
      headers: { authorization: `Bearer ${TEST_API_KEY}`, 'accept-language': 'de' },
    });
    expect([answer.status, answer.headers.get('content-type')]).to.deep.equal([200, 'application/pdf']);
    return Buffer.from(await answer.arrayBuffer());
  };

  it('prints what it is, with its code in groups, tagged and with fonts of its own', async () => {
    const { id, code } = await paid({ message: 'Für Ömi: alles Gute!', recipient: { name: 'Zoë', email: null } });
    for (const query of ['', '?format=card']) {
      const pdf = await pdfOf(id, query);
      const text = await textOfPdf(pdf);
      for (const part of ['123,45', 'Łódź&<Rom>', 'FürZoë', code]) expect(text).to.contain(part);
      const source = pdf.toString('latin1');
      expect(source)
        .to.contain('/StructTreeRoot')
        .and.match(/\/FontFile|\/Subtype \/Type3/)
        .and.not.match(/DejaVu|Helvetica|Arial/);
    }
    expect(await textOfPdf(await pdfOf(id))).to.contain('FürÖmi:allesGute!');
  });

  it('carries a QR code that leads to the code', async () => {
    const { id, code } = await paid();
    const agent = await signedInOverHttp();
    const html = await agent(`/admin/vouchers/${id}/document/print?format=a4`);
    const { page, close } = await visit({ width: 900, height: 1300 });
    await page.setContent(html);
    const picture = await (await page.$('.qr'))?.screenshot();
    await close();
    const { data, info } = await sharp(picture).resize(600).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
    const decode = (jsqr.default as unknown as { default?: Decode }).default ?? (jsqr.default as unknown as Decode);
    expect(decode(new Uint8ClampedArray(data), info.width, info.height)?.data).to.equal(
      `http://gutscheine.example/v#${code.replaceAll('-', '')}`,
    );
  });

  it('goes out once as a mail with its PDF, and can be sent again by a person', async () => {
    const { id, code } = await paid({ recipient: { name: 'Zoë Müller', email: 'zoe@example.org' } });
    const { status, body } = await api.post(`/vouchers/${id}/mail`, {});
    expect([status, body.to]).to.deep.equal([202, 'zoe@example.org']);
    const [message] = await smtp.received(1);
    const mail = await PostalMime.parse(message?.source ?? '');
    expect(message?.recipients).to.deep.equal(['zoe@example.org']);
    expect(mail.subject).to.equal('Ihr Gutschein: Reise nach Łódź & <Rom>');
    expect(mail.text).to.contain(code);
    expect(mail.html).to.contain('&lt;Rom&gt;').and.not.contain('<Rom>');
    expect(await textOfPdf(mail.attachments[0]?.content as Uint8Array)).to.contain(code);
    const stored = (await database().knex('mails').where({ entity: 'voucher', entity_id: id }).first()) as {
      id: number;
      state: string;
    };
    expect(stored.state).to.equal('sent');
  });

  it('is tried again when the server says later, and never when it says no', async () => {
    const { id } = await paid({ recipient: { name: 'Zoë', email: 'later@example.org' } });
    smtp.answerOnce(451);
    await api.post(`/vouchers/${id}/mail`, {});
    const waiting = await until(
      async () =>
        (await database().knex('mails').where({ recipient: 'later@example.org' }).whereNotNull('error').first()) as
          { state: string; attempts: number } | undefined,
    );
    expect(waiting).to.include({ state: 'queued', attempts: 1 });
    await database().knex('mails').where({ recipient: 'later@example.org' }).update({ send_after: 0 });
    await smtp.received(1);
    smtp.answerOnce(550);
    await api.post(`/vouchers/${id}/mail`, { to: 'gone@example.org' });
    const failed = await until(
      async () =>
        (await database().knex('mails').where({ recipient: 'gone@example.org', state: 'failed' }).first()) as
          { error: string } | undefined,
    );
    expect(failed.error).to.contain('550');
  });

  it('is not sent a second time when its sender ended amid its work; a person decides', async () => {
    const { id } = await paid({ recipient: { name: 'Zoë', email: 'open@example.org' } });
    await database()
      .knex('mails')
      .insert({
        dedupe_key: `test:${id}`,
        event: 'voucher_mail',
        locale: 'de',
        recipient: 'open@example.org',
        subject: 'x',
        body: 'x',
        secrets: '[]',
        attachments: '[]',
        send_after: 0,
        state: 'sending',
        attempts: 1,
        lease_until: 1,
        created_at: 1,
      });
    const mail = await until(
      async () =>
        (await database()
          .knex('mails')
          .where({ dedupe_key: `test:${id}`, state: 'uncertain' })
          .first()) as { id: number } | undefined,
    );
    const agent = await signedIn(server.url);
    expect((await agent.get(`/admin/outbox?state=uncertain`)).html).to.contain(`/admin/outbox/${mail.id}`);
    await agent.post(`/admin/outbox/${mail.id}/resend`, {});
    expect((await smtp.received(1))[0]?.recipients).to.deep.equal(['open@example.org']);
  });

  it('refuses to send what has no address or no value', async () => {
    const { id } = await paid();
    const nobody = await api.post(`/vouchers/${id}/mail`, {});
    expect([nobody.status, nobody.body.errors[0].code]).to.deep.equal([422, 'no_recipient']);
    await api.post(`/vouchers/${id}/cancel`, { refund: false, reason: 'x' });
    expect((await api.post(`/vouchers/${id}/mail`, { to: 'a@example.org' })).body.code).to.equal('illegal_transition');
  });

  async function signedInOverHttp(): Promise<(path: string) => Promise<string>> {
    const agent = await signedIn(server.url);
    return async (path) => (await agent.get(path)).html;
  }
});

describe('the printer', () => {
  let printer: Printer;
  before(() => {
    printer = createPrinter({ executable: null, pages: 2 });
  });
  after(() => printer.close());

  it('fetches nothing, reads no file and runs no script of what it prints', async () => {
    const { createServer } = await import('node:http');
    let visits = 0;
    const spy = createServer((_request, response) => {
      visits += 1;
      response.end('geheim');
    });
    await new Promise<void>((resolve) => spy.listen(0, '127.0.0.1', resolve));
    const { port } = spy.address() as { port: number };
    const hostile = `<body><p>Anfang</p><img src="http://127.0.0.1:${port}/a"><link rel="stylesheet" href="http://127.0.0.1:${port}/b">
      <iframe src="file:///etc/passwd"></iframe><iframe src="http://127.0.0.1:${port}/c"></iframe><object data="file:///etc/hostname"></object>
      <script>document.body.innerHTML = 'gehackt'; fetch('http://127.0.0.1:${port}/d')</script><p>Ende</p></body>`;
    const text = await textOfPdf(await printer.print(hostile, { format: 'A4' }));
    spy.close();
    expect(text).to.contain('Anfang').and.contain('Ende').and.not.contain('gehackt').and.not.contain('root:');
    expect(visits).to.equal(0);
  });

  it('prints on after its browser has crashed', async () => {
    await printer.print('<p>eins</p>', {});
    const crash = printer.print('<p>zwei</p>', {});
    for (const line of (await import('node:child_process'))
      .spawnSync('pgrep', ['-P', String(process.pid), '-f', 'host-resolver-rules'], { encoding: 'utf8' })
      .stdout.split('\n')) {
      if (line !== '') process.kill(Number(line), 'SIGKILL');
    }
    await crash.catch(() => undefined);
    expect(await textOfPdf(await printer.print('<p>drei</p>', {}))).to.contain('drei');
  });
});

async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (const deadline = Date.now() + 10_000; Date.now() < deadline;) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('it did not come about in ten seconds');
}
