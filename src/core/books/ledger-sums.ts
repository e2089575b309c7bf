import type { VoucherType } from '../engine/voucher.ts';
import { isMemoRole } from './account-role.ts';
import { accountOf, LIABILITY_ROLES, type AccountingSetup } from './chart-of-accounts.ts';

/** Entries of one kind added up: what was posted, on which roles, for which vouchers. */
export interface Totals {
  readonly event: string;
  readonly debitRole: string;
  readonly creditRole: string;
  /** null: of no voucher. */
  readonly type: VoucherType | null;
  readonly brand: string | null;
  readonly currency: string;
  readonly cents: number;
  readonly entries: number;
  /** The partner's own account, where what is between them and us does not stand on the collective one. */
  readonly partnerAccount?: string;
}

/** One account with its movement; a role that has no account shows its own name. */
export interface AccountBalance {
  readonly account: string | null;
  readonly role: string;
  readonly currency: string;
  readonly debit: number;
  readonly credit: number;
  readonly entries: number;
}

/** Debit and credit of every account. Their sums are equal by construction: each entry has one of both. */
export function balancesOf(setup: AccountingSetup, rows: readonly Totals[]): AccountBalance[] {
  const balances = new Map<string, AccountBalance>();
  for (const row of rows) {
    for (const [role, debit, credit] of [
      [row.debitRole, row.cents, 0],
      [row.creditRole, 0, row.cents],
    ] as const) {
      const own = role === 'DEBITOR_PARTNER' ? row.partnerAccount : undefined;
      const account = own ?? (isMemoRole(role) ? null : accountOf(setup, role, row.type, row.brand));
      const key = `${account ?? role} ${row.currency}`;
      const known = balances.get(key) ?? { account, role, currency: row.currency, debit: 0, credit: 0, entries: 0 };
      balances.set(key, {
        ...known,
        debit: known.debit + debit,
        credit: known.credit + credit,
        entries: known.entries + row.entries,
      });
    }
  }
  return [...balances.values()].sort(
    (a, b) => compare(a.account ?? `~${a.role}`, b.account ?? `~${b.role}`) || compare(a.currency, b.currency),
  );
}

/**
 * Sums with those of single partners told apart: what `own` says stands for itself, and only the rest stays on the collective
 * account. 300,00 between partners and us, 100,00 of them on 10600: 200,00 stay on 10001. Both in minor units.
 * Source: accounting.md 9 (partner accounts).
 */
export function splitByPartner(rows: readonly Totals[], own: readonly Totals[]): Totals[] {
  const keyOf = ({ event, debitRole, creditRole, type, brand, currency }: Totals): string =>
    JSON.stringify([event, debitRole, creditRole, type, brand, currency]);
  const taken = new Map<string, { cents: number; entries: number }>();
  for (const row of own) {
    const known = taken.get(keyOf(row)) ?? { cents: 0, entries: 0 };
    taken.set(keyOf(row), { cents: known.cents + row.cents, entries: known.entries + row.entries });
  }
  const rest = rows.map((row) => {
    const less = taken.get(keyOf(row));
    return less === undefined ? row : { ...row, cents: row.cents - less.cents, entries: row.entries - less.entries };
  });
  return [...rest.filter(({ entries }) => entries !== 0), ...own];
}

/** What is owed on one account. */
export interface OwedOnAccount {
  readonly account: string | null;
  readonly role: string;
  readonly currency: string;
  readonly cents: number;
}

/** What is owed to holders of vouchers, per account and currency: credits less debits on the liability roles. */
export function liabilitiesOf(setup: AccountingSetup, rows: readonly Totals[]): OwedOnAccount[] {
  const owed = new Map<string, OwedOnAccount>();
  for (const row of rows) {
    for (const [role, cents] of [
      [row.creditRole, row.cents],
      [row.debitRole, -row.cents],
    ] as const) {
      if (!LIABILITY_ROLES.includes(role)) continue;
      const account = accountOf(setup, role, row.type, row.brand);
      const key = `${account ?? role} ${row.currency}`;
      const known = owed.get(key) ?? { account, role, currency: row.currency, cents: 0 };
      owed.set(key, { ...known, cents: known.cents + cents });
    }
  }
  return [...owed.values()].sort(
    (a, b) => compare(a.account ?? a.role, b.account ?? b.role) || compare(a.currency, b.currency),
  );
}

/** A posting with its day. */
export interface DatedPosting {
  readonly debitRole: string;
  readonly creditRole: string;
  readonly cents: number;
  readonly postedOn: string;
}

export interface Overdraft {
  readonly day: string;
  readonly role: string;
  /** Below 0. */
  readonly cents: number;
}

/** The roles on which the value of one voucher stands; none may be below zero at the end of any day. */
const COVERED_ROLES: readonly string[] = [...LIABILITY_ROLES, 'MEMO_GOODWILL'];

/**
 * The first day at whose end a role of one voucher has less than nothing; null: none has. `entries` are all of that
 * voucher, in any order. 500,00 sold on 10 March and refunded on 5 December before: V_KAUF, -500,00, on 5 December.
 * Source: accounting.md 5.4 ("negative: must be none") and 5.6.
 */
export function firstOverdraft(entries: readonly DatedPosting[]): Overdraft | null {
  const sums = new Map<string, number>();
  const inOrder = [...entries].sort((a, b) => (a.postedOn < b.postedOn ? -1 : a.postedOn > b.postedOn ? 1 : 0));
  for (const [index, { debitRole, creditRole, cents, postedOn }] of inOrder.entries()) {
    sums.set(creditRole, (sums.get(creditRole) ?? 0) + cents);
    sums.set(debitRole, (sums.get(debitRole) ?? 0) - cents);
    if (inOrder[index + 1]?.postedOn === postedOn) continue;
    for (const role of COVERED_ROLES) {
      const sum = sums.get(role) ?? 0;
      if (sum < 0) return { day: postedOn, role, cents: sum };
    }
  }
  return null;
}

/** Whether a posting takes value off a voucher, so that it needs cover on its day. */
export function needsCover({ debitRole }: Pick<DatedPosting, 'debitRole'>): boolean {
  return COVERED_ROLES.includes(debitRole);
}

/**
 * What entries do to an open item of the debtors: credits less debits, so what we owe is above 0. 60,00 that came in for
 * an order: +60,00; 50,00 of it sold: -50,00.
 */
export function openItemChange(legs: readonly Pick<Totals, 'debitRole' | 'creditRole' | 'cents'>[]): number {
  return legs.reduce(
    (sum, { debitRole, creditRole, cents }) =>
      sum + (isDebtor(creditRole) ? cents : 0) - (isDebtor(debitRole) ? cents : 0),
    0,
  );
}

function isDebtor(role: string): boolean {
  return role === 'DEBITOR' || role === 'DEBITOR_PARTNER';
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
