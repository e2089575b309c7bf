import type { Knex } from 'knex';
import type { SalesFinding } from '../../core/deal-sale.ts';
import type { StatementColumns, StatementFinding, StatementKind } from '../../core/partner-statement.ts';
import { toSafeInteger } from '../../platform/db.ts';
import { parseJson } from '../../platform/json.ts';

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
    kind: statement.kind, partner_kind: 'partner', partner_id: statement.partnerId, document_number: statement.documentNumber, live_key: keyOf(statement), from_on: statement.from, to_on: statement.to,
    currency: statement.currency, file_key: statement.fileKey, file_name: statement.fileName, state: 'columns', column_map: JSON.stringify(null), actor: statement.actor, created_at: statement.now,
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

export async function listStatements(knex: Knex, partnerId: string | null, beforeId: string | null, limit: number): Promise<Statement[]> {
  const query = knex('partner_statements').orderBy('id', 'desc').limit(limit);
  if (partnerId !== null) void query.where({ partner_kind: 'partner', partner_id: partnerId });
  if (beforeId !== null) void query.where('id', '<', beforeId);
  return (await query.select<StatementRow[]>()).map(toStatement);
}

export async function markCompared(trx: Knex.Transaction, id: string, columns: StatementColumns): Promise<void> {
  await trx('partner_statements').where({ id }).update({ state: 'compared', column_map: JSON.stringify(columns) });
}

export async function markDiscarded(trx: Knex.Transaction, id: string): Promise<void> {
  await trx('partner_statements').where({ id }).update({ state: 'discarded', live_key: null });
}

export async function updateCommission(trx: Knex.Transaction, id: string, { documentNumber, on, net, vat }: CommissionInvoice): Promise<void> {
  await trx('partner_statements').where({ id }).update({ commission_number: documentNumber, commission_on: on, commission_net: net, commission_vat: vat });
}

export async function updatePayout(trx: Knex.Transaction, id: string, payout: { readonly paidOn: string; readonly reference: string }): Promise<void> {
  await trx('partner_statements').where({ id }).update({ payout_on: payout.paidOn, payout_reference: payout.reference });
}

export async function insertStatementLines(trx: Knex.Transaction, statementId: string, lines: readonly NewStatementLine[]): Promise<void> {
  for (let start = 0; start < lines.length; start += ROWS_PER_INSERT) {
    await trx('partner_statement_lines').insert(
      lines.slice(start, start + ROWS_PER_INSERT).map((line) => ({
        statement_id: statementId, file_row: line.rowNumber, code_text: line.codeText, cents: line.cents, finding: line.finding, voucher_id: line.voucherId,
        line_id: line.lineId, expected: line.expected, state: 'open',
      })),
    );
  }
}

/** The lines nobody decided about yet get a new judgement. */
export async function updateFindings(trx: Knex.Transaction, changes: readonly { readonly id: string; readonly finding: Finding; readonly lineId: string | null; readonly expected: number | null }[]): Promise<void> {
  for (const { id, finding, lineId, expected } of changes) await trx('partner_statement_lines').where({ id, state: 'open' }).update({ finding, line_id: lineId, expected });
}

/** False: somebody decided about it before. */
export async function decideLine(trx: Knex.Transaction, id: string, decision: { readonly state: 'booked' | 'closed'; readonly decision: LineDecision; readonly note: string | null }, by: string, now: number): Promise<boolean> {
  const decided: number = await trx('partner_statement_lines').where({ id, state: 'open' }).update({ ...decision, decided_by: by, decided_at: now });
  return decided === 1;
}

export async function sumFindings(knex: Knex, statementId: string): Promise<FindingSum[]> {
  const rows = await knex('partner_statement_lines')
    .where({ statement_id: statementId })
    .groupBy('finding', 'state')
    .select<{ finding: Finding; state: FindingSum['state']; count: number | string; cents: number | string; expected: number | string | null }[]>('finding', 'state', knex.raw('count(*) as count'), knex.raw('sum(cents) as cents'), knex.raw('sum(expected) as expected'));
  return rows.map((row) => ({ finding: row.finding, state: row.state, count: toSafeInteger(row.count), cents: toSafeInteger(row.cents), expected: toSafeInteger(row.expected) }));
}

export interface LineFilter {
  /** null: every one. */
  readonly findings: readonly Finding[] | null;
  readonly isOpen: boolean;
  readonly afterId: string | null;
  readonly limit: number;
}

export async function listStatementLines(knex: Knex, statementId: string, filter: LineFilter): Promise<StatementLine[]> {
  const query = lineQuery(knex).where('s.statement_id', statementId).orderBy('s.id').limit(filter.limit);
  if (filter.findings !== null) void query.whereIn('s.finding', [...filter.findings]);
  if (filter.isOpen) void query.where('s.state', 'open');
  if (filter.afterId !== null) void query.where('s.id', '>', filter.afterId);
  return ((await query) as LineRow[]).map(toLine);
}

