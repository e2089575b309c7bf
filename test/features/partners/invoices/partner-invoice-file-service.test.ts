import { expect } from 'chai';
import { XMLParser } from 'fast-xml-parser';
import { createHash } from 'node:crypto';
import PostalMime, { type Email } from 'postal-mime';
import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs';
import { Open } from 'unzipper';
import { DEFAULT_SETUP } from '../../../../src/core/books/chart-of-accounts.ts';
import { judge, type DatevBooking, type DatevEntry } from '../../../../src/core/books/datev-booking.ts';
import { batchBooking } from '../../../../src/features/accounting/datev/batch-datev.ts';
import { openEntries } from '../../../../src/features/accounting/datev/export-entry-service.ts';
import { saveEntry } from '../../../../src/features/catalogue/catalogue-service.ts';
import {
  changePartnerDetails,
  DEFAULT_PARTNER_DETAILS,
  type PartnerDetails,
} from '../../../../src/features/catalogue/partner-service.ts';
import { changeInvoiceSettings } from '../../../../src/features/settings/invoice-settings-service.ts';
import { inTransaction } from '../../../../src/platform/data/db.ts';
import { apiClient, bookingOf, type ApiClient } from '../../../support/api-client.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { startTestServer, type TestServer } from '../../../support/http.ts';
import { signedIn, type Visitor } from '../../../support/pages.ts';
import { PRINTING, textOfPdf } from '../../../support/pdf.ts';
import { startSmtpServer, type TestMailServer } from '../../../support/smtp.ts';

interface Row {
  readonly id: number;
  readonly number: string;
  readonly state: string;
  readonly owed: number | string;
}

const SELLER = {
  name: 'Nordlicht Reisen Müller GmbH',
  street: 'Hafenweg 1',
  postcode: '23552',
  town: 'Lübeck',
  country: 'DE',
  vatId: 'DE123456789',
  taxNumber: '22/294/12345',
  registration: 'HRB 4711 HL',
  contactName: 'Buchhaltung',
  contactPhone: '0451 1234',
  contactEmail: 'buchhaltung@nordlicht.example',
};
const BUYER: Partial<PartnerDetails> = {
  street: 'Marktplatz 7',
  postcode: '20095',
  town: 'Hamburg',
  country: 'DE',
  vatId: 'DE987654321',
  invoiceEmail: 'rechnung@citydeal.example',
};

