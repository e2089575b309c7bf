import { keepsValue } from '../../../core/currency.ts';
import { STATEMENT_RULES, type StatementKind } from '../../../core/books/partner-model.ts';
import type { StatementColumns } from '../../../core/books/partner-statement.ts';
import type { Upload } from '../../../platform/files/uploads.ts';
import type { FormError } from '../../../platform/html/form-view.ts';
import type { Translate } from '../../../platform/html/i18n.ts';
import { parseDay, parsePastDay } from '../../../platform/html/typed-input.ts';
import { LENGTHS, textOf } from '../../../platform/http/request.ts';
import { appError } from '../../../platform/process/errors.ts';
import { MAX_REPORT_DAYS } from '../settlement/partner-report-service.ts';
import type { Decision } from './partner-decision-service.ts';
import type { StatementFile } from './partner-comparison-service.ts';

type Body = Readonly<Record<string, unknown>>;
type Read<T> = { readonly value: T } | { readonly errors: readonly FormError[] };

const MAX_NUMBER = 36;
const DAY_MS = 86_400_000;

/** The facts of a statement, just as they were typed. */
export type TypedStatement = Readonly<Record<'partner' | 'documentNumber' | 'from' | 'to' | 'currency', string>>;

interface StatementFacts {
  readonly partnerId: string;
  readonly documentNumber: string;
  readonly from: string;
  readonly to: string;
  readonly currency: string;
  readonly fileName: string;
  /** Where the upload lies until it is kept. */
  readonly path: string;
}

export function emptyStatement(partner: string): TypedStatement {
  return { partner, documentNumber: '', from: '', to: '', currency: '' };
}

export function typedStatement(body: Body): TypedStatement {
  return {
    partner: textOf(body['partner']),
    documentNumber: textOf(body['documentNumber'], MAX_NUMBER),
    from: textOf(body['from']),
    to: textOf(body['to']),
    currency: textOf(body['currency']).toUpperCase(),
  };
}

export function parseStatement(
  typed: TypedStatement,
  { isPartner, file }: { readonly isPartner: boolean; readonly file: Upload | null },
  t: Translate,
): Read<StatementFacts> {
  const { partner: partnerId, documentNumber, currency } = typed;
  const [from, to] = [parseDay(typed.from), parseDay(typed.to)];
  const isSpan = to.ok && (!from.ok || isWithinReport(from.value, to.value));
  const problems = [
    ...(isPartner ? [] : [['partner', 'partner_required']]),
    ...(documentNumber === '' ? [['documentNumber', 'number_required']] : []),
    ...(from.ok ? [] : [['from', 'day_wrong']]),
    ...(isSpan ? [] : [['to', 'to_wrong']]),
    ...(keepsValue(currency) ? [] : [['currency', 'currency_wrong']]),
    ...(file === null ? [['file', 'no_file']] : []),
  ];
  if (problems.length > 0 || file === null || !from.ok || !to.ok)
    return { errors: problems.map(([path = '', key = '']) => statementProblem(path, key, t)) };
  return {
    value: {
      partnerId,
      documentNumber,
      from: from.value,
      to: to.value,
      currency,
      fileName: file.name,
      path: file.path,
    },
  };
}

/** Why a statement that could be read was not kept. */
export function refusedStatement(refusal: 'duplicate' | 'empty', t: Translate): FormError {
  return refusal === 'empty'
    ? statementProblem('file', 'empty', t)
    : statementProblem('documentNumber', 'number_known', t);
}

export function parseColumns(body: Body, t: Translate): Read<StatementColumns> {
  const at = (name: string): number | null => (/^\d{1,3}$/.test(textOf(body[name])) ? Number(body[name]) : null);
  const [headingRow, code, amount] = [at('headingRow'), at('code'), at('amount')];
  const errors = [...(code === null ? ['code'] : []), ...(amount === null || amount === code ? ['amount'] : [])].map(
    (path) => statementProblem(path, 'column_required', t),
  );
  if (headingRow === null || code === null || amount === null || errors.length > 0) return { errors };
  return { value: { headingRow, code, amount, status: at('status') } };
}

/** What is wrong with a file by the columns that were chosen; none: it was compared. */
export function problemsOfFile({ problems, isTooLong, rows }: StatementFile, t: Translate): FormError[] {
  if (problems.length > 0)
    return problems.map(({ rowNumber, text }) => ({
      path: 'amount',
      message: t('partner_statements:row_unreadable', { row: rowNumber, text }),
    }));
  return isTooLong || rows.length === 0 ? [statementProblem('code', isTooLong ? 'too_long' : 'no_rows', t)] : [];
}

/** The day on which the money came; today where the file is about none; null: no day on which it may have come. */
export function parsePaidOn(typed: string, kind: StatementKind, today: string): string | null {
  if (!STATEMENT_RULES[kind].isPayment) return today;
  const day = parsePastDay(typed, today);
  return day.ok ? day.value : null;
}

export function paidOnProblem(path: string, t: Translate): FormError {
  return { path, message: t('partner_invoices:paid_on_wrong') };
}

/** What was typed about one row, or as the day of all of them where `line` is empty. */
export function typedDecision(body: Body, line: string, today: string): Readonly<Record<string, string>> {
  return {
    paidOn: line === '' ? textOf(body['paidOn']) || today : today,
    [`paidOn-${line}`]: textOf(body['paidOn']),
    [`note-${line}`]: textOf(body['note'], LENGTHS.reason),
  };
}

/** What was decided about a row: `paidOn-7` and `note-7` are the fields of row 7 on the page. */
export function parseDecision(
  body: Body,
  { kind, line, today }: { readonly kind: StatementKind; readonly line: string; readonly today: string },
  t: Translate,
): Read<Decision> {
  const [decision, note] = [textOf(body['do']), textOf(body['note'], LENGTHS.reason)];
  if (decision === 'accepted') {
    const day = parsePaidOn(textOf(body['paidOn']), kind, today);
    return day === null ? { errors: [paidOnProblem(`paidOn-${line}`, t)] } : { value: { kind: decision, paidOn: day } };
  }
  if (decision !== 'rejected' && decision !== 'noted') throw appError('invalid_request');
  return note === ''
    ? { errors: [statementProblem(`note-${line}`, 'note_required', t)] }
    : { value: { kind: decision, note } };
}

function isWithinReport(from: string, to: string): boolean {
  return to >= from && (Date.parse(to) - Date.parse(from)) / DAY_MS < MAX_REPORT_DAYS;
}

function statementProblem(path: string, key: string, t: Translate): FormError {
  return { path, message: t(`partner_statements:${key}`) };
}
