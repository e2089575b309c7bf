import { expect } from 'chai';
import { systemClock } from '../../../../src/platform/process/clock.ts';
import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs';
import { reportCircles } from '../../../../src/features/accounting/ledger/number-service.ts';
import { verifyBooks } from '../../../../src/features/accounting/proof/verify-service.ts';
import { saveEntry } from '../../../../src/features/catalogue/catalogue-service.ts';
import {
  changePartnerDetails,
  DEFAULT_PARTNER_DETAILS,
  type PartnerDetails,
} from '../../../../src/features/catalogue/partner-service.ts';
import { createMailRoom } from '../../../../src/features/documents/mail/mail-service.ts';
import { settlePartners } from '../../../../src/features/partners/settlement/partner-settlement-service.ts';
import {
  changeDocumentSettings,
  DEFAULT_DOCUMENT_SETTINGS,
} from '../../../../src/features/settings/document-settings-service.ts';
import { inTransaction } from '../../../../src/platform/data/db.ts';
import { createI18n } from '../../../../src/platform/html/i18n.ts';
import { apiClient, bookingOf, type ApiClient } from '../../../support/api-client.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { startTestServer, type TestServer } from '../../../support/http.ts';
import { signedIn, type Visitor } from '../../../support/pages.ts';
import { PRINTING } from '../../../support/pdf.ts';

interface Row {
  readonly id: number;
  readonly number: string;
  readonly state: string;
  readonly owed: number | string;
  readonly difference: number | string;
  readonly redeemed: number | string;
}

