import { createHash, randomInt } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';
import QRCode from 'qrcode';

const ISSUER = 'Reisebon';
const PERIOD_SECONDS = 30;
/** A clock may be one step off. */
const WINDOW = 1;
const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789';
const RECOVERY_CODES = 10;

export function newFactorSecret(): string {
  return new Secret({ size: 20 }).base32;
}

/** The step a code belongs to, so that the same code is not taken twice; null: it is wrong. */
export function factorStep(secret: string, code: string, now: number): number | null {
  const token = code.replaceAll(/\s/g, '');
  if (!/^\d{6}$/.test(token)) return null;
  const delta = totp(secret, '').validate({ token, timestamp: now, window: WINDOW });
  return delta === null ? null : Math.floor(now / 1000 / PERIOD_SECONDS) + delta;
}

/** What an authenticator app reads, as the text of an SVG image. */
export async function factorQrSvg(secret: string, email: string): Promise<string> {
  return QRCode.toString(totp(secret, email).toString(), { type: 'svg', errorCorrectionLevel: 'M', margin: 4 });
}

/** Ten codes for the day the telephone is gone, about 49 bits each. */
export function newRecoveryCodes(): string[] {
  const group = () => Array.from({ length: 5 }, () => LETTERS[randomInt(LETTERS.length)]).join('');
  return Array.from({ length: RECOVERY_CODES }, () => `${group()}-${group()}`);
}

export function hashRecoveryCode(code: string): string {
  return createHash('sha256')
    .update(code.toLowerCase().replaceAll(/[^a-z0-9]/g, ''))
    .digest('hex');
}

function totp(secret: string, label: string): TOTP {
  return new TOTP({
    issuer: ISSUER,
    label,
    algorithm: 'SHA1',
    digits: 6,
    period: PERIOD_SECONDS,
    secret: Secret.fromBase32(secret),
  });
}
