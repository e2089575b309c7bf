import type { Act } from '../../../platform/data/act.ts';
import { isLegal } from '../../../core/engine/lifecycle.ts';
import { postingsOfCorrection, type CorrectionRole } from '../../../core/books/postings.ts';
import { appError } from '../../../platform/process/errors.ts';
import { reasonWith, requireSecondPerson, type Approved } from '../record/four-eyes-service.ts';
import { audit, lockedVoucher, readVoucher } from '../record/voucher-service.ts';
import { illegalAction } from '../record/voucher-lock-service.ts';
import { moveValue, requireNoBonus } from '../record/voucher-value-service.ts';
import { statusOfRecord, type VoucherView } from '../record/voucher-view-service.ts';

export interface Correction {
  /** Added to the balance; negative: taken from it. */
  readonly change: number;
  /** Where the difference is: with the traveller, or in money that is under way. */
  readonly counter: CorrectionRole;
  readonly reason: string;
}

/** K17: puts a wrong balance right. Never against revenue, never below what is held or zero. */
export async function correctValue(
  act: Act,
  id: string,
  correction: Correction,
  approved: Approved = null,
): Promise<VoucherView> {
  const { trx, moment } = act;
  const { change, counter, reason } = correction;
  const { record, rules } = await lockedVoucher(trx, id, moment);
  if (record.balance === null || record.paidOn === null || record.paidOn > moment.today)
    throw appError('illegal_transition');
  const status = statusOfRecord(record, rules, moment.today);
  if (!isLegal('correct', status)) throw illegalAction('correct', status);
  requireNoBonus(record);
  if (change === 0) throw wrongAmount('vouchers:refusal.correction_nothing');
  if (record.balance - record.held + change < 0) throw wrongAmount('vouchers:refusal.correction_too_much');
  await requireSecondPerson(trx, Math.abs(change), approved);
  const postings = postingsOfCorrection({ type: record.type, funding: rules.funding }, change, counter);
  await moveValue(act, {
    voucher: record,
    currency: rules.currency,
    change,
    postings,
    postedOn: moment.today,
    reason: reasonWith(reason, approved),
  });
  await audit(act, 'voucher.correct', id, {
    ...correction,
    balance: { before: record.balance, after: record.balance + change },
  });
  return readVoucher(trx, id, moment);
}

function wrongAmount(text: string): Error {
  return appError('rule_broken', { fields: [{ path: 'amount', code: 'correction_wrong', text }] });
}
