import { pipeline } from 'node:stream/promises';
import type { Shell } from '../../../platform/process/feature.ts';
import { csvStream, type CsvValue } from '../../../platform/files/csv.ts';
import { inTransaction } from '../../../platform/data/db.ts';
import { formatDay, formatInstant, moneyInput } from '../../../platform/html/format.ts';
import type { Translate } from '../../../platform/html/i18n.ts';
import type { JobHandler, RunningJob } from '../../../platform/jobs/job-queue.ts';
import { writeWorkbook, type WorkbookValue, WORKBOOK_TYPE } from '../../../platform/files/workbook-writer.ts';
import { markHandedOut } from '../../campaigns/codes/code-removal-service.ts';
import { writeJobFile } from '../../../platform/jobs/job-file.ts';
import { firmName } from '../../accounting/ledger/firm-service.ts';
import { exportColumns, type ExportColumn } from './voucher-export-columns-service.ts';
import { VOUCHER_EXPORT_JOB, exportRows, type ExportPayload } from './voucher-export-service.ts';
import { sumsByAccount } from './voucher-export-sums-service.ts';

/** A file of exactly what a list shows. It only reads, so after an interruption it begins anew. */
export function voucherExportJob(parts: Shell): JobHandler {
  const { files, i18n, clock } = parts;
  return {
    kind: VOUCHER_EXPORT_JOB,
    async run(job) {
      const payload = job.payload as ExportPayload;
      const t = i18n.translator(payload.locale);
      const file = {
        key: `jobs/${job.id}/${payload.kind}.${payload.format}`,
        name: `${t(`exchange:export.file.${payload.kind}`)}-${clock.today()}.${payload.format}`,
        mediaType: payload.format === 'xlsx' ? WORKBOOK_TYPE : 'text/csv',
      };
      return writeJobFile(files, [file], async () => {
        const rows =
          payload.format === 'xlsx'
            ? await writeXlsx(parts, job, payload, file.key, t)
            : await writeCsv(parts, job, payload, file.key, t);
        return { file, rows, ...(payload.isFull ? { needs: 'codes' } : {}) };
      });
    },
  };
}

async function writeXlsx(
  parts: Shell,
  job: RunningJob,
  payload: ExportPayload,
  key: string,
  t: Translate,
): Promise<number> {
  const { files, timeZone, clock } = parts;
  const startedAt = clock.now();
  const tenant = await firmName(parts.database.knex);
  const facts = (count: number, hash: string): [string, string | number][] => [
    ['tenant', tenant],
    ['what', t(`exchange:export.title.${payload.kind}`)],
    ['filter', payload.filterText === '' ? t('exchange:parameter.no_filter') : payload.filterText],
    ['order', payload.query.sort ?? '-createdAt'],
    ['codes', t(payload.isFull ? 'exchange:parameter.codes_full' : 'exchange:parameter.codes_masked')],
    ['reason', payload.reason ?? '-'],
    ['runAt', formatInstant(startedAt, timeZone, payload.locale)],
    ['user', payload.userName],
    ['version', parts.version],
    ['count', count],
    ['hash', hash],
  ];
  const columns = exportColumns(payload.kind);
  const sums = payload.kind === 'vouchers' ? sumsByAccount(t) : null;
  const written = await writeWorkbook(await files.write(key), {
    sheet: t(`exchange:export.sheet.${payload.kind}`),
    columns: columns.map(({ heading, kind, width, isSummed }) => ({
      ...{ kind, width, heading: t(heading) },
      ...(isSummed === undefined ? {} : { isSummed }),
    })),
    rows: added(progressing(parts, job, payload, t), sums?.add),
    others: sums === null ? [] : [sums.sheet],
    currencyColumn: sums === null ? null : columns.findIndex(({ name }) => name === 'currency'),
    timeZone,
    totalLabel: t('exchange:total'),
    parameters: {
      sheet: t('exchange:parameter.sheet'),
      headings: [t('exchange:parameter.name'), t('exchange:parameter.value')],
      rows: ({ count, hash }) => facts(count, hash).map(([name, value]) => [t(`exchange:parameter.${name}`), value]),
    },
  });
  return written.count;
}

async function* added(
  rows: AsyncGenerator<readonly WorkbookValue[]>,
  add: ((row: readonly WorkbookValue[]) => void) | undefined,
): AsyncGenerator<readonly WorkbookValue[]> {
  for await (const row of rows) {
    add?.(row);
    yield row;
  }
}

async function writeCsv(
  parts: Shell,
  job: RunningJob,
  payload: ExportPayload,
  key: string,
  t: Translate,
): Promise<number> {
  const columns = exportColumns(payload.kind);
  let count = 0;
  async function* lines(): AsyncGenerator<CsvValue[]> {
    yield columns.map(({ heading }) => t(heading));
    for await (const row of progressing(parts, job, payload, t)) {
      count += 1;
      yield row.map((value, index) => csvCell(columns[index], value ?? null, payload, parts.timeZone));
    }
  }
  await pipeline(csvStream(lines()), await parts.files.write(key));
  return count;
}

function csvCell(
  column: ExportColumn | undefined,
  value: WorkbookValue,
  { locale }: ExportPayload,
  timeZone: string,
): CsvValue {
  if (value === null) return null;
  if (column?.kind === 'money' && typeof value === 'number') return moneyInput(value, 'EUR', locale);
  if (column?.kind === 'instant' && typeof value === 'number') return formatInstant(value, timeZone, locale);
  return column?.kind === 'day' ? formatDay(String(value), locale) : value;
}

/** The rows one by one; after each chunk the job says how far it is and learns whether it is to go on. */
async function* progressing(
  { database, clock, timeZone }: Shell,
  job: RunningJob,
  payload: ExportPayload,
  t: Translate,
): AsyncGenerator<readonly WorkbookValue[]> {
  const moment = clock.moment();
  let done = 0;
  for await (const { rows, campaigns } of exportRows(database, payload, timeZone, t, moment)) {
    yield* rows;
    done += rows.length;
    await inTransaction(database, async (trx) => {
      if (payload.isFull) await markHandedOut(trx, campaigns, moment.now);
      await job.advance(trx, { done, cursor: null });
    });
  }
}
