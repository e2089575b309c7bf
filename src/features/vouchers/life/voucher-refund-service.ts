import { requireToldDay } from '../../staff/people/told-day-service.ts';
import type { Act, Author } from '../../../platform/data/act.ts';
import { isMemoRole } from '../../../core/books/account-role.ts';
import {
  postingsOfChargeback,
  postingsOfRefund,
  postingsOfRefundPaid,
  refundRoleOf,
  type Posting,
  type RefundRole,
} from '../../../core/books/postings.ts';
import { inTransaction, type Database } from '../../../platform/data/db.ts';
import { appError } from '../../../platform/process/errors.ts';
import { readLedger } from '../../accounting/ledger/ledger-service.ts';
import type { StoredRules } from '../rules/rules-service.ts';
import {
  closeRefundTask,
  findRefundTask,
  insertRefundTask,
  listRefundTasks,
  type RefundTask,
} from './voucher-refund-store.ts';
import { audit, lockedVoucher, type LockedVoucher } from '../record/voucher-service.ts';
import type { VoucherRecord } from '../rows/voucher-row.ts';
import { moveValue, moveValues } from '../record/voucher-value-service.ts';

export type { RefundTask };

/** Cents of a voucher that the payment provider took back: by chargebacks of these orders, or refunded there. */
export interface TakenBackCents {
  readonly charged: readonly { readonly orderNumber: string; readonly cents: number }[];
  readonly refunded: number;
}

const NOTHING: TakenBackCents = { charged: [], refunded: 0 };
const INCOMING = new Set(['sale', 'top_up', 'issue', 'transfer_in']);
const MAX_ENTRIES = 10_000;

/** The whole balance is owed in money: a person gets the task of paying it, however it once came in. */
export async function payOutByHand(act: Act, voucher: LockedVoucher, reason: string): Promise<void> {
  await payOut(act, voucher, { to: 'DEBITOR', reason, takenBack: NOTHING });
}

/**
 * Pays the whole balance out, back the way the money came; where that is not known or by bank, a person gets the task.
 * What the payment provider has taken already goes over TRANSIT, and nobody pays it again.
 */
export async function refundBalance(
  act: Act,
  voucher: LockedVoucher,
  reason: string,
  takenBack = NOTHING,
): Promise<void> {
  const entries = await readLedger(act.trx, voucher.record.id, MAX_ENTRIES);
  const wayBack = refundRoleOf(
    entries
      .filter(({ event, debit_role: role }) => INCOMING.has(event) && !isMemoRole(role))
      .map(({ debit_role: role }) => role),
  );
  await payOut(act, voucher, { to: wayBack ?? 'DEBITOR', reason, takenBack });
}

interface Payout {
  readonly to: RefundRole;
  readonly reason: string;
  readonly takenBack: TakenBackCents;
}

async function payOut(act: Act, { record, rules }: LockedVoucher, { to, reason, takenBack }: Payout): Promise<void> {
  const { trx, actor, moment } = act;
  const { moves, rest } = movesOf(record, rules, to, takenBack);
  // What a run has taken of a derecognised voucher can still be honoured.
  const ended = record.isDerecognised ? {} : { refunded_at: moment.now, cancelled_at: moment.now };
  await moveValues(
    act,
    moves.map(({ posting, documentNumber }, index) => ({
      voucher: record,
      currency: rules.currency,
      change: -posting.cents,
      postings: [posting],
      postedOn: moment.today,
      reason,
      documentNumber,
      columns: index === moves.length - 1 ? ended : {},
    })),
  );
  const cents = to === 'DEBITOR' ? rest - record.bonusBalance : 0;
  if (cents > 0 && moves.some(({ posting }) => posting.creditRole === 'DEBITOR'))
    await insertRefundTask(trx, {
      voucherId: record.id,
      cents,
      currency: rules.currency,
      reason,
      actor,
      now: moment.now,
    });
}

interface RefundMove {
  readonly posting: Posting;
  readonly documentNumber: string | null;
}

/** First what the provider has taken back, then the `rest`. */
function movesOf(
  record: VoucherRecord,
  rules: StoredRules,
  to: RefundRole,
  takenBack: TakenBackCents,
): { readonly moves: readonly RefundMove[]; readonly rest: number } {
  const voucher = { type: record.type, funding: rules.funding };
  // A bonus ends with the voucher: it was given away, so nobody is paid it.
  if (record.bonusValue > 0 && takenBack !== NOTHING) throw new Error('the shop sells no voucher with a bonus');
  let left = record.balance ?? 0;
  const moves: RefundMove[] = [];
  const take = (wanted: number, documentNumber: string | null, postingsOf: (cents: number) => Posting[]): void => {
    const cents = Math.min(left, wanted);
    left -= cents;
    if (cents > 0) moves.push(...postingsOf(cents).map((posting) => ({ posting, documentNumber })));
  };
  for (const { orderNumber, cents } of takenBack.charged)
    take(cents, orderNumber, (part) => postingsOfChargeback(voucher, part));
  take(takenBack.refunded, null, (part) => postingsOfRefund(voucher, part, 'TRANSIT'));
  const rest = left;
  take(rest, null, (part) => postingsOfRefund(voucher, part, to));
  return { moves, rest };
}

/** Somebody has transferred the money: the books follow, once. */
export async function settleRefund(
  database: Database,
  author: Author,
  id: string,
  payment: { readonly paidOn: string; readonly reference: string | null },
): Promise<RefundTask> {
  const { actor, moment } = author;
  return inTransaction(database, async (trx) => {
    const isOurs = await closeRefundTask(trx, id, { ...payment, actor, now: moment.now });
    const task = await findRefundTask(trx, id);
    if (task === null) throw appError('not_found');
    if (!isOurs) throw appError('conflict');
    await requireToldDay({ trx, ...author }, payment.paidOn, 'paidOn');
    const { record } = await lockedVoucher(trx, task.voucherId, moment);
    const move = {
      voucher: record,
      currency: task.currency,
      change: 0,
      postings: postingsOfRefundPaid(task.cents),
      postedOn: payment.paidOn,
      reason: payment.reference,
    };
    await moveValue({ trx, ...author }, move);
    await audit({ trx, ...author }, 'voucher.refund_paid', task.voucherId, { ...payment, cents: task.cents });
    return task;
  });
}

export async function refundTasks(
  database: Database,
  page: { readonly isDone: boolean; readonly after: string | null; readonly limit: number },
): Promise<RefundTask[]> {
  return listRefundTasks(database.knex, page);
}
