import type { Knex } from 'knex';
import type { SalesFinding } from '../../../core/books/deal-sale.ts';
import type { StatementColumns, StatementFinding, StatementKind } from '../../../core/books/partner-statement.ts';
import { toSafeInteger } from '../../../platform/data/db.ts';
import { parseJson } from '../../../platform/data/json.ts';

export type Finding = StatementFinding | SalesFinding;
export type StatementState = 'columns' | 'compared' | 'discarded';
export type LineDecision = 'agreed' | 'accepted' | 'rejected' | 'noted';

export interface NewStatement {
  readonly kind: StatementKind;
  readonly partnerId: string;
  readonly documentNumber: string;
  readonly from: string;
  readonly to: string;
  readonly currency: string;
  readonly fileKey: string;
  readonly fileName: string;
  readonly actor: string;
  readonly now: number;
}

export interface Statement extends Omit<NewStatement, 'now'> {
  readonly id: string;
  readonly state: StatementState;
  readonly columns: StatementColumns | null;
  /** The partner's invoice about its commission on these sales; null: none yet. */
  readonly commission: CommissionInvoice | null;
  readonly payout: { readonly paidOn: string; readonly reference: string } | null;
  readonly createdAt: number;
}

export interface CommissionInvoice {
  readonly documentNumber: string;
  readonly on: string;
  readonly net: number;
  readonly vat: number;
}

export interface NewStatementLine {
  readonly rowNumber: number;
  readonly codeText: string;
  readonly cents: number;
  readonly finding: Finding;
  readonly voucherId: string | null;
  readonly lineId: string | null;
  readonly expected: number | null;
}

export interface StatementLine extends NewStatementLine {
  readonly id: string;
  readonly state: 'open' | 'booked' | 'closed';
  readonly decision: LineDecision | null;
  readonly note: string | null;
  readonly decidedBy: string | null;
  readonly redemptionId: string | null;
  readonly bookingNumber: string | null;
  /** What still counts of the redemption. */
  readonly counts: number;
}

export interface FindingSum {
  readonly finding: Finding;
  readonly state: 'open' | 'booked' | 'closed';
  readonly count: number;
  readonly cents: number;
  readonly expected: number;
}

const ROWS_PER_INSERT = 200;

export async function insertStatement(trx: Knex.Transaction, statement: NewStatement): Promise<string> {
  const [id] = await trx('partner_statements').insert({
    kind: statement.kind,
    partner_kind: 'partner',
    partner_id: statement.partnerId,
    document_number: statement.documentNumber,
    live_key: keyOf(statement),
    from_on: statement.from,
    to_on: statement.to,
    currency: statement.currency,
    file_key: statement.fileKey,
    file_name: statement.fileName,
    state: 'columns',
    column_map: JSON.stringify(null),
    actor: statement.actor,
    created_at: statement.now,
  });
  return String(id);
}

export async function findStatement(knex: Knex, id: string): Promise<Statement | null> {
  const row = await knex('partner_statements').where({ id }).first<StatementRow | undefined>();
  return row === undefined ? null : toStatement(row);
}

export async function lockStatement(trx: Knex.Transaction, id: string): Promise<Statement | null> {
  const row = await trx('partner_statements').where({ id }).forUpdate().first<StatementRow | undefined>();
  return row === undefined ? null : toStatement(row);
}

export async function listStatements(
  knex: Knex,
  partnerId: string | null,
  beforeId: string | null,
  limit: number,
): Promise<Statement[]> {
  const query = knex('partner_statements').orderBy('id', 'desc').limit(limit);
  if (partnerId !== null) void query.where({ partner_kind: 'partner', partner_id: partnerId });
  if (beforeId !== null) void query.where('id', '<', beforeId);
  return (await query.select<StatementRow[]>()).map(toStatement);
}

export async function markCompared(trx: Knex.Transaction, id: string, columns: StatementColumns): Promise<void> {
  await trx('partner_statements')
    .where({ id })
    .update({ state: 'compared', column_map: JSON.stringify(columns) });
}

