import type { Act, Author } from '../../../platform/data/act.ts';
import type { Moment } from '../../../platform/process/clock.ts';
import type { PaymentMethod } from '../../../core/books/postings.ts';
import { writeAudit } from '../../../platform/data/audit.ts';
import {
  inTransaction,
  isDuplicateKey,
  type Connection,
  type Database,
  type Transaction,
} from '../../../platform/data/db.ts';
import { readPage, type Page } from '../../../platform/data/page.ts';
import { appError } from '../../../platform/process/errors.ts';
import {
  closeApproval,
  decideApproval,
  findApproval,
  findApprovalByKey,
  insertApproval,
  listApprovals,
  markWithdrawn,
  type Approval,
} from './approval-store.ts';
import { reactivateVoucher } from '../ending/reactivation-service.ts';
import { requireOtherPerson } from '../record/four-eyes-service.ts';
import { correctValue, type Correction } from '../life/voucher-correction-service.ts';
import { codeTaken, createFromBody } from '../life/voucher-create-service.ts';
import { extendVoucher } from '../life/voucher-extension-service.ts';
import { cancelVoucher, payVoucher } from '../life/voucher-lifecycle-service.ts';
import { lockedVoucher, type VoucherBody } from '../record/voucher-service.ts';
import { findVoucherRecord } from '../record/voucher-store.ts';
import { owedOf } from '../record/voucher-value-service.ts';

export type { Approval };

/** What is asked for: of a voucher that is there, or a new one. */
export type ApprovalWish =
  | { readonly kind: 'goodwill'; readonly body: VoucherBody; readonly currency: string; readonly once: string }
  | { readonly kind: 'issue'; readonly voucherId: string; readonly paidAt: string; readonly method: PaymentMethod }
  | {
      readonly kind: 'correction';
      readonly voucherId: string;
      readonly change: number;
      readonly counter: Correction['counter'];
    }
  | { readonly kind: 'extension'; readonly voucherId: string; readonly bookUntil: string }
  | { readonly kind: 'reactivation' | 'refund'; readonly voucherId: string; readonly cents?: number };

/** Keeps a request; nothing moves. The same request again is the first one. Answers its id. */
export async function askForApproval(
  database: Database,
  author: Author,
  wish: ApprovalWish,
  reason: string,
): Promise<string> {
  const { actor, moment } = author;
  const openKey = wish.kind === 'goodwill' ? `goodwill:${actor}:${wish.once}` : `${wish.kind}:${wish.voucherId}`;
  try {
    return await inTransaction(database, async (trx) => {
      const asked = await askedOf(trx, wish, moment);
      const id = await insertApproval(trx, {
        ...asked,
        kind: wish.kind,
        reason,
        openKey,
        requestedBy: actor,
        requestedAt: moment.now,
      });
      const changes = {
        kind: wish.kind,
        voucher: asked.voucherId,
        cents: asked.cents,
        currency: asked.currency,
        reason,
      };
      await writeAudit(trx, [
        { recordedAt: moment.now, actor, action: 'approval.ask', entity: 'approval', entityId: id, changes },
      ]);
      return id;
    });
  } catch (error) {
    const earlier = isDuplicateKey(error) ? await findApprovalByKey(database.knex, openKey) : null;
    if (earlier === null) throw error;
    return earlier;
  }
}

/** A second person accepts: it is done now, once, if it is still possible and the voucher is what the request saw. */
export async function acceptApproval(database: Database, author: Author, id: string): Promise<Approval> {
  const { actor, moment } = author;
  try {
    return await inTransaction(database, async (trx) => {
      const isOurs = await decideApproval(trx, id, { state: 'accepted', actor, note: null, now: moment.now });
      const approval = await approvalOf(trx, id);
      if (!isOurs) throw appError('conflict');
      requireOtherPerson(approval.requestedBy, actor);
      await requireUnchanged(trx, approval, moment);
      const voucherId = await execute({ trx, ...author }, approval);
      await closeApproval(trx, approval, voucherId);
      await tell({ trx, ...author }, 'accept', approval, {
        kind: approval.kind,
        voucher: voucherId,
        cents: approval.cents,
      });
      return { ...approval, voucherId };
    });
  } catch (error) {
    if (isDuplicateKey(error)) throw codeTaken();
    throw error;
  }
}

