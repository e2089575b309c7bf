import type { Act } from '../../../platform/data/act.ts';
import { bonusOf, withBonusApart } from '../../../core/books/bonus.ts';
import type { Posting } from '../../../core/books/postings.ts';
import { firstOverdraft, needsCover } from '../../../core/books/ledger-sums.ts';
import { writeTogether, type Transaction, type Write } from '../../../platform/data/db.ts';
import { appError } from '../../../platform/process/errors.ts';
import {
  appendingTo,
  chainEntries,
  readLedger,
  toPostings,
  type LedgerRow,
} from '../../accounting/ledger/ledger-service.ts';
import { openItemWrites } from '../../accounting/ledger/ledger-subject-service.ts';
import { openDays, postingDayIn, type PostingDay } from '../../accounting/ledger/posting-day-service.ts';
import type { VoucherRecord } from '../rows/voucher-row.ts';
import { voucherUpdate } from './voucher-store.ts';

const MAX_ENTRIES = 10_000;

export interface ValueMove {
  readonly voucher: Pick<
    VoucherRecord,
    'id' | 'originalValue' | 'balance' | 'bonusValue' | 'ledgerCount' | 'ledgerHead'
  > &
    Partial<Pick<VoucherRecord, 'paidOn'>>;
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
  /** The open item of the debtors that it opens or settles; its owner's row is locked. */
  readonly openItemId?: string;
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
    const known = moved.get(move.voucher.id) ?? { voucher: move.voucher, columns: {}, lapsed: 0, steps: 0 };
    const day = postingDayIn(days, move.postedOn);
    const after = moveOne(act, known, move, day);
    if (mayOverdraw(move, day, moment.today)) await requireCover(trx, move.voucher.id, [...rows, ...after.rows]);
    rows.push(...after.rows);
    moved.set(move.voucher.id, after);
  }
  return [
    ...appendingTo(trx, rows, days),
    ...[...moved].map(([id, { columns, lapsed, steps }]) =>
      voucherUpdate(
        trx,
        id,
        lapsed === 0 ? columns : { ...columns, has_forfeited: true, forfeited: trx.raw('forfeited + ?', [lapsed]) },
        moment.now,
        steps,
      ),
    ),
    ...openItemWrites(trx, rows),
  ];
}

/** Value that leaves a voucher today leaves it after all that came; on another day, or before its sale, that is to be seen. */
function mayOverdraw({ postings, voucher }: ValueMove, { postedOn }: PostingDay, today: string): boolean {
  const isBeforeItsSale = voucher.paidOn != null && voucher.paidOn > postedOn;
  return postings.some(needsCover) && (postedOn < today || isBeforeItsSale);
}

/** No account of a voucher may stand below zero at the end of any day. */
async function requireCover(trx: Transaction, id: string, posted: readonly LedgerRow[]): Promise<void> {
  const known = await readLedger(trx, id, MAX_ENTRIES);
  const own = posted.filter((row) => row.voucher_id === id);
  if (firstOverdraft(toPostings([...known, ...own])) !== null)
    throw appError('rule_broken', { fields: [{ path: '', code: 'sale_later', text: 'vouchers:refusal.sale_later' }] });
}

/** A voucher with what a move leaves of it, and what is to be written into its row. */
interface MovedVoucher {
  readonly voucher: ValueMove['voucher'];
  readonly columns: Readonly<Record<string, unknown>>;
  /** What came onto what waits for a derecognition, or left it. */
  readonly lapsed: number;
  readonly steps: number;
}

function moveOne(
  { actor, moment }: Act,
  { voucher, columns, lapsed: lapsedBefore, steps }: MovedVoucher,
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
      openItemId: move.openItemId ?? null,
    },
    withBonusApart(move.postings, terms, base + (voucher.balance ?? 0), move.change),
  );
  const lapsed = changeOn('V_FORFEIT', rows);
  const bonus =
    voucher.bonusValue === 0 ? {} : { bonus_balance: bonusOf(terms, base + (balance ?? 0)) - bonusOf(terms, base) };
  return {
    rows,
    voucher: { ...voucher, balance, ledgerCount: head.count, ledgerHead: head.hash },
    columns: { ...columns, ...move.columns, ...bonus, balance, ledger_count: head.count, ledger_head: head.hash },
    lapsed: lapsed + lapsedBefore,
    steps: steps + 1,
  };
}

function changeOn(role: string, rows: readonly LedgerRow[]): number {
  return rows.reduce(
    (sum, row) => sum + (row.credit_role === role ? row.cents : 0) - (row.debit_role === role ? row.cents : 0),
    0,
  );
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
