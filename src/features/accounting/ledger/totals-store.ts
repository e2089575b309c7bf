import type { Knex } from 'knex';
import type { Totals } from '../../../core/books/ledger-sums.ts';
import type { VoucherType } from '../../../core/engine/voucher.ts';
import { toSafeInteger, toFigure } from '../../../platform/data/db.ts';

export interface TotalsSpan {
  /** First and last posting day, both included; null: without a bound. */
  readonly from: string | null;
  readonly to: string | null;
  /** The last instant at which an entry was known; null: all that is known now. */
  readonly knownUntil?: number | null;
}

/** A seal is of the instant at which it began, so what it covers may have been written a little later. */
const LONGEST_SEAL_MS = 3_600_000;

/**
 * Sums over any days: those of sealed entries come ready from their seals, only what was written since the last seal is
 * added up row by row. What was known only after an instant is taken off again. One statement, so that an entry is on
 * exactly one of the sides.
 */
export async function readTotals(knex: Knex, span: TotalsSpan): Promise<Totals[]> {
  const days = (column: string): { sql: string; bindings: string[] } => {
    const bounds: [string, string | null][] = [
      [`${column} >= ?`, span.from],
      [`${column} <= ?`, span.to],
    ];
    const held = bounds.filter((bound): bound is [string, string] => bound[1] !== null);
    return { sql: held.map(([sql]) => ` and ${sql}`).join(''), bindings: held.map(([, day]) => day) };
  };
  const [sealed, fresh] = [days('t.posted_on'), days('e.posted_on')];
  const { knownUntil = null } = span;
  const later =
    knownUntil === null
      ? { sql: '', bindings: [] }
      : {
          sql: `union all
       select e.event, e.debit_role, e.credit_role, coalesce(v.type, '') as type, coalesce(r.brand_id, s.brand_id) as brand_id, e.currency, -e.cents, -1
         from ledger_entries e left join vouchers v on v.id = e.voucher_id left join voucher_rules r on r.id = v.rules_id left join ledger_subjects s on s.id = e.chain_id
         where e.id > (select coalesce(max(s.to_id), 0) from ledger_seals s where s.sealed_at <= ?) and e.recorded_at > ?${fresh.sql}`,
          bindings: [knownUntil - LONGEST_SEAL_MS, knownUntil, ...fresh.bindings],
        };
  const answer: unknown = await knex.raw(
    `select event, debit_role, credit_role, type, brand_id, currency, sum(cents) as cents, sum(entries) as entries from (
       select t.event, t.debit_role, t.credit_role, t.type, t.brand_id, t.currency, t.cents, t.entries
         from ledger_totals t where 1 = 1${sealed.sql}
       union all
       select e.event, e.debit_role, e.credit_role, coalesce(v.type, '') as type, coalesce(r.brand_id, s.brand_id) as brand_id, e.currency, e.cents, 1
         from ledger_entries e left join vouchers v on v.id = e.voucher_id left join voucher_rules r on r.id = v.rules_id left join ledger_subjects s on s.id = e.chain_id
         where e.id > (select coalesce(max(s.to_id), 0) from ledger_seals s)${fresh.sql}
       ${later.sql}
     ) as both_sides
     group by event, debit_role, credit_role, type, brand_id, currency
     having sum(entries) <> 0
     order by type, event, debit_role, credit_role, brand_id, currency`,
    [...sealed.bindings, ...fresh.bindings, ...later.bindings],
  );
  const list = answer as unknown[];
  const rows = (Array.isArray(list[0]) ? list[0] : list) as Record<string, string | number | null>[];
  return rows.map((row) => ({
    event: String(row['event']),
    debitRole: String(row['debit_role']),
    creditRole: String(row['credit_role']),
    type: row['type'] === '' ? null : (row['type'] as VoucherType),
    brand: row['brand_id'] === null || row['brand_id'] === undefined ? null : String(row['brand_id']),
    currency: String(row['currency']),
    cents: toFigure(row['cents']),
    entries: toSafeInteger(row['entries']),
  }));
}

/** What each event moved in each month since a day, with the roles it moved it on. */
export async function readMonthlyTotals(
  knex: Knex,
  from: string,
): Promise<
  {
    readonly month: string;
    readonly event: string;
    readonly debitRole: string;
    readonly creditRole: string;
    readonly currency: string;
    readonly cents: number;
  }[]
> {
  const answer: unknown = await knex.raw(
    `select month, event, debit_role, credit_role, currency, sum(cents) as cents from (
       select substr(t.posted_on, 1, 7) as month, t.event, t.debit_role, t.credit_role, t.currency, t.cents from ledger_totals t where t.posted_on >= ?
       union all
       select substr(e.posted_on, 1, 7), e.event, e.debit_role, e.credit_role, e.currency, e.cents from ledger_entries e
         where e.id > (select coalesce(max(s.to_id), 0) from ledger_seals s) and e.posted_on >= ?
     ) as both_sides group by month, event, debit_role, credit_role, currency order by month`,
    [from, from],
  );
  const list = answer as unknown[];
  const rows = (Array.isArray(list[0]) ? list[0] : list) as Record<string, string | number>[];
  return rows.map((row) => ({
    month: String(row['month']),
    event: String(row['event']),
    debitRole: String(row['debit_role']),
    creditRole: String(row['credit_role']),
    currency: String(row['currency']),
    cents: toFigure(row['cents']),
  }));
}

/** Entries of each month with any, newest first. */
export async function readMonthCounts(knex: Knex): Promise<{ readonly month: string; readonly entries: number }[]> {
  const answer: unknown = await knex.raw(
    `select month, sum(entries) as entries from (
       select substr(t.posted_on, 1, 7) as month, t.entries from ledger_totals t
       union all
       select substr(e.posted_on, 1, 7), 1 from ledger_entries e where e.id > (select coalesce(max(s.to_id), 0) from ledger_seals s)
     ) as both_sides group by month order by month desc`,
  );
  const list = answer as unknown[];
  const rows = (Array.isArray(list[0]) ? list[0] : list) as Record<string, string | number>[];
  return rows.map((row) => ({ month: String(row['month']), entries: toSafeInteger(row['entries']) }));
}
