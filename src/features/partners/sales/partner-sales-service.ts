import type { Moment } from '../../../platform/process/clock.ts';
import { allocate } from '../../../core/engine/allocation.ts';
import {
  judgeSales,
  type KnownSale,
  type SalesFinding,
  type SalesJudgement,
  type StatedSale,
} from '../../../core/books/deal-sale.ts';
import { writeAudit } from '../../../platform/data/audit.ts';
import { inTransaction, type Connection, type Database, type Transaction } from '../../../platform/data/db.ts';
import { appError } from '../../../platform/process/errors.ts';
import { insertJob } from '../../../platform/jobs/job-store.ts';
import { requestPartnerInvoices } from '../../booking/redemptions/partner-invoice-request-service.ts';
import {
  changeDealPrice,
  findDealSales,
  listDealSales,
  recordDealRefund,
  recordDealSale,
  type DealSale,
} from '../../vouchers/life/deal-sale-service.ts';
import { cancelVoucher } from '../../vouchers/life/voucher-lifecycle-service.ts';
import { lockedVoucher } from '../../vouchers/record/voucher-service.ts';
import { MAX_STATEMENT_ROWS } from '../statements/partner-statement-table.ts';
import {
  listStatementLines,
  lockStatement,
  updateCommission,
  updatePayout,
  type CommissionInvoice,
  type Statement,
  type StatementLine,
} from '../statements/partner-statement-store.ts';
import { findRedemptionsOfDeal, findSellableDeals } from './partner-sales-store.ts';

export type { CommissionInvoice };

export const PARTNER_SALES_JOB = 'partner-sales';

export interface PartnerSalesPayload {
  readonly statementId: string;
  readonly action: 'commission' | 'payout';
  readonly actor: string;
}

/** Rows that can be booked as they are. */
export const BOOKABLE_SALES: readonly SalesFinding[] = ['sold', 'refunded'];

const CODES_PER_QUERY = 200;
const MAX_REDEMPTIONS = 20;

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

export async function judgeSalesRows(
  trx: Transaction,
  partnerId: string,
  named: readonly StatedSale[],
): Promise<SalesJudgement[]> {
  const ids = [...new Set(named.flatMap(({ deal }) => deal ?? []))];
  const known = new Map<string, KnownSale>();
  for (let start = 0; start < ids.length; start += CODES_PER_QUERY) {
    const part = ids.slice(start, start + CODES_PER_QUERY);
    const sales = new Map(
      (await findDealSales(trx, part))
        .filter(({ passedToId }) => passedToId === null)
        .map((sale) => [sale.voucherId, sale]),
    );
    for (const deal of await findSellableDeals(trx, part)) {
      const sale = sales.get(deal.voucherId);
      const isOfPartner = deal.isDeal && (sale === undefined ? deal.partnerId : sale.partnerId) === partnerId;
      known.set(deal.voucherId, {
        isOfPartner,
        isEnded: deal.isEnded,
        isInvoiced: deal.isInvoiced,
        sale:
          sale === undefined
            ? null
            : { price: sale.price, rest: sale.rest, isRefunded: sale.refundStatementId !== null },
      });
    }
  }
  return judgeSales(named, known);
}

/** Books one row of a report: a sale, a refund, or another price for a sale that was reported before. */
export async function bookSalesLine(
  trx: Transaction,
  statement: Statement,
  line: StatementLine,
  actor: string,
  moment: Moment,
): Promise<void> {
  const { voucherId, cents, expected, finding } = line;
  if (voucherId === null) throw appError('rule_broken');
  const on = statement.to < moment.today ? statement.to : moment.today;
  const { documentNumber } = statement;
  switch (finding) {
    case 'sold': {
      if (cents <= 0) throw appError('rule_broken');
      await recordDealSale(
        { trx, actor, moment },
        {
          voucherId,
          partnerId: statement.partnerId,
          statementId: statement.id,
          documentNumber,
          price: cents,
          soldOn: on,
        },
        statement.currency,
      );
      // Redeemed before it was reported: the job that settles its redemption finds the sale.
      for (const redemptionId of await findRedemptionsOfDeal(trx, voucherId, MAX_REDEMPTIONS))
        await requestPartnerInvoices(
          trx,
          { redemptionId, cause: `sale:${line.id}:${redemptionId}` },
          actor,
          moment.now,
        );
      return;
    }
    case 'refunded': {
      await recordDealRefund({ trx, actor, moment }, voucherId, { id: statement.id, documentNumber, on });
      const { record } = await lockedVoucher(trx, voucherId, moment);
      if (!record.isCancelled)
        await cancelVoucher({ trx, actor, moment }, voucherId, { refund: false, reason: documentNumber });
      return;
    }
    case 'price_differs':
      if (expected === null || cents <= 0) throw appError('rule_broken');
      return changeDealPrice({ trx, actor, moment }, voucherId, cents, { expected, documentNumber });
    case 'agrees':
    case 'already_paid':
    case 'already_reported':
    case 'amount_differs':
    case 'ended':
    case 'given_back':
    case 'invoiced':
    case 'no_price':
    case 'not_redeemed':
    case 'not_sold':
    case 'other_partner':
    case 'redeemed_differs':
    case 'refund_differs':
    case 'refunded_redeemed':
    case 'rejected':
    case 'taken_back':
    case 'twice':
    case 'unknown_code':
      throw appError('rule_broken');
  }
}

