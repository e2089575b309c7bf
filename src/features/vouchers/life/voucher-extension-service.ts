import type { Act } from '../../../platform/data/act.ts';
import { writeTogether } from '../../../platform/data/db.ts';
import { appError } from '../../../platform/process/errors.ts';
import { reasonWith, requireSecondPerson, type Approved } from '../record/four-eyes-service.ts';
import { audit, lockedVoucher, readVoucher } from '../record/voucher-service.ts';
import { voucherUpdate } from '../record/voucher-store.ts';
import type { VoucherView } from '../record/voucher-view-service.ts';
import { rulesUpdate } from '../rules/rules-service.ts';
import { opensAgain } from './voucher-change-service.ts';
import { requireLegal } from './voucher-lifecycle-service.ts';

export interface Extension {
  readonly bookUntil: string;
  readonly reason: string;
  readonly approved?: Approved;
}

/** A later end, also for a voucher that is past it. The claim is acknowledged, so its limitation begins again. */
export async function extendVoucher(
  act: Act,
  id: string,
  { bookUntil, reason, approved = null }: Extension,
): Promise<VoucherView> {
  const { trx, moment } = act;
  const voucher = await lockedVoucher(trx, id, moment);
  requireLegal('extend', voucher, moment);
  const { record, rules } = voucher;
  if (record.campaignId !== null) throw appError('follows_campaign');
  if (bookUntil < moment.today || rules.bookUntil === null || bookUntil <= rules.bookUntil)
    throw appError('rule_broken', {
      fields: [{ path: 'bookUntil', code: 'not_later', text: 'vouchers:refusal.not_later' }],
    });
  if (opensAgain(rules.bookUntil, bookUntil, moment.today))
    await requireSecondPerson(trx, record.balance ?? 0, approved);
  await writeTogether(trx, [
    ...rulesUpdate(trx, record.rulesId, { ...rules, bookUntil }, rules),
    voucherUpdate(trx, id, { acknowledged_on: moment.today }, moment.now),
  ]);
  await audit(act, 'voucher.extend', id, {
    validity: { bookUntil: { before: rules.bookUntil, after: bookUntil } },
    reason: reasonWith(reason, approved),
  });
  return readVoucher(trx, id, moment);
}
