import { firstDayOf, lastDayOf } from '../../../core/month.ts';
import type { Transaction } from '../../../platform/data/db.ts';
import { findSealedRows, type SealedRow } from './export-row-store.ts';
import type { ExportRun } from './export-store.ts';

const ROWS_PER_STEP = 2000;

/** The sealed rows of a run in one month and currency, step by step, so that no list is held in memory. */
export async function* sealedRows(
  trx: Transaction,
  run: ExportRun,
  part: { readonly month: string; readonly currency: string },
  isSkipped: boolean,
): AsyncGenerator<SealedRow[]> {
  const span = { from: firstDayOf(part.month), to: lastDayOf(part.month), currency: part.currency, isSkipped };
  for (let after = 0; ;) {
    const rows = await findSealedRows(trx, run.id, span, after, ROWS_PER_STEP);
    if (rows.length > 0) yield rows;
    if (rows.length < ROWS_PER_STEP) return;
    after = rows.at(-1)?.journalNumber ?? after;
  }
}
