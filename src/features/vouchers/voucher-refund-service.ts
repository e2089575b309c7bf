import { postingsOfChargeback, postingsOfRefund, postingsOfRefundPaid, refundRoleOf, type RefundRole } from '../../core/postings.ts';
import { inTransaction, type Database, type Transaction } from '../../platform/db.ts';
import { appError } from '../../platform/errors.ts';
import { readLedger } from '../accounting/ledger-service.ts';
import type { StoredRules } from '../campaigns/rules-service.ts';
import { closeRefundTask, findRefundTask, insertRefundTask, listRefundTasks, type RefundTask } from './voucher-refund-store.ts';
import { audit, lockedVoucher } from './voucher-service.ts';
import type { VoucherRecord } from './voucher-store.ts';
import { moveValue } from './voucher-value-service.ts';
import type { Moment } from './voucher-view-service.ts';

export type { RefundTask };

/** Cents of a voucher that the payment provider took back: by a chargeback, or refunded there. */
export interface TakenBackCents {
  readonly charged: number;
  readonly refunded: number;
}

const NOTHING: TakenBackCents = { charged: 0, refunded: 0 };
const INCOMING = new Set(['sale', 'top_up', 'issue', 'transfer_in']);
const MAX_ENTRIES = 10_000;

/** The whole balance is owed in money: a person gets the task of paying it, however it once came in. */
export async function payOutByHand(trx: Transaction, record: VoucherRecord, rules: StoredRules, reason: string, actor: string, moment: Moment): Promise<void> {
  await payOut(trx, record, rules, 'DEBITOR', reason, actor, moment);
}

/**
 * Pays the whole balance out, back the way the money came; where that is not known or by bank, a person gets the task.
 * What the payment provider has taken already goes over TRANSIT, and nobody pays it again.
 */
export async function refundBalance(trx: Transaction, record: VoucherRecord, rules: StoredRules, reason: string, actor: string, moment: Moment, takenBack = NOTHING): Promise<void> {
  const entries = await readLedger(trx, record.id, MAX_ENTRIES);
  const wayBack = refundRoleOf(entries.filter(({ event }) => INCOMING.has(event)).map(({ debit_role: role }) => role));
  await payOut(trx, record, rules, wayBack ?? 'DEBITOR', reason, actor, moment, takenBack);
}

async function payOut(trx: Transaction, record: VoucherRecord, rules: StoredRules, to: RefundRole, reason: string, actor: string, moment: Moment, takenBack = NOTHING): Promise<void> {
  const cents = record.balance ?? 0;
  const charged = Math.min(cents, takenBack.charged);
  const refunded = Math.min(cents - charged, takenBack.refunded);
  const rest = cents - charged - refunded;
  const voucher = { type: record.type, funding: rules.funding };
  const postings = [
    ...(charged > 0 ? postingsOfChargeback(voucher, charged) : []),
    ...(refunded > 0 ? postingsOfRefund(voucher, refunded, 'TRANSIT') : []),
    ...(rest > 0 ? postingsOfRefund(voucher, rest, to) : []),
  ];
  const columns = { refunded_at: moment.now, cancelled_at: moment.now };
  await moveValue(trx, { voucher: record, currency: rules.currency, change: -cents, postings, postedOn: moment.today, reason, columns }, actor, moment);
  if (postings.some(({ creditRole }) => creditRole === 'DEBITOR')) {
    await insertRefundTask(trx, { voucherId: record.id, cents: rest, currency: rules.currency, reason, actor, now: moment.now });
  }
}

/** Somebody has transferred the money: the books follow, once. */
export async function settleRefund(
  database: Database,
  id: string,
  payment: { readonly paidOn: string; readonly reference: string | null },
  actor: string,
  moment: Moment,
): Promise<RefundTask> {
  return inTransaction(database, async (trx) => {
    const isOurs = await closeRefundTask(trx, id, { ...payment, actor, now: moment.now });
    const task = await findRefundTask(trx, id);
    if (task === null) throw appError('not_found');
    if (!isOurs) throw appError('conflict');
    const { record } = await lockedVoucher(trx, task.voucherId, moment);
    const move = { voucher: record, currency: task.currency, change: 0, postings: postingsOfRefundPaid(task.cents), postedOn: payment.paidOn, reason: payment.reference };
    await moveValue(trx, move, actor, moment);
    await audit(trx, 'voucher.refund_paid', task.voucherId, { ...payment, cents: task.cents }, actor, moment);
    return task;
  });
}

export async function refundTasks(
  database: Database,
  page: { readonly isDone: boolean; readonly after: string | null; readonly limit: number },
): Promise<RefundTask[]> {
  return listRefundTasks(database.knex, page);
}
