import { groupedIban } from '../../core/epc-payment.ts';
import type { Printer } from '../../platform/chromium.ts';
import type { Connection } from '../../platform/db.ts';
import type { I18n } from '../../platform/i18n.ts';
import type { EmbeddedFont } from '../documents/print-service.ts';
import { counterpartOf, readInvoice, type PartnerInvoice } from './partner-invoice-service.ts';

export interface InvoicePrints {
  /** The page as a browser shows it. */
  html(connection: Connection, id: string): Promise<string>;
  /** The same as a PDF, with its name. */
  file(connection: Connection, id: string): Promise<{ readonly filename: string; readonly content: Buffer; readonly contentType: string }>;
}

/** Prints an invoice from what was kept of it; in German, whatever the language of the page, because it is one document. */
export function createInvoicePrints(parts: {
  readonly printer: Printer;
  readonly fonts: readonly EmbeddedFont[];
  readonly renderView: (view: string, data: object) => string;
  readonly i18n: I18n;
}): InvoicePrints {
  const t = parts.i18n.translator('de');
  const html: InvoicePrints['html'] = async (connection, id) => {
    const invoice = await readInvoice(connection, id);
    const counterpart = invoice.state === 'cancellation' ? await counterpartOf(connection, invoice) : null;
    const isCancellation = invoice.state === 'cancellation';
    const { document } = invoice;
    return parts.renderView('pdf/partner-invoice', {
      page: { locale: 'de', t },
      locale: 'de',
      fonts: parts.fonts,
      title: `${t(isCancellation ? 'partner_invoices:print.cancellation' : 'partner_invoices:print.invoice')} ${invoice.number}`,
      invoice,
      document,
      isCancellation,
      counterpart,
      rows: rowsOf(invoice, isCancellation ? -1 : 1),
      senderLines: linesOf(document.senderAddress),
      partnerLines: linesOf(document.partnerAddress),
      textLines: linesOf(document.text),
      total: (isCancellation ? -1 : 1) * invoice.owed,
      iban: groupedIban(document.bank.iban),
      hasBank: !isCancellation && document.bank.iban !== '',
    });
  };
  return {
    html,
    async file(connection, id) {
      const { number } = await readInvoice(connection, id);
      const content = await parts.printer.print(await html(connection, id), {});
      return { filename: `${number}.pdf`, content, contentType: 'application/pdf' };
    },
  };
}

function rowsOf(invoice: PartnerInvoice, sign: number) {
  const { redeemed, difference, differenceRole } = invoice;
  const rows = [{ key: 'redeemed', cents: sign * redeemed }];
  if (difference > 0) rows.push({ key: differenceRole === 'COMMISSION' ? 'commission' : 'agreed', cents: -sign * difference });
  return rows;
}

/** A text of several lines without the empty ones. */
export function linesOf(text: string): string[] {
  return text.split('\n').map((line) => line.trim()).filter((line) => line !== '');
}
