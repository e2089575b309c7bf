import { count, defineSetting, flag, usualOf, type SettingsOf } from './setting-service.ts';

/** Ten years: longer than anybody waits, and every day of it is one the calendar knows. */
const DAYS = { min: 1, max: 3650 };

/** After how many days what is over goes out of sight, and what of it is deleted. */
export const TIDYING_FIELDS = {
  /** From the end of a campaign or voucher until it is hidden in lists. */
  archiveDays: count(90, DAYS),
  /** From the archive until unused codes are deleted. */
  deletionDays: count(30, DAYS),
  /** From the end of an unused discount code until nobody knows any more whose it was. */
  linkDays: count(30, DAYS),
  /** From the end of a job until its row goes. */
  jobDays: count(180, DAYS),
  deletesCodes: flag(true),
};

export type TidyingSettings = SettingsOf<typeof TIDYING_FIELDS>;

export const {
  defaults: TIDYING_DEFAULTS,
  read: tidyingSettings,
  change: changeTidyingSettings,
} = defineSetting<TidyingSettings>('tidying', usualOf(TIDYING_FIELDS));
