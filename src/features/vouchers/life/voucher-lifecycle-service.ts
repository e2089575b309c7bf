import type { Act, Author } from '../../../platform/data/act.ts';
import type { Moment } from '../../../platform/process/clock.ts';
import { isLegal, type VoucherAction } from '../../../core/engine/lifecycle.ts';
import {
  postingsOfTopUp,
  postingsOfTransferIn,
  postingsOfTransferOut,
  type PaymentMethod,
} from '../../../core/books/postings.ts';
import { normaliseCode } from '../../../core/engine/voucher-code.ts';
import { inTransaction, type Database } from '../../../platform/data/db.ts';
import { appError } from '../../../platform/process/errors.ts';
import { parseJson } from '../../../platform/data/json.ts';
import { readLedger, type LedgerRow } from '../../accounting/ledger/ledger-service.ts';
import { nextNumber, yearOf } from '../../accounting/ledger/number-service.ts';
import { isStoredValue, type StoredRules } from '../rules/rules-service.ts';
import { passSaleOn } from './deal-sale-service.ts';
import { needsSecondPerson, reasonWith, requireSecondPerson, type Approved } from '../record/four-eyes-service.ts';
import { insertLinks } from '../record/voucher-family-store.ts';
import { requireUndisputed, setLock } from '../record/voucher-lock-service.ts';
import { refundBalance, type TakenBackCents } from './voucher-refund-service.ts';
import {
  findHistory,
  findRedemptions,
  insertVoucher,
  updateVoucher,
  type VoucherRecord,
  type VoucherRedemption,
} from '../record/voucher-store.ts';
import { moveValue, owedOf, requireNoBonus } from '../record/voucher-value-service.ts';
import { audit, bookIssue, lockedVoucher, newCode, readVoucher } from '../record/voucher-service.ts';
import { statusOfRecord, type VoucherView } from '../record/voucher-view-service.ts';

/** Sets the day of payment; a voucher that stores value gets its value booked. */
export async function payVoucher(
  act: Act,
  id: string,
  payment: { readonly paidAt: string; readonly method: PaymentMethod; readonly reference: string | null },
  approved: Approved = null,
): Promise<VoucherView> {
  const { trx, moment } = act;
  const { record, rules } = await lockedVoucher(trx, id, moment);
  requireLegal('pay', record, rules, moment);
  if (record.paidOn !== null) throw appError('illegal_transition');
  if (isStoredValue(record.type))
    await bookIssue(act, record, rules, payment.paidAt, payment.method, payment.reference, approved);
  else await updateVoucher(trx, id, { paid_on: payment.paidAt }, moment.now);
  await audit(act, 'voucher.pay', id, payment);
  return readVoucher(trx, id, moment);
}

export async function setDeactivated(
  database: Database,
  author: Author,
  id: string,
  isDeactivated: boolean,
  reason: string | null,
): Promise<VoucherView> {
  const { moment } = author;
  return inTransaction(database, async (trx) => {
    await setLock({ trx, ...author }, await lockedVoucher(trx, id, moment), isDeactivated, reason);
    return readVoucher(trx, id, moment);
  });
}

/** Ends a voucher. With a refund its balance is paid out; without one a paid balance stays a liability that is blocked. */
export async function cancelVoucher(
  act: Act,
  id: string,
  cancellation: { readonly refund: boolean; readonly reason: string; readonly takenBack?: TakenBackCents },
  approved: Approved = null,
): Promise<VoucherView> {
  const { trx, actor, moment } = act;
  const { record, rules } = await lockedVoucher(trx, id, moment);
  requireLegal('cancel', record, rules, moment);
  if (cancellation.takenBack === undefined) await requireUndisputed(trx, id, 'refund');
  const balance = record.balance ?? 0;
  if (cancellation.refund && balance > 0) {
    // What a program pays back follows its own booking; a person does it by hand.
    const { charged, refunded } = cancellation.takenBack ?? { charged: [], refunded: 0 };
    const paidOut = Math.max(0, owedOf(record) - charged.reduce((sum, { cents }) => sum + cents, 0) - refunded);
    if (actor.startsWith('user:') && paidOut > 0) await requireSecondPerson(trx, paidOut, approved);
    await refundBalance(act, record, rules, reasonWith(cancellation.reason, approved), cancellation.takenBack);
  } else {
    await updateVoucher(trx, id, { cancelled_at: moment.now }, moment.now);
  }
  await audit(act, 'voucher.cancel', id, { ...cancellation, balance });
  return readVoucher(trx, id, moment);
}

