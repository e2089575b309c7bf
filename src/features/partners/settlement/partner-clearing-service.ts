import type { Moment } from '../../../platform/process/clock.ts';
import {
  postingsOfClearingReversal,
  postingsOfPartnerClearing,
  postingsOfPartnerPayment,
  type PartnerClearing,
} from '../../../core/books/partner-settlement.ts';
import type { Posting } from '../../../core/books/postings.ts';
import { writeAudit } from '../../../platform/data/audit.ts';
import type { Transaction } from '../../../platform/data/db.ts';
import { lockedVoucher } from '../../vouchers/record/voucher-service.ts';
import { moveValue } from '../../vouchers/record/voucher-value-service.ts';
import {
  endClearing,
  insertClearing,
  markClearingPaid,
  type ClearingSource,
  type NewClearing,
  type StoredClearing,
} from './partner-clearing-store.ts';
import type { DealLine, SettledRedemption } from '../invoices/partner-invoice-store.ts';

export interface ClearedLine {
  readonly redemption: SettledRedemption;
  readonly line: DealLine;
  readonly partnerId: string | null;
}

export interface ClearingCause {
  readonly source: ClearingSource;
  /** The partner's own document, or the booking's number where there is none. */
  readonly documentNumber: string;
  readonly reason: string | null;
}

/** Takes what counts of a redeemed deal off the clearing account without an invoice of ours; under the lock of its redemption. */
export async function clearLine(
  trx: Transaction,
  { redemption, line, partnerId }: ClearedLine,
  clearing: PartnerClearing,
  cause: ClearingCause,
  actor: string,
  moment: Moment,
): Promise<string> {
  const stored: NewClearing = {
    partnerId,
    redemptionId: redemption.id,
    voucherId: line.voucherId,
    lineId: line.id,
    ...cause,
    bookingNumber: redemption.bookingNumber,
    currency: redemption.currency,
    redeemed: clearing.owed + clearing.difference + clearing.claimed,
    ...clearing,
    settledOn: moment.today,
    actor,
    now: moment.now,
  };
  const id = await insertClearing(trx, stored);
  await post(trx, stored, postingsOfPartnerClearing(clearing), moment.today, cause.reason, actor, moment);
  await writeAudit(trx, [
    {
      recordedAt: moment.now,
      actor,
      action: `partner_clearing.${cause.source}`,
      entity: 'redemption',
      entityId: redemption.id,
      changes: { ...clearing, voucher: line.voucherId, document: cause.documentNumber, reason: cause.reason },
    },
  ]);
  return id;
}

export async function undoClearing(
  trx: Transaction,
  clearing: StoredClearing,
  actor: string,
  moment: Moment,
): Promise<void> {
  if (!(await endClearing(trx, clearing.id))) throw new Error('a clearing was taken back twice');
  await post(trx, clearing, postingsOfClearingReversal(clearing), moment.today, clearing.reason, actor, moment);
  await writeAudit(trx, [
    {
      recordedAt: moment.now,
      actor,
      action: 'partner_clearing.undo',
      entity: 'redemption',
      entityId: clearing.redemptionId,
      changes: { voucher: clearing.voucherId, document: clearing.documentNumber },
    },
  ]);
}

/** What the partner's statement grants was paid with it. */
export async function payClearing(
  trx: Transaction,
  clearing: StoredClearing,
  payment: { readonly paidOn: string; readonly reference: string | null },
  actor: string,
  moment: Moment,
): Promise<void> {
  await markClearingPaid(trx, clearing.id, payment.paidOn, payment.reference);
  await post(trx, clearing, postingsOfPartnerPayment(clearing.owed), payment.paidOn, payment.reference, actor, moment);
}

async function post(
  trx: Transaction,
  about: Pick<StoredClearing, 'voucherId' | 'redemptionId' | 'bookingNumber' | 'documentNumber'>,
  postings: readonly Posting[],
  postedOn: string,
  reason: string | null,
  actor: string,
  moment: Moment,
): Promise<void> {
  const { record, rules } = await lockedVoucher(trx, about.voucherId, moment);
  const redemption = { id: about.redemptionId, bookingNumber: about.bookingNumber };
  await moveValue(
    { trx, actor, moment },
    {
      voucher: record,
      currency: rules.currency,
      change: 0,
      postings,
      postedOn,
      reason,
      redemption,
      documentNumber: about.documentNumber,
    },
  );
}
