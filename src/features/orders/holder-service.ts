import { storedRolesOf } from '../../core/postings.ts';
import type { RateLimiter } from '../../platform/attempt-limit.ts';
import type { Database } from '../../platform/db.ts';
import { entriesOf } from '../vouchers/voucher-lifecycle-service.ts';
import { isPinOf } from '../vouchers/voucher-pin-service.ts';
import { findVoucher, findVoucherByCode } from '../vouchers/voucher-service.ts';
import type { Moment, VoucherView } from '../vouchers/voucher-view-service.ts';

export interface OpenedVoucher {
  readonly id: string;
  /** With the PIN: the history and the PDF too. */
  readonly isHolder: boolean;
}

/** Guesses at the PIN of one voucher, from wherever they come. */
export const PIN_LIMIT = { name: 'holder-pin', points: 10, seconds: 3600 } as const;

/**
 * The voucher of a code; with a PIN it must be the right one. Null for anything else, and it takes as long for a code
 * that is not there, so that nobody learns which part was wrong.
 */
export async function openVoucher(database: Database, limiter: RateLimiter, code: string, pin: string, moment: Moment): Promise<OpenedVoucher | null> {
  const voucher = code === '' ? null : await findVoucherByCode(database, code, moment);
  if (pin === '') return voucher === null ? null : { id: voucher.id, isHolder: false };
  const mayGuess = (await limiter.consume(voucher?.id ?? 'none')).allowed;
  const isRight = await isPinOf(database.knex, voucher?.id ?? null, pin);
  if (voucher === null || !isRight || !mayGuess) return null;
  await limiter.reset(voucher.id);
  return { id: voucher.id, isHolder: true };
}

export interface HolderMove {
  readonly on: string;
  readonly event: string;
  /** Cents; negative: taken from the voucher. */
  readonly change: number;
  readonly bookingNumber: string | null;
}

export interface HolderView {
  readonly voucher: VoucherView;
  /** The newest first; empty for somebody without the PIN. */
  readonly moves: readonly HolderMove[];
}

export async function holderView(database: Database, opened: OpenedVoucher, moment: Moment): Promise<HolderView> {
  const voucher = await findVoucher(database, opened.id, moment);
  const roles = storedRolesOf(voucher.type, voucher.funding);
  if (!opened.isHolder || roles.length === 0) return { voucher, moves: [] };
  const entries = await entriesOf(database, voucher.id, moment);
  const moves = entries
    .map((entry) => ({
      on: entry.posted_on,
      event: entry.event,
      change: (roles.includes(entry.credit_role) ? entry.cents : 0) - (roles.includes(entry.debit_role) ? entry.cents : 0),
      bookingNumber: entry.booking_number,
    }))
    .filter(({ change }) => change !== 0)
    .reverse();
  return { voucher, moves };
}
