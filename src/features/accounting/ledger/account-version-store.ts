import type { Knex } from 'knex';
import type { Totals } from '../../../core/books/ledger-sums.ts';
import type { VoucherType } from '../../../core/engine/voucher.ts';
import { toSafeInteger } from '../../../platform/data/db.ts';
import type { TotalsSpan } from './totals-store.ts';

/** A month that is closed, with the version of the accounts that held then; null: the proposals of SKR03. */
export interface ClosedMonth {
  readonly month: string;
  readonly setupId: string | null;
  readonly closedAt: number;
}

/** The oldest first. */
export async function findClosedMonths(knex: Knex): Promise<ClosedMonth[]> {
  const rows = await knex('closed_periods')
    .orderBy('month')
    .select<{ month: string; setup_id: number | string | null; closed_at: number | string }[]>(
      'month',
      'setup_id',
      'closed_at',
    );
  return rows.map((row) => ({
    month: row.month,
    setupId: textOrNull(row.setup_id),
    closedAt: toSafeInteger(row.closed_at),
  }));
}

/** A run whose files went out with a version of the accounts. */
export interface RunMonths {
  readonly id: string;
  readonly setupId: string | null;
  readonly fromMonth: string;
  readonly toMonth: string;
  readonly createdAt: number;
}

export async function findLiveRuns(knex: Knex): Promise<RunMonths[]> {
  const rows = await knex('export_runs')
    .whereNot({ state: 'undone' })
    .orderBy('id')
    .select<RunRow[]>('id', 'setup_id', 'from_month', 'to_month', 'created_at');
  return rows.map((row) => ({
    id: String(row.id),
    setupId: textOrNull(row.setup_id),
    fromMonth: row.from_month,
    toMonth: row.to_month,
    createdAt: toSafeInteger(row.created_at),
  }));
}

/** What the entries of one run add up to over some days. */
export async function readRunTotals(knex: Knex, runId: string, span: TotalsSpan): Promise<Totals[]> {
  const query = knex('export_entries as x')
    .join('ledger_entries as e', 'e.id', 'x.entry_id')
    .leftJoin('vouchers as v', 'v.id', 'e.voucher_id')
    .leftJoin('voucher_rules as r', 'r.id', 'v.rules_id')
    .leftJoin('ledger_subjects as s', 's.id', 'e.chain_id')
    .where('x.run_id', runId)
    .groupBy('e.event', 'e.debit_role', 'e.credit_role', 'v.type', 'r.brand_id', 's.brand_id', 'e.currency');
  if (span.from !== null) void query.where('e.posted_on', '>=', span.from);
  if (span.to !== null) void query.where('e.posted_on', '<=', span.to);
  const { knownUntil = null } = span;
  if (knownUntil !== null) void query.where('e.recorded_at', '<=', knownUntil);
  const rows = await query.select<Record<string, string | number | null>[]>(
    'e.event',
    'e.debit_role',
    'e.credit_role',
    'v.type',
    knex.raw('coalesce(r.brand_id, s.brand_id) as brand_id'),
    'e.currency',
    knex.raw('sum(e.cents) as cents'),
    knex.raw('count(*) as entries'),
  );
  return rows.map((row) => ({
    event: String(row['event']),
    debitRole: String(row['debit_role']),
    creditRole: String(row['credit_role']),
    type: (row['type'] ?? null) as VoucherType | null,
    brand: textOrNull(row['brand_id'] ?? null),
    currency: String(row['currency']),
    cents: toSafeInteger(row['cents']),
    entries: toSafeInteger(row['entries']),
  }));
}

interface RunRow {
  readonly id: number | string;
  readonly setup_id: number | string | null;
  readonly from_month: string;
  readonly to_month: string;
  readonly created_at: number | string;
}

function textOrNull(value: number | string | null): string | null {
  return value === null ? null : String(value);
}
