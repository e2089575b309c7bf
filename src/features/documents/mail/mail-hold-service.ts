import type { Connection, Transaction } from '../../../platform/data/db.ts';
import {
  cancelHeldKinds,
  deleteHolds,
  findHeld,
  insertHolds,
  requeueDisputed,
  type MailSubject,
  type WithdrawalReason,
} from './mail-hold-store.ts';

/** No mail that brings a voucher of these goes out until they are released; also none that is asked for later. */
export async function holdMails(trx: Transaction, subjects: readonly MailSubject[], now: number): Promise<void> {
  await insertHolds(trx, subjects, now);
}

/** What waited, or was taken back for the dispute, goes out at once or on its day. */
export async function releaseMails(trx: Transaction, subjects: readonly MailSubject[]): Promise<void> {
  await deleteHolds(trx, subjects);
  await requeueDisputed(trx, subjects);
}

/** What these mails would bring is over: they are not sent any more. */
export async function withdrawVoucherMails(
  trx: Transaction,
  subjects: readonly MailSubject[],
  reason: WithdrawalReason,
): Promise<void> {
  await cancelHeldKinds(trx, subjects, reason);
}

export function heldMails(connection: Connection, ids: readonly string[]): Promise<ReadonlySet<string>> {
  return findHeld(connection, ids);
}
