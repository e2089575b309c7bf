import { groupedIban } from '../../../core/sale/epc-payment.ts';
import type { Printer } from '../../../platform/files/chromium.ts';
import type { Connection } from '../../../platform/data/db.ts';
import { appError } from '../../../platform/process/errors.ts';
import type { I18n, Translate } from '../../../platform/html/i18n.ts';
import type { DeliveredFile } from '../../documents/mail/mail-delivery-service.ts';
import type { EmbeddedFont } from '../../documents/printing/print-service.ts';
import { counterpartOf, invoicesOfRun, readInvoice, type PartnerInvoice } from './partner-invoice-service.ts';

export interface InvoicePrints {
  /** The page as a browser shows it. */
  html(connection: Connection, id: string): Promise<string>;
  /** The same as a PDF, with its name. */
  file(connection: Connection, id: string): Promise<DeliveredFile>;
  /** A part of the documents of a settlement run, `17-0` the first of run 17: a list with its sum, then each document. */
  runFile(connection: Connection, part: string): Promise<DeliveredFile>;
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
    return render(parts, titleOf(invoice, t), null, [await sheetOf(connection, invoice, t)]);
  };
  return {
    html,
    async file(connection, id) {
      const { number } = await readInvoice(connection, id);
      return pdf(number, await html(connection, id));
    },
    async runFile(connection, part) {
      const [runJobId = '', index = '0'] = part.split('-');
      const all = await invoicesOfRun(connection, runJobId);
      const invoices = all.slice(Number(index) * DOCUMENTS_PER_FILE, (Number(index) + 1) * DOCUMENTS_PER_FILE);
      const [first] = invoices;
      if (first === undefined) throw appError('not_found');
      const sheets: object[] = [];
      for (const invoice of invoices) sheets.push(await sheetOf(connection, invoice, t));
      const cover = Number(index) === 0 ? coverOf(first, all) : null;
      const title = t('partner_invoices:print.run', { number: runJobId });
      return pdf(`${t('partner_invoices:print.run_file')}-${part}`, render(parts, title, cover, sheets));
    },
  };
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

function titleOf({ state, number }: PartnerInvoice, t: Translate): string {
  return `${t(state === 'cancellation' ? 'partner_invoices:print.cancellation' : 'partner_invoices:print.invoice')} ${number}`;
}

async function sheetOf(connection: Connection, invoice: PartnerInvoice, t: Translate): Promise<object> {
  const isCancellation = invoice.state === 'cancellation';
  const { document } = invoice;
  return {
    title: titleOf(invoice, t),
    invoice,
    document,
    isCancellation,
    counterpart: isCancellation ? await counterpartOf(connection, invoice) : null,
    rows: rowsOf(invoice, isCancellation ? -1 : 1),
    senderLines: linesOf(document.senderAddress),
    partnerLines: linesOf(document.partnerAddress),
    textLines: linesOf(document.text),
    total: signed(invoice),
    iban: groupedIban(document.bank.iban),
    hasBank: !isCancellation && document.bank.iban !== '',
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
