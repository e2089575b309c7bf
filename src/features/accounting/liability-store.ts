import type { Knex } from 'knex';
import type { VoucherType } from '../../core/voucher.ts';
import { toSafeInteger } from '../../platform/db.ts';
import type { Totals } from './totals-store.ts';

/** Roles on which the value of a single voucher stands. */
const VALUE_ROLES = ['V_KAUF', 'V_VERR', 'V_DEAL'];

export interface Cut {
  /** The last posting day that counts. */
  readonly day: string;
  /** The last instant at which an entry was known; null: all that is known now. */
  readonly knownUntil: number | null;
}

/** Single balances added up, by what the ageing asks for. */
export interface BalanceGroup {
  readonly type: VoucherType;
  readonly brand: string | null;
  readonly currency: string;
  readonly issueYear: string;
  readonly claimYear: string;
  readonly bookUntil: 'none' | 'past' | 'year' | 'five_years' | 'longer';
  readonly isBlocked: boolean;
  readonly cents: number;
  readonly vouchers: number;
}

export interface OpenItem {
  readonly id: string;
  readonly number: string;
  readonly type: VoucherType;
  readonly title: string;
  readonly brand: string | null;
  readonly currency: string;
  readonly paidOn: string | null;
  readonly claimOn: string | null;
  readonly bookUntil: string | null;
  readonly isBlocked: boolean;
  readonly cents: number;
}

export interface LifeDays {
  readonly inOneYear: string;
  readonly inFiveYears: string;
}

/** Every single balance on a day, from the balance a voucher has now less all that was posted or known later. */
export async function groupBalances(knex: Knex, cut: Cut, days: LifeDays): Promise<BalanceGroup[]> {
  const later = laterEntries(cut);
  const answer: unknown = await knex.raw(
    `with later as (${later.sql})
     select v.type, r.brand_id, r.currency, substr(v.paid_on, 1, 4) as issue_year, substr(coalesce(v.acknowledged_on, v.paid_on), 1, 4) as claim_year,
       case when r.book_until is null then 'none' when r.book_until < ? then 'past' when r.book_until <= ? then 'year' when r.book_until <= ? then 'five_years' else 'longer' end as life,
       case when v.is_deactivated or v.cancelled_at is not null then 1 else 0 end as blocked,
       sum(v.balance - coalesce(l.net, 0)) as cents, count(*) as vouchers
     from vouchers v join voucher_rules r on r.id = v.rules_id left join later l on l.voucher_id = v.id
     where ${OWED} and v.balance - coalesce(l.net, 0) <> 0
     group by v.type, r.brand_id, r.currency, issue_year, claim_year, life, blocked`,
    [...later.bindings, cut.day, days.inOneYear, days.inFiveYears],
  );
  return rowsOf(answer).map((row) => ({
    type: row['type'] as VoucherType,
    brand: textOrNull(row['brand_id']),
    currency: String(row['currency']),
    issueYear: textOrNull(row['issue_year']) ?? '',
    claimYear: textOrNull(row['claim_year']) ?? '',
    bookUntil: row['life'] as BalanceGroup['bookUntil'],
    isBlocked: Number(row['blocked']) === 1,
    cents: toSafeInteger(row['cents']),
    vouchers: toSafeInteger(row['vouchers']),
  }));
}

/** The open items by voucher, for pages and lists. */
export async function findOpenItems(knex: Knex, cut: Cut, afterId: string, limit: number): Promise<OpenItem[]> {
  const later = laterEntries(cut);
  const answer: unknown = await knex.raw(
    `with later as (${later.sql})
     select v.id, v.number, v.type, r.title, r.brand_id, r.currency, v.paid_on, coalesce(v.acknowledged_on, v.paid_on) as claim_on, r.book_until,
       case when v.is_deactivated or v.cancelled_at is not null then 1 else 0 end as blocked, v.balance - coalesce(l.net, 0) as cents
     from vouchers v join voucher_rules r on r.id = v.rules_id left join later l on l.voucher_id = v.id
     where v.id > ? and ${OWED} and v.balance - coalesce(l.net, 0) <> 0
     order by v.id limit ?`,
    [...later.bindings, afterId, limit],
  );
  return rowsOf(answer).map((row) => ({
    id: String(row['id']),
    number: textOrNull(row['number']) ?? '',
    type: row['type'] as VoucherType,
    title: String(row['title']),
    brand: textOrNull(row['brand_id']),
    currency: String(row['currency']),
    paidOn: textOrNull(row['paid_on']),
    claimOn: textOrNull(row['claim_on']),
    bookUntil: textOrNull(row['book_until']),
    isBlocked: Number(row['blocked']) === 1,
    cents: toSafeInteger(row['cents']),
  }));
}

/** The sums of the entries themselves as they were known at an instant; slower than the sums of the seals. */
export async function readKnownTotals(knex: Knex, span: { readonly from: string | null; readonly to: string }, knownUntil: number): Promise<Totals[]> {
  const answer: unknown = await knex.raw(
    `select e.event, e.debit_role, e.credit_role, v.type, r.brand_id, e.currency, sum(e.cents) as cents, count(*) as entries
     from ledger_entries e join vouchers v on v.id = e.voucher_id join voucher_rules r on r.id = v.rules_id
     where e.posted_on >= ? and e.posted_on <= ? and e.recorded_at <= ?
     group by e.event, e.debit_role, e.credit_role, v.type, r.brand_id, e.currency`,
    [span.from ?? '0000-01-01', span.to, knownUntil],
  );
  return rowsOf(answer).map((row) => ({
    event: String(row['event']),
    debitRole: String(row['debit_role']),
    creditRole: String(row['credit_role']),
    type: row['type'] as VoucherType,
    brand: textOrNull(row['brand_id']),
    currency: String(row['currency']),
    cents: toSafeInteger(row['cents']),
    entries: toSafeInteger(row['entries']),
  }));
}

/** Goodwill is no liability: its value stands on a memo role. */
const OWED = `v.balance is not null and v.ledger_count > 0 and (r.funding is null or r.funding <> 'goodwill')`;

function laterEntries({ day, knownUntil }: Cut): { readonly sql: string; readonly bindings: (string | number)[] } {
  const roles = VALUE_ROLES.map((role) => `'${role}'`).join(', ');
  const known = knownUntil === null ? '' : ' or e.recorded_at > ?';
  return {
    sql: `select e.voucher_id, sum(case when e.credit_role in (${roles}) then e.cents else 0 end) - sum(case when e.debit_role in (${roles}) then e.cents else 0 end) as net
      from ledger_entries e where e.posted_on > ?${known} group by e.voucher_id`,
    bindings: knownUntil === null ? [day] : [day, knownUntil],
  };
}

function rowsOf(answer: unknown): Record<string, string | number | null>[] {
  const list = answer as unknown[];
  return (Array.isArray(list[0]) ? list[0] : list) as Record<string, string | number | null>[];
}

function textOrNull(value: string | number | null | undefined): string | null {
  return value === null || value === undefined ? null : String(value);
}
