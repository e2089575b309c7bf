import { defineSetting, flag, usualOf, type SettingsOf } from './setting-service.ts';

export const SECURITY_FIELDS = {
  /** Whether administrators must sign in with a second factor. */
  requireSecondFactor: flag(false),
};

export type SecuritySettings = SettingsOf<typeof SECURITY_FIELDS>;

export const { read: securitySettings, change: changeSecuritySettings } = defineSetting<SecuritySettings>(
  'security',
  usualOf(SECURITY_FIELDS),
);
