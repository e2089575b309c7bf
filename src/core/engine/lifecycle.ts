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

/**
 * What can be done to a voucher. `payout`: what stands on it after its end is paid out; `come_back`: a booking gives value
 * back to it; `derecognise`: an approved run makes income of what nobody can claim any more.
 */
export const VOUCHER_ACTIONS = [
  'pay',
  'deactivate',
  'activate',
  'cancel',
  'payout',
  'reissue',
  'topup',
  'split',
  'merge',
  'extend',
  'correct',
  'come_back',
  'derecognise',
  'reactivate',
] as const;
export type VoucherAction = (typeof VOUCHER_ACTIONS)[number];

/**
 * `with_value`: while value stands on it; `after_run`: while a run has taken something of it; `passed_on`: it happens to the
 * voucher in its place. Anything else is refused.
 */
export type Move = 'always' | 'with_value' | 'after_run' | 'passed_on';

const ANY = { come_back: 'always', derecognise: 'with_value', reactivate: 'after_run' } as const;
const LIVE = {
  deactivate: 'always',
  cancel: 'always',
  reissue: 'always',
  split: 'always',
  merge: 'always',
  extend: 'always',
  correct: 'always',
  ...ANY,
} as const;

/**
 * Every legal move, a row a status. A booking that was paid before the end of a voucher may be cancelled after it, so
 * value comes back in every status; where it does not go on to a successor, each status has a way to the customer
 * (`cancel`, `payout`), to income (`derecognise`) or back to use (`reissue`, `extend`, `reactivate`).
 * Source: accounting.md K6, K8, K9, K14 and K15.
 */
const MOVES: Readonly<Record<VoucherStatus, Readonly<Partial<Record<VoucherAction, Move>>>>> = {
  unpaid: { pay: 'always', deactivate: 'always', cancel: 'always', reissue: 'always', ...ANY },
  active: { ...LIVE, topup: 'always' },
  partly_redeemed: { ...LIVE, topup: 'always' },
  redeemed: {
    deactivate: 'always',
    cancel: 'always',
    topup: 'always',
    correct: 'always',
    ...ANY,
  },
  expired: LIVE,
  deactivated: {
    pay: 'always',
    activate: 'always',
    cancel: 'always',
    reissue: 'always',
    correct: 'always',
    ...ANY,
  },
  cancelled: { reissue: 'always', payout: 'with_value', ...ANY },
  refunded: { reissue: 'with_value', payout: 'with_value', ...ANY },
  derecognised: { payout: 'with_value', ...ANY },
  replaced: { come_back: 'passed_on', derecognise: 'with_value' },
};

/**
 * Whether an action is legal; an illegal one is refused by name. `hasValue`: something stands on the voucher. What a run has
 * taken, only its entries tell.
 */
export function isLegal(action: VoucherAction, status: VoucherStatus, hasValue = false): boolean {
  const move = moveOf(action, status);
  return move === 'always' || move === 'after_run' || (move === 'with_value' && hasValue);
}

/** Whether a voucher can be ended with what stands on it: cancelled, or after its end paid out. */
export function canBeEnded(status: VoucherStatus, balance: number | null): boolean {
  return isLegal('cancel', status) || isLegal('payout', status, (balance ?? 0) > 0);
}

/** How an action goes in a status; null: it is refused. */
export function moveOf(action: VoucherAction, status: VoucherStatus): Move | null {
  return MOVES[status][action] ?? null;
}

function isUsedUp({ balance, uses, maxUses }: VoucherFacts): boolean {
  return balance === 0 || (maxUses !== null && uses >= maxUses);
}
