import { judgeSales, type KnownSale, type SalesJudgement, type StatedSale } from '../../../core/books/deal-sale.ts';
import type { Act } from '../../../platform/data/act.ts';
import type { Transaction } from '../../../platform/data/db.ts';
import { appError } from '../../../platform/process/errors.ts';
import { requestPartnerInvoices } from '../../booking/redemptions/partner-invoice-request-service.ts';
import {
  changeDealPrice,
  findDealSales,
  recordDealRefund,
  recordDealSale,
  type DealSale,
} from '../../vouchers/life/deal-sale-service.ts';
import { cancelVoucher } from '../../vouchers/life/voucher-lifecycle-service.ts';
import { lockedVoucher } from '../../vouchers/record/voucher-service.ts';
import type { StatementLine } from '../statements/partner-statement-line-store.ts';
import type { Statement } from '../statements/partner-statement-store.ts';
import { findRedemptionsOfDeal, findSellableDeals, type SellableDeal } from './partner-sales-store.ts';

const CODES_PER_QUERY = 200;
const MAX_REDEMPTIONS = 20;

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
    for (const deal of await findSellableDeals(trx, part))
      known.set(deal.voucherId, knownSale(deal, sales.get(deal.voucherId) ?? null, partnerId));
  }
  return judgeSales(named, known);
}

function knownSale(deal: SellableDeal, sale: DealSale | null, partnerId: string): KnownSale {
  return {
    isOfPartner: deal.isDeal && (sale === null ? deal.partnerId : sale.partnerId) === partnerId,
    isEnded: deal.isEnded,
    isInvoiced: deal.isInvoiced,
    sale: sale === null ? null : { price: sale.price, rest: sale.rest, isRefunded: sale.refundStatementId !== null },
  };
}

/** Books one row of a report: a sale, a refund, or another price for a sale that was reported before. */
export async function bookSalesLine(act: Act, statement: Statement, line: StatementLine): Promise<void> {
  const { voucherId, cents, expected, finding } = line;
  if (voucherId === null) throw appError('rule_broken');
  const { documentNumber } = statement;
  switch (finding) {
    case 'sold':
      return bookSale(act, statement, { ...line, voucherId });
    case 'refunded':
      return bookRefund(act, statement, voucherId);
    case 'price_differs':
      if (expected === null || cents <= 0) throw appError('rule_broken');
      return changeDealPrice(act, voucherId, cents, { expected, documentNumber });
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

async function bookSale(
  act: Act,
  statement: Statement,
  { id, voucherId, cents }: StatementLine & { readonly voucherId: string },
): Promise<void> {
  if (cents <= 0) throw appError('rule_broken');
  const { partnerId, documentNumber } = statement;
  await recordDealSale(
    act,
    {
      voucherId,
      partnerId,
      statementId: statement.id,
      documentNumber,
      price: cents,
      soldOn: dayOfReport(act, statement),
    },
    statement.currency,
  );
  // Redeemed before it was reported: the job that settles its redemption finds the sale.
  for (const redemptionId of await findRedemptionsOfDeal(act.trx, voucherId, MAX_REDEMPTIONS))
    await requestPartnerInvoices(
      act.trx,
      { redemptionId, cause: `sale:${id}:${redemptionId}` },
      act.actor,
      act.moment.now,
    );
}

async function bookRefund(act: Act, statement: Statement, voucherId: string): Promise<void> {
  const { id, documentNumber } = statement;
  await recordDealRefund(act, voucherId, { id, documentNumber, on: dayOfReport(act, statement) });
  const { record } = await lockedVoucher(act.trx, voucherId, act.moment);
  if (!record.isCancelled) await cancelVoucher(act, voucherId, { refund: false, reason: documentNumber });
}

/** Its last day, but never one to come. */
function dayOfReport({ moment }: Act, { to }: Statement): string {
  return to < moment.today ? to : moment.today;
}
