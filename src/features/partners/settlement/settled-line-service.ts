import { dayOf, type Moment } from '../../../platform/process/clock.ts';
import type { Act } from '../../../platform/data/act.ts';
import type { Transaction } from '../../../platform/data/db.ts';
import { appError } from '../../../platform/process/errors.ts';
import {
  findDealSale,
  findUseOf,
  uncover,
  type CoveredLine,
  type DealSale,
  type StoredDealUse,
} from '../../vouchers/life/deal-sale-service.ts';
import { lockedVoucher } from '../../vouchers/record/voucher-service.ts';
import { cancelInvoice } from '../invoices/partner-invoice-issue-service.ts';
import type { PartnerInvoicing } from '../invoices/partner-invoice-service.ts';
import { findLiveInvoice, type PartnerInvoice } from '../invoices/partner-invoice-store.ts';
import { undoClearing } from './partner-clearing-service.ts';
import { findLiveClearing, type StoredClearing } from './partner-clearing-store.ts';
import {
  findDealLines,
  lockSettledRedemption,
  type DealLine,
  type SettledRedemption,
} from './settled-redemption-store.ts';

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

/** Every deal of a redemption; none where there is no such redemption. */
export async function lockedLines(trx: Transaction, redemptionId: string, moment: Moment): Promise<SettledLine[]> {
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

/** Whatever settles the line so far is undone by counter entries. */
export async function takeBack(
  act: Act,
  invoicing: PartnerInvoicing,
  settled: SettledLine,
  reason: string | null,
): Promise<void> {
  const { invoice, clearing, use } = settled;
  if (use !== null) await uncover(act, coveredLine(invoicing, settled), use);
  if (clearing !== null) await undoClearing(act, clearing);
  if (invoice !== null) await cancelInvoice(act, invoicing, invoice, reason);
}

export function isOutdated(settled: SettledLine): boolean {
  const { line, invoice, clearing, use } = settled;
  return (
    (invoice?.redeemed ?? clearing?.redeemed ?? use?.redeemed ?? 0) !== line.applied - line.reversed ||
    isNewlySold(settled)
  );
}

/** The partner reported the sale after the journey: it takes the place of what settled the line so far without an invoice. */
export function isNewlySold({ line, invoice, use, sale }: SettledLine): boolean {
  return sale !== null && sale.rest > 0 && use === null && invoice === null && line.reversed < line.applied;
}

export function coveredLine({ timeZone }: PartnerInvoicing, { redemption, line }: SettledLine): CoveredLine {
  return {
    id: line.id,
    voucherId: line.voucherId,
    redemption,
    redeemedOn: dayOf(redemption.redeemedAt, timeZone),
    counts: line.applied - line.reversed,
  };
}
