import { setImmediate } from 'node:timers/promises';
import { bonusOf } from '../../../core/books/bonus.ts';
import { firstOverdraft } from '../../../core/books/ledger-sums.ts';
import { storedRolesOf } from '../../../core/books/postings.ts';
import type { Check, Difference, VerifiedPlace } from '../../../core/books/verification.ts';
import type { Connection } from '../../../platform/data/db.ts';
import { CHAIN_START, entryHash, toPostings } from '../ledger/ledger-service.ts';
import { voucherNumber } from '../../../core/books/ledger-event.ts';
import { findLedgerRowsOf } from '../ledger/ledger-store.ts';
import type { LedgerRow } from '../ledger/ledger-row.ts';
import {
  firstLineBesideTheLedger,
  firstWrongBooking,
  firstWrongBudget,
  firstWrongClearing,
  firstWrongRedemption,
  firstWrongReversedLine,
  readVoucherTotals,
  type WrongFigure,
  type VoucherTotals,
} from './verify-store.ts';

export interface Verification {
  readonly vouchers: number;
  readonly entries: number;
  /** null: everything agrees. */
  readonly problem: Difference | null;
}

/** Vouchers looked at in one step; memory stays flat over millions. */
const VOUCHERS_PER_STEP = 500;

/** Recomputes every balance, use, hold and hash chain from the rows they come from, and names the first that is off. */
export async function verifyBooks(connection: Connection, now: number): Promise<Verification> {
  let vouchers = 0;
  let entries = 0;
  for (let afterId = '0'; ;) {
    const step = await readVoucherTotals(connection, afterId, VOUCHERS_PER_STEP, now);
    const last = step.at(-1);
    if (last === undefined) break;
    const rows = rowsByVoucher(
      await findLedgerRowsOf(
        connection,
        step.map(({ id }) => id),
      ),
    );
    for (const voucher of step) {
      const own = rows.get(voucher.id) ?? [];
      vouchers += 1;
      entries += own.length;
      const problem = problemOfChain(voucher, own) ?? problemOfTotals(voucher, own);
      if (problem !== null) return { vouchers, entries, problem };
    }
    afterId = last.id;
    // SQLite answers at once: without a pause nobody else would get a word in.
    await setImmediate();
  }
  return { vouchers, entries, problem: await problemOfBookings(connection) };
}

function rowsByVoucher(rows: readonly LedgerRow[]): Map<string, LedgerRow[]> {
  const byVoucher = new Map<string, LedgerRow[]>();
  for (const row of rows) {
    const id = row.voucher_id ?? '';
    const own = byVoucher.get(id);
    if (own === undefined) byVoucher.set(id, [row]);
    else own.push(row);
  }
  return byVoucher;
}

function problemOfChain(voucher: VoucherTotals, rows: readonly LedgerRow[]): Difference | null {
  let previous = CHAIN_START;
  let position = 0;
  for (const { hash, ...row } of rows) {
    position += 1;
    const place = { ...placeOf(voucher), entry: position };
    if (row.position !== position) return difference('chain_position', place, position, row.position);
    if (row.previous_hash !== previous) return difference('chain_link', place, previous, row.previous_hash);
    const expected = entryHash(row);
    if (hash !== expected) return difference('entry_hash', place, expected, hash);
    previous = hash;
  }
  if (voucher.ledgerCount !== position)
    return difference('entry_count', placeOf(voucher), voucher.ledgerCount, position);
  const head = position === 0 ? null : previous;
  return voucher.ledgerHead === head ? null : difference('chain_head', placeOf(voucher), head, voucher.ledgerHead);
}

function problemOfTotals(voucher: VoucherTotals, rows: readonly LedgerRow[]): Difference | null {
  const money = (check: Check, expected: number, actual: number): Difference =>
    difference(check, placeOf(voucher), expected, actual, voucher.currency);
  const overdraft = firstOverdraft(toPostings(rows));
  if (overdraft !== null) return money('overdrawn', 0, overdraft.cents);
  const lapsed = sumOn('V_FORFEIT', rows);
  if (lapsed !== voucher.forfeited) return money('forfeited', lapsed, voucher.forfeited);
  if (voucher.type === 'deal') {
    const sum = sumOn('V_DEAL', rows);
    if (sum !== voucher.dealRest) return money('deal_rest', sum, voucher.dealRest);
  }
  if (voucher.balance !== null) {
    const sum = storedRolesOf(voucher.type, voucher.funding).reduce((total, role) => total + sumOn(role, rows), 0);
    if (sum !== voucher.balance) return money('balance', sum, voucher.balance);
    const problem = problemOfBonus(voucher, voucher.balance, rows, money);
    if (problem !== null) return problem;
    if (voucher.heldAmount > voucher.balance) return money('held_amount', voucher.balance, voucher.heldAmount);
  }
  return problemOfUses(voucher);
}

/** What was given away stands on the memo role, in proportion to what is left. */
function problemOfBonus(
  voucher: VoucherTotals,
  balance: number,
  rows: readonly LedgerRow[],
  money: (check: Check, expected: number, actual: number) => Difference,
): Difference | null {
  if (voucher.type !== 'purchase') return null;
  const terms = { value: voucher.originalValue ?? 0, bonus: voucher.bonusValue };
  const expected = bonusOf(terms, balance);
  if (voucher.bonusBalance !== expected) return money('bonus', expected, voucher.bonusBalance);
  const sum = sumOn('MEMO_GOODWILL', rows);
  return sum === expected ? null : money('bonus_in_ledger', expected, sum);
}

function problemOfUses(voucher: VoucherTotals): Difference | null {
  if (voucher.uses !== voucher.countedUses)
    return difference('uses', placeOf(voucher), voucher.countedUses, voucher.uses);
  const taken = voucher.uses + voucher.heldUses;
  return voucher.maxUses !== null && voucher.heldUses > 0 && taken > voucher.maxUses
    ? difference('uses_with_holds', placeOf(voucher), voucher.maxUses, taken)
    : null;
}

function placeOf({ id, number }: VoucherTotals): VerifiedPlace {
  return { kind: 'voucher', id, name: voucherNumber(number, id) };
}

function sumOn(role: string, rows: readonly LedgerRow[]): number {
  return rows.reduce(
    (total, row) => total + (row.credit_role === role ? row.cents : 0) - (row.debit_role === role ? row.cents : 0),
    0,
  );
}

async function problemOfBookings(connection: Connection): Promise<Difference | null> {
  const checks: readonly [Check, (connection: Connection) => Promise<WrongFigure | null>][] = [
    ['given_back', firstWrongReversedLine],
    ['sum_of_lines', firstWrongRedemption],
    ['sum_of_booking', firstWrongBooking],
    ['line_in_ledger', firstLineBesideTheLedger],
    ['deal_clearing', firstWrongClearing],
    ['campaign_budget', firstWrongBudget],
  ];
  for (const [check, find] of checks) {
    const found = await find(connection);
    if (found !== null) return difference(check, placeOfFigure(found), found.expected, found.actual, found.currency);
  }
  return null;
}

function placeOfFigure({ owner, id, name, voucher }: WrongFigure): VerifiedPlace {
  if (owner === 'campaign') return { kind: owner, id, name };
  return voucher === null
    ? { kind: owner, id, name }
    : { kind: owner, id, name, voucher: voucherNumber(voucher.number, voucher.id) };
}

/** What a difference says; figures of money name their currency. */
export function difference(
  check: Check,
  place: VerifiedPlace,
  expected: string | number | null,
  actual: string | number | null,
  currency: string | null = null,
): Difference {
  return { check, place, expected, actual, currency };
}
