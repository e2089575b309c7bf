import type { VoucherStatus } from '../../../core/engine/lifecycle.ts';

/** The colour beside the word of a status. */
export const STATUS_TONES: Readonly<Record<VoucherStatus, string>> = {
  unpaid: 'warn',
  active: 'ok',
  partly_redeemed: 'info',
  redeemed: 'quiet',
  deactivated: 'bad',
  cancelled: 'bad',
  refunded: 'quiet',
  expired: 'quiet',
  derecognised: 'quiet',
  replaced: 'quiet',
};
