import { postingsOfReversal } from '../../core/postings.ts';
import { normaliseCode } from '../../core/voucher-code.ts';
import type { Database, Transaction } from '../../platform/db.ts';
import { idempotently, type IdempotentOutcome, type IdempotentRequest } from '../../platform/idempotency.ts';
import { chainEntries, vouchersPostedIn } from '../accounting/ledger-service.ts';
import { restoreRest } from '../vouchers/voucher-residual-service.ts';
import type { Moment } from './evaluation-service.ts';
import { findRedemptionLines, lockRedemption, type BudgetMove, type RedemptionLine, type VoucherMove } from './redemption-store.ts';
import {
  findReversals, insertReversal, lockBudgets, lockReversibleVouchers, writeReversal,
  type Reversal, type ReversibleVoucher,
} from './reversal-store.ts';

export type { Reversal };

export interface ReversalInput {
  readonly redemptionId: string;
  /** Given: so much of each code. */
  readonly lines: readonly { readonly code: string; readonly amount: number }[] | null;
  /** Given: so much in all, in the reverse order of application. Neither: all that is left. */
  readonly amount: number | null;
  readonly reason: string;
}

export type ReversalOutcome =
  | { readonly kind: 'reversed'; readonly reversal: Reversal; readonly codes: Readonly<Record<string, string>> }
  | { readonly kind: 'refused'; readonly code: 'not_found' | 'exceeds_redeemed'; readonly paths: readonly string[] };

/** Gives value back to the codes of a redemption, wholly or in part; never more than was redeemed. */
export function reverse(
  database: Database,
  input: ReversalInput,
  request: IdempotentRequest,
  actor: string,
  moment: Moment,
): Promise<IdempotentOutcome<ReversalOutcome>> {
  return idempotently(database, request, moment.now, (trx) => reverseOnce(trx, input, actor, moment));
}

/** The reversals of each of these redemptions, oldest first. */
export async function readReversals(database: Database, redemptionIds: readonly string[]): Promise<Reversal[]> {
  return findReversals(database.knex, redemptionIds);
}

interface Share {
  readonly line: RedemptionLine;
  readonly amount: number;
}

async function reverseOnce(trx: Transaction, input: ReversalInput, actor: string, moment: Moment): Promise<ReversalOutcome> {
  const bookingNumber = await lockRedemption(trx, input.redemptionId);
  if (bookingNumber === null) return { kind: 'refused', code: 'not_found', paths: [] };
  const lines = await findRedemptionLines(trx, input.redemptionId);
  const vouchers = await lockReversibleVouchers(trx, lines.map(({ voucherId }) => voucherId));
  const shares = sharesOf(input, lines, vouchers);
  if ('paths' in shares) return { kind: 'refused', code: 'exceeds_redeemed', paths: shares.paths };
  const reversal = await write(trx, input, bookingNumber, shares, vouchers, actor, moment);
  return { kind: 'reversed', reversal, codes: Object.fromEntries(vouchers.map(({ id, code }) => [id, code])) };
}

function sharesOf(
  input: ReversalInput,
  lines: readonly RedemptionLine[],
  vouchers: readonly ReversibleVoucher[],
): Share[] | { readonly paths: string[] } {
  const open = [...lines].reverse().map((line) => ({ line, left: line.applied - line.reversed }));
  if (input.lines !== null) return sharesByCode(input.lines, open, vouchers);
  const left = open.reduce((sum, one) => sum + one.left, 0);
  const wanted = input.amount ?? left;
  if (wanted === 0 || wanted > left) return { paths: input.amount === null ? [] : ['amount'] };
  let missing = wanted;
  return open.flatMap(({ line, left: leftOfLine }) => {
    const amount = Math.min(leftOfLine, missing);
    missing -= amount;
    return amount === 0 ? [] : [{ line, amount }];
  });
}

