import { clearingByStatement, settlementOf } from '../../../core/books/partner-settlement.ts';
import {
  judgeStatement,
  type KnownDeal,
  type KnownRedemption,
  type StatementColumns,
} from '../../../core/books/partner-statement.ts';
import { normaliseCode } from '../../../core/engine/voucher-code.ts';
import { writeAudit } from '../../../platform/data/audit.ts';
import type { Clock, Moment } from '../../../platform/process/clock.ts';
import {
  inTransaction,
  isDuplicateKey,
  type Connection,
  type Database,
  type Transaction,
} from '../../../platform/data/db.ts';
import { readPage, type Page } from '../../../platform/data/page.ts';
import { appError } from '../../../platform/process/errors.ts';
import type { FileStore } from '../../../platform/files/files.ts';
import { insertJob } from '../../../platform/jobs/job-store.ts';
import { generateToken } from '../../../platform/secrets/tokens.ts';
import { partnerDetails, type PartnerDetails } from '../../catalogue/partner-service.ts';
import { clearLine, payClearing } from '../settlement/partner-clearing-service.ts';
import { findLiveClearing } from '../settlement/partner-clearing-store.ts';
import {
  findDealsOfCodes,
  findPartnersOf,
  findRedeemedDeals,
  findUnpaidDeals,
  type RedeemedDeal,
  type UnpaidDeal,
} from './partner-deal-store.ts';
import { payLockedInvoice, type PartnerInvoicing } from '../invoices/partner-invoice-service.ts';
import { spanOf } from '../settlement/partner-report-service.ts';
import { lockedLine, rejectLine, takeBack, type SettledLine } from '../settlement/partner-settlement-service.ts';
import { bookSalesLine, judgeSalesRows } from '../sales/partner-sales-service.ts';
import {
  readStatementHead,
  readStatementRows,
  type StatementFile,
  type StatementHead,
} from './partner-statement-table.ts';
import {
  decideLine,
  findStatement,
  findStatementLine,
  hasBookedLines,
  insertStatement,
  insertStatementLines,
  listStatementLines,
  listStatements,
  lockStatement,
  markCompared,
  markDiscarded,
  updateFindings,
  type Finding,
  type NewStatement,
  type Statement,
  type StatementLine,
} from './partner-statement-store.ts';

export {
  listStatementLines as statementLines,
  sumFindings as findingSums,
  type Finding,
  type Statement,
  type StatementLine,
} from './partner-statement-store.ts';
export type { UnpaidDeal };

export const PARTNER_STATEMENT_JOB = 'partner-statement';

export interface PartnerStatementPayload {
  readonly statementId: string;
  readonly paidOn: string;
  readonly actor: string;
}

const CODES_PER_QUERY = 200;
const LINES_PER_STEP = 200;

