import { keepsValue } from '../../core/currency.ts';
import type { Connection, Database } from '../../platform/data/db.ts';
import { AMOUNT_LIMIT_BOUNDS, setAmountLimit, USUAL_AMOUNT_LIMIT } from '../../platform/process/amount-limit.ts';
import { count, defineSetting, money, text, usualOf, type SettingsOf } from './setting-service.ts';

/** What holds for all vouchers and bookings. */
export const GENERAL_FIELDS = {
  currency: text('EUR', { maxLength: 3, isUpperCase: true, pattern: /^[A-Z]{3}$/, isSound: keepsValue }),
  /** How long a hold lasts after the last change of its codes. */
  holdMinutes: count(30, { min: 1, max: 1440, unit: 'minutes' }),
  /** The highest single amount that anybody may enter, wherever amounts come in. */
  maxAmount: money(USUAL_AMOUNT_LIMIT, AMOUNT_LIMIT_BOUNDS),
};

export type GeneralSettings = SettingsOf<typeof GENERAL_FIELDS>;

const GENERAL_SETTING = defineSetting<GeneralSettings>('general', usualOf(GENERAL_FIELDS));

export const { read: generalSettings } = GENERAL_SETTING;

export async function changeGeneralSettings(
  database: Database,
  after: GeneralSettings,
  actor: string,
  now: number,
): Promise<GeneralSettings> {
  const changed = await GENERAL_SETTING.change(database, after, actor, now);
  setAmountLimit(changed.maxAmount);
  return changed;
}

/** Makes the process follow what this or another process has set. */
export async function followAmountLimit(connection: Connection): Promise<void> {
  setAmountLimit((await generalSettings(connection)).maxAmount);
}
