import type { Clock } from '../../../platform/process/clock.ts';
import { inTransaction, type Database } from '../../../platform/data/db.ts';
import type { FileStore } from '../../../platform/files/files.ts';
import { formatInstant } from '../../../platform/html/format.ts';
import type { I18n } from '../../../platform/html/i18n.ts';
import { type JobHandler, type RunningJob } from '../../../platform/jobs/job-queue.ts';
import { WORKBOOK_TYPE, writeWorkbook, type WorkbookValue } from '../../../platform/files/workbook-writer.ts';
import { writeJobFile } from '../../../platform/jobs/job-file.ts';
import { firmName } from '../ledger/firm-service.ts';
import {
  openReport,
  REPORT_COLUMNS,
  WORKBOOK_JOB,
  type ReportContent,
  type RowWords,
  type WorkbookPayload,
} from './workbook-service.ts';

export interface WorkbookJobParts {
  readonly database: Database;
  readonly files: FileStore;
  readonly clock: Clock;
  readonly i18n: I18n;
  readonly timeZone: string;
  /** Of the program, for the sheet that says how the file came about. */
  readonly version: string;
  readonly namesOfActors: RowWords['namesOfActors'];
}

/** Journal, open items or the report of a day as a workbook of exactly what the page shows. It only reads, so after an interruption it begins anew. */
export function accountingWorkbookJob(parts: WorkbookJobParts): JobHandler {
  const { files, i18n, clock } = parts;
  return {
    kind: WORKBOOK_JOB,
    async run(job) {
      const payload = job.payload as WorkbookPayload;
      const t = i18n.translator(payload.locale);
      const file = {
        key: `jobs/${job.id}/${payload.report}.xlsx`,
        name: `${t(`accounting:workbook.file.${payload.report}`)}-${'on' in payload.question ? payload.question.on : clock.today()}.xlsx`,
        mediaType: WORKBOOK_TYPE,
      };
      const rows = await writeJobFile(files, [file], () => write(parts, job, payload, file.key));
      return { file, rows };
    },
  };
}

async function write(parts: WorkbookJobParts, job: RunningJob, payload: WorkbookPayload, key: string): Promise<number> {
  const { database, files, clock, i18n, timeZone, version, namesOfActors } = parts;
  const t = i18n.translator(payload.locale);
  const startedAt = clock.now();
  const tenant = await firmName(database.knex);
  const facts = (count: number, hash: string): [string, string | number][] => [
    ['tenant', tenant],
    ['what', t(`accounting:workbook.title.${payload.report}`)],
    ['filter', payload.filterText === '' ? t('accounting:workbook.no_filter') : payload.filterText],
    ['run_at', formatInstant(startedAt, timeZone, payload.locale)],
    ['user', payload.userName],
    ['version', version],
    ['count', count],
    ['hash', hash],
  ];
  const wordText: RowWords['wordText'] = (group, word) =>
    i18n.has(`accounting:${group}.${word}`) ? t(`accounting:${group}.${word}`) : word;
  const { rows, others } = await openReport(database.knex, payload, { t, wordText, namesOfActors });
  const { count } = await writeWorkbook(await files.write(key), {
    sheet: t(`accounting:workbook.title.${payload.report}`),
    columns: REPORT_COLUMNS[payload.report].map(({ name, ...column }) => ({
      ...column,
      heading: t(`accounting:workbook.column.${name}`),
    })),
    rows: rowsOf(database, job, rows),
    others,
    timeZone,
    currencyColumn: REPORT_COLUMNS[payload.report].findIndex(({ name }) => name === 'currency'),
    totalLabel: t('accounting:workbook.total'),
    parameters: {
      sheet: t('accounting:workbook.parameters'),
      headings: [t('accounting:workbook.parameter'), t('accounting:workbook.value')],
      rows: (written) =>
        facts(written.count, written.hash).map(([name, value]) => [t(`accounting:workbook.fact.${name}`), value]),
    },
  });
  return count;
}

/** The rows one by one; after each step the job says how far it is and learns whether it is to go on. */
async function* rowsOf(
  database: Database,
  job: RunningJob,
  steps: ReportContent['rows'],
): AsyncGenerator<readonly WorkbookValue[]> {
  let done = 0;
  for await (const rows of steps) {
    yield* rows;
    done += rows.length;
    await inTransaction(database, (trx) => job.advance(trx, { done, cursor: null }));
  }
}
