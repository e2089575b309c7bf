import { requireToldDay } from '../../staff/people/told-day-service.ts';
import {
  postingsOfClearingReversal,
  postingsOfPartnerClearing,
  postingsOfPartnerPayment,
  type PartnerClearing,
} from '../../../core/books/partner-settlement.ts';
import type { Posting } from '../../../core/books/postings.ts';
import { writeAudit } from '../../../platform/data/audit.ts';
import type { Act } from '../../../platform/data/act.ts';
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
import type { DealLine, SettledRedemption } from './settled-redemption-store.ts';

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
  act: Act,
  { redemption, line, partnerId }: ClearedLine,
  clearing: PartnerClearing,
  cause: ClearingCause,
): Promise<void> {
  const { trx, actor, moment } = act;
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
  await insertClearing(trx, stored);
  await post(act, stored, postingsOfPartnerClearing(clearing), { on: moment.today, reason: cause.reason });
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
}

export async function undoClearing(act: Act, clearing: StoredClearing): Promise<void> {
  const { trx, actor, moment } = act;
  if (!(await endClearing(trx, clearing.id))) throw new Error('a clearing was taken back twice');
  await post(act, clearing, postingsOfClearingReversal(clearing), { on: moment.today, reason: clearing.reason });
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
  act: Act,
  clearing: StoredClearing,
  { paidOn, reference }: { readonly paidOn: string; readonly reference: string | null },
): Promise<void> {
  await requireToldDay(act, paidOn, 'paidOn');
  await markClearingPaid(act.trx, clearing.id, paidOn, reference);
  await post(act, clearing, postingsOfPartnerPayment(clearing.owed), { on: paidOn, reason: reference });
}

async function post(
  act: Act,
  about: Pick<StoredClearing, 'voucherId' | 'redemptionId' | 'bookingNumber' | 'documentNumber'>,
  postings: readonly Posting[],
  { on: postedOn, reason }: { readonly on: string; readonly reason: string | null },
): Promise<void> {
  const { record, rules } = await lockedVoucher(act.trx, about.voucherId, act.moment);
  const redemption = { id: about.redemptionId, bookingNumber: about.bookingNumber };
  await moveValue(act, {
    voucher: record,
    currency: rules.currency,
    change: 0,
    postings,
    postedOn,
    reason,
    redemption,
    documentNumber: about.documentNumber,
  });
}
