import type { Knex } from 'knex';
import { toSafeInteger } from '../../../platform/data/db.ts';

/** What the entries say of open items: credits less debits of the debtors, by subject. */
export async function sumOpenItems(knex: Knex, subjectIds: readonly string[]): Promise<Map<string, number>> {
  if (subjectIds.length === 0) return new Map();
  const rows = await knex('ledger_entries')
    .whereIn('open_item_id', [...subjectIds])
    .groupBy('open_item_id')
    .select<{ open_item_id: number | string; balance: unknown }[]>(
      'open_item_id',
      knex.raw(
        `sum(case when credit_role in (${DEBTORS}) then cents else 0 end) - sum(case when debit_role in (${DEBTORS}) then cents else 0 end) as balance`,
      ),
    );
  return new Map(rows.map((row) => [String(row.open_item_id), toSafeInteger(row.balance)]));
}

const DEBTORS = "'DEBITOR', 'DEBITOR_PARTNER'";

export interface WrongOrderMoney {
  readonly id: string;
  readonly number: string;
  readonly currency: string;
  readonly expected: number;
  readonly actual: number;
}

/** The first order whose payments are not what the books say came in for it: on its open item, or as the sales themselves. */
export async function firstWrongOrderMoney(knex: Knex): Promise<WrongOrderMoney | null> {
  const answer: unknown = await knex.raw(
    `select o.id, o.number, o.currency, m.expected, m.actual from (
       select p.order_id, sum(p.cents) as expected,
         coalesce((select sum(e.cents) from ledger_subjects s join ledger_entries e on e.chain_id = s.id
           where s.kind = 'order' and s.subject_id = cast(p.order_id as char(20)) and e.event in ('payment_in', 'payment_moved_in')), 0)
         + coalesce((select sum(e.cents) from order_vouchers v join ledger_entries e on e.voucher_id = v.voucher_id
           where v.order_id = p.order_id and e.event in ('sale', 'payment_in') and e.debit_role <> 'DEBITOR'), 0) as actual
       from order_payments p where p.is_posted = ? group by p.order_id
     ) m join orders o on o.id = m.order_id where m.expected <> m.actual order by o.id limit 1`,
    [true],
  );
  const list = answer as unknown[];
  const [row] = (Array.isArray(list[0]) ? list[0] : list) as Record<string, string | number>[];
  if (row === undefined) return null;
  return {
    id: String(row['id']),
    number: String(row['number']),
    currency: String(row['currency']),
    expected: toSafeInteger(row['expected']),
    actual: toSafeInteger(row['actual']),
  };
}
