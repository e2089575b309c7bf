import { partnerModel } from '../../../core/books/partner-model.ts';
import type { Author } from '../../../platform/data/act.ts';
import { writeAudit } from '../../../platform/data/audit.ts';
import { inTransaction, isDuplicateKey, type Connection, type Database } from '../../../platform/data/db.ts';
import { readPage, type Page } from '../../../platform/data/page.ts';
import type { FileStore } from '../../../platform/files/files.ts';
import { insertJob } from '../../../platform/jobs/job-store.ts';
import type { Clock } from '../../../platform/process/clock.ts';
import { appError } from '../../../platform/process/errors.ts';
import { generateToken } from '../../../platform/secrets/tokens.ts';
import { partnerDetails } from '../../catalogue/partner-service.ts';
import { spanOf } from '../settlement/partner-report-service.ts';
import { findUnpaidDeals, type UnpaidDeal } from './partner-unpaid-deal-store.ts';
import { hasBookedLines } from './partner-statement-line-store.ts';
import {
  findStatement,
  insertStatement,
  listStatements,
  lockStatement,
  markDiscarded,
  type NewStatement,
  type Statement,
} from './partner-statement-store.ts';
import { readStatementHead, type StatementHead } from './partner-statement-table.ts';

export {
  listStatementLines as statementLines,
  sumFindings as findingSums,
  type FindingSum,
  type StatementLine,
} from './partner-statement-line-store.ts';
export type { Statement } from './partner-statement-store.ts';
export type { StatementHead, UnpaidDeal };

export const PARTNER_STATEMENT_JOB = 'partner-statement';

export interface PartnerStatementPayload {
  readonly statementId: string;
  readonly paidOn: string;
  readonly actor: string;
}

/** Where statements and their files are kept. */
export interface StatementShelf {
  readonly database: Database;
  readonly files: FileStore;
}

/** Keeps the file and its facts; `empty`: there is no table in it, `duplicate`: a statement with this number was read before. Throws a `TableError`. */
export async function keepStatement(
  { database, files }: StatementShelf,
  { actor, moment: { now } }: Author,
  path: string,
  about: Omit<NewStatement, 'fileKey' | 'actor' | 'now' | 'kind'>,
): Promise<{ readonly id: string } | { readonly refusal: 'duplicate' | 'empty' }> {
  const { dealModel } = await partnerDetails(database.knex, about.partnerId);
  const { file: kind } = partnerModel(dealModel);
  if ((await readStatementHead(path, kind)) === null) return { refusal: 'empty' };
  const fileKey = `partner-statements/${generateToken('s')}`;
  await files.adopt(path, fileKey);
  try {
    return await inTransaction(database, async (trx) => {
      const id = await insertStatement(trx, { ...about, kind, fileKey, actor, now });
      await writeAudit(trx, [
        {
          recordedAt: now,
          actor,
          action: 'partner_statement.import',
          entity: 'partner_statement',
          entityId: id,
          changes: { partner: about.partnerId, document: about.documentNumber, file: about.fileName },
        },
      ]);
      return { id };
    });
  } catch (error) {
    await files.remove(fileKey);
    if (isDuplicateKey(error)) return { refusal: 'duplicate' };
    throw error;
  }
}

export async function readStatement(connection: Connection, id: string): Promise<Statement> {
  const statement = await findStatement(connection, id);
  if (statement === null) throw appError('not_found');
  return statement;
}

/** What the columns are to be chosen by; null: the file is gone. */
export async function headOfStatement(files: FileStore, { fileKey, kind }: Statement): Promise<StatementHead | null> {
  return (await files.exists(fileKey)) ? readStatementHead(await files.path(fileKey), kind) : null;
}

/** Nothing of it was booked: it can be read again under its number. */
export async function discardStatement(
  { database, files }: StatementShelf,
  { actor, moment }: Author,
  id: string,
): Promise<void> {
  const fileKey = await inTransaction(database, async (trx) => {
    const statement = await lockStatement(trx, id);
    if (statement === null) throw appError('not_found');
    if (statement.state === 'discarded' || (await hasBookedLines(trx, id))) throw appError('conflict');
    await markDiscarded(trx, id);
    await writeAudit(trx, [
      {
        recordedAt: moment.now,
        actor,
        action: 'partner_statement.discard',
        entity: 'partner_statement',
        entityId: id,
        changes: { document: statement.documentNumber },
      },
    ]);
    return statement.fileKey;
  });
  await files.remove(fileKey);
}

/** The id of the job that books every row that agrees. */
export function queueStatement(
  database: Database,
  { actor, moment: { now } }: Author,
  about: Omit<PartnerStatementPayload, 'actor'>,
): Promise<string> {
  const payload: PartnerStatementPayload = { ...about, actor };
  return inTransaction(database, (trx) =>
    insertJob(trx, { kind: PARTNER_STATEMENT_JOB, payload, total: null, createdBy: actor, now }),
  );
}

/** The statements of a partner, or of all, the newest first. */
export async function statementPage(
  connection: Connection,
  partnerId: string | null,
  beforeId: string | null,
  limit: number,
): Promise<Page<Statement>> {
  return readPage(limit, (most) => listStatements(connection, partnerId, beforeId, most));
}

/** The redeemed deals of the statement's days that are unpaid and that it leaves out. */
export function unpaidDeals(
  connection: Connection,
  clock: Clock,
  statement: Statement,
  { afterId, limit }: { readonly afterId: string | null; readonly limit: number },
): Promise<UnpaidDeal[]> {
  return findUnpaidDeals(connection, statement, spanOf(statement, clock), { afterId, limit });
}
