import type { Response } from 'express';
import {
  possibleDecisions,
  STATEMENT_RULES,
  type Finding,
  type StatementKind,
} from '../../../core/books/partner-model.ts';
import { codeEnd, shownCode } from '../../../core/engine/code-mask.ts';
import type { Connection } from '../../../platform/data/db.ts';
import type { Translate } from '../../../platform/html/i18n.ts';
import type { Clock } from '../../../platform/process/clock.ts';
import { namesOfEntries } from '../../catalogue/catalogue-service.ts';
import {
  findingSums,
  statementLines,
  unpaidDeals,
  type FindingSum,
  type Statement,
  type StatementLine,
  type UnpaidDeal,
} from './partner-statement-service.ts';

export const SETTLEMENTS_PATH = '/admin/partner-settlements';
export const PARTNER_STATEMENTS_PATH = `${SETTLEMENTS_PATH}/statements`;

const TONES: Readonly<Record<Finding, string>> = {
  agrees: 'ok',
  amount_differs: 'warn',
  rejected: 'bad',
  already_paid: 'warn',
  twice: 'warn',
  not_redeemed: 'warn',
  given_back: 'warn',
  taken_back: 'warn',
  other_partner: 'bad',
  unknown_code: 'bad',
  sold: 'ok',
  refunded: 'ok',
  already_reported: 'quiet',
  price_differs: 'warn',
  redeemed_differs: 'warn',
  refunded_redeemed: 'bad',
  refund_differs: 'warn',
  not_sold: 'warn',
  ended: 'bad',
  invoiced: 'warn',
  no_price: 'warn',
};

interface StatementWords {
  readonly title: string;
  readonly statusHint: string;
  /** What we expect of a row, as the heading of a column. */
  readonly expected: string;
  /** What the keys of findings and their explanations begin with. */
  readonly prefix: string;
}

/** The texts in which the kinds of a partner's file differ. */
export const STATEMENT_WORDS: Readonly<Record<StatementKind, StatementWords>> = {
  settlement: {
    title: 'partner_statements:one',
    statusHint: 'partner_statements:status_hint',
    expected: 'partner_statements:field.expected',
    prefix: 'partner_statements:',
  },
  sales: {
    title: 'partner_statements:one_report',
    statusHint: 'partner_statements:sales_status_hint',
    expected: 'partner_statements:field.reported_before',
    prefix: 'partner_statements:sales_',
  },
};

/** `not_paid`: our redemptions that the statement leaves out. null: every row of the statement. */
export type AskedFinding = Finding | 'not_paid' | null;

export interface AskedRows {
  readonly finding: AskedFinding;
  readonly afterId: string | null;
  readonly limit: number;
}

/** The rows an address asks for; every one where it names no finding of this kind of file. */
export function askedFinding(asked: string, { kind }: Statement): AskedFinding {
  return asked === 'not_paid' ? asked : (STATEMENT_RULES[kind].findings.find((one) => one === asked) ?? null);
}

/** What stands above one statement, whatever is shown of it. */
export async function headerView(connection: Connection, statement: Statement, t: Translate) {
  const { id, kind, partnerId, documentNumber, state } = statement;
  return {
    title: t(STATEMENT_WORDS[kind].title, { number: documentNumber }),
    breadcrumbs: [
      { href: SETTLEMENTS_PATH, text: t('partner_settlements:title') },
      {
        href: `${PARTNER_STATEMENTS_PATH}?partner=${encodeURIComponent(partnerId)}`,
        text: t('partner_statements:title'),
      },
    ],
    path: `${PARTNER_STATEMENTS_PATH}/${id}`,
    statement,
    partnerName: (await namesOfEntries(connection, 'partner', [partnerId])).get(partnerId) ?? partnerId,
    stateText: t(`partner_statements:state.${state}`),
  };
}

