import { bonusOf, withBonusApart } from '../../../core/books/bonus.ts';
import { postingsOfReversal } from '../../../core/books/postings.ts';
import type { Act } from '../../../platform/data/act.ts';
import type { Transaction } from '../../../platform/data/db.ts';
import { chainEntries, vouchersPostedIn } from '../../accounting/ledger/ledger-service.ts';
import type { BudgetMove } from '../../campaigns/record/campaign-row.ts';
import type { VoucherMove } from '../../vouchers/rows/redeemed-row.ts';
import type { LockedRedemption, RedemptionLine } from '../redemptions/redemption-store.ts';
import {
  insertReversal,
  lockBudgets,
  writeReversal,
  type Reversal,
  type ReversalWrites,
  type ReversibleVoucher,
} from './reversal-store.ts';

/** So much of a line goes back. */
export interface Share {
  readonly line: RedemptionLine;
  readonly amount: number;
}

export interface StandingVoucher extends ReversibleVoucher {
  /** What the voucher in its place has; 0 where it was not replaced. */
  readonly standing: number;
}

/** What goes back, found possible under the locks. */
export interface GivenBack {
  readonly locked: LockedRedemption;
  readonly shares: readonly Share[];
  readonly vouchers: readonly StandingVoucher[];
}

export function isWholeLine({ line, amount }: Share): boolean {
  return line.reversed + amount === line.applied;
}

export function sumOf(shares: readonly Share[]): number {
  return shares.reduce((sum, { amount }) => sum + amount, 0);
}

/** Rows, entries and the voucher's and the booking's sums. */
export async function writeGivenBack(
  act: Act,
  { redemptionId, reason }: { readonly redemptionId: string; readonly reason: string },
  given: GivenBack,
): Promise<Reversal> {
  const { trx, actor, moment } = act;
  const { locked, shares } = given;
  const amount = sumOf(shares);
  const fields = { redemptionId, amount, reason, actor, reversedAt: moment.now };
  const id = await insertReversal(trx, fields);
  const moved = await movesOf(act, { id, ...fields }, given);
  await writeReversal(trx, {
    reversalId: id,
    redemptionId,
    bookingRef: locked.bookingRef,
    amount,
    reversedAt: moment.now,
    lines: shares.map(({ line, amount: part }) => ({
      lineId: line.id,
      amount: part,
      reversedInAll: line.reversed + part,
    })),
    moves: moved.map(({ move }) => move),
    budgets: await budgetsAfter(trx, shares),
    ledgerRows: moved.flatMap(({ rows }) => rows),
    audit: {
      recordedAt: moment.now,
      actor,
      action: 'redemption.reverse',
      entity: 'redemption',
      entityId: redemptionId,
      changes: { amount, reason, vouchers: shares.map(({ line }) => line.voucherId) },
    },
  });
  const lines = shares.map((share) => {
    const { id: voucherId, code } = voucherOf(given, share);
    return { voucherId, code, amount: share.amount };
  });
  return { id, ...fields, lines };
}

interface Moved {
  readonly move: VoucherMove;
  readonly rows: ReversalWrites['ledgerRows'];
}

async function movesOf(
  { trx, actor, moment }: Act,
  reversal: Omit<Reversal, 'lines'>,
  given: GivenBack,
): Promise<Moved[]> {
  const { locked, shares } = given;
  const posted = shares.some(({ line }) => line.kind === 'discount')
    ? await vouchersPostedIn(trx, reversal.redemptionId)
    : null;
  return shares.map((share) => {
    const voucher = voucherOf(given, share);
    const { standing, balance, bonus } = voucher;
    const { head, rows } = chainEntries(
      { voucherId: voucher.id, count: voucher.ledgerCount, hash: voucher.ledgerHead },
      {
        currency: voucher.currency,
        postedOn: moment.today,
        recordedAt: moment.now,
        actor,
        reason: reversal.reason,
        bookingNumber: locked.bookingNumber,
        redemptionId: reversal.redemptionId,
        reversalId: reversal.id,
      },
      withBonusApart(
        postingsOfReversal(voucher, share.amount, posted?.has(voucher.id) === true ? 'gross' : 'net'),
        bonus,
        standing + (balance ?? 0),
        share.amount,
      ),
    );
    return { move: { ...moveOf(voucher, share), ledgerCount: head.count, ledgerHead: head.hash }, rows };
  });
}

function moveOf(voucher: StandingVoucher, share: Share): Omit<VoucherMove, 'ledgerCount' | 'ledgerHead'> {
  const { id, balance, bonus, standing, uses } = voucher;
  const bonusAfter = bonusOf(bonus, standing + (balance ?? 0) + share.amount) - bonusOf(bonus, standing);
  return {
    voucherId: id,
    balance: balance === null ? null : balance + share.amount,
    bonusBalance: bonus.bonus === 0 ? null : bonusAfter,
    uses: isWholeLine(share) ? uses - 1 : uses,
  };
}

function voucherOf({ vouchers }: GivenBack, { line }: Share): StandingVoucher {
  const voucher = vouchers.find(({ id }) => id === line.voucherId);
  if (voucher === undefined) throw new Error('a redemption line without its voucher');
  return voucher;
}

async function budgetsAfter(trx: Transaction, shares: readonly Share[]): Promise<BudgetMove[]> {
  const campaignIds = new Set(shares.flatMap(({ line }) => (line.campaignId === null ? [] : [line.campaignId])));
  const budgets = await lockBudgets(trx, [...campaignIds]);
  return budgets.map(({ campaignId, budgetUsed }) => {
    const given = sumOf(shares.filter(({ line }) => line.campaignId === campaignId));
    return { campaignId, budgetUsed: budgetUsed - given };
  });
}
