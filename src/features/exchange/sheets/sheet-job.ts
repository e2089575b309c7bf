import { maskedCode } from '../../../core/engine/code-mask.ts';
import type { Shell } from '../../../platform/process/feature.ts';
import { inTransaction } from '../../../platform/data/db.ts';
import { formatInstant, formatNumber } from '../../../platform/html/format.ts';
import type { Translate } from '../../../platform/html/i18n.ts';
import { JobFailure, type JobHandler, type RunningJob } from '../../../platform/jobs/job-queue.ts';
import {
  WORKBOOK_TYPE,
  writeWorkbook,
  type Workbook,
  type WorkbookValue,
} from '../../../platform/files/workbook-writer.ts';
import { firmName } from '../../accounting/ledger/firm-service.ts';
import { vouchersById, vouchersInChunks } from '../../vouchers/list/voucher-list-service.ts';
import type { VoucherView } from '../../vouchers/record/voucher-view-service.ts';
import { cellsOf, headingKey, sheetColumns, type SheetCells } from './sheet-columns-service.ts';
import { baseKey, keep, MAX_SHEET_ROWS, SHEET_JOB, type SheetBase, type SheetPayload } from './sheet-service.ts';
import { readNumbers } from './sheet-store.ts';

interface Row {
  readonly key: string;
  readonly cells: SheetCells;
  readonly isInCampaign: boolean;
}

const KEY_WIDTH = 18;
const INSTRUCTIONS = 8;

/** A workbook whose yellow cells may be changed and which is read again. It only reads, so after an interruption it begins anew. */
export function voucherSheetJob(parts: Shell): JobHandler {
  const { database, files, i18n, clock } = parts;
  return {
    kind: SHEET_JOB,
    async run(job) {
      const payload = job.payload as SheetPayload;
      const t = i18n.translator(payload.locale);
      const writtenAt = clock.now();
      const rows = await readRows(parts, job, payload, t);
      const base: SheetBase = {
        writtenAt,
        rows: Object.fromEntries(
          rows.map(({ voucher, row }) => [voucher.id, { version: voucher.version, cells: row.cells }]),
        ),
      };
      // The base comes first: a workbook without one could not be read again.
      await keep(files, baseKey(job.id), base);
      const file = {
        key: `jobs/${job.id}/vouchers.xlsx`,
        name: `${t('exchange:sheet.file')}-${clock.today()}-${job.id}.xlsx`,
        mediaType: WORKBOOK_TYPE,
      };
      const tenant = await firmName(database.knex);
      const { count } = await writeWorkbook(
        await files.write(file.key),
        workbookOf(
          parts,
          payload,
          rows.map(({ row }) => row),
          { tenant, writtenAt, id: job.id },
          t,
        ),
      );
      return { file, rows: count };
    },
  };
}

async function readRows(
  { database, clock }: Shell,
  job: RunningJob,
  { query, ids }: SheetPayload,
  t: Translate,
): Promise<{ voucher: VoucherView; row: Row }[]> {
  const moment = clock.moment();
  const found: { voucher: VoucherView; row: Row }[] = [];
  const chunks =
    ids === null ? vouchersInChunks(database, query, moment) : [{ items: await vouchersById(database, ids, moment) }];
  for await (const { items } of chunks) {
    const numbers = await readNumbers(
      database.knex,
      items.map(({ id }) => id),
    );
    for (const voucher of items) {
      const seen = {
        voucher,
        number: numbers.get(voucher.id) ?? `ID ${voucher.id}`,
        code: maskedCode(voucher.code),
        campaign: voucher.campaign === null ? null : voucher.title,
        t,
      };
      found.push({
        voucher,
        row: { key: keyOf(job.id, voucher), cells: cellsOf(seen), isInCampaign: voucher.campaign !== null },
      });
    }
    if (found.length > MAX_SHEET_ROWS) throw new JobFailure({ code: 'sheet_too_long', most: MAX_SHEET_ROWS });
    await inTransaction(database, (trx) => job.advance(trx, { done: found.length, cursor: null }));
  }
  return found;
}

function workbookOf(
  { timeZone, version }: Shell,
  payload: SheetPayload,
  rows: readonly Row[],
  made: { readonly tenant: string; readonly writtenAt: number; readonly id: string },
  t: Translate,
): Workbook {
  const lines = Array.from({ length: INSTRUCTIONS }, (_unused, index) =>
    t(`exchange:sheet.instruction.${index + 1}`, { most: formatNumber(MAX_SHEET_ROWS, payload.locale) }),
  );
  const keys = new Set(rows.filter(({ isInCampaign }) => isInCampaign).map(({ key }) => key));
  return {
    sheet: t('exchange:sheet.sheet'),
    columns: [
      { heading: t('exchange:sheet.column.key'), kind: 'text', width: KEY_WIDTH },
      ...sheetColumns().map(({ name, kind, width, isOpen }) => ({
        heading: t(headingKey(name)),
        kind,
        width,
        isOpen,
      })),
    ],
    rows: rows.map(({ key, cells }): WorkbookValue[] => [
      key,
      ...sheetColumns().map(({ name }) => cells[name] ?? null),
    ]),
    // What a campaign's code shares with all others is changed in the campaign.
    isCellOpen: ([key], column) => !keys.has(String(key)) || sheetColumns()[column - 1]?.isRule === false,
    timeZone,
    totalLabel: null,
    others: [
      {
        sheet: t('exchange:sheet.instructions'),
        columns: [{ heading: t('exchange:sheet.instructions_heading'), kind: 'text', width: 130 }],
        rows: lines.map((line) => [line]),
      },
    ],
    parameters: {
      sheet: t('exchange:parameter.sheet'),
      headings: [t('exchange:parameter.name'), t('exchange:parameter.value')],
      rows: ({ count, hash }) =>
        Object.entries({
          tenant: made.tenant,
          what: t('exchange:sheet.title'),
          filter: payload.filterText === '' ? t('exchange:parameter.no_filter') : payload.filterText,
          order: payload.query.sort ?? '-createdAt',
          export: made.id,
          runAt: formatInstant(made.writtenAt, timeZone, payload.locale),
          user: payload.userName,
          version,
          count,
          hash,
        }).map(([name, value]) => [t(`exchange:parameter.${name}`), value]),
    },
  };
}

/** Names the workbook, the voucher and its state; letters keep a spreadsheet from taking it for a date. */
function keyOf(sheetId: string, { id, version }: VoucherView): string {
  return `E${sheetId}-G${id}-V${version}`;
}
