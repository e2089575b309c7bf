import type { Connection, Transaction } from '../../platform/db.ts';
import { appError } from '../../platform/errors.ts';
import { readRules } from '../campaigns/rules-service.ts';
import { lockVouchersByCode } from './voucher-family-store.ts';
import { changedRules, changeVoucherIn, type VoucherBody } from './voucher-service.ts';
import { findVoucherRecord } from './voucher-store.ts';
import { rulesOf, type Moment } from './voucher-view-service.ts';

/** One of many changes: of which voucher, in which state it was seen, and what is to be other. */
export interface SeenChange {
  readonly id: string;
  readonly version: number;
  readonly body: Partial<VoucherBody>;
}

/** Whether a change of rules could be made, without making it; throws what `changeVoucher` would. */
export async function judgeRulesChange(connection: Connection, id: string, change: Partial<VoucherBody>, moment: Moment): Promise<void> {
  const record = await findVoucherRecord(connection, id, moment.now);
  if (record === null) throw appError('not_found');
  await changedRules(connection, record, rulesOf(await readRules(connection, [record.rulesId]), record), change, moment);
}

/** All of them or none: locked in the order of their codes, then each as the form would change it. */
export async function changeVouchersIn(trx: Transaction, changes: readonly SeenChange[], actor: string, moment: Moment): Promise<void> {
  const known = await lockVouchersByCode(trx, changes.map(({ id }) => id));
  if (known.length !== changes.length) throw appError('not_found');
  for (const { id, version, body } of changes) await changeVoucherIn(trx, id, body, version, actor, moment);
}
