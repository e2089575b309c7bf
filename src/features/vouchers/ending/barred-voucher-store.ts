import type { Knex } from 'knex';
import { IS_BEING_BOOKED } from './derecognition-store.ts';

/** A voucher with a claim that nobody can enforce any more; cents. */
export interface BarredVoucher {
  readonly id: string;
  /** Of what is owed on it. */
  readonly barred: number;
  /** Of its rest that was forfeited before. */
  readonly forfeited: number;
  readonly currency: string;
  readonly claimOn: string;
  /** Its last day by its rules, or a later one of its own; null: none. */
  readonly bookUntil: string | null;
}

/** Claims up to `lastClaim` are time-barred `on` this day. */
export interface BarredDay {
  readonly on: string;
  readonly lastClaim: string;
}

const LAST_DAY = 'case when v.extended_until > r.book_until then v.extended_until else r.book_until end';
const CLAIM_ON = 'coalesce(v.acknowledged_on, v.paid_on)';
/** A later top-up is a claim of its own, and the oldest money is spent first. */
const YOUNG = `case when v.topped_up_on > ? then (
    select coalesce(sum(e.cents), 0) from ledger_entries e
    where e.voucher_id = v.id and e.event = 'top_up' and coalesce(e.event_on, e.posted_on) > ?) else 0 end`;

/**
 * Vouchers with a claim that was over on a day: time-barred, and past their printed or extended end. Of them nothing is
 * held, and no open run names them. What is to be paid out by agreement never becomes income, and goodwill is not owed.
 */
export async function findBarred(
  trx: Knex.Transaction,
  { on, lastClaim }: BarredDay,
  now: number,
  afterId: string,
  limit: number,
): Promise<BarredVoucher[]> {
  const barred = `case when r.refund_on_expiry then 0 else v.balance - v.bonus_balance - ${YOUNG} end`;
  const rows = await free(trx('vouchers as v').join('voucher_rules as r', 'r.id', 'v.rules_id'), now)
    .where('v.id', '>', afterId)
    .whereNotNull('v.paid_on')
    .whereRaw(`${CLAIM_ON} <= ?`, [lastClaim])
    .whereRaw(`(r.book_until is null or ${LAST_DAY} < ?)`, [on])
    .whereRaw("(r.funding is null or r.funding <> 'goodwill')")
    .whereRaw(`(v.forfeited > 0 or (v.balance > v.bonus_balance and ${barred} > 0))`, [lastClaim, lastClaim])
    .orderBy('v.id')
    .limit(limit)
    .select<BarredRow[]>(
      'v.id',
      'v.forfeited',
      'r.currency',
      trx.raw(`${barred} as barred`, [lastClaim, lastClaim]),
      trx.raw(`${CLAIM_ON} as claim_on`),
      trx.raw(`${LAST_DAY} as last_day`),
    );
  return rows.map(toBarred);
}

/** Deals that partners sold for us, whose holders are still owed and whose claim was over on a day. */
export async function findBarredDeals(
  trx: Knex.Transaction,
  { on, lastClaim }: BarredDay,
  now: number,
  afterId: string,
  limit: number,
): Promise<BarredVoucher[]> {
  const claimOn = 'coalesce(v.acknowledged_on, s.sold_on)';
  const deals = trx('deal_sales as s')
    .join('vouchers as v', 'v.id', 's.voucher_id')
    .join('voucher_rules as r', 'r.id', 'v.rules_id');
  const rows = await free(deals, now)
    .where('v.id', '>', afterId)
    .where('s.rest', '>', 0)
    .whereRaw(`${claimOn} <= ?`, [lastClaim])
    .whereRaw(`(r.book_until is null or ${LAST_DAY} < ?)`, [on])
    .orderBy('v.id')
    .limit(limit)
    .select<BarredRow[]>(
      'v.id',
      's.rest as barred',
      's.currency',
      trx.raw('0 as forfeited'),
      trx.raw(`${claimOn} as claim_on`),
      trx.raw(`${LAST_DAY} as last_day`),
    );
  return rows.map(toBarred);
}

/** Nothing is held for a booking, and no run that is not booked yet names it. */
function free(query: Knex.QueryBuilder, now: number): Knex.QueryBuilder {
  return query
    .whereRaw('not exists (select 1 from hold_lines h where h.voucher_id = v.id and h.expires_at > ?)', [now])
    .whereRaw(
      `not exists (select 1 from derecognition_items i join derecognition_runs x on x.id = i.run_id
        where i.voucher_id = v.id and i.outcome = 'open' and (x.state = 'proposed' or ${IS_BEING_BOOKED}))`,
    );
}

interface BarredRow {
  readonly id: number | string;
  readonly barred: number | string;
  readonly forfeited: number | string;
  readonly currency: string;
  readonly claim_on: string;
  readonly last_day: string | null;
}

function toBarred(row: BarredRow): BarredVoucher {
  return {
    id: String(row.id),
    barred: Math.max(0, Number(row.barred)),
    forfeited: Number(row.forfeited),
    currency: row.currency,
    claimOn: row.claim_on,
    bookUntil: row.last_day,
  };
}
