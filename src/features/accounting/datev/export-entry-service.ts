import { documentOf, type DatevEntry } from '../../../core/books/datev-booking.ts';
import type { Connection, Transaction } from '../../../platform/data/db.ts';
import { partnerAccountOf } from '../../catalogue/partner-service.ts';
import { givenDocuments } from './document-number-service.ts';
import { findOpenRows, findRunRows, type DaySpan, type ExportRow } from './export-row-store.ts';

const ROWS_PER_STEP = 2000;

/** The entries of these days that no run has yet, some at a time. */
export async function* openEntries(connection: Connection, span: DaySpan): AsyncGenerator<DatevEntry[]> {
  const given = await givenDocuments(connection);
  let after: readonly [string, number] = [span.from, 0];
  for (;;) {
    const rows = await findOpenRows(connection, span, after, ROWS_PER_STEP);
    yield rows.map((row) => entryOf(row, given));
    const last = rows.at(-1);
    if (last === undefined || rows.length < ROWS_PER_STEP) return;
    after = [last.postedOn, last.id];
  }
}

/** The entries of a run, some at a time. */
export async function* runEntries(trx: Transaction, runId: string): AsyncGenerator<DatevEntry[]> {
  const given = await givenDocuments(trx);
  for (let after = 0; ;) {
    const rows = await findRunRows(trx, runId, after, ROWS_PER_STEP);
    yield rows.map((row) => entryOf(row, given));
    if (rows.length < ROWS_PER_STEP) return;
    after = rows.at(-1)?.id ?? after;
  }
}

function entryOf({ partnerDetails, ...row }: ExportRow, given: ReadonlyMap<string, string>): DatevEntry {
  return { ...row, partnerAccount: partnerAccountOf(partnerDetails), givenDocument: given.get(documentOf(row)) };
}