export async function markDiscarded(trx: Knex.Transaction, id: string): Promise<void> {
  await trx('partner_statements').where({ id }).update({ state: 'discarded', live_key: null });
}

export async function updateCommission(
  trx: Knex.Transaction,
  id: string,
  { documentNumber, on, net, vat }: CommissionInvoice,
): Promise<void> {
  await trx('partner_statements')
    .where({ id })
    .update({ commission_number: documentNumber, commission_on: on, commission_net: net, commission_vat: vat });
}

export async function updatePayout(
  trx: Knex.Transaction,
  id: string,
  payout: { readonly paidOn: string; readonly reference: string },
): Promise<void> {
  await trx('partner_statements')
    .where({ id })
    .update({ payout_on: payout.paidOn, payout_reference: payout.reference });
}

export async function insertStatementLines(
  trx: Knex.Transaction,
  statementId: string,
  lines: readonly NewStatementLine[],
): Promise<void> {
  for (let start = 0; start < lines.length; start += ROWS_PER_INSERT) {
    await trx('partner_statement_lines').insert(
      lines.slice(start, start + ROWS_PER_INSERT).map((line) => ({
        statement_id: statementId,
        file_row: line.rowNumber,
        code_text: line.codeText,
        cents: line.cents,
        finding: line.finding,
        voucher_id: line.voucherId,
        line_id: line.lineId,
        expected: line.expected,
        state: 'open',
      })),
    );
  }
}

/** The lines nobody decided about yet get a new judgement. */
export async function updateFindings(
  trx: Knex.Transaction,
  changes: readonly {
    readonly id: string;
    readonly finding: Finding;
    readonly lineId: string | null;
    readonly expected: number | null;
  }[],
): Promise<void> {
  for (const { id, finding, lineId, expected } of changes)
    await trx('partner_statement_lines').where({ id, state: 'open' }).update({ finding, line_id: lineId, expected });
}

/** False: somebody decided about it before. */
export async function decideLine(
  trx: Knex.Transaction,
  id: string,
  decision: { readonly state: 'booked' | 'closed'; readonly decision: LineDecision; readonly note: string | null },
  by: string,
  now: number,
): Promise<boolean> {
  const decided: number = await trx('partner_statement_lines')
    .where({ id, state: 'open' })
    .update({ ...decision, decided_by: by, decided_at: now });
  return decided === 1;
}

export async function sumFindings(knex: Knex, statementId: string): Promise<FindingSum[]> {
  const rows = await knex('partner_statement_lines')
    .where({ statement_id: statementId })
    .groupBy('finding', 'state')
    .select<
      {
        finding: Finding;
        state: FindingSum['state'];
        count: number | string;
        cents: number | string;
        expected: number | string | null;
      }[]
    >(
      'finding',
      'state',
      knex.raw('count(*) as count'),
      knex.raw('sum(cents) as cents'),
      knex.raw('sum(expected) as expected'),
    );
  return rows.map((row) => ({
    finding: row.finding,
    state: row.state,
    count: toSafeInteger(row.count),
    cents: toSafeInteger(row.cents),
    expected: toSafeInteger(row.expected),
  }));
}

export interface LineFilter {
  /** null: every one. */
  readonly findings: readonly Finding[] | null;
  readonly isOpen: boolean;
  readonly afterId: string | null;
  readonly limit: number;
}

export async function listStatementLines(
  knex: Knex,
  statementId: string,
  filter: LineFilter,
): Promise<StatementLine[]> {
  const query = lineQuery(knex).where('s.statement_id', statementId).orderBy('s.id').limit(filter.limit);
  if (filter.findings !== null) void query.whereIn('s.finding', [...filter.findings]);
  if (filter.isOpen) void query.where('s.state', 'open');
  if (filter.afterId !== null) void query.where('s.id', '>', filter.afterId);
  return ((await query) as LineRow[]).map(toLine);
}