function sharesByCode(
  wanted: readonly { readonly code: string; readonly amount: number }[],
  open: readonly { readonly line: RedemptionLine; readonly left: number }[],
  vouchers: readonly ReversibleVoucher[],
): Share[] | { readonly paths: string[] } {
  const idOf = new Map(vouchers.map((voucher) => [normaliseCode(voucher.code), voucher.id]));
  const amountOf = new Map<string, number>();
  const paths: string[] = [];
  wanted.forEach(({ code, amount }, index) => {
    const id = idOf.get(normaliseCode(code));
    const left = open.find(({ line }) => line.voucherId === id)?.left ?? 0;
    const sum = (id === undefined ? 0 : (amountOf.get(id) ?? 0)) + amount;
    if (id === undefined || sum > left) paths.push(`lines.${index}.amount`);
    else amountOf.set(id, sum);
  });
  if (paths.length > 0) return { paths };
  return open.flatMap(({ line }) => {
    const amount = amountOf.get(line.voucherId);
    return amount === undefined ? [] : [{ line, amount }];
  });
}

async function write(
  trx: Transaction,
  input: ReversalInput,
  bookingNumber: string,
  shares: readonly Share[],
  vouchers: readonly ReversibleVoucher[],
  actor: string,
  moment: Moment,
): Promise<Reversal> {
  const amount = shares.reduce((sum, share) => sum + share.amount, 0);
  const fields = { redemptionId: input.redemptionId, amount, reason: input.reason, actor, reversedAt: moment.now };
  const id = await insertReversal(trx, fields);
  const posted = shares.some(({ line }) => line.kind === 'discount') ? await vouchersPostedIn(trx, input.redemptionId) : null;
  const moved = shares.map((share) => {
    const voucher = vouchers.find((one) => one.id === share.line.voucherId);
    if (voucher === undefined) throw new Error('a redemption line without its voucher');
    const chained = chainEntries(
      { voucherId: voucher.id, count: voucher.ledgerCount, hash: voucher.ledgerHead },
      {
        currency: voucher.currency,
        postedOn: moment.today,
        recordedAt: moment.now,
        actor,
        reason: input.reason,
        bookingNumber,
        redemptionId: input.redemptionId,
        reversalId: id,
      },
      postingsOfReversal(voucher, share.amount, posted?.has(voucher.id) === true ? 'gross' : 'net'),
    );
    const isWhole = share.line.reversed + share.amount === share.line.applied;
    const move: VoucherMove = {
      voucherId: voucher.id,
      balance: voucher.balance === null ? null : voucher.balance + share.amount,
      uses: isWhole ? voucher.uses - 1 : voucher.uses,
      ledgerCount: chained.head.count,
      ledgerHead: chained.head.hash,
    };
    return { share, chained, move };
  });
  await writeReversal(trx, {
    reversalId: id,
    reversedAt: moment.now,
    lines: shares.map(({ line, amount: given }) => ({ lineId: line.id, amount: given, reversedInAll: line.reversed + given })),
    moves: moved.map(({ move }) => move),
    budgets: await budgetsAfter(trx, shares),
    ledgerRows: moved.flatMap(({ chained }) => chained.rows),
    audit: {
      recordedAt: moment.now,
      actor,
      action: 'redemption.reverse',
      entity: 'redemption',
      entityId: input.redemptionId,
      changes: { amount, reason: input.reason, vouchers: shares.map(({ line }) => line.voucherId) },
    },
  });
  for (const { line, amount: given } of shares) {
    if (line.reversed + given === line.applied) await restoreRest(trx, { voucherId: line.voucherId, redemptionId: input.redemptionId, bookingNumber }, actor, moment);
  }
  return { id, ...fields, lines: shares.map(({ line, amount: given }) => ({ voucherId: line.voucherId, amount: given })) };
}

async function budgetsAfter(trx: Transaction, shares: readonly Share[]): Promise<BudgetMove[]> {
  const campaignIds = new Set(shares.flatMap(({ line }) => (line.campaignId === null ? [] : [line.campaignId])));
  const budgets = await lockBudgets(trx, [...campaignIds]);
  return budgets.map(({ campaignId, budgetUsed }) => {
    const given = shares.filter(({ line }) => line.campaignId === campaignId).reduce((sum, share) => sum + share.amount, 0);
    return { campaignId, budgetUsed: budgetUsed - given };
  });
}
