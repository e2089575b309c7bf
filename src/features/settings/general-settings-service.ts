import { count, defineSetting, text, usualOf, type SettingsOf } from './setting-service.ts';

/** What holds for all vouchers and bookings. */
export const GENERAL_FIELDS = {
  currency: text('EUR', { maxLength: 3, isUpperCase: true, pattern: /^[A-Z]{3}$/ }),
  /** How long a hold lasts after the last change of its codes. */
  holdMinutes: count(30, { min: 1, max: 1440, unit: 'minutes' }),
};

export type GeneralSettings = SettingsOf<typeof GENERAL_FIELDS>;

export const { read: generalSettings, change: changeGeneralSettings } = defineSetting<GeneralSettings>(
  'general',
  usualOf(GENERAL_FIELDS),
);
