import { expect } from 'chai';
import PostalMime, { type Attachment } from 'postal-mime';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { startTestServer, type TestServer } from '../../../support/http.ts';
import { createVisitor, signedIn, type Visitor } from '../../../support/pages.ts';
import { PRINTING } from '../../../support/pdf.ts';
import { qrOfPicture } from './qr.ts';
import { openShop, orderInShop } from '../../../support/shop.ts';
import { startSmtpServer, type ReceivedMail, type TestMailServer } from '../../../support/smtp.ts';

describeOnBothDatabases('the mails of an order', (database) => {
  let server: TestServer;
  let smtp: TestMailServer;
  let agent: Visitor;
  const today = new Intl.DateTimeFormat('de-DE', { dateStyle: 'medium', timeZone: 'Europe/Berlin' }).format(new Date());

  before(async () => {
    smtp = await startSmtpServer();
    server = await startTestServer({ database: database(), env: { ...PRINTING, SMTP_URL: smtp.url } });
    await openShop(database());
    agent = await signedIn(server.url);
  });
  after(async () => {
    await server.close();
    await smtp.close();
  });

  const byRecipient = async (mails: readonly ReceivedMail[]) =>
    new Map(
      await Promise.all(
        mails.map(async (mail) => [mail.recipients[0] ?? '', await PostalMime.parse(mail.source)] as const),
      ),
    );
  const lastOrder = async (): Promise<string> =>
    String((await database().knex('orders').orderBy('id', 'desc').first<{ id: number }>('id')).id);

  const lastOrderNumber = async (): Promise<string> =>
    String((await database().knex('orders').orderBy('id', 'desc').first<{ number: string }>('number')).number);
  const mailOf = async (order: string): Promise<string> =>
    String(
      (
        await database()
          .knex('mails')
          .where({ event: 'order_placed', entity: 'order', entity_id: order })
          .first<{ id: number }>('id')
      ).id,
    );

  it('first tell how to pay without a code, then bring code, PIN and PDF', async () => {
    await orderInShop(createVisitor(server.url));
    const first = await byRecipient(await smtp.received(2));
    const placed = first.get('petra@example.org');
    expect(placed?.subject).to.match(/Ihre Bestellung B-\d{4}-\d{6}/);
    expect(placed?.text)
      .to.contain('DE89 3704 0044 0532 0130 00')
      .and.contain('200,00')
      .and.match(/\/order\/[\w-]{43}/);
    const picture = placed?.attachments[0];
    expect(placed?.attachments.map(({ mimeType, disposition }) => [mimeType, disposition])).to.deep.equal([
      ['image/png', 'inline'],
    ]);
    expect(await qrOfPicture(bytesOf(picture))).to.equal(codeOf(await lastOrderNumber(), '200.00'));
    const html = placed?.html ?? '';
    expect(html).to.contain(`src="cid:${picture?.contentId?.replaceAll(/[<>]/g, '') ?? 'none'}"`);
    expect(/alt="([^"]+)"/.exec(html)?.[1])
      .to.contain('DE89 3704 0044 0532 0130 00')
      .and.contain('200,00')
      .and.contain(await lastOrderNumber());
    expect(placed?.text)
      .to.contain(`Verwendungszweck: ${await lastOrderNumber()}`)
      .and.not.contain('GiroCode');
    const shown = await agent.get(`/admin/outbox/${await mailOf(await lastOrder())}/content`);
    expect(
      await qrOfPicture(Buffer.from(/src="data:image\/png;base64,([^"]+)"/.exec(shown.html)?.[1] ?? '', 'base64')),
    ).to.equal(codeOf(await lastOrderNumber(), '200.00'));
    expect(first.get('agentur@example.org')?.subject).to.contain('Neue Bestellung');

    await agent.post(`/admin/orders/${await lastOrder()}/settlement`, { paidOn: today, method: 'bank_transfer' });
    const done = (await byRecipient(await smtp.received(1))).get('petra@example.org');
    const codes = await database().knex('vouchers').orderBy('id').select('code');
    for (const { code } of codes as { code: string }[]) expect(done?.text).to.contain(code);
    expect(done?.text)
      .to.match(/PIN \d{6}/)
      .and.contain('/v');
    expect(done?.attachments.map(({ mimeType }) => mimeType)).to.deep.equal(['application/pdf', 'application/pdf']);
    expect((await database().knex('outbox').whereNot('payload', '{}')).length, 'no code is left in the queue').to.equal(
      0,
    );
  }).timeout(60_000);

  it('ask for what is still due when sent again, in the text as well, and for nothing once it is paid', async () => {
    await orderInShop(createVisitor(server.url));
    expect((await byRecipient(await smtp.received(2))).get('agentur@example.org')?.attachments).to.deep.equal([]);
    const id = await lastOrder();
    const again = async () => {
      await agent.post(`/admin/outbox/${await mailOf(id)}/resend`, {});
      return (await byRecipient(await smtp.received(1))).get('petra@example.org');
    };
    await database().knex('orders').where({ id }).update({ state: 'partly_paid', paid: 5000 });
    const partly = await again();
    expect(await qrOfPicture(bytesOf(partly?.attachments[0]))).to.equal(codeOf(await lastOrderNumber(), '150.00'));
    expect(partly?.text).to.match(
      /GiroCode für die Überweisung: 150,00\s€ an Nordlicht Reisen GmbH, IBAN DE89 3704 0044 0532 0130 00, Verwendungszweck B-/,
    );

    await database().knex('orders').where({ id }).update({ state: 'fulfilled', paid: 20000 });
    const paid = await again();
    expect([paid?.attachments, paid?.html?.includes('<img')]).to.deep.equal([[], false]);
  }).timeout(60_000);

  for (const [what, shop, currency] of [
    ['without an IBAN', { iban: '' }, 'EUR'],
    ['in another currency', {}, 'CHF'],
  ] as const) {
    it(`show no payment code ${what}`, async () => {
      await orderInShop(createVisitor(server.url));
      await smtp.received(2);
      const id = await lastOrder();
      await openShop(database(), shop);
      await database().knex('orders').where({ id }).update({ currency });
      await agent.post(`/admin/outbox/${await mailOf(id)}/resend`, {});
      const mail = (await byRecipient(await smtp.received(1))).get('petra@example.org');
      await openShop(database());
      expect([mail?.attachments, mail?.html?.includes('<img')]).to.deep.equal([[], false]);
    }).timeout(60_000);
  }

  it('of a gift go to the person it is for on the day, and the buyer hears that it is paid', async () => {
    const year = new Date().getFullYear() + 1;
    await orderInShop(createVisitor(server.url), {
      quantity: '1',
      delivery: 'recipient',
      recipientEmail: 'oma@example.org',
      when: 'date',
      deliverOn: `02.01.${year}`,
    });
    await smtp.received(2);
    const id = await lastOrder();
    await agent.post(`/admin/orders/${id}/settlement`, { paidOn: today, method: 'bank_transfer' });
    const paid = (await byRecipient(await smtp.received(1))).get('petra@example.org');
    expect(paid?.subject).to.contain('ist bezahlt');
    const [gift] = await database()
      .knex('mails')
      .where({ event: 'voucher_gift', entity: 'order', entity_id: id })
      .select('state', 'recipient', 'send_after');
    expect(gift).to.include({ state: 'queued', recipient: 'oma@example.org' });
    expect(new Date(Number(gift.send_after)).toISOString().slice(0, 10)).to.equal(`${year}-01-02`);
  }).timeout(60_000);
});

function bytesOf(picture: Attachment | undefined): Buffer {
  return Buffer.from(picture?.content as ArrayBuffer);
}

function codeOf(reference: string, amount: string): string {
  return [
    'BCD',
    '002',
    '1',
    'SCT',
    '',
    'Nordlicht Reisen GmbH',
    'DE89370400440532013000',
    `EUR${amount}`,
    '',
    '',
    reference,
  ].join('\n');
}