/** What a comparison shows: the classes with their sums, and the rows of one of them with what can be done. */
export async function comparisonView(
  { connection, clock }: { readonly connection: Connection; readonly clock: Clock },
  statement: Statement,
  asked: AskedRows,
  about: { readonly res: Response; readonly path: string },
) {
  const { res, path } = about;
  const { t } = res.locals;
  const { prefix, expected } = STATEMENT_WORDS[statement.kind];
  const sums = await findingSums(connection, statement.id);
  const { lines, unpaid, lastId } = await askedRows(connection, clock, statement, asked);
  const isUnpaid = asked.finding === 'not_paid';
  const classes = classesOf(statement, sums, { finding: asked.finding, path, t });
  const agreeing = classes.filter(({ isBookable }) => isBookable).reduce((sum, { openRows }) => sum + openRows, 0);
  const query = asked.finding === null ? '' : `?finding=${asked.finding}`;
  return {
    classes,
    total: sums.reduce((sum, { cents }) => sum + cents, 0),
    isSales: statement.kind === 'sales',
    unpaidName: t(`${prefix}finding.not_paid`),
    unpaidHref: `${path}?finding=not_paid`,
    unpaidText:
      unpaid.length > asked.limit ? t('partner_statements:more_than', { count: asked.limit }) : String(unpaid.length),
    hasUnpaid: unpaid.length > 0,
    isUnpaid,
    expectedName: t(expected),
    agreeing,
    hasAgreeing: agreeing > 0,
    hasBooked: sums.some(({ state }) => state === 'booked'),
    explanation: asked.finding === null ? '' : t(`${prefix}explanation.${asked.finding}`),
    query,
    lines: lines.slice(0, asked.limit).map((line) => lineView(statement, line, res)),
    unpaid: (isUnpaid ? unpaid.slice(0, asked.limit) : []).map(unpaidView),
    first: asked.afterId === null ? '' : `${path}${query}`,
    next: lastId === null ? '' : urlOf(path, asked.finding, lastId),
    all: path,
    isAll: asked.finding === null,
  };
}

/** Of each one more than is shown; `lastId`: the last one shown, null where nothing follows. */
async function askedRows(connection: Connection, clock: Clock, statement: Statement, asked: AskedRows) {
  const { finding, afterId } = asked;
  const limit = asked.limit + 1;
  const isUnpaid = finding === 'not_paid';
  const unpaid = await unpaidDeals(connection, clock, statement, { afterId: isUnpaid ? afterId : null, limit });
  const findings = finding === null || isUnpaid ? null : [finding];
  const lines = isUnpaid
    ? []
    : await statementLines(connection, statement.id, { findings, isOpen: false, afterId, limit });
  const ids = isUnpaid ? unpaid.map(({ lineId }) => lineId) : lines.map(({ id }) => id);
  return { lines, unpaid, lastId: ids.length > asked.limit ? (ids[asked.limit - 1] ?? null) : null };
}

function classesOf(
  { kind }: Statement,
  sums: readonly FindingSum[],
  about: { readonly finding: AskedFinding; readonly path: string; readonly t: Translate },
) {
  const { findings, bookable } = STATEMENT_RULES[kind];
  return findings
    .map((finding) => {
      const own = sums.filter((sum) => sum.finding === finding);
      const add = (of: (sum: FindingSum) => number): number => own.reduce((total, sum) => total + of(sum), 0);
      return {
        finding,
        text: about.t(`${STATEMENT_WORDS[kind].prefix}finding.${finding}`),
        tone: TONES[finding],
        href: `${about.path}?finding=${finding}`,
        current: about.finding === finding,
        amountOfRows: add(({ count }) => count),
        openRows: add(({ count, state }) => (state === 'open' ? count : 0)),
        cents: add(({ cents }) => cents),
        expected: add(({ expected }) => expected),
        isBookable: bookable.includes(finding),
      };
    })
    .filter(({ amountOfRows }) => amountOfRows > 0);
}

function lineView({ kind, currency }: Statement, line: StatementLine, { locals: { t, user } }: Response) {
  const { id, finding, state, decision, codeText, expected, voucherId, redemptionId } = line;
  const isOpen = state === 'open';
  const { mayAccept, mayReject, mayNote } = possibleDecisions(kind, line);
  return {
    ...line,
    hasExpected: expected !== null,
    codeText: codeText === '' ? '' : shownCode(user, codeText),
    findingText: t(`${STATEMENT_WORDS[kind].prefix}finding.${finding}`),
    decisionText: decision === null ? '' : t(`partner_statements:decision.${decision}`),
    tone: isOpen ? TONES[finding] : 'quiet',
    isOpen,
    voucherHref: voucherId === null ? '' : `/admin/vouchers/${voucherId}`,
    bookingHref: redemptionId === null ? '' : `/admin/redemptions/${redemptionId}`,
    currency,
    mayAccept: isOpen && mayAccept,
    asksDay: STATEMENT_RULES[kind].isPayment,
    mayReject: isOpen && mayReject,
    mayNote: isOpen && mayNote,
    noteField: `note-${id}`,
    paidOnField: `paidOn-${id}`,
  };
}

function unpaidView(deal: UnpaidDeal) {
  return {
    ...deal,
    voucherText: deal.voucherNumber ?? `V-${deal.voucherId}`,
    codeEnd: codeEnd(deal.code),
    hasDocument: deal.owed !== null,
  };
}

function urlOf(path: string, finding: AskedFinding, cursor: string): string {
  return `${path}?${new URLSearchParams({ ...(finding === null ? {} : { finding }), cursor }).toString()}`;
}