export async function findStatementLine(knex: Knex, statementId: string, id: string): Promise<StatementLine | null> {
  const row = (await lineQuery(knex).where({ 's.statement_id': statementId, 's.id': id }).first()) as LineRow | undefined;
  return row === undefined ? null : toLine(row);
}

export interface DealOfCode {
  readonly voucherId: string;
  readonly normalisedCode: string;
  readonly number: string | null;
}

/** The vouchers with these codes or numbers, at most 500 of them. */
export async function findDealsOfCodes(knex: Knex, codes: readonly string[], numbers: readonly string[]): Promise<DealOfCode[]> {
  const rows = await knex('vouchers as v')
    .where((either) => void either.whereIn('v.normalised_code', [...codes]).orWhereIn('v.number', [...numbers]))
    .select<{ id: number | string; normalised_code: string; number: string | null }[]>('v.id', 'v.normalised_code', 'v.number');
  return rows.map((row) => ({ voucherId: String(row.id), normalisedCode: row.normalised_code, number: row.number }));
}

export interface RedeemedDeal {
  readonly lineId: string;
  readonly redemptionId: string;
  readonly voucherId: string;
  readonly partnerId: string | null;
  readonly applied: number;
  readonly reversed: number;
  /** What the partner pays for the whole code; null: what was redeemed less the commission. */
  readonly agreedPrice: number | null;
  readonly invoiceOwed: number | null;
  readonly invoiceIsPaid: boolean;
  readonly clearingOwed: number | null;
  readonly clearingIsPaid: boolean;
}

/** All redemptions of these vouchers, oldest first. */
export async function findRedeemedDeals(knex: Knex, voucherIds: readonly string[]): Promise<RedeemedDeal[]> {
  const rows = await knex('redemption_lines as l')
    .join('vouchers as v', 'v.id', 'l.voucher_id')
    .join('voucher_rules as r', 'r.id', 'v.rules_id')
    .leftJoin('partner_invoices as i', 'i.live_line_id', 'l.id')
    .leftJoin('partner_clearings as c', 'c.live_line_id', 'l.id')
    .whereIn('l.voucher_id', [...voucherIds])
    .whereNotNull('l.deal_redeemed_at')
    .orderBy('l.id')
    .select<RedeemedRow[]>(
      'l.id', 'l.redemption_id', 'l.voucher_id', 'l.deal_partner_id', 'l.applied', 'l.reversed', 'r.deal', 'i.owed as invoice_owed', 'i.state as invoice_state', 'c.owed as clearing_owed', 'c.paid_on',
    );
  return rows.map((row) => ({
    lineId: String(row.id),
    redemptionId: String(row.redemption_id),
    voucherId: String(row.voucher_id),
    partnerId: row.deal_partner_id,
    applied: toSafeInteger(row.applied),
    reversed: toSafeInteger(row.reversed),
    agreedPrice: row.deal === null ? null : (parseJson<{ readonly partnerPrice?: number | null }>(row.deal).partnerPrice ?? null),
    invoiceOwed: row.invoice_owed === null ? null : toSafeInteger(row.invoice_owed),
    invoiceIsPaid: row.invoice_state === 'paid',
    clearingOwed: row.clearing_owed === null ? null : toSafeInteger(row.clearing_owed),
    clearingIsPaid: row.paid_on !== null,
  }));
}

export interface UnpaidDeal {
  readonly lineId: string;
  readonly redemptionId: string;
  readonly voucherId: string;
  readonly voucherNumber: string | null;
  readonly code: string;
  readonly bookingNumber: string;
  readonly currency: string;
  readonly redeemedAt: number;
  readonly counts: number;
  /** null: no document of ours stands for it. */
  readonly owed: number | null;
}

