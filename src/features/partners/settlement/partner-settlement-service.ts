import {
  clearingByPriceCut,
  clearingByRejection,
  clearingOfRest,
  settlementOf,
} from '../../../core/books/partner-settlement.ts';
import { dayOf, type Moment } from '../../../platform/process/clock.ts';
import { inTransaction, type Database, type Transaction } from '../../../platform/data/db.ts';
import { appError } from '../../../platform/process/errors.ts';
import { partnerDetails } from '../../catalogue/partner-service.ts';
import {
  coverBySale,
  findDealSale,
  findUseOf,
  uncover,
  type CoveredLine,
  type DealSale,
  type StoredDealUse,
} from '../../vouchers/life/deal-sale-service.ts';
import { lockedVoucher } from '../../vouchers/record/voucher-service.ts';
import { clearLine, undoClearing } from './partner-clearing-service.ts';
import { findLiveClearing, type StoredClearing } from './partner-clearing-store.ts';
import {
  cancelInvoice,
  issueInvoice,
  lockedInvoice,
  readInvoice,
  type PartnerInvoicing,
} from '../invoices/partner-invoice-service.ts';
import {
  findDealLines,
  findLiveInvoice,
  lockSettledRedemption,
  type DealLine,
  type PartnerInvoice,
  type SettledRedemption,
} from '../invoices/partner-invoice-store.ts';

export interface SettledPartners {
  readonly issued: number;
  readonly cancelled: number;
}

/** Right after a redemption, for partners who get their invoices so; or in a run, for the one partner it is about. */
export type SettlementOccasion = 'at_once' | { readonly runOf: string };

/** A redeemed deal with what settles it, all under the lock of its redemption. */
export interface SettledLine {
  readonly redemption: SettledRedemption;
  readonly line: DealLine;
  readonly invoice: PartnerInvoice | null;
  readonly clearing: StoredClearing | null;
  /** What covers it where the partner sold the deal for us. */
  readonly use: StoredDealUse | null;
  readonly sale: DealSale | null;
}

/**
 * Brings invoices to partners, and what settles a deal without one, in line with what of a redemption still counts: a
 * new one where there is none, and where something was given back a counter-invoice and an invoice about the rest. Run
 * again it changes nothing.
 */
export async function settlePartners(
  invoicing: PartnerInvoicing,
  redemptionId: string,
  occasion: SettlementOccasion,
  actor: string,
  moment: Moment,
): Promise<SettledPartners> {
  return inTransaction(invoicing.database, async (trx) => {
    const lines = await lockedLines(trx, redemptionId, moment);
    const outdated: SettledLine[] = [];
    for (const one of lines.filter(isOutdated)) if (await isDue(trx, one, occasion)) outdated.push(one);
    // Circles of numbers last, and in their order: all counter-invoices, then all invoices.
    for (const one of outdated) {
      if (one.clearing !== null) await undoClearing(trx, one.clearing, actor, moment);
      if (one.use !== null) await uncover({ trx, actor, moment }, coveredLine(invoicing, one), one.use);
    }
    const taken = outdated.flatMap(({ invoice }) => (invoice === null ? [] : [invoice]));
    for (const invoice of taken) await cancelInvoice(invoicing, trx, invoice, null, actor, moment);
    let issued = 0;
    for (const one of outdated) {
      if (one.line.reversed < one.line.applied && (await settleLine(invoicing, trx, one, actor, moment)) !== null)
        issued += 1;
    }
    return { issued, cancelled: taken.length };
  });
}

/** Takes an invoice back by a counter-invoice and makes a new one from what is known now, such as a mended address. */
export async function renewInvoice(
  invoicing: PartnerInvoicing,
  id: string,
  reason: string,
  actor: string,
  moment: Moment,
): Promise<PartnerInvoice> {
  return inTransaction(invoicing.database, async (trx) => {
    const { invoice, redemption } = await lockedInvoice(trx, id);
    if (invoice.state !== 'open') throw appError('conflict');
    const line = (await findDealLines(trx, redemption.id)).find((one) => one.id === invoice.liveLineId);
    if (line === undefined) throw new Error('an invoice without its redeemed line');
    await cancelInvoice(invoicing, trx, invoice, reason, actor, moment);
    const renewed = await settleLine(
      invoicing,
      trx,
      { redemption, line, invoice: null, clearing: null, use: null, sale: null },
      actor,
      moment,
    );
    return renewed ?? readInvoice(trx, id);
  });
}

/** D8: the partner refuses the code. Its invoice is taken back and the traveller owes the trip again. */
export async function rejectLine(
  invoicing: PartnerInvoicing,
  trx: Transaction,
  settled: SettledLine,
  cause: { readonly documentNumber: string; readonly reason: string },
  actor: string,
  moment: Moment,
): Promise<void> {
  await takeBack(invoicing, trx, settled, cause.reason, actor, moment);
  const { line } = settled;
  await clearLine(
    trx,
    { ...settled, partnerId: line.partnerId },
    clearingByRejection(line.applied - line.reversed),
    { source: 'rejected', ...cause },
    actor,
    moment,
  );
}