export async function salesFigures(connection: Connection, statement: Statement): Promise<SalesFigures> {
  const { sold, refunded } = await salesOf(connection, statement.id);
  const sum = (sales: readonly DealSale[], of: (sale: DealSale) => number): number =>
    sales.reduce((total, sale) => total + of(sale), 0);
  const [commission, commissionVat] = [statement.commission?.net ?? 0, statement.commission?.vat ?? 0];
  const [soldCents, refundedCents] = [sum(sold, ({ price }) => price), sum(refunded, ({ price }) => price)];
  const open = await listStatementLines(connection, statement.id, {
    findings: BOOKABLE_SALES,
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

/** A2: keeps the partner's invoice and shares it out among the sales by their prices, to the cent; another one takes its place. */
export async function recordCommission(
  database: Database,
  id: string,
  invoice: CommissionInvoice,
  actor: string,
  now: number,
): Promise<{ readonly jobId: string } | { readonly refusal: SalesRefusal }> {
  return inTransaction(database, async (trx) => {
    const statement = await lockedReport(trx, id);
    const figures = await salesFigures(trx, statement);
    if (statement.payout !== null) return { refusal: 'paid_out' };
    if (figures.isBookable) return { refusal: 'rows_open' };
    if (figures.sold === 0) return { refusal: 'nothing_sold' };
    if (invoice.net + invoice.vat > figures.soldCents) return { refusal: 'too_high' };
    await updateCommission(trx, id, invoice);
    return {
      jobId: await queue(trx, { statementId: id, action: 'commission', actor }, figures.sold, { ...invoice }, now),
    };
  });
}

/** A3: the partner paid exactly what the report comes to. */
export async function recordSalesPayout(
  database: Database,
  id: string,
  payout: { readonly paidOn: string; readonly reference: string; readonly cents: number },
  actor: string,
  now: number,
): Promise<{ readonly jobId: string } | { readonly refusal: SalesRefusal }> {
  return inTransaction(database, async (trx) => {
    const statement = await lockedReport(trx, id);
    const figures = await salesFigures(trx, statement);
    if (statement.payout !== null) return { refusal: 'paid_out' };
    if (figures.isBookable) return { refusal: 'rows_open' };
    if (figures.sold + figures.refunded === 0) return { refusal: 'nothing_sold' };
    const booked = (await salesOf(trx, id)).sold.reduce((sum, sale) => sum + sale.commission + sale.commissionVat, 0);
    if (booked !== figures.commission + figures.commissionVat) return { refusal: 'commission_running' };
    if (payout.cents !== figures.payout) return { refusal: 'other_amount' };
    await updatePayout(trx, id, payout);
    return {
      jobId: await queue(
        trx,
        { statementId: id, action: 'payout', actor },
        figures.sold + figures.refunded,
        payout,
        now,
      ),
    };
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
  trx: Transaction,
  payload: PartnerSalesPayload,
  total: number,
  changes: object,
  now: number,
): Promise<string> {
  await writeAudit(trx, [
    {
      recordedAt: now,
      actor: payload.actor,
      action: `partner_statement.${payload.action}`,
      entity: 'partner_statement',
      entityId: payload.statementId,
      changes,
    },
  ]);
  return insertJob(trx, { kind: PARTNER_SALES_JOB, payload, total, createdBy: payload.actor, now });
}
