import type { Act } from '../../../platform/data/act.ts';
import type { Moment } from '../../../platform/process/clock.ts';
import {
  dealUse,
  dealUseOfRest,
  postingsOfDealCommission,
  postingsOfDealCommissionReversal,
  postingsOfDealPayout,
  postingsOfDealRefund,
  postingsOfDealSale,
  postingsOfDealUse,
  postingsOfDealUseReversal,
  postingsOfPriceChange,
} from '../../../core/books/deal-sale.ts';
import { postingsOfTransferIn, postingsOfTransferOut, type Posting } from '../../../core/books/postings.ts';
import type { Transaction } from '../../../platform/data/db.ts';
import { appError } from '../../../platform/process/errors.ts';
import {
  copyDealSale,
  endDealUse,
  findDealSale,
  findDealSaleById,
  findLiveDealUse,
  insertDealSale,
  insertDealUse,
  updateDealSale,
  type DealSale,
  type NewDealSale,
  type StoredDealUse,
} from './deal-sale-store.ts';
import { audit, lockedVoucher } from '../record/voucher-service.ts';
import { moveValue } from '../record/voucher-value-service.ts';

export { findDealSale, findDealSales, listDealSales, type DealSale, type StoredDealUse } from './deal-sale-store.ts';

/** A redeemed line that a sale covers. */
export interface CoveredLine {
  readonly id: string;
  readonly voucherId: string;
  readonly redemption: { readonly id: string; readonly bookingNumber: string };
  /** The day it was redeemed. */
  readonly redeemedOn: string;
  /** What of it counts. */
  readonly counts: number;
}

const NEVER = '9999-12-31';

/** A1: a partner sold the deal, and its holder is owed the price from now on. Once for a voucher. */
export async function recordDealSale(
  act: Act,
  sale: Omit<NewDealSale, 'actor' | 'now' | 'currency'>,
  currency: string,
): Promise<void> {
  const { trx, actor, moment } = act;
  const { record, rules } = await lockedVoucher(trx, sale.voucherId, moment);
  if (record.type !== 'deal' || rules.currency !== currency) throw appError('rule_broken');
  if (
    (await findDealSale(trx, sale.voucherId)) !== null ||
    record.isCancelled ||
    record.isReplaced ||
    record.isDerecognised
  )
    throw appError('conflict');
  await insertDealSale(trx, { ...sale, currency, actor, now: moment.now });
  await post(act, sale.voucherId, postingsOfDealSale(sale.price), {
    on: sale.soldOn,
    documentNumber: sale.documentNumber,
    // Its holder has paid the partner, so the code works.
    columns: (record.paidOn ?? record.campaignPaidOn ?? NEVER) > moment.today ? { paid_on: sale.soldOn } : {},
  });
  await audit(act, 'voucher.deal_sale', sale.voucherId, {
    partner: sale.partnerId,
    price: sale.price,
    document: sale.documentNumber,
  });
}

/** The partner corrects the price of a deal that nobody redeemed. */
export async function changeDealPrice(
  act: Act,
  voucherId: string,
  price: number,
  cause: { readonly expected: number; readonly documentNumber: string },
): Promise<void> {
  const { trx, moment } = act;
  const sale = await lockedSale(trx, voucherId, moment);
  if (sale.price !== cause.expected || sale.rest !== sale.price || sale.paidOn !== null || price <= 0)
    throw appError('conflict');
  await updateDealSale(trx, sale.id, { price, rest: price });
  await post(act, voucherId, postingsOfPriceChange(price - sale.price), {
    on: moment.today,
    documentNumber: cause.documentNumber,
  });
  await audit(act, 'voucher.deal_price', voucherId, {
    before: sale.price,
    after: price,
    document: cause.documentNumber,
  });
}

/** A5: the partner gave the price back before anybody redeemed the deal. The caller ends the voucher. */
export async function recordDealRefund(
  act: Act,
  voucherId: string,
  statement: { readonly id: string; readonly documentNumber: string; readonly on: string },
): Promise<void> {
  const { trx, moment } = act;
  const sale = await lockedSale(trx, voucherId, moment);
  if (sale.rest !== sale.price || sale.refundStatementId !== null) throw appError('conflict');
  await updateDealSale(trx, sale.id, { rest: 0, refund_statement_id: statement.id });
  await post(act, voucherId, postingsOfDealRefund(sale.price), {
    // A report of an earlier time gives back what was not sold before.
    on: statement.on > sale.soldOn ? statement.on : sale.soldOn,
    documentNumber: statement.documentNumber,
  });
  await audit(act, 'voucher.deal_refund', voucherId, { price: sale.price, document: statement.documentNumber });
}

/** A2: the share of the partner's invoice that falls on this sale, which it clears; another takes the place of the one before. */
export async function chargeCommission(
  act: Act,
  voucherId: string,
  share: { readonly net: number; readonly vat: number },
  invoice: SettlingEntry,
): Promise<void> {
  const { trx, moment } = act;
  const sale = await lockedSale(trx, voucherId, moment);
  if (sale.commission === share.net && sale.commissionVat === share.vat) return;
  if (sale.paidOn !== null) throw appError('conflict');
  await updateDealSale(trx, sale.id, { commission: share.net, commission_vat: share.vat });
  const postings = [
    ...postingsOfDealCommissionReversal(sale.commission, sale.commissionVat),
    ...postingsOfDealCommission(share.net, share.vat),
  ];
  await post(act, voucherId, postings, invoice);
}