/** Keeps the file and its facts; `empty`: there is no table in it, `duplicate`: a statement with this number was read before. Throws a `TableError`. */
export async function keepStatement(
  database: Database,
  files: FileStore,
  path: string,
  about: Omit<NewStatement, 'fileKey' | 'now' | 'kind'>,
  now: number,
): Promise<{ readonly id: string } | { readonly refusal: 'duplicate' | 'empty' }> {
  const { dealModel } = await partnerDetails(database.knex, about.partnerId);
  const kind = dealModel === 'agency' ? 'sales' : 'settlement';
  if ((await readStatementHead(path, kind)) === null) return { refusal: 'empty' };
  const fileKey = `partner-statements/${generateToken('s')}`;
  await files.adopt(path, fileKey);
  try {
    return await inTransaction(database, async (trx) => {
      const id = await insertStatement(trx, { ...about, kind, fileKey, now });
      await writeAudit(trx, [
        {
          recordedAt: now,
          actor: about.actor,
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

/** Reads the rows by these columns and judges each; with a problem in the file nothing is kept of it. */
export async function compareStatement(
  database: Database,
  files: FileStore,
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
    const named = file.rows.map(({ code, cents }) => ({ deal: vouchers.get(code) ?? null, cents }));
    const judgements = await judge(trx, statement, named);
    await insertStatementLines(
      trx,
      id,
      file.rows.map(({ rowNumber, code, cents }, index) => ({
        rowNumber,
        codeText: code,
        cents,
        voucherId: named[index]?.deal ?? null,
        ...(judgements[index] ?? fail()),
      })),
    );
    await markCompared(trx, id, columns);
  });
  await files.remove(fileKey);
  return file;
}

/** Judges again what nobody decided about, by what is in the books now. */
export async function compareAgain(database: Database, id: string): Promise<void> {
  await inTransaction(database, async (trx) => {
    const statement = await lockStatement(trx, id);
    if (statement?.state !== 'compared') throw appError('conflict');
    const open: StatementLine[] = [];
    for (let after: string | null = null; ; after = open.at(-1)?.id ?? null) {
      const step = await listStatementLines(trx, id, {
        findings: null,
        isOpen: true,
        afterId: after,
        limit: LINES_PER_STEP,
      });
      open.push(...step);
      if (step.length < LINES_PER_STEP) break;
    }
    const judgements = await judge(
      trx,
      statement,
      open.map(({ voucherId, cents }) => ({ deal: voucherId, cents })),
    );
    await updateFindings(
      trx,
      open.map((line, index) => ({ id: line.id, ...(judgements[index] ?? fail()) })),
    );
  });
}

/** Nothing of it was booked: it can be read again under its number. */
export async function discardStatement(
  database: Database,
  files: FileStore,
  id: string,
  actor: string,
  now: number,
): Promise<void> {
  const fileKey = await inTransaction(database, async (trx) => {
    const statement = await lockStatement(trx, id);
    if (statement === null) throw appError('not_found');
    if (statement.state === 'discarded' || (await hasBookedLines(trx, id))) throw appError('conflict');
    await markDiscarded(trx, id);
    await writeAudit(trx, [
      {
        recordedAt: now,
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
export function queueStatement(database: Database, payload: PartnerStatementPayload, now: number): Promise<string> {
  return inTransaction(database, (trx) =>
    insertJob(trx, { kind: PARTNER_STATEMENT_JOB, payload, total: null, createdBy: payload.actor, now }),
  );
}

export type Decision =
  | { readonly kind: 'agreed' | 'accepted'; readonly paidOn: string }
  | { readonly kind: 'rejected' | 'noted'; readonly note: string };

/**
 * Decides about one row, once: the row, the settlement of its redemption and the payment are one transaction. What was
 * expected must still be so; if not, `conflict`, and it is to be compared again.
 */
export async function decide(
  invoicing: PartnerInvoicing,
  statementId: string,
  lineId: string,
  decision: Decision,
  actor: string,
  moment: Moment,
): Promise<void> {
  const statement = await readStatement(invoicing.database.knex, statementId);
  const line = await findStatementLine(invoicing.database.knex, statementId, lineId);
  if (line === null) throw appError('not_found');
  await inTransaction(invoicing.database, async (trx) => {
    const note = 'note' in decision ? decision.note : null;
    if (
      !(await decideLine(
        trx,
        lineId,
        { state: decision.kind === 'noted' ? 'closed' : 'booked', decision: decision.kind, note },
        actor,
        moment.now,
      ))
    )
      throw appError('conflict');
    await writeAudit(trx, [
      {
        recordedAt: moment.now,
        actor,
        action: `partner_statement.${decision.kind}`,
        entity: 'partner_statement',
        entityId: statementId,
        changes: { row: line.rowNumber, cents: line.cents, note },
      },
    ]);
    if (decision.kind === 'noted') return;
    if (statement.kind === 'sales') return bookSalesLine(trx, statement, line, actor, moment);
    const settled = await dueLine(trx, statement, line, moment);
    if ('note' in decision)
      await rejectLine(
        invoicing,
        trx,
        settled,
        { documentNumber: statement.documentNumber, reason: decision.note },
        actor,
        moment,
      );
    else
      await bookLine(
        invoicing,
        trx,
        statement,
        line,
        settled,
        { paidOn: decision.paidOn, isAgreed: decision.kind === 'agreed' },
        actor,
        moment,
      );
  });
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
  afterId: string | null,
  limit: number,
): Promise<UnpaidDeal[]> {
  return findUnpaidDeals(connection, statement, spanOf(statement, clock), afterId, limit);
}

/** The redemption of a row under its lock, as it was when the row was judged. */
async function dueLine(
  trx: Transaction,
  statement: Statement,
  line: StatementLine,
  moment: Moment,
): Promise<SettledLine> {
  if (line.lineId === null || line.redemptionId === null || line.voucherId === null) throw appError('rule_broken');
  const settled = await lockedLine(trx, line.redemptionId, line.lineId, moment);
  const details = await partnerDetails(trx, statement.partnerId);
  const deal = (await findRedeemedDeals(trx, [line.voucherId])).find((one) => one.lineId === line.lineId);
  if (deal === undefined || settled.redemption.currency !== statement.currency) throw appError('rule_broken');
  const { counts, owed, isPaid } = knownRedemption(deal, details);
  if (counts === 0 || isPaid || owed !== line.expected) throw appError('conflict');
  return settled;
}

async function bookLine(
  invoicing: PartnerInvoicing,
  trx: Transaction,
  statement: Statement,
  { cents }: StatementLine,
  settled: SettledLine,
  how: { readonly paidOn: string; readonly isAgreed: boolean },
  actor: string,
  moment: Moment,
): Promise<void> {
  const payment = { paidOn: how.paidOn, reference: statement.documentNumber };
  const { line, invoice, clearing } = settled;
  if (how.isAgreed && invoice !== null) return payLockedInvoice(trx, invoice, payment, actor, moment);
  if (how.isAgreed && clearing !== null)
    return clearing.owed === 0 ? undefined : payClearing(trx, clearing, payment, actor, moment);
  const redeemed = line.applied - line.reversed;
  if (cents <= 0 || cents > redeemed) throw appError('rule_broken');
  await takeBack(invoicing, trx, settled, statement.documentNumber, actor, moment);
  const { commissionBasisPoints } = await partnerDetails(trx, statement.partnerId);
  await clearLine(
    trx,
    { ...settled, partnerId: statement.partnerId },
    clearingByStatement(redeemed, cents, commissionBasisPoints > 0),
    { source: 'statement', documentNumber: statement.documentNumber, reason: null },
    actor,
    moment,
  );
  const granted = await findLiveClearing(trx, line.id);
  if (granted === null) throw new Error('a settled line without what settles it');
  await payClearing(trx, granted, payment, actor, moment);
}

interface Judgement {
  readonly finding: Finding;
  readonly lineId: string | null;
  readonly expected: number | null;
}

async function judge(
  trx: Transaction,
  { kind, partnerId }: Statement,
  named: readonly { readonly deal: string | null; readonly cents: number }[],
): Promise<Judgement[]> {
  if (kind === 'sales')
    return (await judgeSalesRows(trx, partnerId, named)).map((judgement) => ({ ...judgement, lineId: null }));
  const details = await partnerDetails(trx, partnerId);
  const ids = [...new Set(named.flatMap(({ deal }) => deal ?? []))];
  const deals = new Map<string, KnownDeal>();
  for (let start = 0; start < ids.length; start += CODES_PER_QUERY) {
    const part = ids.slice(start, start + CODES_PER_QUERY);
    const redeemed = await findRedeemedDeals(trx, part);
    const owners = await findPartnersOf(trx, part);
    for (const id of part) {
      const own = redeemed.filter(({ voucherId }) => voucherId === id);
      // Whose deal it was when it was redeemed decides; before that, whose it is.
      const isOfPartner =
        own.length === 0 ? owners.get(id) === partnerId : own.some((one) => one.partnerId === partnerId);
      deals.set(id, {
        isOfPartner,
        redemptions: own.filter((one) => one.partnerId === partnerId).map((one) => knownRedemption(one, details)),
      });
    }
  }
  return judgeStatement(named, deals);
}

function knownRedemption(deal: RedeemedDeal, { commissionBasisPoints }: PartnerDetails): KnownRedemption {
  const counts = deal.applied - deal.reversed;
  const byContract = (): number =>
    settlementOf({ applied: deal.applied, redeemed: counts, agreedPrice: deal.agreedPrice, commissionBasisPoints })
      .owed;
  return {
    lineId: deal.lineId,
    counts,
    owed: deal.invoiceOwed ?? deal.clearingOwed ?? byContract(),
    isPaid: deal.invoiceIsPaid || deal.clearingIsPaid,
  };
}

/** The voucher of each code or voucher number as the file has it. */
async function vouchersOf(trx: Transaction, codes: readonly string[]): Promise<Map<string, string>> {
  const texts = [...new Set(codes)];
  const found = new Map<string, string>();
  for (let start = 0; start < texts.length; start += CODES_PER_QUERY) {
    const part = texts.slice(start, start + CODES_PER_QUERY);
    const deals = await findDealsOfCodes(
      trx,
      part.map(normaliseCode),
      part.map((text) => text.toUpperCase()),
    );
    for (const text of part) {
      const deal =
        deals.find(({ normalisedCode }) => normalisedCode === normaliseCode(text)) ??
        deals.find(({ number }) => number === text.toUpperCase());
      if (deal !== undefined) found.set(text, deal.voucherId);
    }
  }
  return found;
}

function fail(): never {
  throw new Error('a row without a judgement');
}