describeOnBothDatabases('invoices to partners', (database) => {
  let server: TestServer;
  let api: ApiClient;
  let admin: Visitor;
  let bookings = 0;

  before(async () => {
    server = await startTestServer({ database: database(), env: PRINTING });
    api = apiClient(server.url);
    admin = await signedIn(server.url);
    await saveEntry(database(), 'partner', { id: 'citydeal', name: 'Citydeal GmbH', parent: null }, 'test', Date.now());
    await contract({ commissionBasisPoints: 1500 });
    await changeDocumentSettings(
      database(),
      {
        ...DEFAULT_DOCUMENT_SETTINGS,
        companyName: 'Nordlicht Reisen GmbH',
        companyAddress: 'Hafenweg 1\n23552 Lübeck',
      },
      'test',
      1,
    );
  });
  after(() => server.close());
  afterEach('the books agree and no number is missing', async () => {
    expect((await verifyBooks(database().knex, Date.now())).problem).to.equal(null);
    expect((await reportCircles(database().knex)).flatMap(({ gaps }) => gaps)).to.deep.equal([]);
  });

  const contract = (more: Partial<PartnerDetails>): Promise<void> =>
    inTransaction(database(), (trx) =>
      changePartnerDetails(
        trx,
        'citydeal',
        {
          ...DEFAULT_PARTNER_DETAILS,
          invoiceAddress: 'Marktplatz 7\n20095 Hamburg',
          invoiceEmail: 'rechnung@citydeal.example',
          invoiceText: 'Vertrag 4711 <b>',
          ...more,
        },
        'test',
        Date.now(),
      ),
    );

  async function redeemDeal(
    code: string,
    price: number,
    partnerPrice: number | null = null,
    more: object = {},
  ): Promise<{ readonly id: string; readonly bookingNumber: string }> {
    const deal = await api.post('/vouchers', {
      type: 'deal',
      title: `Deal ${code}`,
      code,
      paidAt: '2026-01-02',
      deal: { paysInFull: true, entry: 'both', invoicePartner: true, partnerPrice },
      restrictions: { partner: 'citydeal' },
      ...more,
    });
    expect(deal.status, JSON.stringify(deal.body)).to.equal(201);
    bookings += 1;
    const bookingNumber = `PI-${bookings}`;
    const redeemed = await api.post('/redemptions', {
      booking: bookingOf(price, { partner: 'citydeal' }),
      codes: [code],
      bookingNumber,
    });
    expect(redeemed.status, JSON.stringify(redeemed.body)).to.equal(201);
    await jobsDone();
    return { id: String(redeemed.body.id), bookingNumber };
  }

  async function jobsDone(): Promise<void> {
    for (
      const deadline = Date.now() + 10_000;
      Date.now() < deadline;
      await new Promise((resolve) => setTimeout(resolve, 25))
    ) {
      const open = await database()
        .knex('jobs')
        .where({ kind: 'partner-invoices' })
        .whereIn('state', ['queued', 'running'])
        .first<object | undefined>('id');
      if (open === undefined) break;
    }
    expect(await database().knex('jobs').where({ kind: 'partner-invoices' }).whereNot({ state: 'done' })).to.deep.equal(
      [],
    );
  }

  const invoicesOf = (redemptionId: string): Promise<Row[]> =>
    database().knex('partner_invoices').where({ redemption_id: redemptionId }).orderBy('id').select<Row[]>();
  const figures = (rows: readonly Row[]): unknown[] =>
    rows.map(({ state, redeemed, owed, difference }) => [state, Number(redeemed), Number(owed), Number(difference)]);
  async function balances(redemptionId: string): Promise<Record<string, number>> {
    const rows = await database()
      .knex('ledger_entries')
      .where({ redemption_id: redemptionId })
      .select<{ debit_role: string; credit_role: string; cents: number | string }[]>();
    const sums: Record<string, number> = {};
    for (const { debit_role: debit, credit_role: credit, cents } of rows) {
      sums[debit] = (sums[debit] ?? 0) + Number(cents);
      sums[credit] = (sums[credit] ?? 0) - Number(cents);
    }
    return sums;
  }

  it('makes one by itself for a redeemed deal, and the clearing account is at zero', async () => {
    const { id } = await redeemDeal('PI-EINS', 84_000);
    const rows = await invoicesOf(id);
    expect(figures(rows)).to.deep.equal([['open', 84_000, 71_400, 12_600]]);
    expect(rows[0]?.number).to.match(/^AB-\d{4}-\d{6}$/);
    expect(await balances(id)).to.deep.equal({
      DEAL_CLEARING: 0,
      DEBITOR: -84_000,
      DEBITOR_PARTNER: 71_400,
      COMMISSION: 12_600,
    });
    const entry = await database()
      .knex('ledger_entries')
      .where({ redemption_id: id, event: 'partner_invoice' })
      .first<{ document_number: string }>();
    expect(entry.document_number).to.equal(rows[0]?.number);
    const mail = await database()
      .knex('mails')
      .where({ event: 'partner_invoice', entity_id: String(rows[0]?.id) })
      .first<{ recipient: string; subject: string }>();
    expect(mail).to.include({ recipient: 'rechnung@citydeal.example', subject: `Abrechnung ${rows[0]?.number}` });
  });

  it('takes a partly reversed one back and makes one about the rest, and none when all is given back', async () => {
    const { id } = await redeemDeal('PI-TEIL', 84_000, 19_900);
    expect(
      (
        await api.post(`/redemptions/${id}/reversals`, {
          lines: [{ code: 'PI-TEIL', amount: 42_000 }],
          reason: 'Eine Person weniger',
        })
      ).status,
    ).to.equal(201);
    await jobsDone();
    expect(figures(await invoicesOf(id))).to.deep.equal([
      ['cancelled', 84_000, 19_900, 64_100],
      ['cancellation', 84_000, 19_900, 64_100],
      ['open', 42_000, 9950, 32_050],
    ]);
    expect(await balances(id)).to.deep.equal({
      DEAL_CLEARING: 0,
      DEBITOR: -42_000,
      DEBITOR_PARTNER: 9950,
      RABATT: 32_050,
    });
    expect(
      (
        await api.post(`/redemptions/${id}/reversals`, {
          lines: [{ code: 'PI-TEIL', amount: 42_000 }],
          reason: 'Storno',
        })
      ).status,
    ).to.equal(201);
    await jobsDone();
    expect((await invoicesOf(id)).map(({ state }) => state)).to.deep.equal([
      'cancelled',
      'cancellation',
      'cancelled',
      'cancellation',
    ]);
    expect(await balances(id)).to.deep.equal({ DEAL_CLEARING: 0, DEBITOR: 0, DEBITOR_PARTNER: 0, RABATT: 0 });
  });

  it('makes no second one, also when several processes try at once', async () => {
    const { id } = await redeemDeal('PI-ZWEI', 10_000);
    const invoicing = {
      database: database(),
      mails: createMailRoom(createI18n({ directory: 'locales', strict: true })),
      timeZone: 'Europe/Berlin',
    };
    await api.post(`/redemptions/${id}/reversals`, { lines: [{ code: 'PI-ZWEI', amount: 1000 }], reason: 'x' });
    const moment = { now: Date.now(), today: systemClock('Europe/Berlin').today() };
    await Promise.all(
      Array.from({ length: 6 }, () => settlePartners(invoicing, { actor: 'test', moment }, id, 'at_once')),
    );
    await jobsDone();
    expect((await invoicesOf(id)).map(({ state }) => state)).to.deep.equal(['cancelled', 'cancellation', 'open']);
  });

  for (const [what, prepare, more] of [
    [
      'a deal that wants none',
      () => contract({}),
      { deal: { paysInFull: true, entry: 'both', invoicePartner: false, partnerPrice: null } },
    ],
    ['a partner who sells our vouchers', () => contract({ dealModel: 'agency' }), {}],
  ] as const) {
    it(`makes none for ${what}`, async () => {
      await prepare();
      const { id } = await redeemDeal(`PI-${what.length}`, 10_000, null, more);
      expect(await invoicesOf(id)).to.deep.equal([]);
      await contract({ commissionBasisPoints: 1500 });
    });
  }

  it('books the payment of the partner once', async () => {
    const { id } = await redeemDeal('PI-BEZAHLT', 50_000, 20_000);
    const [invoice] = await invoicesOf(id);
    const path = `/admin/partner-invoices/${invoice?.id}`;
    await admin.get(path);
    const wrong = await admin.post(`${path}/payment`, { paidOn: '31.12.2099', reference: 'Sammler 12' });
    expect(wrong.status).to.equal(422);
    expect(wrong.html).to.contain('nicht in der Zukunft').and.contain('value="Sammler 12"');
    for (const sentence of ['ist gebucht', 'schon bezahlt']) {
      expect(
        (
          await admin.post(`${path}/payment`, {
            paidOn: new Date().toLocaleDateString('de-DE'),
            reference: 'Sammler 12',
          })
        ).status,
      ).to.equal(303);
      expect((await admin.get(path)).html).to.contain(sentence);
    }
    expect(await balances(id)).to.deep.equal({
      DEAL_CLEARING: 0,
      DEBITOR: -50_000,
      DEBITOR_PARTNER: 0,
      RABATT: 30_000,
      BANK: 20_000,
    });
  });

  it('is issued anew with the partner’s mended address, with a reason, and says the old one is taken back', async () => {
    const { id } = await redeemDeal('PI-NEU', 30_000, 10_000);
    const [invoice] = await invoicesOf(id);
    const path = `/admin/partner-invoices/${invoice?.id}`;
    await admin.get(path);
    expect((await admin.post(`${path}/renewal`, { reason: '' })).html).to.contain('Bitte geben Sie einen Grund an.');
    await contract({ invoiceAddress: 'Neuer Wall 1\n20354 Hamburg' });
    const answer = await admin.post(`${path}/renewal`, { reason: 'Falsche Anschrift' });
    expect(answer.location)
      .to.match(/^\/admin\/partner-invoices\/\d+$/)
      .and.not.equal(path);
    expect((await admin.get(`${answer.location}/print`)).html)
      .to.contain('Neuer Wall 1')
      .and.not.contain('Marktplatz');
    expect((await admin.get(`${path}/print`)).html).to.contain('Marktplatz 7');
    expect((await admin.get(path)).html).to.contain('aufgehoben durch');
    expect((await admin.post(`${path}/renewal`, { reason: 'Noch einmal' })).location).to.equal(path);
    expect((await invoicesOf(id)).map(({ state }) => state)).to.deep.equal(['cancelled', 'cancellation', 'open']);
  });

  it('lists them by partner, state, voucher and number, and shows hostile texts as text', async () => {
    const { id, bookingNumber } = await redeemDeal('PI-LISTE', 12_000);
    const [invoice] = await invoicesOf(id);
    for (const query of [
      `number=${invoice?.number.toLowerCase()}`,
      `number=${bookingNumber}`,
      'partner=citydeal&state=open',
      `redemption=${id}`,
    ]) {
      expect((await admin.get(`/admin/partner-invoices?${query}`)).html, query).to.contain(invoice?.number);
    }
    expect((await admin.get('/admin/partner-invoices?number=AB-1999-000001')).html).to.contain('Keinen Beleg gefunden');
    expect((await admin.get(`/admin/partner-invoices/${invoice?.id}/print`)).html).to.contain('Vertrag 4711 &lt;b&gt;');
    expect((await admin.get('/admin/partner-invoices/999999')).status).to.equal(404);
  });

  it('is a PDF with what the partner needs to know', async () => {
    await contract({ commissionBasisPoints: 1500 });
    const { id } = await redeemDeal('PI-PDF', 84_000);
    const [invoice] = await invoicesOf(id);
    const cookie = [...admin.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(`${server.url}/admin/partner-invoices/${invoice?.id}/pdf`, { headers: { cookie } });
    expect(answer.headers.get('content-type')).to.equal('application/pdf');
    const pdf = await getDocument({ data: new Uint8Array(await answer.arrayBuffer()), verbosity: 0 }).promise;
    expect(pdf.numPages).to.equal(1);
    const { items } = await (await pdf.getPage(1)).getTextContent();
    const text = items.map((item) => ('str' in item ? item.str : '')).join(' ');
    for (const part of [
      invoice?.number ?? '',
      'Citydeal GmbH',
      'Hamburg',
      'Nordlicht Reisen GmbH',
      '840,00',
      '126,00',
      '714,00',
      'Vertrag 4711 <b>',
    ])
      expect(text).to.contain(part);
  });
});