/** Nothing is done. Who asked for it takes it back with the same words. */
export async function refuseApproval(
  database: Database,
  author: Author,
  id: string,
  note: string | null,
): Promise<'refused' | 'withdrawn'> {
  const { actor, moment } = author;
  return inTransaction(database, async (trx) => {
    const isOurs = await decideApproval(trx, id, { state: 'refused', actor, note, now: moment.now });
    const approval = await approvalOf(trx, id);
    if (!isOurs) throw appError('conflict');
    const state = approval.requestedBy === actor ? 'withdrawn' : 'refused';
    await closeApproval(trx, approval, approval.voucherId);
    if (state === 'withdrawn') await markWithdrawn(trx, id);
    await tell({ trx, ...author }, state === 'withdrawn' ? 'withdraw' : 'refuse', approval, {
      kind: approval.kind,
      voucher: approval.voucherId,
      note,
    });
    return state;
  });
}

export function approvalPage(
  connection: Connection,
  page: { readonly isOpen: boolean; readonly after: string | null; readonly limit: number },
): Promise<Page<Approval>> {
  return readPage(page.limit, (limit) => listApprovals(connection, { ...page, limit }));
}

export async function approvalOf(connection: Connection, id: string): Promise<Approval> {
  const approval = await findApproval(connection, id);
  if (approval === null) throw appError('not_found');
  return approval;
}

/** Whether something has happened to the voucher since the request. */
export async function hasChanged(
  connection: Connection,
  { voucherId, voucherVersion, voucherEntries }: Approval,
  moment: Moment,
): Promise<boolean> {
  if (voucherId === null) return false;
  const record = await findVoucherRecord(connection, voucherId, moment.now);
  return record?.version !== voucherVersion || record.ledgerCount !== voucherEntries;
}

async function askedOf(
  trx: Transaction,
  wish: ApprovalWish,
  moment: Moment,
): Promise<Pick<Approval, 'voucherId' | 'voucherVersion' | 'voucherEntries' | 'cents' | 'currency' | 'payload'>> {
  if (wish.kind === 'goodwill') {
    return {
      voucherId: null,
      voucherVersion: null,
      voucherEntries: null,
      cents: wish.body.value?.originalValue ?? 0,
      currency: wish.currency,
      payload: { body: wish.body },
    };
  }
  const { record, rules } = await lockedVoucher(trx, wish.voucherId, moment);
  const { kind, voucherId, ...payload } = wish;
  const cents =
    kind === 'correction'
      ? wish.change
      : kind === 'issue'
        ? (record.originalValue ?? 0)
        : kind === 'reactivation'
          ? (wish.cents ?? 0)
          : owedOf(record);
  return {
    voucherId,
    voucherVersion: record.version,
    voucherEntries: record.ledgerCount,
    cents,
    currency: rules.currency,
    payload,
  };
}

/** Does what was asked for; the voucher it was done to. */
async function execute(act: Act, { id, kind, voucherId, reason, payload }: Approval): Promise<string> {
  if (kind === 'goodwill') return createFromBody(act, (payload as { readonly body: VoucherBody }).body, id);
  if (voucherId === null) throw new Error('a request about no voucher');
  switch (kind) {
    case 'issue': {
      const payment = payload as { readonly paidAt: string; readonly method: PaymentMethod };
      await payVoucher(act, voucherId, { ...payment, reference: reason }, id);
      return voucherId;
    }
    case 'correction':
      await correctValue(act, voucherId, { ...(payload as Pick<Correction, 'change' | 'counter'>), reason }, id);
      return voucherId;
    case 'extension':
      await extendVoucher(act, voucherId, { ...(payload as { readonly bookUntil: string }), reason, approved: id });
      return voucherId;
    case 'reactivation':
      await reactivateVoucher(act, voucherId, reason, id);
      return voucherId;
    case 'refund':
      await cancelVoucher(act, voucherId, { refund: true, reason }, id);
      return voucherId;
  }
}

/** Under the voucher's lock: a figure that a second person saw must be the figure that moves. */
async function requireUnchanged(trx: Transaction, approval: Approval, moment: Moment): Promise<void> {
  if (approval.voucherId !== null) await lockedVoucher(trx, approval.voucherId, moment);
  if (await hasChanged(trx, approval, moment))
    throw appError('rule_broken', {
      fields: [{ path: '', code: 'voucher_changed', text: 'vouchers:refusal.voucher_changed' }],
    });
}

async function tell(act: Act, verb: string, { id }: Approval, changes: object): Promise<void> {
  const { trx, actor, moment } = act;
  await writeAudit(trx, [
    { recordedAt: moment.now, actor, action: `approval.${verb}`, entity: 'approval', entityId: id, changes },
  ]);
}
