import type { Author } from '../../../platform/data/act.ts';
import { inTransaction, type Connection, type Database } from '../../../platform/data/db.ts';
import type { Locale } from '../../../platform/html/i18n.ts';
import { insertJob } from '../../../platform/jobs/job-store.ts';
import { findCashBook, type CashBookRow, type CashBookSpan } from './cash-book-store.ts';

export type { CashBookRow };

export const CASH_BOOK_JOB = 'cash-book';
/** A till that is busier than this in a month is asked for day by day. */
export const MAX_CASH_BOOK_ROWS = 20_000;

export interface CashBookPayload extends CashBookSpan {
  /** A day or a month, as it was asked for. */
  readonly period: string;
  readonly locale: Locale;
  readonly userName: string;
}

/** The id of the job that writes the workbook. */
export function queueCashBook(
  database: Database,
  payload: CashBookPayload,
  { actor, moment }: Author,
): Promise<string> {
  const job = { kind: CASH_BOOK_JOB, payload, total: null, createdBy: actor, now: moment.now };
  return inTransaction(database, (trx) => insertJob(trx, job));
}

/** The movements of a drawer in a span, with what lay in it after each. */
export function cashBook(connection: Connection, span: CashBookSpan): Promise<CashBookRow[]> {
  return findCashBook(connection, span, MAX_CASH_BOOK_ROWS);
}
