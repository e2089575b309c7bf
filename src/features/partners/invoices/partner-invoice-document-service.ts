import { documentKindOf } from '../../../core/books/invoicing/partner-document.ts';
import { invoiceAmounts, vatTreatment } from '../../../core/books/invoicing/vat-treatment.ts';
import { groupedIban } from '../../../core/sale/epc-payment.ts';
import type { Printer } from '../../../platform/files/chromium.ts';
import type { Connection } from '../../../platform/data/db.ts';
import { appError } from '../../../platform/process/errors.ts';
import { percentInput } from '../../../platform/html/format.ts';
import type { I18n } from '../../../platform/html/i18n.ts';
import type { DeliveredFile } from '../../documents/mail/mail-delivery-service.ts';
import type { EmbeddedFont } from '../../documents/printing/print-service.ts';
import { titleOfInvoice } from './partner-e-invoice-service.ts';
import { counterpartOf, invoicesOfRun, readInvoice, type PartnerInvoice } from './partner-invoice-service.ts';

export interface InvoicePrints {
  /** The page as a browser shows it. */
  html(connection: Connection, id: string): Promise<string>;
  /** The same as a PDF, with its name. */
  file(connection: Connection, id: string): Promise<DeliveredFile>;
  /** A part of the documents of a settlement run, `17-0` the first of run 17: a list with its sum, then each document; or the list of these alone. */
  runFile(connection: Connection, part: string, what?: 'all' | 'list'): Promise<DeliveredFile>;
  documentsOf(connection: Connection, part: string): Promise<PartnerInvoice[]>;
}

/** Documents in one PDF: with many more, time and memory of the browser grow faster than they do. */
const DOCUMENTS_PER_FILE = 200;

/** The names of the files that hold so many documents of a run. */
export function runParts(runJobId: string, documents: number): string[] {
  return Array.from({ length: Math.ceil(documents / DOCUMENTS_PER_FILE) }, (_unused, part) => `${runJobId}-${part}`);
}

interface PrintParts {
  readonly printer: Printer;
  readonly fonts: readonly EmbeddedFont[];
  readonly renderView: (view: string, data: object) => string;
  readonly i18n: I18n;
}

/** Prints an invoice from what was kept of it; in German, whatever the language of the page, because it is one document. */
export function createInvoicePrints(parts: PrintParts): InvoicePrints {
  const t = parts.i18n.translator('de');
  const pdf = async (name: string, html: string): Promise<DeliveredFile> => ({
    filename: `${name}.pdf`,
    content: await parts.printer.print(html, {}),
    contentType: 'application/pdf',
  });
  const html: InvoicePrints['html'] = async (connection, id) => {
    const invoice = await readInvoice(connection, id);
    return render(parts, titleOfInvoice(invoice), null, [await sheetOf(connection, invoice)]);
  };
  return {
    html,
    async file(connection, id) {
      const { number } = await readInvoice(connection, id);
      return pdf(number, await html(connection, id));
    },
    documentsOf: async (connection, part) => (await partOf(connection, part)).invoices,
    async runFile(connection, part, what = 'all') {
      const { runJobId, index, all, invoices } = await partOf(connection, part);
      const [first] = invoices;
      if (first === undefined) throw appError('not_found');
      const sheets: object[] = [];
      if (what === 'all') for (const invoice of invoices) sheets.push(await sheetOf(connection, invoice));
      const cover = index === 0 || what === 'list' ? coverOf(first, what === 'list' ? invoices : all) : null;
      const title = t('partner_invoices:print.run', { number: runJobId });
      return pdf(`${t('partner_invoices:print.run_file')}-${part}`, render(parts, title, cover, sheets));
    },
  };
}

async function partOf(connection: Connection, part: string) {
  const [runJobId = '', text = '0'] = part.split('-');
  const index = Number(text);
  const all = await invoicesOfRun(connection, runJobId);
  return { runJobId, index, all, invoices: all.slice(index * DOCUMENTS_PER_FILE, (index + 1) * DOCUMENTS_PER_FILE) };
}

function render(parts: PrintParts, title: string, cover: object | null, sheets: readonly object[]): string {
  return parts.renderView('pdf/partner-invoice', {
    page: { locale: 'de', t: parts.i18n.translator('de') },
    locale: 'de',
    fonts: parts.fonts,
    title,
    cover,
    sheets,
  });
}

async function sheetOf(connection: Connection, invoice: PartnerInvoice): Promise<object> {
  const isCancellation = invoice.state === 'cancellation';
  const { document } = invoice;
  return {
    title: titleOfInvoice(invoice),
    invoice,
    document,
    isCancellation,
    counterpart: isCancellation ? await counterpartOf(connection, invoice) : null,
    rows: rowsOf(invoice, isCancellation ? -1 : 1),
    senderLines: linesOf(document.senderAddress),
    partnerLines: linesOf(document.partnerAddress),
    textLines: linesOf(document.text),
    total: signed(invoice),
    tax: taxOf(invoice),
    kind: documentKindOf(document.supply),
    iban: groupedIban(document.bank.iban),
    hasBank: !isCancellation && document.bank.iban !== '',
  };
}

/** What an invoice says of VAT, with the sign of the document; null: it is none, or was issued before it was asked. */
function taxOf({ document, state, owed }: PartnerInvoice): object | null {
  const { supply } = document;
  if (supply === undefined || supply === null) return null;
  const sign = state === 'cancellation' ? -1 : 1;
  const { net, vat, rounding } = invoiceAmounts(owed, supply.rateBasisPoints);
  return {
    ...supply,
    hasRate: vatTreatment(supply.treatment).hasRate,
    rate: percentInput(supply.rateBasisPoints, 'de'),
    net: sign * net,
    vat: sign * vat,
    rounding: sign * rounding,
  };
}

/** What the run made, in one list: what the partner has to transfer is its sum. */
function coverOf({ document }: PartnerInvoice, invoices: readonly PartnerInvoice[]) {
  const days = invoices.map((invoice) => invoice.document.redeemedOn).toSorted();
  const currencies = [...new Set(invoices.map(({ currency }) => currency))];
  return {
    document,
    senderLines: linesOf(document.senderAddress),
    partnerLines: linesOf(document.partnerAddress),
    from: days[0] ?? document.redeemedOn,
    until: days.at(-1) ?? document.redeemedOn,
    isSettlement: invoices.every((invoice) => documentKindOf(invoice.document.supply) === 'settlement'),
    rows: invoices.map((invoice) => ({
      documentNumber: invoice.number,
      voucherNumber: invoice.document.voucherNumber,
      codeEnd: invoice.document.codeEnd,
      bookingNumber: invoice.bookingNumber,
      redeemedOn: invoice.document.redeemedOn,
      cents: signed(invoice),
      currency: invoice.currency,
    })),
    totals: currencies.map((currency) => ({
      currency,
      cents: invoices.filter((one) => one.currency === currency).reduce((sum, one) => sum + signed(one), 0),
    })),
  };
}

function signed({ state, owed }: PartnerInvoice): number {
  return state === 'cancellation' ? -owed : owed;
}

function rowsOf(invoice: PartnerInvoice, sign: number) {
  const { redeemed, difference, differenceRole } = invoice;
  const rows = [{ key: 'redeemed', cents: sign * redeemed }];
  if (difference > 0)
    rows.push({ key: differenceRole === 'COMMISSION' ? 'commission' : 'agreed', cents: -sign * difference });
  return rows;
}

/** A text of several lines without the empty ones. */
export function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
