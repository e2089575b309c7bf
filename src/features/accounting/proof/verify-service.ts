import { bonusOf } from '../../../core/books/bonus.ts';
import { storedRolesOf } from '../../../core/books/postings.ts';
import type { Connection } from '../../../platform/data/db.ts';
import { CHAIN_START, entryHash } from '../ledger/ledger-service.ts';
import { findLedgerRowsOf, type LedgerRow } from '../ledger/ledger-store.ts';
import {
  firstLineBesideTheLedger,
  firstWrongBudget,
  firstWrongClearing,
  firstWrongRedemption,
  firstWrongReversedLine,
  readVoucherTotals,
  type Difference,
  type VoucherTotals,
} from './verify-store.ts';

export interface Verification {
  readonly vouchers: number;
  readonly entries: number;
  /** null: everything agrees. */
  readonly problem: VerificationProblem | null;
}

export interface VerificationProblem {
  readonly what: string;
  readonly where: string;
  readonly expected: string;
  readonly actual: string;
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
  }
  return { vouchers, entries, problem: await problemOfBookings(connection) };
}

function rowsByVoucher(rows: readonly LedgerRow[]): Map<string, LedgerRow[]> {
  const byVoucher = new Map<string, LedgerRow[]>();
  for (const row of rows) {
    const own = byVoucher.get(row.voucher_id);
    if (own === undefined) byVoucher.set(row.voucher_id, [row]);
    else own.push(row);
  }
  return byVoucher;
}

function problemOfChain(voucher: VoucherTotals, rows: readonly LedgerRow[]): VerificationProblem | null {
  let previous = CHAIN_START;
  let position = 0;
  for (const { hash, ...row } of rows) {
    position += 1;
    const where = `voucher ${voucher.id}, ledger entry ${position}`;
    if (row.position !== position) return difference('position in the chain', where, position, row.position);
    if (row.previous_hash !== previous)
      return difference('link to the entry before', where, previous, row.previous_hash);
    const expected = entryHash(row);
    if (hash !== expected) return difference('hash of the entry', where, expected, hash);
    previous = hash;
  }
  const where = `voucher ${voucher.id}`;
  if (voucher.ledgerCount !== position)
    return difference('number of ledger entries', where, voucher.ledgerCount, position);
  const head = position === 0 ? null : previous;
  return voucher.ledgerHead === head
    ? null
    : difference('head of the chain', where, voucher.ledgerHead ?? 'none', head ?? 'none');
}

function problemOfTotals(voucher: VoucherTotals, rows: readonly LedgerRow[]): VerificationProblem | null {
  const where = `voucher ${voucher.id}`;
  if (voucher.type === 'deal') {
    const sum = sumOn('V_DEAL', rows);
    if (sum !== voucher.dealRest) return difference('owed for a sold deal', where, sum, voucher.dealRest);
  }
  if (voucher.balance !== null) {
    const sum = storedRolesOf(voucher.type, voucher.funding).reduce((total, role) => total + sumOn(role, rows), 0);
    if (sum !== voucher.balance) return difference('balance', where, sum, voucher.balance);
    const problem = problemOfBonus(voucher, voucher.balance, rows, where);
    if (problem !== null) return problem;
    if (voucher.heldAmount > voucher.balance)
      return difference('amount held', where, `at most ${voucher.balance}`, voucher.heldAmount);
  }
  if (voucher.uses !== voucher.countedUses) return difference('uses', where, voucher.countedUses, voucher.uses);
  const taken = voucher.uses + voucher.heldUses;
  if (voucher.maxUses !== null && voucher.heldUses > 0 && taken > voucher.maxUses) {
    return difference('uses with holds', where, `at most ${voucher.maxUses}`, taken);
  }
  return null;
}

/** What was given away stands on the memo role, in proportion to what is left. */
function problemOfBonus(
  voucher: VoucherTotals,
  balance: number,
  rows: readonly LedgerRow[],
  where: string,
): VerificationProblem | null {
  if (voucher.type !== 'purchase') return null;
  const terms = { value: voucher.originalValue ?? 0, bonus: voucher.bonusValue };
  const expected = bonusOf(terms, balance);
  if (voucher.bonusBalance !== expected) return difference('bonus', where, expected, voucher.bonusBalance);
  const sum = sumOn('MEMO_GOODWILL', rows);
  return sum === expected ? null : difference('bonus in the ledger', where, expected, sum);
}

function sumOn(role: string, rows: readonly LedgerRow[]): number {
  return rows.reduce(
    (total, row) => total + (row.credit_role === role ? row.cents : 0) - (row.debit_role === role ? row.cents : 0),
    0,
  );
}

async function problemOfBookings(connection: Connection): Promise<VerificationProblem | null> {
  const checks: readonly [string, string, (connection: Connection) => Promise<Difference | null>][] = [
    ['amount given back', 'redemption line', firstWrongReversedLine],
    ['sum of the lines', 'redemption', firstWrongRedemption],
    ['amount in the ledger', 'redemption line', firstLineBesideTheLedger],
    ['clearing account of a deal', 'redemption line', firstWrongClearing],
    ['used budget', 'campaign', firstWrongBudget],
  ];
  for (const [what, entity, find] of checks) {
    const found = await find(connection);
    if (found !== null) return difference(what, `${entity} ${found.id}`, found.expected, found.actual);
  }
  return null;
}

function difference(
  what: string,
  where: string,
  expected: string | number,
  actual: string | number,
): VerificationProblem {
  return { what, where, expected: String(expected), actual: String(actual) };
}
