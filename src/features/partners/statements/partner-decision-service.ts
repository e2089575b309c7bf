import { clearingByStatement } from '../../../core/books/partner-settlement.ts';
import type { StatementKind } from '../../../core/books/partner-model.ts';
import type { Act, Author } from '../../../platform/data/act.ts';
import { writeAudit } from '../../../platform/data/audit.ts';
import { inTransaction } from '../../../platform/data/db.ts';
import { appError } from '../../../platform/process/errors.ts';
import { partnerDetails } from '../../catalogue/partner-service.ts';
import { payLockedInvoice, type PartnerInvoicing } from '../invoices/partner-invoice-service.ts';
import { bookSalesLine } from '../sales/partner-sales-service.ts';
import { clearLine, payClearing } from '../settlement/partner-clearing-service.ts';
import { findLiveClearing } from '../settlement/partner-clearing-store.ts';
import { lockedLine, takeBack, type SettledLine } from '../settlement/settled-line-service.ts';
import { rejectLine } from '../settlement/partner-settlement-service.ts';
import { findRedeemedDeals } from './partner-deal-store.ts';
import { knownRedemption } from './partner-judgement-service.ts';
import { decideLine, findStatementLine, type StatementLine } from './partner-statement-line-store.ts';
import { readStatement } from './partner-statement-service.ts';
import type { Statement } from './partner-statement-store.ts';

export type Decision = MoneyDecision | { readonly kind: 'noted'; readonly note: string };

/** What moves money, so that its row is booked. */
type MoneyDecision =
  | { readonly kind: 'agreed' | 'accepted'; readonly paidOn: string }
  | { readonly kind: 'rejected'; readonly note: string };

/** A row of a statement with the statement. */
interface StatedLine {
  readonly statement: Statement;
  readonly line: StatementLine;
}

type Booking = (act: Act, invoicing: PartnerInvoicing, stated: StatedLine, decision: MoneyDecision) => Promise<void>;

const BOOKINGS: Readonly<Record<StatementKind, Booking>> = {
  settlement: bookPayment,
  sales: (act, _invoicing, { statement, line }) => bookSalesLine(act, statement, line),
};

/**
 * Decides about one row, once: the row, the settlement of its redemption and the payment are one transaction. What was
 * expected must still be so; if not, `conflict`, and it is to be compared again.
 */
export async function decide(
  invoicing: PartnerInvoicing,
  author: Author,
  { statementId, lineId }: { readonly statementId: string; readonly lineId: string },
  decision: Decision,
): Promise<void> {
  const statement = await readStatement(invoicing.database.knex, statementId);
  const line = await findStatementLine(invoicing.database.knex, statementId, lineId);
  if (line === null) throw appError('not_found');
  await inTransaction(invoicing.database, async (trx) => {
    const act: Act = { ...author, trx };
    await record(act, { statement, line }, decision);
    if (decision.kind !== 'noted') await BOOKINGS[statement.kind](act, invoicing, { statement, line }, decision);
  });
}

async function record(act: Act, { statement, line }: StatedLine, decision: Decision): Promise<void> {
  const note = 'note' in decision ? decision.note : null;
  const state = decision.kind === 'noted' ? 'closed' : 'booked';
  if (!(await decideLine(act, line.id, { state, decision: decision.kind, note }))) throw appError('conflict');
  await writeAudit(act.trx, [
    {
      recordedAt: act.moment.now,
      actor: act.actor,
      action: `partner_statement.${decision.kind}`,
      entity: 'partner_statement',
      entityId: statement.id,
      changes: { row: line.rowNumber, cents: line.cents, note },
    },
  ]);
}

async function bookPayment(
  act: Act,
  invoicing: PartnerInvoicing,
  stated: StatedLine,
  decision: MoneyDecision,
): Promise<void> {
  const settled = await dueLine(act, stated);
  const { documentNumber } = stated.statement;
  if (decision.kind === 'rejected')
    return rejectLine(act, invoicing, settled, { documentNumber, reason: decision.note });
  const payment = { paidOn: decision.paidOn, reference: documentNumber };
  const { invoice, clearing } = settled;
  const isAgreed = decision.kind === 'agreed';
  if (isAgreed && invoice !== null) return payLockedInvoice(act, invoice, payment);
  if (isAgreed && clearing !== null) return clearing.owed === 0 ? undefined : payClearing(act, clearing, payment);
  await grant(act, invoicing, stated, settled);
  const granted = await findLiveClearing(act.trx, settled.line.id);
  if (granted === null) throw new Error('a settled line without what settles it');
  await payClearing(act, granted, payment);
}

/** The redemption of a row under its lock, as it was when the row was judged. */
async function dueLine({ trx, moment }: Act, { statement, line }: StatedLine): Promise<SettledLine> {
  if (line.lineId === null || line.redemptionId === null || line.voucherId === null) throw appError('rule_broken');
  const settled = await lockedLine(trx, line.redemptionId, line.lineId, moment);
  const details = await partnerDetails(trx, statement.partnerId);
  const deal = (await findRedeemedDeals(trx, [line.voucherId])).find((one) => one.lineId === line.lineId);
  if (deal === undefined || settled.redemption.currency !== statement.currency) throw appError('rule_broken');
  const { counts, owed, isPaid } = knownRedemption(deal, details);
  if (counts === 0 || isPaid || owed !== line.expected) throw appError('conflict');
  return settled;
}

/** What the partner's statement says takes the place of whatever settled the redemption before. */
async function grant(
  act: Act,
  invoicing: PartnerInvoicing,
  { statement, line: { cents } }: StatedLine,
  settled: SettledLine,
): Promise<void> {
  const { partnerId, documentNumber } = statement;
  const { redemption, line } = settled;
  const redeemed = line.applied - line.reversed;
  if (cents <= 0 || cents > redeemed) throw appError('rule_broken');
  await takeBack(act, invoicing, settled, documentNumber);
  const { commissionBasisPoints } = await partnerDetails(act.trx, partnerId);
  await clearLine(
    act,
    { redemption, line, partnerId },
    clearingByStatement(redeemed, cents, commissionBasisPoints > 0),
    { source: 'statement', documentNumber, reason: null },
  );
}
