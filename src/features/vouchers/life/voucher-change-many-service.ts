import type { Act } from '../../../platform/data/act.ts';
import type { Moment } from '../../../platform/process/clock.ts';
import { writeAudit } from '../../../platform/data/audit.ts';
import type { Connection } from '../../../platform/data/db.ts';
import { appError } from '../../../platform/process/errors.ts';
import { fieldChanges } from '../record/changed-fields-service.ts';
import { lockVouchersInOrder } from '../record/voucher-family-store.ts';
import { auditEntry, type LockedVoucher, type VoucherBody } from '../record/voucher-service.ts';
import { changedRules, writeChange } from './voucher-change-service.ts';
import { findVouchers } from '../record/voucher-store.ts';
import { viewOf, type VoucherView } from '../record/voucher-view-service.ts';

/** One of many changes: of which voucher, in which state it was seen, and what is to be other. */
export interface SeenChange {
  readonly id: string;
  readonly version: number;
  readonly body: Partial<VoucherBody>;
}

const PER_STEP = 500;

export type JudgeChange = (id: string, change: Partial<VoucherBody>) => Promise<void>;

/** Says of changes of the rules of these vouchers, at most 500, whether they could be made, without making them; throws what `changeVoucher` would. */
export async function judgeOfChanges(
  connection: Connection,
  ids: readonly string[],
  moment: Moment,
): Promise<JudgeChange> {
  const known = await knownVouchers(connection, ids, moment);
  return async (id, change) => {
    const voucher = known.get(id);
    if (voucher === undefined) throw appError('not_found');
    await changedRules(connection, voucher, change, moment);
  };
}

/** All of them or none: locked in the order of their codes, then each written as the form would, with what is read and logged of them in few statements. */
export async function changeVouchersIn(act: Act, changes: readonly SeenChange[]): Promise<void> {
  const { trx, moment } = act;
  const locked = await lockVouchersInOrder(
    trx,
    changes.map(({ id }) => id),
  );
  if (locked.length !== changes.length) throw appError('not_found');
  for (let first = 0; first < changes.length; first += PER_STEP) {
    const step = changes.slice(first, first + PER_STEP);
    const ids = step.map(({ id }) => id);
    const known = await knownVouchers(trx, ids, moment);
    for (const { id, version, body } of step) {
      const voucher = known.get(id);
      if (voucher === undefined) throw appError('not_found');
      await writeChange(act, voucher, body, version);
    }
    const after = await knownVouchers(trx, ids, moment);
    const viewed = (voucher: LockedVoucher): VoucherView => viewOf(voucher, [], moment.today);
    const entries = ids.flatMap((id) => {
      const [was, is] = [known.get(id), after.get(id)];
      const changed = was === undefined || is === undefined ? {} : fieldChanges(viewed(was), viewed(is));
      return Object.keys(changed).length === 0 ? [] : [auditEntry(act, 'voucher.change', id, changed)];
    });
    await writeAudit(trx, entries);
  }
}

async function knownVouchers(
  connection: Connection,
  ids: readonly string[],
  moment: Moment,
): Promise<Map<string, LockedVoucher>> {
  const known = await findVouchers(connection, ids, moment.now);
  return new Map(known.map((voucher) => [voucher.record.id, voucher]));
}
