import { once } from 'node:events';
import { inTransaction, type Database } from '../../../platform/data/db.ts';
import type { Moment } from '../../../platform/process/clock.ts';
import type { Shell } from '../../../platform/process/feature.ts';
import type { JobFile } from '../../../platform/files/files.ts';
import { JobFailure, type JobHandler, type RunningJob } from '../../../platform/jobs/job-queue.ts';
import { createZipWriter, type ZipWriter } from '../../../platform/files/zip-writer.ts';
import { markHandedOut } from '../../campaigns/codes/code-removal-service.ts';
import { vouchersOfRun } from '../../campaigns/codes/code-run-service.ts';
import { MAX_SHEETS } from '../../documents/printing/print-service.ts';
import { MAX_PRINTED, VOUCHER_PRINT_JOB, type PrintJobPayload } from '../bulk/voucher-bulk-service.ts';
import {
  isDeliverable,
  recordPrint,
  pdfName,
  voucherPdf,
  vouchersPdf,
  type VoucherDocuments,
} from './voucher-document-service.ts';
import { vouchersById, vouchersInChunks } from '../list/voucher-list-service.ts';
import type { VoucherView } from '../record/voucher-view-service.ts';

/** As many as the browser prints at once; no more PDFs are ever in memory. */
const AT_ONCE = 4;
const ROWS_OF_RUN = 500;

/** One PDF with a page for each voucher, or a ZIP with a PDF of each. It only reads, so after an interruption it begins anew. */
export function voucherPrintJob(parts: Shell & VoucherDocuments): JobHandler {
  return {
    kind: VOUCHER_PRINT_JOB,
    run: (job) => ((job.payload as PrintJobPayload).together ? printedTogether(parts, job) : printedEach(parts, job)),
  };
}

async function printedEach(parts: Shell & VoucherDocuments, job: RunningJob): Promise<object> {
  const { files, clock, i18n } = parts;
  const { format, locale } = job.payload as PrintJobPayload;
  const file = fileOf(parts, job, 'zip');
  const zip = createZipWriter(await files.write(file.key), { packing: 'stored', changedAt: clock.now() });
  try {
    const counts = await inChunks(parts, job, AT_ONCE, async (vouchers) => {
      const moment = clock.moment();
      const pdfs = await Promise.all(vouchers.map(({ id }) => voucherPdf(parts, id, format, locale, moment)));
      for (const [index, voucher] of vouchers.entries())
        await zip.add(pdfName(voucher, i18n.translator(locale)), pdfs[index] as Buffer);
    });
    await zip.end();
    return { file, ...counts, needs: 'print' };
  } catch (error) {
    zip.abort();
    await files.remove(file.key);
    throw error;
  }
}

/** As many as go into one document are one PDF; with more of them each document is a part of a ZIP, so that memory stays what it is. */
async function printedTogether(parts: Shell & VoucherDocuments, job: RunningJob): Promise<object> {
  const { files, clock } = parts;
  const { format, locale } = job.payload as PrintJobPayload;
  const [pdfFile, zipFile] = [fileOf(parts, job, 'pdf'), fileOf(parts, job, 'zip')];
  // A property each, because both change in the callback.
  const out: { first: Buffer | null; zip: ZipWriter | null; part: number } = { first: null, zip: null, part: 0 };
  const addPart = async (zip: ZipWriter, content: Buffer): Promise<void> => {
    out.part += 1;
    await zip.add(pdfFile.name.replace(/\.pdf$/, `-${String(out.part).padStart(2, '0')}.pdf`), content);
  };
  try {
    const counts = await inChunks(parts, job, MAX_SHEETS, async (vouchers) => {
      if (vouchers.length === 0) return;
      const content = await vouchersPdf(parts, vouchers, format, locale);
      if (out.zip === null && out.first === null) {
        out.first = content;
        return;
      }
      out.zip ??= createZipWriter(await files.write(zipFile.key), { packing: 'stored', changedAt: clock.now() });
      if (out.first !== null) await addPart(out.zip, out.first);
      out.first = null;
      await addPart(out.zip, content);
    });
    if (out.zip !== null) {
      await out.zip.end();
      return { file: zipFile, ...counts, needs: 'print' };
    }
    if (out.first === null) return counts;
    const stream = await files.write(pdfFile.key);
    stream.end(out.first);
    await once(stream, 'close');
    return { file: pdfFile, ...counts, needs: 'print' };
  } catch (error) {
    out.zip?.abort();
    for (const { key } of [pdfFile, zipFile]) await files.remove(key);
    throw error;
  }
}

/** Gives what may leave the house, so many at a time, and tells how far the job is. */
async function inChunks(
  { database, clock }: Shell & VoucherDocuments,
  job: RunningJob,
  size: number,
  print: (vouchers: readonly VoucherView[]) => Promise<void>,
): Promise<{ readonly created: number; readonly skipped: number }> {
  const { scope, format, actor, logsEach = false } = job.payload as PrintJobPayload;
  const moment = clock.moment();
  let [done, created] = [0, 0];
  for await (const vouchers of inStepsOf(size, vouchersOf(database, scope, moment))) {
    const wanted = vouchers.filter(isDeliverable);
    if (created + wanted.length > MAX_PRINTED) throw new JobFailure({ code: 'too_many_prints' });
    await print(wanted);
    done += vouchers.length;
    created += wanted.length;
    await inTransaction(database, async (trx) => {
      for (const { id } of logsEach ? wanted : []) await recordPrint({ trx, actor, moment }, id, format);
      await markHandedOut(trx, [...new Set(wanted.flatMap(({ campaign }) => campaign ?? []))], moment.now);
      await job.advance(trx, { done, cursor: null });
    });
  }
  return { created, skipped: done - created };
}

function fileOf({ clock, i18n }: Shell & VoucherDocuments, job: RunningJob, ending: 'pdf' | 'zip'): JobFile {
  const t = i18n.translator((job.payload as PrintJobPayload).locale);
  return {
    key: `jobs/${job.id}/vouchers.${ending}`,
    name: `${t('vouchers:bulk.print_file')}-${clock.today()}.${ending}`,
    mediaType: `application/${ending}`,
  };
}

async function* vouchersOf(
  database: Database,
  scope: PrintJobPayload['scope'],
  moment: Moment,
): AsyncGenerator<VoucherView> {
  if ('run' in scope) {
    for (
      let ids = await vouchersOfRun(database, scope.run, '0', ROWS_OF_RUN);
      ids.length > 0;
      ids = await vouchersOfRun(database, scope.run, ids.at(-1) ?? '', ROWS_OF_RUN)
    ) {
      yield* (await vouchersById(database, ids, moment)).reverse();
    }
    return;
  }
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
