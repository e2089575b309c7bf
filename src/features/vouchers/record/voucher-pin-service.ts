import { randomInt } from 'node:crypto';
import { PIN_COUNT, pinOf } from '../../../core/engine/voucher-pin.ts';
import type { Connection } from '../../../platform/data/db.ts';
import { hashPassword, isPassword } from '../../../platform/secrets/passwords.ts';
import { findPinHash } from './voucher-pin-store.ts';

export { insertFirstPin, pinsInsert, savePins } from './voucher-pin-store.ts';

/** Made before the transaction: hashing takes long, and a transaction that runs again keeps it. */
export interface PreparedPin {
  readonly pin: string;
  readonly hash: string;
}

export async function preparePin(): Promise<PreparedPin> {
  const pin = pinOf(randomInt(PIN_COUNT));
  return { pin, hash: await hashPassword(pin) };
}

/** A PIN for a voucher that has none yet; null: it keeps the one its holder knows. */
export async function prepareFirstPin(connection: Connection, voucherId: string): Promise<PreparedPin | null> {
  return (await findPinHash(connection, voucherId)) === null ? preparePin() : null;
}

/** Whether it is the PIN of the voucher; it takes as long where there is no voucher (null). */
export async function isPinOf(connection: Connection, voucherId: string | null, pin: string): Promise<boolean> {
  return isPassword(pin, voucherId === null ? null : await findPinHash(connection, voucherId));
}
