import { PassThrough } from 'node:stream';
import type { Connection, Database } from '../../../platform/data/db.ts';
import { createZipWriter } from '../../../platform/files/zip-writer.ts';
import type { I18n } from '../../../platform/html/i18n.ts';
import { formatDay } from '../../../platform/html/format.ts';
import type { Clock } from '../../../platform/process/clock.ts';
import type { DeliveredFile } from '../../documents/mail/mail-delivery-service.ts';
import { eInvoiceOf } from './partner-e-invoice-service.ts';
import { withReadableMetadata } from './invoice-metadata-pdf.ts';
import { fileOnce, keptFile, type MadeFile } from './partner-file-service.ts';
import type { InvoicePrints } from './partner-invoice-document-service.ts';
import { counterpartOf, readInvoice, type PartnerInvoice } from './partner-invoice-service.ts';
import { eInvoiceFile } from './partner-invoice-xml.ts';

/** Documents to partners as they go out: made once, kept, and the same bytes ever after. */
export interface InvoiceFiles {
  /** The invoice in its form, or the printed statement. */
  ofInvoice(id: string): Promise<DeliveredFile>;
  /** A part of the documents of a settlement run: one printed file, or all invoices in their form in a ZIP. */
  ofRun(part: string): Promise<DeliveredFile>;
  /** The same to look at: as it went out, or as it would now; a run may still go on, so it is not kept. */
  seenOfRun(part: string): Promise<DeliveredFile>;
}

interface FileParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly i18n: I18n;
  readonly prints: InvoicePrints;
}

export function createInvoiceFiles({ database, clock, i18n, prints }: FileParts): InvoiceFiles {
  const { knex } = database;
  const keeper = { database, now: () => clock.now() };
  const ofInvoice = (id: string): Promise<DeliveredFile> =>
    fileOnce(keeper, { subject: 'invoice', subjectId: id }, () => madeOf({ knex, prints, i18n }, id));
  const ofRun = (part: string): Promise<DeliveredFile> =>
    fileOnce(keeper, { subject: 'run', subjectId: part }, () => madeOfRun({ knex, prints }, part, ofInvoice));
  return {
    ofInvoice,
    ofRun,
    async seenOfRun(part) {
      const isKept = (await keptFile(knex, { subject: 'run', subjectId: part })) !== null;
      return isKept ? ofRun(part) : prints.runFile(knex, part);
    },
  };
}

type Making = Pick<FileParts, 'prints' | 'i18n'> & { readonly knex: Connection };

async function madeOf({ knex, prints, i18n }: Making, id: string): Promise<MadeFile> {
  const t = i18n.translator('de');
  const invoice = await readInvoice(knex, id);
  const counterpart = await counterpartOf(knex, invoice);
  const printed = await prints.file(knex, id);
  const data = eInvoiceOf(invoice, counterpart, {
    item: t('partner_invoices:print.voucher', {
      number: invoice.document.voucherNumber,
      end: invoice.document.codeEnd,
    }),
    difference: t(`partner_invoices:print.row.${invoice.differenceRole === 'COMMISSION' ? 'commission' : 'agreed'}`),
    terms: t('partner_invoices:print.terms', { day: formatDay(invoice.dueOn, 'de') }),
  });
  if (data === null) return { ...printed, format: 'pdf' };
  const { extension, contentType, content } = await eInvoiceFile(data, printed.content);
  return {
    filename: `${invoice.number}.${extension}`,
    contentType,
    content: extension === 'pdf' ? withReadableMetadata(content, data.supply.seller.name) : content,
    format: data.supply.format,
  };
}

async function madeOfRun(
  { knex, prints }: Omit<Making, 'i18n'>,
  part: string,
  ofInvoice: InvoiceFiles['ofInvoice'],
): Promise<MadeFile> {
  const documents = await prints.documentsOf(knex, part);
  if (!documents.some(isSupply)) return { ...(await prints.runFile(knex, part)), format: 'pdf' };
  const list = await prints.runFile(knex, part, 'list');
  const files = [list];
  for (const { id } of documents) files.push(await ofInvoice(id));
  const filename = list.filename.replace(/\.pdf$/, '.zip');
  return { filename, contentType: 'application/zip', content: await zipped(files), format: 'zip' };
}

function isSupply({ document }: PartnerInvoice): boolean {
  return document.supply !== undefined && document.supply !== null;
}

async function zipped(files: readonly DeliveredFile[]): Promise<Buffer> {
  const target = new PassThrough();
  const chunks: Buffer[] = [];
  target.on('data', (chunk: Buffer) => void chunks.push(chunk));
  const zip = createZipWriter(target, { packing: 'deflated', changedAt: null });
  for (const { filename, content } of files) await zip.add(filename, content);
  await zip.end();
  return Buffer.concat(chunks);
}
