import { isLegal } from '../../core/lifecycle.ts';
import { writeAudit } from '../../platform/audit.ts';
import type { Transaction } from '../../platform/db.ts';
import { appError } from '../../platform/errors.ts';
import type { StoredRules } from '../campaigns/rules-service.ts';
import { updateVoucher, type VoucherRecord } from './voucher-store.ts';
import { statusOfRecord, type Moment } from './voucher-view-service.ts';

/** Locks or unlocks a voucher under its row lock; nothing happens where it is so already. */
export async function setLock(
  trx: Transaction,
  { record, rules }: { readonly record: VoucherRecord; readonly rules: StoredRules },
  isDeactivated: boolean,
  reason: string | null,
  actor: string,
  moment: Moment,
): Promise<void> {
  if (record.isDeactivated === isDeactivated) return;
  const action = isDeactivated ? 'deactivate' : 'activate';
  if (!isLegal(action, statusOfRecord(record, rules, moment.today))) throw appError('illegal_transition');
  await updateVoucher(trx, record.id, { is_deactivated: isDeactivated }, moment.now);
  await writeAudit(trx, [
    { recordedAt: moment.now, actor, action: `voucher.${action}`, entity: 'voucher', entityId: record.id, changes: { reason } },
  ]);
}
