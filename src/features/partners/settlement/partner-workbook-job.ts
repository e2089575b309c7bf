import { dayOf } from '../../../platform/process/clock.ts';
import type { Shell } from '../../../platform/process/feature.ts';
import { inTransaction } from '../../../platform/data/db.ts';
import { formatDay, formatInstant } from '../../../platform/html/format.ts';
import type { JobHandler, RunningJob } from '../../../platform/jobs/job-queue.ts';
import { WORKBOOK_TYPE, writeWorkbook, type WorkbookValue } from '../../../platform/files/workbook-writer.ts';
import { namesOfEntries } from '../../catalogue/catalogue-service.ts';
import { documentSettings } from '../../settings/document-settings-service.ts';
import { settlementPage } from './partner-report-service.ts';
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
  const { database, files, clock, i18n, timeZone, version } = parts;
  return {
    kind: SETTLEMENT_WORKBOOK_JOB,
    async run(job) {
      const payload = job.payload as SettlementWorkbook;
      const { partnerId, from, to, locale } = payload;
      const t = i18n.translator(locale);
      const file = {
        key: `jobs/${job.id}/partner-settlement.xlsx`,
        name: `${t('partner_settlements:workbook.file')}-${partnerId ?? t('partner_settlements:workbook.none')}-${from}-${to}.xlsx`,
        mediaType: WORKBOOK_TYPE,
      };
      const partner =
        partnerId === null
          ? t('partner_settlements:no_partner')
          : ((await namesOfEntries(database.knex, 'partner', [partnerId])).get(partnerId) ?? partnerId);
      const period = `${formatDay(from, locale)} – ${formatDay(to, locale)}`;
      const words: SettlementRowWords = { t, partner, period, dayOf: (instant) => dayOf(instant, timeZone) };
      const startedAt = clock.now();
      const { companyName } = await documentSettings(database.knex);
      const { count } = await writeWorkbook(await files.write(file.key), {
        sheet: t('partner_settlements:title'),
        columns: SETTLEMENT_COLUMNS.map(({ name, ...column }) => ({
          ...column,
          heading: t(`partner_settlements:column.${name}`),
        })),
        rows: rowsOf(job, payload, words),
        timeZone,
        currencyColumn: SETTLEMENT_COLUMNS.findIndex(({ name }) => name === 'currency'),
        totalLabel: t('accounting:workbook.total'),
        parameters: {
          sheet: t('accounting:workbook.parameters'),
          headings: [t('accounting:workbook.parameter'), t('accounting:workbook.value')],
          rows: (written) =>
            (
              [
                ['tenant', companyName],
                ['what', t('partner_settlements:title')],
                ['filter', `${partner}, ${period}`],
                ['run_at', formatInstant(startedAt, timeZone, locale)],
                ['user', payload.userName],
                ['version', version],
                ['count', written.count],
                ['hash', written.hash],
              ] as const
            ).map(([name, value]) => [t(`accounting:workbook.fact.${name}`), value]),
        },
      });
      return { file, rows: count };
    },
  };

  async function* rowsOf(
    job: RunningJob,
    { partnerId, from, to }: SettlementWorkbook,
    words: SettlementRowWords,
  ): AsyncGenerator<readonly WorkbookValue[]> {
    let cursor: string | null = null;
    let done = 0;
    do {
      const page: Awaited<ReturnType<typeof settlementPage>> = await settlementPage(
        { connection: database.knex, clock },
        { from, to },
        partnerId,
        { cursor, limit: ROWS_PER_STEP },
      );
      for (const line of page.lines) yield settlementRow(line, words);
      done += page.lines.length;
      const reached = done;
      await inTransaction(database, (trx) => job.advance(trx, { done: reached, cursor: null }));
      cursor = page.nextCursor;
    } while (cursor !== null);
  }
}
