import type { Knex } from 'knex';
import { toSafeInteger } from '../../../platform/data/db.ts';

/** A sum that a row keeps, and what the rows it follows from add up to. */
export interface WrongSum {
  readonly id: string;
  readonly name: string;
  readonly currency: string;
  readonly expected: number;
  readonly actual: number;
}

const SUMS = {
  order_paid: `select o.id, o.number as name, o.currency, o.paid as actual,
      (select coalesce(sum(p.cents), 0) from order_payments p where p.order_id = o.id) as expected
    from orders o`,
  till_cash: `select s.id, s.till as name, s.currency, s.cash as actual,
      s.opening_cash + coalesce(s.difference, 0) + (select coalesce(sum(e.cash), 0) from till_entries e
        where e.shift_id = s.id and not (e.event = 'difference' and e.entry_key like 'closing %')) as expected
    from till_shifts s`,
  sum_of_reversal: `select d.id, d.booking_number as name, d.currency, r.amount as actual,
      (select coalesce(sum(y.amount), 0) from reversal_lines y where y.reversal_id = r.id) as expected
    from reversals r join redemptions d on d.id = r.redemption_id`,
} as const;

export type SumCheck = keyof typeof SUMS;

/** The first sum that is off; null: all are right. */
export async function firstWrongSum(knex: Knex, check: SumCheck): Promise<WrongSum | null> {
  const answer: unknown = await knex.raw(
    `select * from (${SUMS[check]}) as sums where expected <> actual order by id limit 1`,
  );
  const list = answer as unknown[];
  const [row] = (Array.isArray(list[0]) ? list[0] : list) as (Record<keyof WrongSum, unknown> | undefined)[];
  if (row === undefined) return null;
  return {
    id: String(row.id),
    name: String(row.name),
    currency: String(row.currency),
    expected: toSafeInteger(row.expected),
    actual: toSafeInteger(row.actual),
  };
}
