import type { Knex } from 'knex';
import { toSafeInteger } from '../../../platform/data/db.ts';

const VALUE_ROLES = ['V_KAUF', 'V_VERR', 'V_CREDIT', 'V_DEAL', 'MEMO_GOODWILL'];

export interface Moved {
  readonly cents: Map<string, number>;
  last: string;
}

/** One row a voucher and event: what came onto the role of its value less what left it. */
export async function movesOf(knex: Knex, ids: readonly string[]): Promise<Map<string, Moved>> {
  const roles = VALUE_ROLES.map(() => '?').join(', ');
  const rows = await knex('ledger_entries')
    .whereIn('voucher_id', [...ids])
    .groupBy('voucher_id', 'event')
    .select<MovedRow[]>(
      'voucher_id',
      'event',
      knex.raw(
        `sum(case when credit_role in (${roles}) then cents else 0 end) - sum(case when debit_role in (${roles}) then cents else 0 end) as cents, max(posted_on) as last_on`,
        [...VALUE_ROLES, ...VALUE_ROLES],
      ),
      knex.raw("sum(case when event = 'derecognition' and debit_role = 'V_FORFEIT' then cents else 0 end) as lapsed"),
    );
  const byVoucher = new Map<string, Moved>();
  for (const row of rows) {
    const id = String(row.voucher_id);
    const known = byVoucher.get(id) ?? { cents: new Map<string, number>(), last: row.last_on };
    const lapsed = toSafeInteger(row.lapsed);
    add(known.cents, row.event, toSafeInteger(row.cents) - lapsed);
    // A rest that lapsed before is derecognised now, so it is told there.
    if (lapsed > 0) add(known.cents, 'forfeit', lapsed);
    if (row.last_on > known.last) known.last = row.last_on;
    byVoucher.set(id, known);
  }
  return byVoucher;
}

function add(sums: Map<string, number>, event: string, cents: number): void {
  sums.set(event, (sums.get(event) ?? 0) + cents);
}

interface MovedRow {
  readonly voucher_id: number | string;
  readonly event: string;
  readonly cents: number | string;
  readonly last_on: string;
  readonly lapsed: number | string;
}
