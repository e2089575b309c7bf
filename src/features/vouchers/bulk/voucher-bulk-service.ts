import type { Permission } from '../../../core/access.ts';
import type { Moment } from '../../../platform/process/clock.ts';
import { isLegal, type VoucherAction } from '../../../core/engine/lifecycle.ts';
import type { PaymentMethod } from '../../../core/books/postings.ts';
import { inTransaction, type Database, type Transaction } from '../../../platform/data/db.ts';
import type { Locale } from '../../../platform/html/i18n.ts';
import { insertJob } from '../../../platform/jobs/job-store.ts';
import type { PrintFormat } from '../../documents/printing/print-service.ts';
import {
  canBeMailed,
  isDeliverable,
  mailVoucher,
  type VoucherDocuments,
} from '../printing/voucher-document-service.ts';
import { extendVoucher } from '../life/voucher-extension-service.ts';
import { payVoucher } from '../life/voucher-lifecycle-service.ts';
import { countHits, listVouchers, vouchersById, type ListQuery } from '../list/voucher-list-service.ts';
import { setLock } from '../record/voucher-lock-service.ts';
import type { PreparedPin } from '../record/voucher-pin-service.ts';
import { lockedVoucher } from '../record/voucher-service.ts';
import type { VoucherView } from '../record/voucher-view-service.ts';

export { deleteOutcomes as deleteBulkOutcomes } from './voucher-bulk-store.ts';

export const VOUCHER_BULK_JOB = 'voucher-bulk';
export const VOUCHER_PRINT_JOB = 'voucher-print';
export const BULK_ACTIONS = ['pay', 'lock', 'unlock', 'extend', 'mail', 'print'] as const;
export type BulkAction = (typeof BULK_ACTIONS)[number];
export const BULK_PERMISSIONS: Readonly<Record<BulkAction, Permission>> = {
  pay: 'vouchers.change',
  lock: 'vouchers.change',
  unlock: 'vouchers.change',
  extend: 'vouchers.change',
  mail: 'vouchers.send',
  print: 'vouchers.print',
};

/** What is to be done to each voucher; all that it needs is there. */
export type BulkOrder =
  | { readonly action: 'pay'; readonly paidAt: string; readonly method: PaymentMethod }
  | { readonly action: 'lock'; readonly reason: string }
  | { readonly action: 'unlock'; readonly reason: string | null }
  | { readonly action: 'extend'; readonly bookUntil: string; readonly reason: string }
  | { readonly action: 'mail' };

/** Not done to the vouchers but made of them: a file with a PDF of each. */
export interface PrintOrder {
  readonly action: 'print';
  readonly format: PrintFormat;
  /** All in one document, not one for each. */
  readonly together: boolean;
}

/** Those chosen one by one, or all hits of a list. */
export type BulkScope = { readonly ids: readonly string[] } | { readonly query: ListQuery };

export interface BulkJobPayload {
  readonly order: BulkOrder;
  readonly scope: BulkScope;
  readonly actor: string;
  readonly locale: Locale;
}

export interface PrintJobPayload {
  readonly format: PrintFormat;
  readonly together: boolean;
  /** Whoever asked may not see codes elsewhere: each that is printed is logged. */
  readonly logsEach?: boolean;
  /** `run`: all codes that one run made for a campaign. */
  readonly scope: BulkScope | { readonly run: string };
  readonly actor: string;
  readonly locale: Locale;
}

export interface BulkPreview {
  readonly count: number;
  /** There are more than `count`. */
  readonly isMore: boolean;
  /** How many of them it cannot be done to as things are; null: too many to look at each. */
  readonly refused: number | null;
  readonly titles: readonly string[];
}

export const MAX_CHOSEN = 500;
/** In one file: about six minutes of printing. */
export const MAX_PRINTED = 5000;
const MAX_COUNTED = 10_000;
const MAX_TITLES = 5;

/** How many vouchers an action would meet, and how many of them would refuse it. */
export async function previewBulk(
  database: Database,
  action: BulkAction,
  scope: BulkScope,
  moment: Moment,
): Promise<BulkPreview> {
  if ('ids' in scope) return previewOf(action, await vouchersById(database, scope.ids, moment));
  const { items, nextCursor } = await listVouchers(database, { ...scope.query, limit: MAX_CHOSEN }, moment);
  if (nextCursor === null) return previewOf(action, items);
  const { count, isMore } = await countHits(database, scope.query, moment, MAX_COUNTED);
  return { count: Math.min(count, MAX_COUNTED), isMore, refused: null, titles: [] };
}

export async function startBulk(
  database: Database,
  payload: BulkJobPayload,
  total: number | null,
  now: number,
): Promise<string> {
  return inTransaction(database, (trx) =>
    insertJob(trx, { kind: VOUCHER_BULK_JOB, payload, total, createdBy: payload.actor, now }),
  );
}

export async function startPrint(
  database: Database,
  payload: PrintJobPayload,
  total: number | null,
  now: number,
): Promise<string> {
  return inTransaction(database, (trx) =>
    insertJob(trx, { kind: VOUCHER_PRINT_JOB, payload, total, createdBy: payload.actor, now }),
  );
}

export interface BulkStep {
  readonly jobId: string;
  readonly payload: BulkJobPayload;
  readonly documents: VoucherDocuments;
  /** For a mail: the first PIN of the voucher; null: it has one. */
  readonly firstPin: PreparedPin | null;
}

/** Does it to one voucher; false: it was so already. What cannot be done is refused with an AppError. */
export async function actInBulk(
  trx: Transaction,
  id: string,
  { jobId, payload, documents, firstPin }: BulkStep,
  moment: Moment,
): Promise<boolean> {
  const { order, actor, locale } = payload;
  switch (order.action) {
    case 'mail':
      await mailVoucher(documents, trx, id, { to: null, locale, attempt: `job:${jobId}`, firstPin }, actor, moment);
      return true;
    case 'pay':
      await payVoucher({ trx, actor, moment }, id, { paidAt: order.paidAt, method: order.method, reference: null });
      return true;
    case 'extend':
      await extendVoucher({ trx, actor, moment }, id, order);
      return true;
    case 'lock':
    case 'unlock': {
      const locked = await lockedVoucher(trx, id, moment);
      const isToBeLocked = order.action === 'lock';
      if (locked.record.isDeactivated === isToBeLocked) return false;
      await setLock({ trx, actor, moment }, locked, isToBeLocked, order.reason);
      return true;
    }
  }
}

const LEGAL_ACTION: Readonly<Record<Exclude<BulkAction, 'mail' | 'print'>, VoucherAction>> = {
  pay: 'pay',
  lock: 'deactivate',
  unlock: 'activate',
  extend: 'extend',
};

function previewOf(action: BulkAction, vouchers: readonly VoucherView[]): BulkPreview {
  const isPossible = (voucher: VoucherView): boolean => {
    if (action === 'mail') return canBeMailed(voucher);
    if (action === 'print') return isDeliverable(voucher);
    if (!isLegal(LEGAL_ACTION[action], voucher.status)) return false;
    if (action === 'pay') return voucher.paidAt === null;
    return action !== 'extend' || (voucher.campaign === null && voucher.validity.bookUntil !== null);
  };
  return {
    count: vouchers.length,
    isMore: false,
    refused: vouchers.filter((voucher) => !isPossible(voucher)).length,
    titles: vouchers.slice(0, MAX_TITLES).map(({ title, id }) => `${title} (ID ${id})`),
  };
}
