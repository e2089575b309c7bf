import type { Response } from 'express';
import { codeEnd, shownCode } from '../../../core/engine/code-mask.ts';
import { SALES_FINDINGS } from '../../../core/books/deal-sale.ts';
import { STATEMENT_FINDINGS } from '../../../core/books/partner-statement.ts';
import type { Clock } from '../../../platform/process/clock.ts';
import type { Connection } from '../../../platform/data/db.ts';
import { BOOKABLE_SALES } from '../sales/partner-sales-service.ts';
import {
  findingSums,
  statementLines,
  unpaidDeals,
  type Finding,
  type Statement,
  type StatementLine,
} from './partner-statement-service.ts';

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

/** What the rows of a statement can turn out to be, in the order in which people read them. */
export function findingsOf({ kind }: Statement): readonly Finding[] {
  return kind === 'sales' ? SALES_FINDINGS : STATEMENT_FINDINGS;
}

export interface AskedRows {
  /** `not_paid`: our redemptions that the statement leaves out. null: every row of the statement. */
  readonly finding: Finding | 'not_paid' | null;
  readonly afterId: string | null;
  readonly limit: number;
}

/** What a comparison shows: the classes with their sums, and the rows of one of them with what can be done. */
export async function comparisonView(
  connection: Connection,
  clock: Clock,
  statement: Statement,
  asked: AskedRows,
  about: { readonly res: Response; readonly path: string },
) {
  const { res, path } = about;
  const { t, user } = res.locals;
  const isSales = statement.kind === 'sales';
  const words = `partner_statements:${isSales ? 'sales_' : ''}`;
  const sums = await findingSums(connection, statement.id);
  const isUnpaid = asked.finding === 'not_paid';
  const unpaid = await unpaidDeals(connection, clock, statement, isUnpaid ? asked.afterId : null, asked.limit + 1);
  const lines = isUnpaid
    ? []
    : await statementLines(connection, statement.id, {
        findings: asked.finding === null ? null : [asked.finding],
        isOpen: false,
        afterId: asked.afterId,
        limit: asked.limit + 1,
      });
  const shownLines = lines.slice(0, asked.limit);
  const shownUnpaid = isUnpaid ? unpaid.slice(0, asked.limit) : [];
  const last = isUnpaid
    ? unpaid.length > asked.limit
      ? shownUnpaid.at(-1)?.lineId
      : undefined
    : lines.length > asked.limit
      ? shownLines.at(-1)?.id
      : undefined;
  const query = asked.finding === null ? '' : `?finding=${asked.finding}`;
  const classes = findingsOf(statement)
    .map((finding) => {
      const own = sums.filter((sum) => sum.finding === finding);
      const add = (of: (sum: (typeof own)[number]) => number): number => own.reduce((total, sum) => total + of(sum), 0);
      return {
        finding,
        text: t(`${words}finding.${finding}`),
        tone: TONES[finding],
        href: `${path}?finding=${finding}`,
        current: asked.finding === finding,
        amountOfRows: add(({ count }) => count),
        openRows: add(({ count, state }) => (state === 'open' ? count : 0)),
        cents: add(({ cents }) => cents),
        expected: add(({ expected }) => expected),
      };
    })
    .filter(({ amountOfRows }) => amountOfRows > 0);
  const agreeing = classes
    .filter(({ finding }) => isBookable(finding))
    .reduce((sum, { openRows }) => sum + openRows, 0);
  return {
    classes,
    total: sums.reduce((sum, { cents }) => sum + cents, 0),
    isSales,
    unpaidName: t(`${words}finding.not_paid`),
    unpaidHref: `${path}?finding=not_paid`,
    unpaidText:
      unpaid.length > asked.limit ? t('partner_statements:more_than', { count: asked.limit }) : String(unpaid.length),
    hasUnpaid: unpaid.length > 0,
    isUnpaid,
    expectedName: t(`partner_statements:field.${isSales ? 'reported_before' : 'expected'}`),
    agreeing,
    hasAgreeing: agreeing > 0,
    hasBooked: sums.some(({ state }) => state === 'booked'),
    explanation: asked.finding === null ? '' : t(`${words}explanation.${asked.finding}`),
    query,
    lines: shownLines.map((line) => lineView(line)),
    unpaid: shownUnpaid.map((deal) => ({
      ...deal,
      voucherText: deal.voucherNumber ?? `V-${deal.voucherId}`,
      codeEnd: codeEnd(deal.code),
      hasDocument: deal.owed !== null,
    })),
    first: asked.afterId === null ? '' : `${path}${query}`,
    next:
      last === undefined
        ? ''
        : `${path}?${new URLSearchParams({ ...(asked.finding === null ? {} : { finding: asked.finding }), cursor: last }).toString()}`,
    all: path,
    isAll: asked.finding === null,
  };

  function lineView(line: StatementLine) {
    const { id, finding, state, decision, codeText, counts, cents, expected, voucherId, redemptionId } = line;
    const isOpen = state === 'open';
    return {
      ...line,
      hasExpected: expected !== null,
      codeText: codeText === '' ? '' : shownCode(user, codeText),
      findingText: t(`${words}finding.${finding}`),
      decisionText: decision === null ? '' : t(`partner_statements:decision.${decision}`),
      tone: isOpen ? TONES[finding] : 'quiet',
      isOpen,
      voucherHref: voucherId === null ? '' : `/admin/vouchers/${voucherId}`,
      bookingHref: redemptionId === null ? '' : `/admin/redemptions/${redemptionId}`,
      currency: statement.currency,
      mayAccept:
        isOpen && cents > 0 && ((finding === 'amount_differs' && cents <= counts) || finding === 'price_differs'),
      asksDay: !isSales,
      mayReject: isOpen && (finding === 'rejected' || finding === 'amount_differs'),
      mayNote: isOpen && !isBookable(finding),
      noteField: `note-${id}`,
      paidOnField: `paidOn-${id}`,
    };
  }
}

function isBookable(finding: Finding): boolean {
  return finding === 'agrees' || BOOKABLE_SALES.some((one) => one === finding);
}