/** Travelled but not paid: the partner's redeemed deals of these days that are unpaid and that no row of the statement is about. */
export async function findUnpaidDeals(knex: Knex, statement: Pick<Statement, 'id' | 'partnerId'>, span: { readonly from: number; readonly before: number }, afterId: string | null, limit: number): Promise<UnpaidDeal[]> {
  const query = knex('redemption_lines as l')
    .join('redemptions as d', 'd.id', 'l.redemption_id')
    .join('vouchers as v', 'v.id', 'l.voucher_id')
    .leftJoin('partner_invoices as i', 'i.live_line_id', 'l.id')
    .leftJoin('partner_clearings as c', 'c.live_line_id', 'l.id')
    .leftJoin('deal_sale_uses as u', 'u.live_line_id', 'l.id')
    .leftJoin('partner_statement_lines as s', (on) => void on.on('s.line_id', 'l.id').andOnVal('s.statement_id', statement.id))
    .where('l.deal_partner_id', statement.partnerId)
    .where('l.deal_redeemed_at', '>=', span.from)
    .where('l.deal_redeemed_at', '<', span.before)
    .whereRaw('l.applied > l.reversed')
    .whereNull('s.id')
    .whereNull('u.id')
    .whereNull('c.paid_on')
    .where((open) => void open.whereNull('i.state').orWhere('i.state', 'open'))
    .where((owed) => void owed.whereNull('c.id').orWhere('c.owed', '>', 0))
    .orderBy('l.id')
    .limit(limit);
  if (afterId !== null) void query.where('l.id', '>', afterId);
  const rows = await query.select<UnpaidRow[]>('l.id', 'l.redemption_id', 'l.voucher_id', 'v.number', 'v.code', 'd.booking_number', 'd.currency', 'l.deal_redeemed_at', 'l.applied', 'l.reversed', 'i.owed as invoice_owed', 'c.owed as clearing_owed');
  return rows.map((row) => {
    const owed = row.invoice_owed ?? row.clearing_owed;
    return {
      lineId: String(row.id), redemptionId: String(row.redemption_id), voucherId: String(row.voucher_id), voucherNumber: row.number, code: row.code, bookingNumber: row.booking_number,
      currency: row.currency, redeemedAt: toSafeInteger(row.deal_redeemed_at), counts: toSafeInteger(row.applied) - toSafeInteger(row.reversed), owed: owed === null ? null : toSafeInteger(owed),
    };
  });
}

/** Whose deals these vouchers are by their rules today. */
export async function findPartnersOf(knex: Knex, voucherIds: readonly string[]): Promise<Map<string, string | null>> {
  const rows = await knex('vouchers as v').join('voucher_rules as r', 'r.id', 'v.rules_id').whereIn('v.id', [...voucherIds]).select<{ id: number | string; partner_id: string | null }[]>('v.id', 'r.partner_id');
  return new Map(rows.map((row) => [String(row.id), row.partner_id]));
}

/** Whether money was booked on any row. */
export async function hasBookedLines(knex: Knex, statementId: string): Promise<boolean> {
  return (await knex('partner_statement_lines').where({ statement_id: statementId, state: 'booked' }).first<object | undefined>('id')) !== undefined;
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

interface RedeemedRow {
  readonly id: number | string;
  readonly redemption_id: number | string;
  readonly voucher_id: number | string;
  readonly deal_partner_id: string | null;
  readonly applied: number | string;
  readonly reversed: number | string;
  readonly deal: string | null;
  readonly invoice_owed: number | string | null;
  readonly invoice_state: string | null;
  readonly clearing_owed: number | string | null;
  readonly paid_on: string | null;
}

interface UnpaidRow {
  readonly id: number | string;
  readonly redemption_id: number | string;
  readonly voucher_id: number | string;
  readonly number: string | null;
  readonly code: string;
  readonly booking_number: string;
  readonly currency: string;
  readonly deal_redeemed_at: number | string;
  readonly applied: number | string;
  readonly reversed: number | string;
  readonly invoice_owed: number | string | null;
  readonly clearing_owed: number | string | null;
}

function toStatement(row: StatementRow): Statement {
  return {
    id: String(row.id), kind: row.kind, partnerId: row.partner_id, documentNumber: row.document_number, from: row.from_on, to: row.to_on, currency: row.currency, fileKey: row.file_key,
    fileName: row.file_name, state: row.state, columns: parseJson<StatementColumns | null>(row.column_map), commission: commissionOf(row),
    payout: row.payout_on === null ? null : { paidOn: row.payout_on, reference: row.payout_reference ?? '' }, actor: row.actor, createdAt: toSafeInteger(row.created_at),
  };
}

function commissionOf({ commission_number: documentNumber, commission_on: on, commission_net: net, commission_vat: vat }: StatementRow): CommissionInvoice | null {
  return documentNumber === null || on === null || net === null || vat === null ? null : { documentNumber, on, net: toSafeInteger(net), vat: toSafeInteger(vat) };
}

function toLine(row: LineRow): StatementLine {
  const id = (value: number | string | null): string | null => (value === null ? null : String(value));
  return {
    id: String(row.id), rowNumber: row.file_row, codeText: row.code_text, cents: toSafeInteger(row.cents), finding: row.finding, voucherId: id(row.voucher_id), lineId: id(row.line_id),
    expected: row.expected === null ? null : toSafeInteger(row.expected), state: row.state, decision: row.decision, note: row.note, decidedBy: row.decided_by,
    redemptionId: id(row.redemption_id), bookingNumber: row.booking_number, counts: toSafeInteger(row.applied) - toSafeInteger(row.reversed),
  };
}
