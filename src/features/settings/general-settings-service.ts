import { keepsValue } from '../../core/currency.ts';
import type { Connection, Database } from '../../platform/data/db.ts';
import { AMOUNT_LIMIT_BOUNDS, setAmountLimit, USUAL_AMOUNT_LIMIT } from '../../platform/process/amount-limit.ts';
import { setFittingNumbersOnly } from '../../platform/process/number-rule.ts';
import { count, defineSetting, flag, money, text, usualOf, type SettingsOf } from './setting-service.ts';

/** What holds for all vouchers and bookings. */
export const GENERAL_FIELDS = {
  currency: text('EUR', { maxLength: 3, isUpperCase: true, pattern: /^[A-Z]{3}$/, isSound: keepsValue }),
  /** How long a hold lasts after the last change of its codes. */
  holdMinutes: count(30, { min: 1, max: 1440, unit: 'minutes' }),
  /** The highest single amount that anybody may enter, wherever amounts come in. */
  maxAmount: money(USUAL_AMOUNT_LIMIT, AMOUNT_LIMIT_BOUNDS),
  /** Booking numbers that Belegfeld 1 does not take as they are: refused, instead of replaced in the export. */
  fittingNumbersOnly: flag(false),
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
  follow(changed);
  return changed;
}

/** Makes the process follow what this or another process has set. */
export async function followEntryRules(connection: Connection): Promise<void> {
  follow(await generalSettings(connection));
}

function follow({ maxAmount, fittingNumbersOnly }: GeneralSettings): void {
  setAmountLimit(maxAmount);
  setFittingNumbersOnly(fittingNumbersOnly);
}
