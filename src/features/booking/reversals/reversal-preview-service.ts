import type { Moment } from '../../../platform/process/clock.ts';
import { planReversal, type ReversalPlan, type ReversalWish } from '../../../core/engine/reversal-plan.ts';
import type { VoucherStatus } from '../../../core/engine/lifecycle.ts';
import type { Database } from '../../../platform/data/db.ts';
import { reversalSettings } from '../../settings/reversal-settings-service.ts';
import { readVoucher } from '../../vouchers/record/voucher-service.ts';
import { endAfterGrace, successionOf } from '../../vouchers/succession/voucher-successor-service.ts';
import type { VoucherView } from '../../vouchers/record/voucher-view-service.ts';
import { findRedemptionLines, type RedemptionLine } from '../redemptions/redemption-store.ts';

/** A line of a redemption with the voucher it came from and the one that would have it back. */
export interface ReversiblePart {
  readonly line: RedemptionLine;
  readonly left: number;
  readonly voucher: VoucherView;
  /** The voucher that stands in its place now; the same where it was never replaced. */
  readonly receiver: VoucherView;
}

export interface ReversalPreview {
  readonly amount: number;
  readonly fee: ReversalPlan['fee'];
  readonly parts: readonly PreviewedPart[];
}

export interface PreviewedPart extends ReversiblePart {
  readonly amount: number;
  /** null: the voucher stores no value. */
  readonly balanceAfter: number | null;
  readonly isUseBack: boolean;
  /** The later end a voucher past its date gets; null: its date stays. */
  readonly extendedUntil: string | null;
  /** The receiver is ended or locked: what comes back cannot be redeemed until somebody sees to it. */
  readonly blockedBy: VoucherStatus | null;
}

const BLOCKING: readonly VoucherStatus[] = ['cancelled', 'refunded', 'derecognised', 'deactivated'];

/** Whether what stands on a voucher cannot be redeemed until somebody sees to it. */
export function isBlocked(status: VoucherStatus): boolean {
  return BLOCKING.includes(status);
}

export async function reversibleParts(
  database: Database,
  redemptionId: string,
  moment: Moment,
): Promise<ReversiblePart[]> {
  const lines = await findRedemptionLines(database.knex, redemptionId);
  const successions = await successionOf(
    database.knex,
    lines.map(({ voucherId }) => voucherId),
  );
  const parts: ReversiblePart[] = [];
  for (const line of lines) {
    const voucher = await readVoucher(database.knex, line.voucherId, moment);
    const receiverId = successions.get(line.voucherId)?.at(-1) ?? line.voucherId;
    const receiver = receiverId === line.voucherId ? voucher : await readVoucher(database.knex, receiverId, moment);
    parts.push({ line, left: line.applied - line.reversed, voucher, receiver });
  }
  return parts;
}

/** What a reversal would do, in figures; or where the wish asks for more than there is. Changes nothing. */
export async function previewReversal(
  database: Database,
  parts: readonly ReversiblePart[],
  wish: ReversalWish,
  moment: Moment,
): Promise<ReversalPreview | { readonly excessive: readonly string[] }> {
  const plan = planReversal(
    parts.map(({ line }) => line),
    wish,
  );
  if ('excessive' in plan) return plan;
  const { graceDays } = await reversalSettings(database.knex);
  const balances = new Map<string, number>();
  const previewed = plan.shares.map(({ lineId, amount }): PreviewedPart => {
    const part = parts.find(({ line }) => line.id === lineId);
    if (part === undefined) throw new Error('a plan names a line that is not there');
    const { receiver, left, line } = part;
    const balance = receiver.balance === null ? null : (balances.get(receiver.id) ?? receiver.balance) + amount;
    if (balance !== null) balances.set(receiver.id, balance);
    const isUseBack = amount === left;
    const comesBack = line.kind === 'payment' || isUseBack;
    return {
      ...part,
      amount,
      balanceAfter: balance,
      isUseBack,
      extendedUntil: comesBack ? endAfterGrace(receiver.validity.bookUntil, graceDays, moment.today) : null,
      blockedBy: BLOCKING.find((status) => status === receiver.status) ?? null,
    };
  });
  return { amount: plan.shares.reduce((sum, share) => sum + share.amount, 0), fee: plan.fee, parts: previewed };
}
