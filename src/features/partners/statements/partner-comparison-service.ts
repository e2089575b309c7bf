import type { StatementColumns } from '../../../core/books/partner-statement.ts';
import type { Author } from '../../../platform/data/act.ts';
import { writeAudit } from '../../../platform/data/audit.ts';
import { inTransaction, type Database, type Transaction } from '../../../platform/data/db.ts';
import { appError } from '../../../platform/process/errors.ts';
import { judgeRows, vouchersOf } from './partner-judgement-service.ts';
import {
  insertStatementLines,
  listStatementLines,
  updateFindings,
  type StatementLine,
} from './partner-statement-line-store.ts';
import { readStatement, type StatementShelf } from './partner-statement-service.ts';
import { lockStatement, markCompared } from './partner-statement-store.ts';
import { readStatementRows, type StatementFile } from './partner-statement-table.ts';

export type { StatementFile };

const LINES_PER_STEP = 200;

/** Reads the rows by these columns and judges each; with a problem in the file nothing is kept of it. */
export async function compareStatement(
  { database, files }: StatementShelf,
  { actor, moment }: Author,
  id: string,
  columns: StatementColumns,
): Promise<StatementFile> {
  const { fileKey, kind } = await readStatement(database.knex, id);
  if (!(await files.exists(fileKey))) throw appError('not_found');
  const file = await readStatementRows(await files.path(fileKey), columns, kind);
  if (file.problems.length > 0 || file.isTooLong || file.rows.length === 0) return file;
  await inTransaction(database, async (trx) => {
    const statement = await lockStatement(trx, id);
    if (statement?.state !== 'columns') throw appError('conflict');
    const vouchers = await vouchersOf(
      trx,
      file.rows.map(({ code }) => code),
    );
    const rows = file.rows.map((row) => ({ ...row, deal: vouchers.get(row.code) ?? null }));
    await insertStatementLines(
      trx,
      id,
      (await judgeRows(trx, statement, rows)).map(({ code, deal, ...line }) => ({
        ...line,
        codeText: code,
        voucherId: deal,
      })),
    );
    await markCompared(trx, id, columns);
    const told = { actor, action: 'partner_statement.compare', entity: 'partner_statement', entityId: id };
    await writeAudit(trx, [{ ...told, recordedAt: moment.now, changes: { lines: rows.length } }]);
  });
  await files.remove(fileKey);
  return file;
}

/** Judges again what nobody decided about, by what is in the books now. */
export async function compareAgain(database: Database, id: string): Promise<void> {
  await inTransaction(database, async (trx) => {
    const statement = await lockStatement(trx, id);
    if (statement?.state !== 'compared') throw appError('conflict');
    const rows = (await openLines(trx, id)).map((line) => ({ id: line.id, deal: line.voucherId, cents: line.cents }));
    await updateFindings(trx, await judgeRows(trx, statement, rows));
  });
}

async function openLines(trx: Transaction, statementId: string): Promise<StatementLine[]> {
  const open: StatementLine[] = [];
  for (;;) {
    const afterId = open.at(-1)?.id ?? null;
    const filter = { findings: null, isOpen: true, afterId, limit: LINES_PER_STEP };
    const step = await listStatementLines(trx, statementId, filter);
    open.push(...step);
    if (step.length < LINES_PER_STEP) return open;
  }
}
