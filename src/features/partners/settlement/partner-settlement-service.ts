import {
  clearingByPriceCut,
  clearingByRejection,
  clearingOfRest,
  settlementOf,
} from '../../../core/books/partner-settlement.ts';
import { partnerModel } from '../../../core/books/partner-model.ts';
import type { Act, Author } from '../../../platform/data/act.ts';
import { inTransaction, type Database, type Transaction } from '../../../platform/data/db.ts';
import { appError } from '../../../platform/process/errors.ts';
import { partnerDetails } from '../../catalogue/partner-service.ts';
import { coverBySale, uncover } from '../../vouchers/life/deal-sale-service.ts';
import { lockedVoucher } from '../../vouchers/record/voucher-service.ts';
import { cancelInvoice, issueInvoice } from '../invoices/partner-invoice-issue-service.ts';
import { lockedInvoice, readInvoice, type PartnerInvoicing } from '../invoices/partner-invoice-service.ts';
import type { PartnerInvoice } from '../invoices/partner-invoice-store.ts';
import { creditOverpaid } from './partner-credit-service.ts';
import { clearLine, undoClearing } from './partner-clearing-service.ts';
import {
  coveredLine,
  isNewlySold,
  isOutdated,
  lockedLine,
  lockedLines,
  takeBack,
  type SettledLine,
} from './settled-line-service.ts';
import { findDealLines } from './settled-redemption-store.ts';

export interface SettledPartners {
  readonly issued: number;
  readonly cancelled: number;
}

/** Right after a redemption, for partners who get their invoices so; or in a run, for the one partner it is about. */
export type SettlementOccasion = 'at_once' | { readonly runOf: string };

/**
 * Brings invoices to partners, and what settles a deal without one, in line with what of a redemption still counts: a
 * new one where there is none, and where something was given back a counter-invoice and an invoice about the rest. Run
 * again it changes nothing.
 */
export async function settlePartners(
  invoicing: PartnerInvoicing,
  author: Author,
  redemptionId: string,
  occasion: SettlementOccasion,
): Promise<SettledPartners> {
  return inTransaction(invoicing.database, async (trx) => {
    const act: Act = { ...author, trx };
    const lines = await lockedLines(trx, redemptionId, act.moment);
    const outdated: SettledLine[] = [];
    for (const one of lines.filter(isOutdated)) if (await isDue(trx, one, occasion)) outdated.push(one);
    // Circles of numbers last, and in their order: all counter-invoices, then all invoices.
    for (const one of outdated) {
      if (one.clearing !== null) await undoClearing(act, one.clearing);
      if (one.use !== null) await uncover(act, coveredLine(invoicing, one), one.use);
    }
    const taken = outdated.flatMap(({ invoice }) => (invoice === null ? [] : [invoice]));
    for (const invoice of taken) await cancelInvoice(act, invoicing, invoice, null);
    let issued = 0;
    for (const one of outdated) {
      if (one.line.reversed < one.line.applied && (await settleLine(act, invoicing, one)) !== null) issued += 1;
    }
    for (const one of outdated) await creditOverpaid(act, one);
    return { issued, cancelled: taken.length };
  });
}

/** Takes an invoice back by a counter-invoice and makes a new one from what is known now, such as a mended address. */
export async function renewInvoice(
  invoicing: PartnerInvoicing,
  author: Author,
  id: string,
  reason: string,
): Promise<PartnerInvoice> {
  return inTransaction(invoicing.database, async (trx) => {
    const act: Act = { ...author, trx };
    const { invoice, redemption } = await lockedInvoice(trx, id);
    if (invoice.state !== 'open') throw appError('conflict');
    const line = (await findDealLines(trx, redemption.id)).find((one) => one.id === invoice.liveLineId);
    if (line === undefined) throw new Error('an invoice without its redeemed line');
    await cancelInvoice(act, invoicing, invoice, reason);
    const bare: SettledLine = { redemption, line, invoice: null, clearing: null, use: null, sale: null };
    return (await settleLine(act, invoicing, bare)) ?? readInvoice(trx, id);
  });
}

