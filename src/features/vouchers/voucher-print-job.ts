import { inTransaction, type Database } from '../../platform/db.ts';
import type { Clock } from '../../platform/clock.ts';
import type { FileStore } from '../../platform/files.ts';
import type { I18n } from '../../platform/i18n.ts';
import { JobFailure, type JobHandler } from '../../platform/job-queue.ts';
import { createZipArchive } from '../../platform/zip-archive.ts';
import { MAX_PRINTED, VOUCHER_PRINT_JOB, type PrintJobPayload } from './voucher-bulk-service.ts';
import { isDeliverable, pdfName, voucherPdf, type VoucherDocuments } from './voucher-document-service.ts';
import { vouchersById, vouchersInChunks } from './voucher-list-service.ts';
import type { Moment, VoucherView } from './voucher-view-service.ts';

export interface PrintJobParts {
  readonly database: Database;
  readonly files: FileStore;
  readonly clock: Clock;
  readonly i18n: I18n;
  readonly documents: VoucherDocuments;
}

/** As many as the browser prints at once; no more PDFs are ever in memory. */
const AT_ONCE = 4;

/** A ZIP with a PDF of each voucher. It only reads, so after an interruption it begins anew. */
export function voucherPrintJob({ database, files, clock, i18n, documents }: PrintJobParts): JobHandler {
  return {
    kind: VOUCHER_PRINT_JOB,
    async run(job) {
      const { scope, format, locale } = job.payload as PrintJobPayload;
      const moment = { now: clock.now(), today: clock.today() };
      const t = i18n.translator(locale);
      const file = { key: `jobs/${job.id}/vouchers.zip`, name: `${t('vouchers:bulk.print_file')}-${clock.today()}.zip`, mediaType: 'application/zip' };
      const zip = createZipArchive(await files.write(file.key));
      let [done, printed] = [0, 0];
      try {
        for await (const vouchers of inStepsOf(AT_ONCE, vouchersOf(database, scope, moment))) {
          const wanted = vouchers.filter(isDeliverable);
          if (printed + wanted.length > MAX_PRINTED) throw new JobFailure({ code: 'too_many_prints' });
          const pdfs = await Promise.all(wanted.map(({ id }) => voucherPdf(documents, id, format, locale, moment)));
          for (const [index, voucher] of wanted.entries()) await zip.add(pdfName(voucher, locale), pdfs[index] as Buffer);
          done += vouchers.length;
          printed += wanted.length;
          await inTransaction(database, (trx) => job.advance(trx, { done, cursor: null }));
        }
        await zip.finish();
      } catch (error) {
        zip.abort();
        await files.remove(file.key);
        throw error;
      }
      // Each page carries its code in full.
      return { file, created: printed, skipped: done - printed, needs: 'codes' };
    },
  };
}

async function* vouchersOf(database: Database, scope: PrintJobPayload['scope'], moment: Moment): AsyncGenerator<VoucherView> {
  if ('ids' in scope) {
    yield* await vouchersById(database, scope.ids, moment);
    return;
  }
  for await (const { items } of vouchersInChunks(database, scope.query, moment)) yield* items;
}

async function* inStepsOf<T>(size: number, source: AsyncIterable<T>): AsyncGenerator<T[]> {
  let step: T[] = [];
  for await (const one of source) {
    step.push(one);
    if (step.length < size) continue;
    yield step;
    step = [];
  }
  if (step.length > 0) yield step;
}