/** A new code for the same rules; balance and uses move to it, and the old code is replaced for good. */
export async function reissueVoucher(act: Act, id: string, reason: string): Promise<VoucherView> {
  const { trx, moment } = act;
  const { record, rules } = await lockedVoucher(trx, id, moment);
  requireLegal('reissue', record, rules, moment);
  // The new code would be open while the money is gone.
  await requireUndisputed(trx, id, '');
  const code = newCode();
  const newId = await insertVoucher(trx, {
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
  await moveBalance(act, record, rules, newId, reason);
  if (record.type === 'deal') await passSaleOn(act, id, newId, reason);
  await insertLinks(trx, [{ fromId: id, toId: newId, kind: 'reissue', cents: record.balance ?? 0, at: moment.now }]);
  await audit(act, 'voucher.reissue', id, { reason, replacedBy: newId });
  await audit(act, 'voucher.create', newId, { reason, replaces: id });
  return readVoucher(trx, newId, moment);
}

/** Adds money to a purchase or settlement voucher. The whole is owed for as long as the youngest part of it. */
export async function topUpVoucher(
  act: Act,
  id: string,
  topUp: { readonly amount: number; readonly method: PaymentMethod },
): Promise<VoucherView> {
  const { trx, moment } = act;
  const { record, rules } = await lockedVoucher(trx, id, moment);
  requireLegal('topup', record, rules, moment);
  if (record.balance === null) throw appError('illegal_transition');
  requireNoBonus(record);
  if (rules.funding === 'goodwill' && (await needsSecondPerson(trx, record.balance + topUp.amount)))
    throw appError('needs_second_person', {
      fields: [{ path: 'amount', code: 'needs_second_person', text: 'vouchers:refusal.correct_instead' }],
    });
  const postings = postingsOfTopUp({ type: record.type, funding: rules.funding }, topUp.amount, topUp.method);
  const move = {
    voucher: record,
    currency: rules.currency,
    change: topUp.amount,
    postings,
    postedOn: moment.today,
    reason: null,
    columns: { acknowledged_on: moment.today },
  };
  await moveValue(act, move);
  await audit(act, 'voucher.topup', id, topUp);
  return readVoucher(trx, id, moment);
}

export interface HistoryEntry {
  readonly at: string;
  readonly actor: string;
  readonly action: string;
  readonly changes: unknown;
}

/** Changes told at once; older ones stay in the log. */
export const MAX_HISTORY = 200;
const MAX_ENTRIES = 1000;

/** The newest changes first. */
export async function historyOf(database: Database, id: string, moment: Moment): Promise<HistoryEntry[]> {
  await readVoucher(database.knex, id, moment);
  const rows = await findHistory(database.knex, id, MAX_HISTORY);
  return rows.map((row) => ({
    at: new Date(Number(row.recorded_at)).toISOString(),
    actor: row.actor,
    action: row.action,
    changes: row.changes === null ? null : parseJson<unknown>(row.changes),
  }));
}

export async function entriesOf(database: Database, id: string, moment: Moment): Promise<LedgerRow[]> {
  await readVoucher(database.knex, id, moment);
  return readLedger(database.knex, id, MAX_ENTRIES);
}

export async function redemptionsOf(database: Database, id: string): Promise<VoucherRedemption[]> {
  return findRedemptions(database.knex, id, MAX_HISTORY);
}

function requireLegal(action: VoucherAction, record: VoucherRecord, rules: StoredRules, moment: Moment): void {
  if (!isLegal(action, statusOfRecord(record, rules, moment.today))) throw appError('illegal_transition');
}

async function moveBalance(
  act: Act,
  from: VoucherRecord,
  rules: StoredRules,
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
  await moveValue(act, {
    ...common,
    voucher: from,
    change: -balance,
    postings: postingsOfTransferOut(posted, balance),
    columns,
  });
  const { record: to } = await lockedVoucher(trx, toId, moment);
  await moveValue(act, { ...common, voucher: to, change: balance, postings: postingsOfTransferIn(posted, balance) });
}