/** D8: the partner refuses the code. Its invoice is taken back and the traveller owes the trip again. */
export async function rejectLine(
  act: Act,
  invoicing: PartnerInvoicing,
  settled: SettledLine,
  cause: { readonly documentNumber: string; readonly reason: string },
): Promise<void> {
  await takeBack(act, invoicing, settled, cause.reason);
  const { redemption, line } = settled;
  await clearLine(
    act,
    { redemption, line, partnerId: line.partnerId },
    clearingByRejection(line.applied - line.reversed),
    { source: 'rejected', ...cause },
  );
}

/** Nobody will pay for this deal: what was redeemed becomes a price cut, with a reason. Only where nothing settles it yet. */
export async function writeOffLine(
  database: Database,
  author: Author,
  { lineId, redemptionId }: { readonly lineId: string; readonly redemptionId: string },
  reason: string,
): Promise<void> {
  await inTransaction(database, async (trx) => {
    const act: Act = { ...author, trx };
    const { redemption, line, invoice, clearing, use } = await lockedLine(trx, redemptionId, lineId, act.moment);
    const redeemed = line.applied - line.reversed;
    if (invoice !== null || clearing !== null || use !== null || redeemed === 0) throw appError('conflict');
    await clearLine(act, { redemption, line, partnerId: line.partnerId }, clearingByPriceCut(redeemed), {
      source: 'written_off',
      documentNumber: redemption.bookingNumber,
      reason,
    });
  });
}

/** A partner who gets invoices in runs waits for the run; what needs no invoice is brought in line at once. */
async function isDue(trx: Transaction, settled: SettledLine, occasion: SettlementOccasion): Promise<boolean> {
  const { line, clearing, use } = settled;
  if (occasion !== 'at_once') return line.partnerId === occasion.runOf;
  if (clearing !== null || use !== null || line.partnerId === null || isNewlySold(settled)) return true;
  return (await partnerDetails(trx, line.partnerId)).invoiceTiming === 'at_once';
}

/** null: no invoice, because this deal or this partner wants none, or because nothing is owed. */
async function settleLine(act: Act, invoicing: PartnerInvoicing, settled: SettledLine): Promise<PartnerInvoice | null> {
  if (await settleAsBefore(act, invoicing, settled)) return null;
  const { redemption, line } = settled;
  const { partnerId } = line;
  const { rules } = await lockedVoucher(act.trx, line.voucherId, act.moment);
  if (rules.deal?.invoicePartner !== true || partnerId === null) return null;
  const details = await partnerDetails(act.trx, partnerId);
  if (!partnerModel(details.dealModel).makesInvoices) return null;
  const settlement = settlementOf({
    applied: line.applied,
    redeemed: line.applied - line.reversed,
    agreedPrice: rules.deal.partnerPrice,
    commissionBasisPoints: details.commissionBasisPoints,
  });
  if (settlement.owed > 0) return issueInvoice(act, invoicing, { redemption, line, partnerId, details }, settlement);
  const cause = { source: 'nothing_owed', documentNumber: redemption.bookingNumber, reason: null } as const;
  await clearLine(act, { redemption, line, partnerId }, { ...settlement, claimed: 0 }, cause);
  return null;
}

/** By the sale the partner reported, or in proportion by what settled the line before. False: by neither. */
async function settleAsBefore(act: Act, invoicing: PartnerInvoicing, settled: SettledLine): Promise<boolean> {
  const { redemption, line, invoice, clearing, use, sale } = settled;
  const isSold = use !== null || (sale !== null && invoice === null);
  if (isSold && (await coverBySale(act, coveredLine(invoicing, settled), use))) return true;
  if (clearing === null || clearing.source === 'nothing_owed') return false;
  const { source, documentNumber, reason } = clearing;
  await clearLine(
    act,
    { redemption, line, partnerId: line.partnerId },
    clearingOfRest(clearing, line.applied - line.reversed),
    { source, documentNumber, reason },
  );
  return true;
}
