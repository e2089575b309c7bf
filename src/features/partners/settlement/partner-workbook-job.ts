import { dayOf } from '../../../platform/process/clock.ts';
import type { Shell } from '../../../platform/process/feature.ts';
import { inTransaction } from '../../../platform/data/db.ts';
import { formatDay, formatInstant } from '../../../platform/html/format.ts';
import type { Translate } from '../../../platform/html/i18n.ts';
import type { JobHandler, RunningJob } from '../../../platform/jobs/job-queue.ts';
import {
  WORKBOOK_TYPE,
  writeWorkbook,
  type Workbook,
  type WorkbookValue,
} from '../../../platform/files/workbook-writer.ts';
import { namesOfEntries } from '../../catalogue/catalogue-service.ts';
import { firmName } from '../../accounting/ledger/firm-service.ts';
import { settlementPage, type ReportPartner, type SettlementPage } from './partner-report-service.ts';
import {
  SETTLEMENT_COLUMNS,
  SETTLEMENT_WORKBOOK_JOB,
  settlementRow,
  type SettlementRowWords,
  type SettlementWorkbook,
} from './partner-workbook-service.ts';

const ROWS_PER_STEP = 500;

/** The settlement of a partner as a workbook of exactly what the page shows. It only reads, so after an interruption it begins anew. */
export function settlementWorkbookJob(parts: Shell): JobHandler {
  return {
    kind: SETTLEMENT_WORKBOOK_JOB,
    async run(job) {
      const payload = job.payload as SettlementWorkbook;
      const { partnerId, from, to, locale } = payload;
      const t = parts.i18n.translator(locale);
      const file = {
        key: `jobs/${job.id}/partner-settlement.xlsx`,
        name: `${t('partner_settlements:workbook.file')}-${partnerId ?? t('partner_settlements:workbook.none')}-${from}-${to}.xlsx`,
        mediaType: WORKBOOK_TYPE,
      };
      const words: SettlementRowWords = {
        t,
        partner: await partnerName(parts, partnerId, t),
        period: `${formatDay(from, locale)} – ${formatDay(to, locale)}`,
        dayOf: (instant) => dayOf(instant, parts.timeZone),
      };
      const workbook = await workbookOf(parts, job, words);
      const { count } = await writeWorkbook(await parts.files.write(file.key), workbook);
      return { file, rows: count };
    },
  };
}

async function partnerName({ database }: Shell, partnerId: ReportPartner, t: Translate): Promise<string> {
  return partnerId === null
    ? t('partner_settlements:no_partner')
    : ((await namesOfEntries(database.knex, 'partner', [partnerId])).get(partnerId) ?? partnerId);
}

async function workbookOf(parts: Shell, job: RunningJob, words: SettlementRowWords): Promise<Workbook> {
  const { database, clock, timeZone, version } = parts;
  const { t, partner, period } = words;
  const payload = job.payload as SettlementWorkbook;
  const startedAt = clock.now();
  const tenant = await firmName(database.knex);
  const facts = [
    ['tenant', tenant],
    ['what', t('partner_settlements:title')],
    ['filter', `${partner}, ${period}`],
    ['run_at', formatInstant(startedAt, timeZone, payload.locale)],
    ['user', payload.userName],
    ['version', version],
  ] as const;
  return {
    sheet: t('partner_settlements:title'),
    columns: SETTLEMENT_COLUMNS.map(({ name, ...column }) => ({
      ...column,
      heading: t(`partner_settlements:column.${name}`),
    })),
    rows: rowsOf(parts, job, words),
    timeZone,
    currencyColumn: SETTLEMENT_COLUMNS.findIndex(({ name }) => name === 'currency'),
    totalLabel: t('accounting:workbook.total'),
    parameters: {
      sheet: t('accounting:workbook.parameters'),
      headings: [t('accounting:workbook.parameter'), t('accounting:workbook.value')],
      rows: ({ count, hash }) =>
        [...facts, ['count', count] as const, ['hash', hash] as const].map(([name, value]) => [
          t(`accounting:workbook.fact.${name}`),
          value,
        ]),
    },
  };
}

async function* rowsOf(
  { database, clock }: Shell,
  job: RunningJob,
  words: SettlementRowWords,
): AsyncGenerator<readonly WorkbookValue[]> {
  const { partnerId, from, to } = job.payload as SettlementWorkbook;
  const source = { connection: database.knex, clock };
  let cursor: string | null = null;
  let done = 0;
  do {
    const next: { readonly cursor: string | null; readonly limit: number } = { cursor, limit: ROWS_PER_STEP };
    const page: SettlementPage = await settlementPage(source, { from, to }, partnerId, next);
    for (const line of page.lines) yield settlementRow(line, words);
    done += page.lines.length;
    const reached = done;
    await inTransaction(database, (trx) => job.advance(trx, { done: reached, cursor: null }));
    cursor = page.nextCursor;
  } while (cursor !== null);
}
