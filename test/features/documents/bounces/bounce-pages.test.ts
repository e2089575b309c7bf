import { createHmac } from 'node:crypto';
import { expect } from 'chai';
import PostalMime from 'postal-mime';
import { hashPassword } from '../../../../src/platform/secrets/passwords.ts';
import { apiClient, type ApiAnswer, type ApiClient } from '../../../support/api-client.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { absenceNote, complaintReport, exchangeReport, postfixReport, type Returned } from './delivery-reports.ts';
import { startTestServer, type TestServer } from '../../../support/http.ts';
import { createVisitor, signedIn, type Answer, type Visitor } from '../../../support/pages.ts';
import { PRINTING } from '../../../support/pdf.ts';
import { startSmtpServer, type TestMailServer } from '../../../support/smtp.ts';

const SECRET = 'the secret of the mail provider in tests';

interface MailRow {
  readonly id: number | string;
  readonly state: string;
  readonly recipient: string;
  readonly bounce_kind: string | null;
}

describeOnBothDatabases('mails that come back', (database) => {
  let server: TestServer;
  let smtp: TestMailServer;
  let api: ApiClient;
  let agent: Visitor;

  before(async () => {
    smtp = await startSmtpServer();
    server = await startTestServer({
      database: database(),
      env: { ...PRINTING, SMTP_URL: smtp.url, MAIL_WEBHOOK_SECRET: SECRET },
    });
    api = apiClient(server.url);
    agent = await signedIn(server.url);
  });
  after(async () => {
    await server.close();
    await smtp.close();
  });

  let people = 0;
  /** A voucher's mail that really went out, as it arrived. */
  const sent = async (): Promise<Returned & { readonly id: string }> => {
    const recipient = `gast-${++people}@example.org`;
    const { body } = await api.post('/vouchers', {
      type: 'purchase',
      title: 'Kauf',
      paidAt: '2026-01-02',
      value: { originalValue: 5000 },
    });
    await api.post(`/vouchers/${body.id as string}/mail`, { to: recipient });
    const [mail] = await smtp.received(1);
    const { messageId = '' } = await PostalMime.parse(mail?.source ?? '');
    await untilSent(recipient);
    return { id: String((await rowOf(recipient)).id), messageId, recipient };
  };
  const rowOf = async (recipient: string): Promise<MailRow> => {
    const row = await database()
      .knex('mails')
      .where({ recipient })
      .first<MailRow | undefined>('id', 'state', 'recipient', 'bounce_kind');
    if (row === undefined) throw new Error(`no mail to ${recipient}`);
    return row;
  };
  const untilSent = async (recipient: string): Promise<void> => {
    for (const deadline = Date.now() + 10_000; Date.now() < deadline && (await rowOf(recipient)).state !== 'sent';)
      await new Promise((resolve) => setTimeout(resolve, 20));
  };
  const signature = (body: string, at = Math.floor(Date.now() / 1000), secret = SECRET): string =>
    `t=${at},v1=${createHmac('sha256', secret).update(`${at}.${body}`).digest('hex')}`;
  const tell = (event: object, header = signature(JSON.stringify(event))): Promise<ApiAnswer> =>
    api.post('/mail-events', event, { authorization: '', headers: { 'reisebon-signature': header } });
  const upload = async (source: string, visitor = agent, name = 'bericht.eml'): Promise<Answer> => {
    const page = await visitor.get('/admin/outbox/notices');
    const form = new FormData();
    form.append('_csrf', /name="_csrf" value="([^"]+)"/.exec(page.html)?.[1] ?? '');
    form.append('file', new Blob([source]), name);
    const answer = await fetch(`${server.url}/admin/outbox/notices`, {
      method: 'POST',
      body: form,
      redirect: 'manual',
      headers: {
        cookie: [...visitor.cookies].map(([key, value]) => `${key}=${value}`).join('; '),
        'accept-language': 'de',
      },
    });
    return {
      status: answer.status,
      headers: answer.headers,
      html: await answer.text(),
      location: answer.headers.get('location'),
    };
  };
  const noticesOf = (id: string): Promise<{ kind: string; status: string; detail: string; recipient: string }[]> =>
    database()
      .knex('mail_notices')
      .where({ mail_id: id })
      .orderBy('id')
      .select('kind', 'status', 'detail', 'recipient');

  it('are marked by a signed event, once however often and however parallel it is told', async () => {
    const mail = await sent();
    const event = {
      id: 'b-1',
      type: 'bounce',
      messageId: mail.messageId,
      recipient: mail.recipient,
      status: '5.1.1',
      reason: '550 5.1.1 No\r\n such user',
      happenedAt: new Date().toISOString(),
    };
    const answers = await Promise.all([tell(event), tell(event), tell(event)]);
    expect(answers.map(({ status }) => status)).to.deep.equal([200, 200, 200]);
    expect(answers.filter(({ body }) => body.marked === true)).to.have.lengthOf(1);
    expect((await tell(event)).body).to.deep.equal({ known: true, repeated: true, marked: false });
    expect(await rowOf(mail.recipient)).to.include({ state: 'sent', bounce_kind: 'bounce' });
    expect(await noticesOf(mail.id)).to.deep.equal([
      { kind: 'bounce', status: '5.1.1', detail: '550 5.1.1 No such user', recipient: mail.recipient },
    ]);
    const log = await database()
      .knex('audit_log')
      .where({ entity: 'mail', entity_id: mail.id, action: 'mail.bounce' })
      .select('actor');
    expect(log).to.deep.equal([{ actor: 'webhook' }]);
    expect((await agent.get('/admin/overview')).html)
      .to.contain('/admin/outbox?state')
      .and.to.contain('Offene Rückläufer');
    expect((await agent.get('/admin/outbox?state=bounced')).html)
      .to.contain(mail.recipient)
      .and.to.contain('zurückgekommen');
    expect((await agent.get(`/admin/outbox/${mail.id}`)).html).to.contain('550 5.1.1 No such user');
  });

  it('are refused where nobody we know signed, too old, or for another mail than before', async () => {
    const [first, second] = [await sent(), await sent()];
    const event = { id: 'b-2', type: 'bounce', messageId: first.messageId };
    const body = JSON.stringify(event);
    const now = Math.floor(Date.now() / 1000);
    for (const header of [
      '',
      signature(body, now, 'another secret that is long enough'),
      signature(body, now - 301),
      signature(`${body} `),
    ]) {
      expect((await tell(event, header)).status, header).to.equal(401);
    }
    expect((await rowOf(first.recipient)).bounce_kind).to.equal(null);
    expect((await tell(event)).body).to.include({ marked: true });
    expect((await tell({ ...event, messageId: second.messageId })).status).to.equal(409);
    for (const wrong of [
      { id: 'b-3', type: 'bounce' },
      { id: 'b-3', messageId: first.messageId },
      { ...event, type: 'lost' },
      { ...event, message: 'x' },
      { message: '' },
    ]) {
      expect((await tell(wrong)).status, JSON.stringify(wrong)).to.equal(400);
    }
    const closed = await startTestServer({ database: database() });
    try {
      expect(
        (
          await apiClient(closed.url).post('/mail-events', event, {
            headers: { 'reisebon-signature': signature(body) },
          })
        ).status,
      ).to.equal(404);
    } finally {
      await closed.close();
    }
  });

  it('are none of ours where the number fits no mail, or not the instant it was written at', async () => {
    const mail = await sent();
    for (const messageId of [
      '<abc@example.org>',
      '<mail-999999999.1795449600000@localhost>',
      mail.messageId.replace(/\.\d+@/, '.1@'),
      '<mail-1.1@x> <mail-2.2@x>',
    ]) {
      expect((await tell({ id: `n-${messageId.length}`, type: 'bounce', messageId })).body, messageId).to.deep.equal({
        known: false,
        repeated: false,
        marked: false,
      });
    }
    expect((await rowOf(mail.recipient)).bounce_kind).to.equal(null);
  });

  it('are found by the reports of mail servers, told by webhook or read by a person, and count once', async () => {
    const postfix = await sent();
    expect((await tell({ message: postfixReport(postfix) })).body).to.deep.equal({
      known: true,
      repeated: false,
      marked: true,
    });
    expect((await tell({ message: postfixReport(postfix) })).body).to.deep.equal({
      known: true,
      repeated: true,
      marked: false,
    });
    const again = await upload(postfixReport(postfix));
    expect([again.status, again.location]).to.deep.equal([303, `/admin/outbox/${postfix.id}`]);
    expect(await noticesOf(postfix.id)).to.deep.equal([
      { kind: 'bounce', status: '5.1.1', detail: '550 5.1.1 No such user here, sorry', recipient: postfix.recipient },
    ]);

    const exchange = await sent();
    expect((await upload(exchangeReport(exchange))).location).to.equal(`/admin/outbox/${exchange.id}`);
    expect(await noticesOf(exchange.id)).to.deep.equal([
      {
        kind: 'bounce',
        status: '5.2.2',
        detail: '554 5.2.2 mailbox full; STOREDRV.Deliver',
        recipient: exchange.recipient,
      },
    ]);
    expect((await rowOf(exchange.recipient)).bounce_kind).to.equal('bounce');

    const complaint = await sent();
    await upload(complaintReport(complaint));
    expect(await noticesOf(complaint.id)).to.deep.equal([
      { kind: 'complaint', status: null, detail: 'abuse', recipient: complaint.recipient },
    ]);
    expect((await agent.get(`/admin/outbox/${complaint.id}`)).html).to.contain('Beschwerde');
    expect((await agent.get('/admin/outbox/notices')).html)
      .to.contain(`href="/admin/outbox/${complaint.id}"`)
      .and.to.contain('mailbox full');
  });

  it('stay as they are for a delay, a note of absence, another house’s report and anything else', async () => {
    const mail = await sent();
    expect((await tell({ message: postfixReport(mail, 'delayed', '4.4.1') })).body).to.deep.equal({
      known: true,
      repeated: false,
      marked: false,
    });
    expect((await tell({ message: postfixReport(mail, 'delivered', '2.0.0') })).status).to.equal(422);
    for (const [source, text] of [
      [absenceNote(mail), 'kein Bericht über eine Mail'],
      ['', 'Bitte wählen Sie die .eml-Datei aus'],
      ['\u0000\u0001 no mail at all', 'kein Bericht über eine Mail'],
      [postfixReport({ ...mail, messageId: '<of@others>' }), 'gehört aber zu keiner unserer Mails'],
    ] as const) {
      const answer = await upload(source);
      expect([answer.status, answer.html.includes(text)], text).to.deep.equal([422, true]);
    }
    // A field as long as nobody's address takes no time.
    const began = Date.now();
    expect(
      (await upload(postfixReport({ ...mail, recipient: 'a'.repeat(3_000_000), messageId: '<of@others>' }))).status,
    ).to.equal(422);
    expect(Date.now() - began).to.be.below(5000);
    expect((await rowOf(mail.recipient)).bounce_kind).to.equal(null);
    expect((await noticesOf(mail.id)).map(({ kind }) => kind)).to.deep.equal(['delay']);
  });

  it('are sent again to an address that is right, and an old report of the first one changes nothing', async () => {
    const mail = await sent();
    await tell({ message: postfixReport(mail) });
    await agent.get(`/admin/outbox/${mail.id}`);
    const wrong = await agent.post(`/admin/outbox/${mail.id}/resend`, { recipient: 'keine adresse' });
    expect([wrong.status, wrong.html.includes('value="keine adresse"')]).to.deep.equal([422, true]);
    expect((await agent.post(`/admin/outbox/${mail.id}/resend`, { recipient: 'richtig@example.org' })).status).to.equal(
      303,
    );
    const [received] = await smtp.received(1);
    expect(received?.recipients).to.deep.equal(['richtig@example.org']);
    await untilSent('richtig@example.org');
    expect(await rowOf('richtig@example.org')).to.include({ state: 'sent', bounce_kind: null });
    const log = await database()
      .knex('audit_log')
      .where({ entity: 'mail', entity_id: mail.id, action: 'mail.resend' })
      .first<{ changes: string }>('changes');
    expect(log.changes).to.contain('recipient').and.not.to.contain('richtig@');
    const old = await tell({
      id: 'late-1',
      type: 'bounce',
      messageId: mail.messageId,
      happenedAt: '2026-01-01T00:00:00Z',
    });
    expect(old.body).to.deep.equal({ known: true, repeated: false, marked: false });
    expect(
      (await tell({ id: 'late-2', type: 'bounce', messageId: mail.messageId, happenedAt: new Date().toISOString() }))
        .body,
    ).to.include({ marked: true });
  });

  it('leave the list once somebody has dealt with them; who only reads changes nothing', async () => {
    const mail = await sent();
    await tell({ id: 'seen-1', type: 'bounce', messageId: mail.messageId });
    await agent.get(`/admin/outbox/${mail.id}`);
    expect((await agent.post(`/admin/outbox/${mail.id}/settle`, {})).status).to.equal(303);
    expect((await agent.get('/admin/outbox?state=bounced')).html).not.to.contain(mail.recipient);
    expect((await agent.get(`/admin/outbox/${mail.id}`)).html).to.contain('zurückgekommen');
    await agent.post(`/admin/outbox/${mail.id}/settle`, {});
    const log = await database()
      .knex('audit_log')
      .where({ entity: 'mail', entity_id: mail.id, action: 'mail.bounce_settled' });
    expect(log).to.have.lengthOf(1);
    const login = { email: 'ohne-codes@example.org', password: 'correct horse battery' };
    await database()
      .knex('users')
      .insert({
        email: login.email,
        name: 'Ohne Codes',
        role: 'agent',
        password_hash: await hashPassword(login.password),
        created_at: 1,
      });
    const blind = await signedIn(server.url, login);
    await blind.get(`/admin/outbox/${mail.id}`);
    expect(
      (await blind.post(`/admin/outbox/${mail.id}/resend`, { recipient: 'meine@example.org' })).status,
      'whoever may not see codes sends none to another address',
    ).to.equal(403);
    expect((await rowOf(mail.recipient)).state).to.equal('sent');
    const stranger = createVisitor(server.url);
    expect((await stranger.get('/admin/outbox/notices')).status).to.equal(303);
  });
});
