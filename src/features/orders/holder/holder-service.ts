import type { Moment } from '../../../platform/process/clock.ts';
import { storedRolesOf } from '../../../core/books/postings.ts';
import type { RateLimiter } from '../../../platform/data/rate-limit.ts';
import type { Database } from '../../../platform/data/db.ts';
import type { LedgerRow } from '../../accounting/ledger/ledger-service.ts';
import { entriesOf } from '../../vouchers/record/voucher-history-service.ts';
import { isPinOf } from '../../vouchers/record/voucher-pin-service.ts';
import { findVoucher, findVoucherByCode } from '../../vouchers/record/voucher-service.ts';
import type { VoucherView } from '../../vouchers/record/voucher-view-service.ts';

export interface OpenedVoucher {
  readonly id: string;
  /** With the PIN: the history and the PDF too. */
  readonly isHolder: boolean;
}

/**
 * The voucher of a code; with a PIN it must be the right one. Null for anything else, and it takes as long for a code
 * that is not there, so that nobody learns which part was wrong.
 */
export async function openVoucher(
  database: Database,
  limiter: RateLimiter,
  code: string,
  pin: string,
  moment: Moment,
): Promise<OpenedVoucher | null> {
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
  const moves = movesOf(entries, roles).reverse();
  return { voucher, moves };
}

/** The books tell a bonus apart, in the entry after what was paid; to who holds the voucher both are one move. */
function movesOf(entries: readonly LedgerRow[], roles: readonly string[]): HolderMove[] {
  const moves: (HolderMove & { readonly position: number })[] = [];
  for (const {
    posted_on: on,
    event,
    credit_role: credit,
    debit_role: debit,
    cents,
    booking_number: bookingNumber,
    position,
  } of entries) {
    const change = (roles.includes(credit) ? cents : 0) - (roles.includes(debit) ? cents : 0);
    if (change === 0) continue;
    const paid = moves.at(-1);
    const isItsBonus =
      roles.includes('V_KAUF') &&
      [credit, debit].includes('MEMO_GOODWILL') &&
      paid?.event === event &&
      paid.position === position - 1;
    if (isItsBonus) moves.pop();
    moves.push({ on, event, change: isItsBonus ? paid.change + change : change, bookingNumber, position });
  }
  return moves;
}
