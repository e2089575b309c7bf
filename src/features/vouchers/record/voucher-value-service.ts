import type { Act } from '../../../platform/data/act.ts';
import { bonusOf, withBonusApart } from '../../../core/books/bonus.ts';
import type { Posting } from '../../../core/books/postings.ts';
import { writeTogether, type Write } from '../../../platform/data/db.ts';
import { appError } from '../../../platform/process/errors.ts';
import { appendingTo, chainEntries, type LedgerRow } from '../../accounting/ledger/ledger-service.ts';
import { openDays, postingDayIn, type PostingDay } from '../../accounting/ledger/posting-day-service.ts';
import type { VoucherRecord } from '../rows/voucher-row.ts';
import { voucherUpdate } from './voucher-store.ts';

export interface ValueMove {
  readonly voucher: Pick<
    VoucherRecord,
    'id' | 'originalValue' | 'balance' | 'bonusValue' | 'ledgerCount' | 'ledgerHead'
  >;
  readonly currency: string;
  /** Added to the balance; negative: taken from it. */
  readonly change: number;
  readonly postings: readonly Posting[];
  /** The day it happened; a day of payment entered ahead or afterwards counts as such. Posted later where its month is closed. */
  readonly postedOn: string;
  readonly reason: string | null;
  /** Set where the move belongs to a redemption. */
  readonly redemption?: { readonly id: string; readonly bookingNumber: string };
  readonly documentNumber?: string | null;
  /** Other columns of the voucher that change with it. */
  readonly columns?: Readonly<Record<string, unknown>>;
  /** What the voucher has that it is passed on to: the shares of a bonus are worked out there, so that both sides agree to the cent. */
  readonly passedOnto?: number;
}

/** What a voucher that stores value has before anything is booked on it. */
export function unbooked(id: string): Pick<ValueMove['voucher'], 'id' | 'balance' | 'ledgerCount' | 'ledgerHead'> {
  return { id, balance: 0, ledgerCount: 0, ledgerHead: null };
}

/** Writes the postings into the voucher's chain and its new balance into its row, under its lock. */
export async function moveValue(act: Act, move: ValueMove): Promise<void> {
  await moveValues(act, [move]);
}

/** Several in their order, each after what an earlier one left of its voucher: entries together, each voucher once. */
export async function moveValues(act: Act, moves: readonly ValueMove[]): Promise<void> {
  await writeTogether(act.trx, await valueWrites(act, moves));
}

/** The same as statements, to be written together with others. */
export async function valueWrites(act: Act, moves: readonly ValueMove[]): Promise<Write[]> {
  const { trx, moment } = act;
  const days = await openDays(
    trx,
    moves.map(({ postedOn }) => postedOn),
    moment.today,
  );
  const rows: LedgerRow[] = [];
  const moved = new Map<string, MovedVoucher>();
  for (const move of moves) {
    const known = moved.get(move.voucher.id) ?? { voucher: move.voucher, columns: {}, steps: 0 };
    const after = moveOne(act, known, move, postingDayIn(days, move.postedOn));
    rows.push(...after.rows);
    moved.set(move.voucher.id, after);
  }
  return [
    ...appendingTo(trx, rows, days),
    ...[...moved].map(([id, { columns, steps }]) => voucherUpdate(trx, id, columns, moment.now, steps)),
  ];
}

/** A voucher with what a move leaves of it, and what is to be written into its row. */
interface MovedVoucher {
  readonly voucher: ValueMove['voucher'];
  readonly columns: Readonly<Record<string, unknown>>;
  readonly steps: number;
}

function moveOne(
  { actor, moment }: Act,
  { voucher, columns, steps }: MovedVoucher,
  move: ValueMove,
  day: PostingDay,
): MovedVoucher & { readonly rows: readonly LedgerRow[] } {
  const terms = { value: voucher.originalValue ?? 0, bonus: voucher.bonusValue };
  const balance = voucher.balance === null ? null : voucher.balance + move.change;
  const base = move.passedOnto ?? 0;
  const { rows, head } = chainEntries(
    { voucherId: voucher.id, count: voucher.ledgerCount, hash: voucher.ledgerHead },
    {
      currency: move.currency,
      ...day,
      recordedAt: moment.now,
      actor,
      reason: move.reason,
      bookingNumber: move.redemption?.bookingNumber ?? null,
      redemptionId: move.redemption?.id ?? null,
      reversalId: null,
      documentNumber: move.documentNumber ?? null,
    },
    withBonusApart(move.postings, terms, base + (voucher.balance ?? 0), move.change),
  );
  const bonus =
    voucher.bonusValue === 0 ? {} : { bonus_balance: bonusOf(terms, base + (balance ?? 0)) - bonusOf(terms, base) };
  return {
    rows,
    voucher: { ...voucher, balance, ledgerCount: head.count, ledgerHead: head.hash },
    columns: { ...columns, ...move.columns, ...bonus, balance, ledger_count: head.count, ledger_head: head.hash },
    steps: steps + 1,
  };
}

/** What is owed of a balance: all but what is left of a bonus. */
export function owedOf({ balance, bonusBalance }: Pick<VoucherRecord, 'balance' | 'bonusBalance'>): number {
  return (balance ?? 0) - bonusBalance;
}

/** Price and value belong together for good, so nothing may come on such a voucher or leave it in parts but by redemption. */
export function requireNoBonus({ bonusValue }: Pick<VoucherRecord, 'bonusValue'>): void {
  if (bonusValue > 0)
    throw appError('rule_broken', { fields: [{ path: '', code: 'has_bonus', text: 'vouchers:refusal.has_bonus' }] });
}
