import { defineSetting, flag, money, usualOf, type SettingsOf } from './setting-service.ts';

/** From which value on one voucher what one person does by hand needs a second person. */
export const FOUR_EYES_FIELDS = {
  isOn: flag(true),
  /** Of the voucher's currency; this much needs the second person already. */
  limit: money(25_000, { min: 1, max: Number.MAX_SAFE_INTEGER }),
};

export type FourEyesSettings = SettingsOf<typeof FOUR_EYES_FIELDS>;

export const { read: fourEyesSettings, change: changeFourEyesSettings } = defineSetting<FourEyesSettings>(
  'four_eyes',
  usualOf(FOUR_EYES_FIELDS),
);