describeOnBothDatabases('the files of documents to partners', (database) => {
  let smtp: TestMailServer;
  let server: TestServer;
  let api: ApiClient;
  let admin: Visitor;

  before(async () => {
    smtp = await startSmtpServer();
    server = await startTestServer({ database: database(), env: { ...PRINTING, SMTP_URL: smtp.url } });
    api = apiClient(server.url);
    admin = await signedIn(server.url);
    await saveEntry(database(), 'partner', { id: 'citydeal', name: 'Citydeal GmbH', parent: null }, 'test', Date.now());
    await changeInvoiceSettings(database(), SELLER, 'test', 1);
  });
  after(async () => {
    await server.close();
    await smtp.close();
  });

  const contract = (more: Partial<PartnerDetails>): Promise<void> =>
    inTransaction(database(), (trx) =>
      changePartnerDetails(
        trx,
        'citydeal',
        { ...DEFAULT_PARTNER_DETAILS, ...BUYER, commissionBasisPoints: 1500, ...more },
        'test',
        1,
      ),
    );

  async function redeemed(code: string, price: number): Promise<string> {
    const deal = { paysInFull: true, entry: 'both', invoicePartner: true, partnerPrice: null };
    const made = await api.post('/vouchers', {
      type: 'deal',
      title: `Deal ${code}`,
      code,
      paidAt: '2026-01-02',
      deal,
      restrictions: { partner: 'citydeal' },
    });
    expect(made.status, JSON.stringify(made.body)).to.equal(201);
    const answer = await api.post('/redemptions', {
      booking: bookingOf(price, { partner: 'citydeal' }),
      codes: [code],
      bookingNumber: `EI-${code}`,
    });
    expect(answer.status, JSON.stringify(answer.body)).to.equal(201);
    return String(answer.body.id);
  }

  async function documentsOf(redemptionId: string, many: number): Promise<Row[]> {
    for (const end = Date.now() + 10_000; ; await new Promise((resolve) => setTimeout(resolve, 25))) {
      const rows = await database()
        .knex('partner_invoices')
        .where({ redemption_id: redemptionId })
        .orderBy('id')
        .select<Row[]>();
      if (rows.length >= many || Date.now() > end) return rows;
    }
  }

  async function mailTo(recipient: string): Promise<Email> {
    for (;;) {
      const [mail] = await smtp.received(1);
      if (mail?.recipients.includes(recipient) === true) return PostalMime.parse(mail.source);
    }
  }

  async function fileOf(id: number): Promise<{ readonly bytes: Buffer; readonly type: string; readonly name: string }> {
    const cookie = [...admin.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(`${server.url}/admin/partner-invoices/${id}/file`, { headers: { Cookie: cookie } });
    expect(answer.status).to.equal(200);
    return {
      bytes: Buffer.from(await answer.arrayBuffer()),
      type: answer.headers.get('content-type') ?? '',
      name: answer.headers.get('content-disposition') ?? '',
    };
  }

  const owedInBooks = async (number: string): Promise<number> => {
    const entry = await database()
      .knex('ledger_entries')
      .where({ document_number: number, event: 'partner_invoice' })
      .first<{ cents: number | string }>('cents');
    return Number(entry.cents);
  };

  it('are ZUGFeRD whose printed page, data and books say the same amount', async () => {
    await contract({ vatTreatment: 'standard', vatRate: 1900 });
    const [invoice] = await documentsOf(await redeemed('EIZUG', 84_000), 1);
    const { bytes, type } = await fileOf(invoice?.id ?? 0);
    expect(type).to.equal('application/pdf');
    const page = await textOfPdf(bytes);
    expect(page)
      .to.contain(`Rechnung${invoice?.number}`)
      .and.to.contain('600,00')
      .and.to.contain('114,00')
      .and.to.contain('714,00');
    expect(page).to.contain('DE123456789').and.to.contain('22/294/12345').and.not.to.contain('nichtausgewiesen');
    const xml = await dataOf(bytes);
    expect(xml).to.contain('<ram:DuePayableAmount>714.00</ram:DuePayableAmount>').and.to.contain(SELLER.name);
    expect(await owedInBooks(invoice?.number ?? '')).to.equal(71_400);
  });

  it('are due on the day that the export tells as well', async () => {
    const { knex } = database();
    const entries: DatevEntry[] = [];
    for await (const some of openEntries(knex, { from: '2000-01-01', to: '2999-12-31' })) entries.push(...some);
    const entry = entries.find(({ event }) => event === 'partner_invoice');
    const { due_on: due } = await knex('partner_invoices')
      .where({ number: entry?.documentNumber })
      .first<{ due_on: string }>('due_on');
    const judgement = entry === undefined ? null : judge(DEFAULT_SETUP, entry, 'skip');
    const booking = judgement?.kind === 'booking' ? judgement.booking : null;
    expect(booking?.dueOn).to.equal(due);
    const [year, month, day] = due.split('-');
    expect(batchBooking(booking as DatevBooking).split(';')[116]).to.equal(`${day}${month}${year}`);
    expect(
      entries
        .filter(({ event }) => event !== 'partner_invoice')
        .map((one) => judge(DEFAULT_SETUP, one, 'skip'))
        .every((one) => one.kind !== 'booking' || one.booking.dueOn === null),
    ).to.equal(true);
  });

  it('stay as they went out, whatever the partner is called later, with their hash', async () => {
    const [invoice] = await documentsOf(await redeemed('EIKEPT', 10_000), 1);
    const first = await fileOf(invoice?.id ?? 0);
    await contract({ vatTreatment: 'standard', street: 'Neuer Wall 1' });
    const second = await fileOf(invoice?.id ?? 0);
    expect(second.bytes.equals(first.bytes)).to.equal(true);
    const sha256 = createHash('sha256').update(first.bytes).digest('hex');
    const page = (await admin.get(`/admin/partner-invoices/${invoice?.id}`)).html;
    expect(page).to.contain(sha256).and.to.contain('ZUGFeRD').and.to.contain('rechnung@citydeal.example');
  });

  it('are XRechnung where the partner wants that, with the page in it, and take an invoice back by its number', async () => {
    await contract({ vatTreatment: 'margin', invoiceFormat: 'xrechnung' });
    const id = await redeemed('EIXR', 50_000);
    await documentsOf(id, 1);
    await api.post(`/redemptions/${id}/reversals`, { lines: [{ code: 'EIXR', amount: 50_000 }], reason: 'Storno' });
    const [invoice, cancellation] = await documentsOf(id, 2);
    const { bytes, type, name } = await fileOf(cancellation?.id ?? 0);
    expect([type, name]).to.deep.equal(['application/xml', `attachment; filename="${cancellation?.number}.xml"`]);
    const xml = (
      new XMLParser({ removeNSPrefix: true, parseTagValue: false }).parse(bytes.toString()) as {
        Invoice: Record<string, unknown>;
      }
    ).Invoice;
    expect(xml).to.deep.include({ ID: cancellation?.number, InvoiceTypeCode: '384' });
    expect(xml['BillingReference']).to.deep.nested.include({ 'InvoiceDocumentReference.ID': invoice?.number });
    expect(xml['LegalMonetaryTotal']).to.deep.include({ PayableAmount: '-425.00' });
    expect(bytes.toString()).to.contain('VATEX-EU-D').and.to.contain('Sonderregelung für Reisebüros (§ 25 UStG)');
  });

  it('are a printed settlement that is never called an invoice where there is no supply', async () => {
    await contract({ vatTreatment: 'no_supply' });
    const [settlement] = await documentsOf(await redeemed('EIAB', 20_000), 1);
    const { bytes } = await fileOf(settlement?.id ?? 0);
    const page = await textOfPdf(bytes);
    expect(page).to.contain(`Abrechnung${settlement?.number}`).and.to.contain('keineRechnung');
    expect(page.replace('keineRechnung', '')).not.to.match(/Rechnung|USt|19%/);
    const document = await getDocument({ data: new Uint8Array(bytes), verbosity: 0 }).promise;
    expect(await document.getAttachments()).to.equal(null);
    await document.loadingTask.destroy();
    const mail = await database()
      .knex('mails')
      .where({ entity: 'partner_invoice', entity_id: String(settlement?.id) })
      .first<{ subject: string }>();
    expect(mail.subject).to.equal(`Abrechnung ${settlement?.number}`);
  });

  it('go out together in a ZIP where a settlement run made invoices: a list, and each in its form', async () => {
    await contract({ vatTreatment: 'standard', invoiceTiming: 'in_runs', invoiceEmail: 'lauf@citydeal.example' });
    await redeemed('EIRUNA', 11_900);
    await redeemed('EIRUNB', 23_800);
    await admin.get('/admin/partner-settlements');
    const today = new Date().toLocaleDateString('de-DE', { timeZone: 'Europe/Berlin' });
    const lines = '/admin/partner-settlements/lines/run';
    const answer = await admin.post(lines, { partner: 'citydeal', from: today, to: today });
    expect(answer.status).to.equal(303);
    const mail = await mailTo('lauf@citydeal.example');
    const zip = mail.attachments.find(({ mimeType }) => mimeType === 'application/zip');
    const { files } = await Open.buffer(Buffer.from(zip?.content as ArrayBuffer));
    expect(files).to.have.length(3);
    for (const file of files.slice(1)) expect(await dataOf(await file.buffer())).to.contain('<ram:TypeCode>380');
  });

  it('is not given out changed', async () => {
    await contract({ vatTreatment: 'no_supply' });
    const [settlement] = await documentsOf(await redeemed('EIBAD', 20_000), 1);
    await fileOf(settlement?.id ?? 0);
    const knex = database().knex;
    const { id } = await knex('partner_files')
      .where({ subject_id: String(settlement?.id) })
      .first<{ id: number }>('id');
    await knex('partner_file_parts')
      .where({ file_id: id })
      .update({ content: Buffer.from('another') });
    expect((await admin.get(`/admin/partner-invoices/${settlement?.id}/file`)).status).to.equal(500);
  });
});

async function dataOf(pdf: Buffer): Promise<string> {
  const document = await getDocument({ data: new Uint8Array(pdf), useSystemFonts: false, verbosity: 0 }).promise;
  const content = (await document.getAttachmentContent('factur-x.xml')) as Uint8Array | { content: Uint8Array };
  await document.loadingTask.destroy();
  return Buffer.from('content' in content ? content.content : content).toString('utf8');
}
