import type { Act } from '../../../platform/data/act.ts';
import { isLegal, type VoucherAction, type VoucherStatus } from '../../../core/engine/lifecycle.ts';
import { writeAudit } from '../../../platform/data/audit.ts';
import type { Transaction } from '../../../platform/data/db.ts';
import { appError } from '../../../platform/process/errors.ts';
import type { StoredRules } from '../rules/rules-service.ts';
import { findDisputedOrder } from './voucher-dispute-store.ts';
import { updateVoucher } from './voucher-store.ts';
import type { VoucherRecord } from '../rows/voucher-row.ts';
import { statusOfRecord } from './voucher-view-service.ts';

/** Locks or unlocks a voucher under its row lock; nothing happens where it is so already. */
export async function setLock(
  act: Act,
  { record, rules }: { readonly record: VoucherRecord; readonly rules: StoredRules },
  isDeactivated: boolean,
  reason: string | null,
): Promise<void> {
  const { trx, actor, moment } = act;
  if (record.isDeactivated === isDeactivated) return;
  const action = isDeactivated ? 'deactivate' : 'activate';
  const status = statusOfRecord(record, rules, moment.today);
  if (!isLegal(action, status, (record.balance ?? 0) > 0)) throw illegalAction(action, status);
  if (!isDeactivated) await requireUndisputed(trx, record.id, 'active');
  await updateVoucher(trx, record.id, { is_deactivated: isDeactivated }, moment.now);
  await writeAudit(trx, [
    {
      recordedAt: moment.now,
      actor,
      action: `voucher.${action}`,
      entity: 'voucher',
      entityId: record.id,
      changes: { reason },
    },
  ]);
}

/** Which action the state of the voucher refuses, and what can be done instead. */
export function illegalAction(action: VoucherAction, status: VoucherStatus): Error {
  return appError('illegal_transition', {
    fields: [{ path: '', code: `illegal_${action}`, text: `vouchers:illegal.${status}` }],
  });
}

/** Money of the voucher's order that the provider took back is dealt with at the order, where nobody pays it a second time. */
export async function requireUndisputed(trx: Transaction, voucherId: string, path: string): Promise<void> {
  const order = (await findDisputedOrder(trx, voucherId))?.number;
  if (order === undefined) return;
  throw appError('rule_broken', {
    fields: [{ path, code: 'money_taken_back', text: 'vouchers:refusal.money_taken_back', params: { order } }],
  });
}
