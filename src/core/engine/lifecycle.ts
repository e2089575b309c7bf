import type { VoucherType } from './voucher.ts';

export const VOUCHER_STATUSES = [
  'unpaid',
  'active',
  'partly_redeemed',
  'redeemed',
  'deactivated',
  'cancelled',
  'refunded',
  'expired',
  'derecognised',
  'replaced',
] as const;
export type VoucherStatus = (typeof VOUCHER_STATUSES)[number];

/** What the status of a voucher is read from. A code of a campaign brings its campaign's day of payment and state. */
export interface VoucherFacts {
  readonly type: VoucherType;
  readonly isReplaced: boolean;
  readonly isRefunded: boolean;
  readonly isCancelled: boolean;
  readonly isDerecognised: boolean;
  readonly isDeactivated: boolean;
  readonly paidOn: string | null;
  readonly bookUntil: string | null;
  readonly balance: number | null;
  readonly originalValue: number | null;
  readonly uses: number;
  readonly maxUses: number | null;
}

/**
 * The one status a voucher has on a day: what ended it comes before what stops it for now, and that before how far it
 * is used. Source: api.md (`status`). A purchase of 100,00 with 40,00 left is partly_redeemed; past its date, expired.
 */
export function statusOf(facts: VoucherFacts, today: string): VoucherStatus {
  if (facts.isReplaced) return 'replaced';
  if (facts.isRefunded) return 'refunded';
  if (facts.isCancelled) return 'cancelled';
  if (facts.isDerecognised) return 'derecognised';
  if (facts.isDeactivated) return 'deactivated';
  if (facts.paidOn === null || facts.paidOn > today) return 'unpaid';
  if (isUsedUp(facts)) return 'redeemed';
  if (facts.bookUntil !== null && facts.bookUntil < today) return 'expired';
  return facts.uses > 0 ? 'partly_redeemed' : 'active';
}

export type VoucherAction =
  'pay' | 'deactivate' | 'activate' | 'cancel' | 'reissue' | 'topup' | 'split' | 'merge' | 'extend' | 'correct';

/** Which action is legal in which status; an illegal one is refused by name. */
export function isLegal(action: VoucherAction, status: VoucherStatus): boolean {
  return LEGAL[action].includes(status);
}

const LEGAL: Readonly<Record<VoucherAction, readonly VoucherStatus[]>> = {
  pay: ['unpaid', 'deactivated'],
  deactivate: ['unpaid', 'active', 'partly_redeemed', 'expired', 'redeemed'],
  activate: ['deactivated'],
  cancel: ['unpaid', 'active', 'partly_redeemed', 'redeemed', 'deactivated', 'expired'],
  reissue: ['unpaid', 'active', 'partly_redeemed', 'deactivated', 'expired', 'cancelled'],
  topup: ['active', 'partly_redeemed', 'redeemed', 'expired'],
  split: ['active', 'partly_redeemed', 'expired'],
  merge: ['active', 'partly_redeemed', 'expired'],
  extend: ['active', 'partly_redeemed', 'expired'],
  correct: ['active', 'partly_redeemed', 'redeemed', 'expired', 'deactivated'],
};

function isUsedUp({ balance, uses, maxUses }: VoucherFacts): boolean {
  return balance === 0 || (maxUses !== null && uses >= maxUses);
}
