import { postingsOfTransferIn, postingsOfTransferOut } from '../../../core/books/postings.ts';
import { normaliseCode } from '../../../core/engine/voucher-code.ts';
import type { Act } from '../../../platform/data/act.ts';
import { writeAudit } from '../../../platform/data/audit.ts';
import { nextNumber, yearOf } from '../../accounting/ledger/number-service.ts';
import { insertLinks } from '../record/voucher-family-store.ts';
import { requireUndisputed } from '../record/voucher-lock-service.ts';
import type { VoucherRecord } from '../rows/voucher-row.ts';
import { auditEntry, lockedVoucher, readVoucher, type LockedVoucher } from '../record/voucher-service.ts';
import { insertVoucher, updateVoucher } from '../record/voucher-store.ts';
import { moveValues, unbooked } from '../record/voucher-value-service.ts';
import type { VoucherView } from '../record/voucher-view-service.ts';
import { passSaleOn } from '../life/deal-sale-service.ts';
import { newCode } from '../life/voucher-create-service.ts';
import { requireLegal } from '../life/voucher-lifecycle-service.ts';

/** A new code for the same rules; balance and uses move to it, and the old code is replaced for good. */
export async function reissueVoucher(act: Act, id: string, reason: string): Promise<VoucherView> {
  const { trx, moment } = act;
  const voucher = await lockedVoucher(trx, id, moment);
  requireLegal('reissue', voucher, moment);
  // The new code would be open while the money is gone.
  await requireUndisputed(trx, id, '');
  const { record } = voucher;
  const newId = await insertSuccessor(act, record);
  await moveBalance(act, voucher, newId, reason);
  if (record.type === 'deal') await passSaleOn(act, id, newId, reason);
  await insertLinks(trx, [{ fromId: id, toId: newId, kind: 'reissue', cents: record.balance ?? 0, at: moment.now }]);
  await writeAudit(trx, [
    auditEntry(act, 'voucher.reissue', id, { reason, replacedBy: newId }),
    auditEntry(act, 'voucher.create', newId, { reason, replaces: id }),
  ]);
  return readVoucher(trx, newId, moment);
}

async function insertSuccessor({ trx, moment }: Act, record: VoucherRecord): Promise<string> {
  const code = newCode();
  return insertVoucher(trx, {
    number: await nextNumber(trx, 'voucher', yearOf(moment.today), { now: moment.now }),
    code,
    normalisedCode: normaliseCode(code),
    rulesId: record.rulesId,
    campaignId: record.campaignId,
    type: record.type,
    paidOn: record.paidOn,
    originalValue: record.originalValue,
    balance: record.balance === null ? null : 0,
    bonusValue: record.bonusValue,
    uses: record.uses,
    carriedUses: record.uses,
    acknowledgedOn: moment.today,
    bookingRef: record.bookingRef,
    invoiceRef: record.invoiceRef,
    note: record.note,
    now: moment.now,
  });
}

async function moveBalance(
  act: Act,
  { record: from, rules }: LockedVoucher,
  toId: string,
  reason: string,
): Promise<void> {
  const { trx, moment } = act;
  const columns = { replaced_by_id: toId };
  const balance = from.balance ?? 0;
  if (balance === 0) {
    await updateVoucher(trx, from.id, columns, moment.now);
    return;
  }
  const posted = { type: from.type, funding: rules.funding };
  const common = { currency: rules.currency, postedOn: moment.today, reason };
  const to = { ...from, ...unbooked(toId) };
  await moveValues(act, [
    { ...common, voucher: from, change: -balance, postings: postingsOfTransferOut(posted, balance), columns },
    { ...common, voucher: to, change: balance, postings: postingsOfTransferIn(posted, balance) },
  ]);
}