/** Nobody will pay for this deal: what was redeemed becomes a price cut, with a reason. Only where nothing settles it yet. */
export async function writeOffLine(
  database: Database,
  lineId: string,
  redemptionId: string,
  reason: string,
  actor: string,
  moment: Moment,
): Promise<void> {
  await inTransaction(database, async (trx) => {
    const settled = await lockedLine(trx, redemptionId, lineId, moment);
    const redeemed = settled.line.applied - settled.line.reversed;
    if (settled.invoice !== null || settled.clearing !== null || settled.use !== null || redeemed === 0)
      throw appError('conflict');
    const cause = { source: 'written_off', documentNumber: settled.redemption.bookingNumber, reason } as const;
    await clearLine(
      trx,
      { ...settled, partnerId: settled.line.partnerId },
      clearingByPriceCut(redeemed),
      cause,
      actor,
      moment,
    );
  });
}

/** The redemption's row first, its vouchers by code then, as everything that changes it does. */
export async function lockedLine(
  trx: Transaction,
  redemptionId: string,
  lineId: string,
  moment: Moment,
): Promise<SettledLine> {
  const settled = (await lockedLines(trx, redemptionId, moment)).find(({ line }) => line.id === lineId);
  if (settled === undefined) throw appError('not_found');
  return settled;
}

/** Whatever settles the line so far is undone by counter entries. */
export async function takeBack(
  invoicing: PartnerInvoicing,
  trx: Transaction,
  settled: SettledLine,
  reason: string | null,
  actor: string,
  moment: Moment,
): Promise<void> {
  const { invoice, clearing, use } = settled;
  if (use !== null) await uncover({ trx, actor, moment }, coveredLine(invoicing, settled), use);
  if (clearing !== null) await undoClearing(trx, clearing, actor, moment);
  if (invoice !== null) await cancelInvoice(invoicing, trx, invoice, reason, actor, moment);
}

async function lockedLines(trx: Transaction, redemptionId: string, moment: Moment): Promise<SettledLine[]> {
  const redemption = await lockSettledRedemption(trx, redemptionId);
  if (redemption === null) return [];
  const lines = await findDealLines(trx, redemptionId);
  for (const line of lines) await lockedVoucher(trx, line.voucherId, moment);
  const settled: SettledLine[] = [];
  for (const line of lines) {
    const [invoice, clearing] = [await findLiveInvoice(trx, line.id), await findLiveClearing(trx, line.id)];
    settled.push({
      redemption,
      line,
      invoice,
      clearing,
      use: await findUseOf(trx, line.id),
      sale: await findDealSale(trx, line.voucherId),
    });
  }
  return settled;
}

function isOutdated(settled: SettledLine): boolean {
  const { line, invoice, clearing, use } = settled;
  return (
    (invoice?.redeemed ?? clearing?.redeemed ?? use?.redeemed ?? 0) !== line.applied - line.reversed ||
    isNewlySold(settled)
  );
}

/** The partner reported the sale after the journey: it takes the place of what settled the line so far without an invoice. */
function isNewlySold({ line, invoice, use, sale }: SettledLine): boolean {
  return sale !== null && sale.rest > 0 && use === null && invoice === null && line.reversed < line.applied;
}

function coveredLine({ timeZone }: PartnerInvoicing, { redemption, line }: SettledLine): CoveredLine {
  return {
    id: line.id,
    voucherId: line.voucherId,
    redemption,
    redeemedOn: dayOf(redemption.redeemedAt, timeZone),
    counts: line.applied - line.reversed,
  };
}

/** A partner who gets invoices in runs waits for the run; what needs no invoice is brought in line at once. */
async function isDue(trx: Transaction, settled: SettledLine, occasion: SettlementOccasion): Promise<boolean> {
  const { line, clearing, use } = settled;
  if (occasion !== 'at_once') return line.partnerId === occasion.runOf;
  if (clearing !== null || use !== null || line.partnerId === null || isNewlySold(settled)) return true;
  return (await partnerDetails(trx, line.partnerId)).invoiceTiming === 'at_once';
}

/** null: no invoice, because this deal or this partner wants none, or because nothing is owed. */
async function settleLine(
  invoicing: PartnerInvoicing,
  trx: Transaction,
  settled: SettledLine,
  actor: string,
  moment: Moment,
): Promise<PartnerInvoice | null> {
  const { redemption, line, clearing, use, sale } = settled;
  const redeemed = line.applied - line.reversed;
  const { partnerId } = line;
  if (
    (use !== null || (sale !== null && settled.invoice === null)) &&
    (await coverBySale({ trx, actor, moment }, coveredLine(invoicing, settled), use))
  )
    return null;
  // What was settled otherwise stays so, in proportion.
  if (clearing !== null && clearing.source !== 'nothing_owed') {
    const { source, documentNumber, reason } = clearing;
    await clearLine(
      trx,
      { redemption, line, partnerId },
      clearingOfRest(clearing, redeemed),
      { source, documentNumber, reason },
      actor,
      moment,
    );
    return null;
  }
  const { rules } = await lockedVoucher(trx, line.voucherId, moment);
  if (rules.deal?.invoicePartner !== true || partnerId === null) return null;
  const details = await partnerDetails(trx, partnerId);
  if (details.dealModel !== 'settlement') return null;
  const settlement = settlementOf({
    applied: line.applied,
    redeemed,
    agreedPrice: rules.deal.partnerPrice,
    commissionBasisPoints: details.commissionBasisPoints,
  });
  if (settlement.owed > 0)
    return issueInvoice(invoicing, trx, { redemption, line, partnerId, details }, settlement, actor, moment);
  const cause = { source: 'nothing_owed', documentNumber: redemption.bookingNumber, reason: null } as const;
  await clearLine(trx, { redemption, line, partnerId }, { ...settlement, claimed: 0 }, cause, actor, moment);
  return null;
}