export async function findStatementLine(knex: Knex, statementId: string, id: string): Promise<StatementLine | null> {
  const row = (await lineQuery(knex).where({ 's.statement_id': statementId, 's.id': id }).first()) as
    LineRow | undefined;
  return row === undefined ? null : toLine(row);
}

/** Whether money was booked on any row. */
export async function hasBookedLines(knex: Knex, statementId: string): Promise<boolean> {
  return (
    (await knex('partner_statement_lines')
      .where({ statement_id: statementId, state: 'booked' })
      .first<object | undefined>('id')) !== undefined
  );
}

function keyOf({ partnerId, documentNumber }: Pick<NewStatement, 'partnerId' | 'documentNumber'>): string {
  return `${partnerId} ${documentNumber.toLowerCase()}`;
}

function lineQuery(knex: Knex): Knex.QueryBuilder {
  return knex('partner_statement_lines as s')
    .leftJoin('redemption_lines as l', 'l.id', 's.line_id')
    .leftJoin('redemptions as d', 'd.id', 'l.redemption_id')
    .select('s.*', 'l.redemption_id', 'l.applied', 'l.reversed', 'd.booking_number');
}

interface StatementRow {
  readonly id: number | string;
  readonly kind: StatementKind;
  readonly commission_number: string | null;
  readonly commission_on: string | null;
  readonly commission_net: number | string | null;
  readonly commission_vat: number | string | null;
  readonly payout_on: string | null;
  readonly payout_reference: string | null;
  readonly partner_id: string;
  readonly document_number: string;
  readonly from_on: string;
  readonly to_on: string;
  readonly currency: string;
  readonly file_key: string;
  readonly file_name: string;
  readonly state: StatementState;
  readonly column_map: string;
  readonly actor: string;
  readonly created_at: number | string;
}

interface LineRow {
  readonly id: number | string;
  readonly file_row: number;
  readonly code_text: string;
  readonly cents: number | string;
  readonly finding: Finding;
  readonly voucher_id: number | string | null;
  readonly line_id: number | string | null;
  readonly expected: number | string | null;
  readonly state: StatementLine['state'];
  readonly decision: LineDecision | null;
  readonly note: string | null;
  readonly decided_by: string | null;
  readonly redemption_id: number | string | null;
  readonly applied: number | string | null;
  readonly reversed: number | string | null;
  readonly booking_number: string | null;
}

function toStatement(row: StatementRow): Statement {
  return {
    id: String(row.id),
    kind: row.kind,
    partnerId: row.partner_id,
    documentNumber: row.document_number,
    from: row.from_on,
    to: row.to_on,
    currency: row.currency,
    fileKey: row.file_key,
    fileName: row.file_name,
    state: row.state,
    columns: parseJson<StatementColumns | null>(row.column_map),
    commission: commissionOf(row),
    payout: row.payout_on === null ? null : { paidOn: row.payout_on, reference: row.payout_reference ?? '' },
    actor: row.actor,
    createdAt: toSafeInteger(row.created_at),
  };
}

function commissionOf({
  commission_number: documentNumber,
  commission_on: on,
  commission_net: net,
  commission_vat: vat,
}: StatementRow): CommissionInvoice | null {
  return documentNumber === null || on === null || net === null || vat === null
    ? null
    : { documentNumber, on, net: toSafeInteger(net), vat: toSafeInteger(vat) };
}

function toLine(row: LineRow): StatementLine {
  const id = (value: number | string | null): string | null => (value === null ? null : String(value));
  return {
    id: String(row.id),
    rowNumber: row.file_row,
    codeText: row.code_text,
    cents: toSafeInteger(row.cents),
    finding: row.finding,
    voucherId: id(row.voucher_id),
    lineId: id(row.line_id),
    expected: row.expected === null ? null : toSafeInteger(row.expected),
    state: row.state,
    decision: row.decision,
    note: row.note,
    decidedBy: row.decided_by,
    redemptionId: id(row.redemption_id),
    bookingNumber: row.booking_number,
    counts: toSafeInteger(row.applied) - toSafeInteger(row.reversed),
  };
}
