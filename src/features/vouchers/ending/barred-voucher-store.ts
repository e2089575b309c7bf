import type { Knex } from 'knex';

export interface BarredVoucher {
  readonly id: string;
  readonly cents: number;
  readonly currency: string;
  readonly claimOn: string;
}

/** Vouchers that are owed, whose last claim was issued by this day, of which nothing is held and which no open run names. */
export async function findBarred(
  trx: Knex.Transaction,
  lastClaim: string,
  now: number,
  afterId: string,
  limit: number,
): Promise<BarredVoucher[]> {
  const rows = await trx('vouchers as v')
    .join('voucher_rules as r', 'r.id', 'v.rules_id')
    .where('v.id', '>', afterId)
    .whereRaw('v.balance - v.bonus_balance > 0')
    .whereNotNull('v.paid_on')
    .whereRaw('coalesce(v.acknowledged_on, v.paid_on) <= ?', [lastClaim])
    .whereRaw("(r.funding is null or r.funding <> 'goodwill')")
    // Its rest is paid out, so it never becomes income.
    .where('r.refund_on_expiry', false)
    // A later top-up is a claim of its own and younger.
    .whereNotExists(
      (query) =>
        void query
          .select(trx.raw('1'))
          .from('ledger_entries as e')
          .whereRaw('e.voucher_id = v.id')
          .where('e.event', 'top_up')
          .where('e.posted_on', '>', lastClaim),
    )
    .whereNotExists(
      (query) =>
        void query
          .select(trx.raw('1'))
          .from('hold_lines as h')
          .whereRaw('h.voucher_id = v.id')
          .where('h.expires_at', '>', now),
    )
    .whereNotExists(
      (query) =>
        void query
          .select(trx.raw('1'))
          .from('derecognition_items as i')
          .join('derecognition_runs as x', 'x.id', 'i.run_id')
          .whereRaw('i.voucher_id = v.id')
          .where('i.outcome', 'open')
          .whereIn('x.state', ['proposed', 'accepted']),
    )
    .orderBy('v.id')
    .limit(limit)
    .select<{ id: number | string; owed: number | string; currency: string; claim_on: string }[]>(
      'v.id',
      trx.raw('v.balance - v.bonus_balance as owed'),
      'r.currency',
      trx.raw('coalesce(v.acknowledged_on, v.paid_on) as claim_on'),
    );
  return rows.map((row) => ({
    id: String(row.id),
    cents: Number(row.owed),
    currency: row.currency,
    claimOn: row.claim_on,
  }));
}

/** Deals that partners sold for us, whose holders are still owed and whose claim was issued by this day. */
export async function findBarredDeals(
  trx: Knex.Transaction,
  lastClaim: string,
  now: number,
  afterId: string,
  limit: number,
): Promise<BarredVoucher[]> {
  const rows = await trx('deal_sales as s')
    .join('vouchers as v', 'v.id', 's.voucher_id')
    .where('v.id', '>', afterId)
    .where('s.rest', '>', 0)
    .whereRaw('coalesce(v.acknowledged_on, s.sold_on) <= ?', [lastClaim])
    .whereNotExists(
      (query) =>
        void query
          .select(trx.raw('1'))
          .from('hold_lines as h')
          .whereRaw('h.voucher_id = v.id')
          .where('h.expires_at', '>', now),
    )
    .whereNotExists(
      (query) =>
        void query
          .select(trx.raw('1'))
          .from('derecognition_items as i')
          .join('derecognition_runs as x', 'x.id', 'i.run_id')
          .whereRaw('i.voucher_id = v.id')
          .where('i.outcome', 'open')
          .whereIn('x.state', ['proposed', 'accepted']),
    )
    .orderBy('v.id')
    .limit(limit)
    .select<{ id: number | string; rest: number | string; currency: string; claim_on: string }[]>(
      'v.id',
      's.rest',
      's.currency',
      trx.raw('coalesce(v.acknowledged_on, s.sold_on) as claim_on'),
    );
  return rows.map((row) => ({
    id: String(row.id),
    cents: Number(row.rest),
    currency: row.currency,
    claimOn: row.claim_on,
  }));
}
