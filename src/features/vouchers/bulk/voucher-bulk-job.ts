import { pipeline } from 'node:stream/promises';
import { csvStream } from '../../../platform/files/csv.ts';
import { inTransaction, type Database } from '../../../platform/data/db.ts';
import type { AppError } from '../../../platform/process/errors.ts';
import { rethrowUnexpected } from '../../../platform/process/errors.ts';
import { errorSentence, fieldSentence } from '../../../platform/http/error-sentence.ts';
import type { Translate } from '../../../platform/html/i18n.ts';
import type { Shell } from '../../../platform/process/feature.ts';
import type { JobHandler, RunningJob } from '../../../platform/jobs/job-queue.ts';
import { actInBulk, VOUCHER_BULK_JOB, type BulkJobPayload } from './voucher-bulk-service.ts';
import { countOutcomes, deleteOutcomes, insertOutcome, readOutcomes, type BulkOutcome } from './voucher-bulk-store.ts';
import type { VoucherDocuments } from '../printing/voucher-document-service.ts';
import { cursorAfterNumber } from '../list/voucher-list-cursor-service.ts';
import { vouchersInChunks } from '../list/voucher-list-service.ts';
import { prepareFirstPin } from '../record/voucher-pin-service.ts';

const ROWS_PER_READ = 500;
const MAX_SENTENCE = 300;

/** One voucher, one transaction, one outcome: what is done stays done, and no voucher is met twice. */
export function voucherBulkJob(parts: Shell & VoucherDocuments): JobHandler {
  return {
    kind: VOUCHER_BULK_JOB,
    async run(job) {
      const payload = job.payload as BulkJobPayload;
      const t = parts.i18n.translator(payload.locale);
      let done = job.done;
      for await (const id of idsOf(parts, payload, job.cursor as string | null)) {
        done += 1;
        await actOn(parts, job, payload, id, done, t);
      }
      return finish(parts, job.id, t);
    },
  };
}

/** What is left to do: after the cursor, which is the number of the last voucher that was met. */
async function* idsOf(
  { database, clock }: Shell & VoucherDocuments,
  { scope }: BulkJobPayload,
  cursor: string | null,
): AsyncGenerator<string> {
  if ('ids' in scope) {
    yield* scope.ids.slice(cursor === null ? 0 : scope.ids.indexOf(cursor) + 1);
    return;
  }
  const moment = clock.moment();
  const query = { ...scope.query, sort: '-createdAt' };
  for await (const { items } of vouchersInChunks(
    database,
    query,
    moment,
    cursor === null ? null : cursorAfterNumber(cursor),
  ))
    yield* items.map(({ id }) => id);
}

async function actOn(
  shell: Shell & VoucherDocuments,
  job: RunningJob,
  payload: BulkJobPayload,
  id: string,
  done: number,
  t: Translate,
): Promise<void> {
  const { database, clock } = shell;
  const moment = clock.moment();
  const firstPin = payload.order.action === 'mail' ? await prepareFirstPin(database.knex, id) : null;
  try {
    await inTransaction(database, async (trx) => {
      const isChanged = await actInBulk(trx, id, { jobId: job.id, payload, documents: shell, firstPin }, moment);
      await insertOutcome(trx, job.id, {
        voucherId: id,
        outcome: t(isChanged ? `vouchers:bulk.outcome.${payload.order.action}` : 'vouchers:bulk.outcome.unchanged'),
        isDone: true,
      });
      await job.advance(trx, { done, cursor: id });
    });
  } catch (error) {
    rethrowUnexpected(error);
    const refused: BulkOutcome = {
      voucherId: id,
      outcome: sentenceOf(error, t).slice(0, MAX_SENTENCE),
      isDone: false,
    };
    await inTransaction(database, async (trx) => {
      await insertOutcome(trx, job.id, refused);
      await job.advance(trx, { done, cursor: id });
    });
  }
}

function sentenceOf(error: AppError, t: Translate): string {
  const [field] = error.details.fields ?? [];
  return field?.text === undefined ? errorSentence(error.code, t) : fieldSentence(field, t);
}

/** A row for every voucher in a file, and the figures. */
async function finish({ database, files }: Shell & VoucherDocuments, jobId: string, t: Translate): Promise<object> {
  const figures = await countOutcomes(database.knex, jobId);
  const file = {
    key: `jobs/${jobId}/outcomes.csv`,
    name: `${t('vouchers:bulk.file')}-${jobId}.csv`,
    mediaType: 'text/csv',
  };
  await pipeline(csvStream(outcomeRows(database, jobId, t)), await files.write(file.key));
  await deleteOutcomes(database.knex, [jobId]);
  return { file, changed: figures.done, failed: figures.refused };
}

async function* outcomeRows(database: Database, jobId: string, t: Translate): AsyncGenerator<(string | number)[]> {
  yield ['id', 'number', 'title', 'outcome', 'detail'].map((column) => t(`vouchers:bulk.column.${column}`));
  for (let after = '0'; ;) {
    const rows = await readOutcomes(database.knex, jobId, after, ROWS_PER_READ);
    for (const { voucherId, number, title, isDone, outcome } of rows)
      yield [Number(voucherId), number, title, t(isDone ? 'vouchers:bulk.yes' : 'vouchers:bulk.no'), outcome];
    if (rows.length < ROWS_PER_READ) return;
    after = rows.at(-1)?.voucherId ?? after;
  }
}
