import { normaliseCode } from '../../../core/engine/voucher-code.ts';
import type { Clock } from '../../../platform/process/clock.ts';
import type { Database } from '../../../platform/data/db.ts';
import type { FileStore } from '../../../platform/files/files.ts';
import { readTable, type TableRow } from '../../../platform/files/table-file.ts';
import { campaignIdsByTitle } from '../../campaigns/record/campaign-service.ts';
import { generalSettings } from '../../settings/general-settings-service.ts';
import { MAX_MIGRATED, takenCodes, type MigratedVoucher } from '../../vouchers/life/voucher-migration-service.ts';
import type { RowProblem } from './import-cell-service.ts';
import { readRow, type ImportContext } from './import-row-service.ts';
import { campaignsNamed, entriesByName, importKey, type ImportPayload } from './import-service.ts';
import { readOutcomes } from './import-store.ts';

export interface JudgedRow {
  readonly row: number;
  readonly code: string;
  readonly voucher: MigratedVoucher | null;
  readonly problem: RowProblem | null;
  readonly isDuplicate: boolean;
}

interface Reading {
  readonly payload: ImportPayload;
  readonly context: Omit<ImportContext, 'campaigns'>;
  readonly campaignIds: ReadonlyMap<string, readonly string[]>;
  readonly seen: Set<string>;
}

const OUTCOMES_PER_READ = 500;

/** The rows after `after.row`, at most 500 at a time, each read and held against what exists. */
export async function* judgedSteps(
  { database, files, clock }: { readonly database: Database; readonly files: FileStore; readonly clock: Clock },
  payload: ImportPayload,
  after: { readonly jobId: string; readonly row: number },
): AsyncGenerator<readonly JudgedRow[]> {
  const reading: Reading = {
    payload,
    context: {
      mapping: payload.mapping,
      title: payload.title,
      type: payload.type,
      funding: payload.funding ?? null,
      currency: (await generalSettings(database.knex)).currency,
      today: clock.today(),
      brands: await entriesByName(database, 'brand'),
      partners: await entriesByName(database, 'partner'),
    },
    campaignIds: (payload.mapping['campaign'] ?? null) === null ? new Map() : await campaignIdsByTitle(database.knex),
    seen: after.row === 0 ? new Set() : await codesMet(database, after.jobId),
  };
  let isHeading = true;
  let step: TableRow[] = [];
  for await (const row of readTable(await files.path(importKey(payload.token)))) {
    if (!isHeading && row.number > after.row) step.push(row);
    isHeading = false;
    if (step.length === MAX_MIGRATED) {
      yield await judgeStep(database, step, reading);
      step = [];
    }
  }
  if (step.length > 0) yield await judgeStep(database, step, reading);
}

/** What an interrupted run has met, so that a code that stands twice in the file is told the same. */
async function codesMet(database: Database, jobId: string): Promise<Set<string>> {
  const met = new Set<string>();
  for (let after = 0; ;) {
    const rows = await readOutcomes(database.knex, jobId, after, OUTCOMES_PER_READ);
    for (const { code, outcome } of rows) if (outcome !== 'failed') met.add(normaliseCode(code));
    if (rows.length < OUTCOMES_PER_READ) return met;
    after = rows.at(-1)?.row ?? after;
  }
}

async function judgeStep(
  database: Database,
  rows: readonly TableRow[],
  { payload, context, campaignIds, seen }: Reading,
): Promise<JudgedRow[]> {
  const { code: codeColumn = null, campaign: campaignColumn = null } = payload.mapping;
  const taken = await takenCodes(
    database.knex,
    rows.map((row) => normaliseCode(textAt(row, codeColumn))),
  );
  const campaigns =
    campaignIds.size === 0
      ? new Map()
      : await campaignsNamed(
          database.knex,
          rows.map((row) => textAt(row, campaignColumn)),
          campaignIds,
        );
  return rows.map((row) => {
    const code = textAt(row, codeColumn);
    const key = normaliseCode(code);
    const { voucher, problem } = readRow(row.cells, { ...context, campaigns });
    const duplicate = problem !== null ? null : seen.has(key) ? 'twice' : taken.has(key) ? 'exists' : null;
    // A row that cannot be taken over does not use up its code: a later one that is right may have it.
    if (problem === null) seen.add(key);
    if (duplicate !== null)
      return { row: row.number, code, voucher: null, problem: { code: duplicate, value: code }, isDuplicate: true };
    return { row: row.number, code, voucher, problem, isDuplicate: false };
  });
}

function textAt(row: TableRow, column: number | null): string {
  return column === null ? '' : ((row.cells[column] as { readonly text: string } | undefined)?.text ?? '');
}
