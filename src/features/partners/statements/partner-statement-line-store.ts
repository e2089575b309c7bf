import type { Knex } from 'knex';
import type { Finding } from '../../../core/books/partner-model.ts';
import type { Act } from '../../../platform/data/act.ts';
import { toSafeInteger, toFigure } from '../../../platform/data/db.ts';

export type LineDecision = 'agreed' | 'accepted' | 'rejected' | 'noted';

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
  { trx, actor, moment }: Act,
  id: string,
  decision: { readonly state: 'booked' | 'closed'; readonly decision: LineDecision; readonly note: string | null },
): Promise<boolean> {
  const decided: number = await trx('partner_statement_lines')
    .where({ id, state: 'open' })
    .update({ ...decision, decided_by: actor, decided_at: moment.now });
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
    cents: toFigure(row.cents),
    expected: toFigure(row.expected),
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

function lineQuery(knex: Knex): Knex.QueryBuilder {
  return knex('partner_statement_lines as s')
    .leftJoin('redemption_lines as l', 'l.id', 's.line_id')
    .leftJoin('redemptions as d', 'd.id', 'l.redemption_id')
    .select('s.*', 'l.redemption_id', 'l.applied', 'l.reversed', 'd.booking_number');
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
