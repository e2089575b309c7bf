import { FEE_BEARERS, type FeeBearer } from '../../core/engine/reversal-plan.ts';
import { CHANNELS, type Channel } from '../../core/engine/voucher.ts';
import { choice, choices, count, defineSetting, usualOf, type SettingsOf } from './setting-service.ts';

/** What holds when a booking is cancelled and value goes back to its vouchers. */
export const REVERSAL_FIELDS = {
  /** Which of what paid bears the cancellation fee. */
  feeBearer: choice<FeeBearer>('voucher_last', FEE_BEARERS),
  /** How many days a voucher past its date may be redeemed again once something came back to it; 0: no grace. */
  graceDays: count(30, { min: 0, max: 1095 }),
  /** Where credit pays: the channels of bookings. */
  creditChannels: choices<Channel>(CHANNELS, CHANNELS),
};

export type ReversalSettings = SettingsOf<typeof REVERSAL_FIELDS>;

export const { read: reversalSettings, change: changeReversalSettings } = defineSetting<ReversalSettings>(
  'reversal',
  usualOf(REVERSAL_FIELDS),
);