/** A3: the partner paid out what a sale brought, less its commission; or kept back what it had refunded. Once. */
export async function recordPayout(
  act: Act,
  voucherId: string,
  kind: 'sale' | 'refund',
  payment: SettlingEntry,
): Promise<void> {
  const { trx, moment } = act;
  const sale = await lockedSale(trx, voucherId, moment);
  if ((kind === 'sale' ? sale.paidOn : sale.refundPaidOn) !== null) return;
  await updateDealSale(trx, sale.id, { [kind === 'sale' ? 'paid_on' : 'refund_paid_on']: payment.on });
  await post(act, voucherId, postingsOfDealPayout(kind === 'sale' ? payoutOf(sale) : -sale.price), payment);
}

/** What the partner pays for a sale. 99,00 less 15,00 commission and 2,85 VAT: 81,15. */
function payoutOf({ price, commission, commissionVat }: DealSale): number {
  return price - commission - commissionVat;
}

export function findUseOf(trx: Transaction, lineId: string): Promise<StoredDealUse | null> {
  return findLiveDealUse(trx, lineId);
}

/** A4: what the holder paid covers the redeemed line, the rest of it is a price cut. False: nothing is left to cover it. */
export async function coverBySale(act: Act, line: CoveredLine, before: StoredDealUse | null): Promise<boolean> {
  const { trx, moment } = act;
  const sale = before === null ? await findDealSale(trx, line.voucherId) : await saleOfUse(trx, before);
  if (sale === null || sale.rest === 0) return false;
  const use = before === null ? dealUse(sale, line.counts) : dealUseOfRest(before, line.counts);
  await updateDealSale(trx, sale.id, { rest: sale.rest - use.taken });
  await insertDealUse(trx, {
    saleId: sale.id,
    redemptionId: line.redemption.id,
    lineId: line.id,
    bookingNumber: line.redemption.bookingNumber,
    ...use,
    now: moment.now,
  });
  await carry(act, use.taken, sale.voucherId, line.voucherId, null);
  // A sale that was reported after the journey covers it from the day of the report; what was carried to it, from today.
  const isLater = line.redeemedOn < sale.soldOn || before !== null || sale.voucherId !== line.voucherId;
  const on = isLater ? moment.today : line.redeemedOn;
  await post(act, line.voucherId, postingsOfDealUse(use), {
    on,
    documentNumber: sale.documentNumber,
    redemption: line.redemption,
  });
  return true;
}

/** What the line took is owed again. */
export async function uncover(
  act: Act,
  line: Pick<CoveredLine, 'voucherId' | 'redemption'>,
  use: StoredDealUse,
): Promise<void> {
  const { trx, moment } = act;
  if (!(await endDealUse(trx, use.id))) throw new Error('a use of a sold deal was taken back twice');
  const sale = await saleOfUse(trx, use);
  await updateDealSale(trx, sale.id, { rest: sale.rest + use.taken });
  await post(act, line.voucherId, postingsOfDealUseReversal(use), {
    on: moment.today,
    documentNumber: sale.documentNumber,
    redemption: line.redemption,
  });
  await carry(act, use.taken, line.voucherId, sale.voucherId, null);
}

/** Under a new code the deal is still the one that was sold. */
export async function passSaleOn(act: Act, fromId: string, toId: string, reason: string): Promise<void> {
  const { trx, actor, moment } = act;
  const sale = await findDealSale(trx, fromId);
  if (sale === null) return;
  await carry(act, sale.rest, fromId, toId, reason);
  const passedTo = await copyDealSale(trx, sale, toId, actor, moment.now);
  await updateDealSale(trx, sale.id, { rest: 0, passed_to_id: passedTo });
}

async function lockedSale(trx: Transaction, voucherId: string, moment: Moment): Promise<DealSale> {
  await lockedVoucher(trx, voucherId, moment);
  const sale = await findDealSale(trx, voucherId);
  if (sale === null || sale.passedToId !== null) throw appError('conflict');
  return sale;
}

async function saleOfUse(trx: Transaction, use: StoredDealUse): Promise<DealSale> {
  for (let id = use.saleId; ;) {
    const sale = await findDealSaleById(trx, id);
    if (sale === null) throw new Error('a use without its sold deal');
    if (sale.passedToId === null) return sale;
    id = sale.passedToId;
  }
}

/** What is owed moves between a voucher and the one that replaced it. */
async function carry(act: Act, cents: number, fromId: string, toId: string, reason: string | null): Promise<void> {
  const { moment } = act;
  if (cents === 0 || fromId === toId) return;
  const deal = { type: 'deal', funding: null } as const;
  await post(act, fromId, postingsOfTransferOut(deal, cents), { on: moment.today, documentNumber: null, reason });
  await post(act, toId, postingsOfTransferIn(deal, cents), { on: moment.today, documentNumber: null, reason });
}

/** It carries the report's number, by which sale, commission and payout clear; the reason is what the partner calls it. */
export type SettlingEntry = Pick<Entry, 'on' | 'documentNumber' | 'reason'>;

interface Entry {
  readonly on: string;
  readonly documentNumber: string | null;
  readonly reason?: string | null;
  readonly redemption?: { readonly id: string; readonly bookingNumber: string };
  readonly columns?: Readonly<Record<string, unknown>>;
}

async function post(act: Act, voucherId: string, postings: readonly Posting[], entry: Entry): Promise<void> {
  const { trx, moment } = act;
  if (postings.length === 0) return;
  const { record, rules } = await lockedVoucher(trx, voucherId, moment);
  const { on: postedOn, reason = null, ...others } = entry;
  await moveValue(act, { voucher: record, currency: rules.currency, change: 0, postings, postedOn, reason, ...others });
}
