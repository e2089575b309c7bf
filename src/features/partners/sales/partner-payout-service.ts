import { requireToldDay } from '../../staff/people/told-day-service.ts';
import { allocate } from '../../../core/engine/allocation.ts';
import { STATEMENT_RULES } from '../../../core/books/partner-model.ts';
import type { Act, Author } from '../../../platform/data/act.ts';
import { writeAudit } from '../../../platform/data/audit.ts';
import { inTransaction, type Connection, type Database, type Transaction } from '../../../platform/data/db.ts';
import { insertJob } from '../../../platform/jobs/job-store.ts';
import { appError } from '../../../platform/process/errors.ts';
import { listDealSales, type DealSale } from '../../vouchers/life/deal-sale-service.ts';
import { listStatementLines } from '../statements/partner-statement-line-store.ts';
import {
  lockStatement,
  updateCommission,
  updatePayout,
  type CommissionInvoice,
  type Statement,
} from '../statements/partner-statement-store.ts';
import { MAX_STATEMENT_ROWS } from '../statements/partner-statement-table.ts';

export type { CommissionInvoice };

export const PARTNER_SALES_JOB = 'partner-sales';

export interface PartnerSalesPayload {
  readonly statementId: string;
  readonly action: 'commission' | 'payout';
  readonly actor: string;
}

/** What a report comes to. */
export interface SalesFigures {
  readonly sold: number;
  readonly soldCents: number;
  readonly refunded: number;
  readonly refundedCents: number;
  readonly commission: number;
  readonly commissionVat: number;
  /** What the partner is to pay; below zero: what we are to pay. */
  readonly payout: number;
  /** Rows that can still be booked. */
  readonly isBookable: boolean;
}

export async function salesFigures(connection: Connection, statement: Statement): Promise<SalesFigures> {
  const { sold, refunded } = await salesOf(connection, statement.id);
  const sum = (sales: readonly DealSale[], of: (sale: DealSale) => number): number =>
    sales.reduce((total, sale) => total + of(sale), 0);
  const [commission, commissionVat] = [statement.commission?.net ?? 0, statement.commission?.vat ?? 0];
  const [soldCents, refundedCents] = [sum(sold, ({ price }) => price), sum(refunded, ({ price }) => price)];
  const open = await listStatementLines(connection, statement.id, {
    findings: STATEMENT_RULES.sales.bookable,
    isOpen: true,
    afterId: null,
    limit: 1,
  });
  return {
    sold: sold.length,
    soldCents,
    refunded: refunded.length,
    refundedCents,
    commission,
    commissionVat,
    payout: soldCents - refundedCents - commission - commissionVat,
    isBookable: open.length > 0,
  };
}

/** Why the commission or the payout of a report cannot be booked now. */
export type SalesRefusal =
  'rows_open' | 'nothing_sold' | 'too_high' | 'paid_out' | 'other_amount' | 'commission_running';

/** The job that books it, or why it cannot be booked now. */
export type SalesAnswer = { readonly jobId: string } | { readonly refusal: SalesRefusal };

/** A2: keeps the partner's invoice and shares it out among the sales by their prices, to the cent; another one takes its place. */
export async function recordCommission(
  database: Database,
  author: Author,
  id: string,
  invoice: CommissionInvoice,
): Promise<SalesAnswer> {
  return inTransaction(database, async (trx) => {
    const statement = await lockedReport(trx, id);
    const figures = await salesFigures(trx, statement);
    if (statement.payout !== null) return { refusal: 'paid_out' };
    if (figures.isBookable) return { refusal: 'rows_open' };
    if (figures.sold === 0) return { refusal: 'nothing_sold' };
    await requireToldDay({ trx, ...author }, invoice.on, 'commissionOn');
    if (invoice.net + invoice.vat > figures.soldCents) return { refusal: 'too_high' };
    await updateCommission(trx, id, invoice);
    const job = { statementId: id, action: 'commission' } as const;
    return { jobId: await queue({ ...author, trx }, job, figures.sold, { ...invoice }) };
  });
}

/** A3: the partner paid exactly what the report comes to. */
export async function recordSalesPayout(
  database: Database,
  author: Author,
  id: string,
  payout: { readonly paidOn: string; readonly reference: string; readonly cents: number },
): Promise<SalesAnswer> {
  return inTransaction(database, async (trx) => {
    const statement = await lockedReport(trx, id);
    const figures = await salesFigures(trx, statement);
    if (statement.payout !== null) return { refusal: 'paid_out' };
    if (figures.isBookable) return { refusal: 'rows_open' };
    if (figures.sold + figures.refunded === 0) return { refusal: 'nothing_sold' };
    const booked = (await salesOf(trx, id)).sold.reduce((sum, sale) => sum + sale.commission + sale.commissionVat, 0);
    if (booked !== figures.commission + figures.commissionVat) return { refusal: 'commission_running' };
    if (payout.cents !== figures.payout) return { refusal: 'other_amount' };
    await requireToldDay({ trx, ...author }, payout.paidOn, 'payoutOn');
    await updatePayout(trx, id, payout);
    const job = { statementId: id, action: 'payout' } as const;
    return { jobId: await queue({ ...author, trx }, job, figures.sold + figures.refunded, payout) };
  });
}

/** The sales a report told and those whose refund it told, all by id. */
export async function salesOf(
  connection: Connection,
  statementId: string,
): Promise<{ readonly sold: readonly DealSale[]; readonly refunded: readonly DealSale[] }> {
  return {
    sold: await listDealSales(connection, { statementId }, MAX_STATEMENT_ROWS),
    refunded: await listDealSales(connection, { refundStatementId: statementId }, MAX_STATEMENT_ROWS),
  };
}

/** Each sale's share of the commission, in the order of the sales. */
export function commissionShares(
  { net, vat }: CommissionInvoice,
  sold: readonly DealSale[],
): { readonly net: number; readonly vat: number }[] {
  const prices = sold.map(({ price }) => price);
  const [nets, vats] = [allocate(net, prices), allocate(vat, prices)];
  return sold.map((_sale, index) => ({ net: nets[index] ?? 0, vat: vats[index] ?? 0 }));
}

async function lockedReport(trx: Transaction, id: string): Promise<Statement> {
  const statement = await lockStatement(trx, id);
  if (statement === null || statement.kind !== 'sales') throw appError('not_found');
  if (statement.state !== 'compared') throw appError('conflict');
  return statement;
}

async function queue(
  { trx, actor, moment }: Act,
  job: Omit<PartnerSalesPayload, 'actor'>,
  total: number,
  changes: object,
): Promise<string> {
  const payload: PartnerSalesPayload = { ...job, actor };
  await writeAudit(trx, [
    {
      recordedAt: moment.now,
      actor,
      action: `partner_statement.${job.action}`,
      entity: 'partner_statement',
      entityId: job.statementId,
      changes,
    },
  ]);
  return insertJob(trx, { kind: PARTNER_SALES_JOB, payload, total, createdBy: actor, now: moment.now });
}
