import type { Author } from '../../../platform/data/act.ts';
import { readAudit } from '../../../platform/data/audit.ts';
import { inTransaction, type Database } from '../../../platform/data/db.ts';
import { fieldChanges, type FieldChange } from '../record/changed-fields-service.ts';
import { findDisputedOrder } from '../record/voucher-dispute-store.ts';
import { setLock } from '../record/voucher-lock-service.ts';
import { lockedVoucher } from '../record/voucher-service.ts';
import { changeVoucherIn } from './voucher-change-service.ts';
import type { VoucherView } from '../record/voucher-view-service.ts';

export const UNDO_SECONDS = 10;
/** For the way to the server: who presses at the last moment is still in time. */
const GRACE_MS = 3000;
const TEXTS: readonly string[] = ['title', 'message', 'note'];

export type UndoOutcome = 'locked' | 'unlocked' | 'texts' | 'too_late' | 'overtaken';

/** Takes back the lock, the unlocking or the change of texts that this person made last, within ten seconds and while nothing else has happened to the voucher. */
export async function undoLast(database: Database, author: Author, id: string, version: number): Promise<UndoOutcome> {
  const { actor, moment } = author;
  return inTransaction(database, async (trx) => {
    const voucher = await lockedVoucher(trx, id, moment);
    const [last] = await readAudit(trx, 'voucher', id, 1);
    if (voucher.record.version !== version || last?.actor !== actor) return 'overtaken';
    if (moment.now - last.at > UNDO_SECONDS * 1000 + GRACE_MS) return 'too_late';
    if (last.action === 'voucher.deactivate' || last.action === 'voucher.activate') {
      const isLocked = last.action === 'voucher.activate';
      // Its money was taken back meanwhile.
      if (!isLocked && (await findDisputedOrder(trx, id)) !== null) return 'overtaken';
      await setLock({ trx, ...author }, voucher, isLocked, null);
      return isLocked ? 'locked' : 'unlocked';
    }
    const changes = (last.changes ?? {}) as Readonly<Record<string, FieldChange>>;
    if (last.action !== 'voucher.change' || !areTexts(changes)) return 'overtaken';
    await changeVoucherIn(
      { trx, ...author },
      id,
      Object.fromEntries(Object.entries(changes).map(([name, { before }]) => [name, before])),
      version,
    );
    return 'texts';
  });
}

/** Whether between these two states nothing but texts was changed. */
export function isTextChange(before: VoucherView, after: VoucherView): boolean {
  return before.status === after.status && areTexts(fieldChanges(before, after));
}

function areTexts(changes: Readonly<Record<string, unknown>>): boolean {
  const names = Object.keys(changes);
  return names.length > 0 && names.every((name) => TEXTS.includes(name));
}
