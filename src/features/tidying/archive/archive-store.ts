import type { Knex } from 'knex';
import type { Cutoff } from '../rules/tidying-store.ts';

/** Campaigns of discounts and deals whose last day is long past and that nobody has changed since. */
export async function findEndedCampaigns(knex: Knex, { at, day }: Cutoff, limit: number): Promise<string[]> {
  return idsOf(
    knex('campaigns as c')
      .join('voucher_rules as r', 'r.id', 'c.rules_id')
      .whereIn('r.type', ['discount', 'deal'])
      .where('r.book_until', '<', day)
      .whereNull('c.archived_at')
      .where('c.updated_at', '<', at)
      .orderBy('c.id')
      .limit(limit)
      .pluck('c.id'),
  );
}

export async function titlesOfCampaigns(knex: Knex, ids: readonly string[]): Promise<string[]> {
  return knex('campaigns as c')
    .join('voucher_rules as r', 'r.id', 'c.rules_id')
    .whereIn('c.id', ids)
    .orderBy('c.id')
    .pluck<string[]>('r.title');
}

/**
 * Vouchers of their own that are over: nothing left on them, and ended by somebody, used up or past their last day; by id.
 * What still has value or a rest that lapsed, a task of paying out or an open request is never hidden.
 */
export async function findEndedVouchers(
  knex: Knex,
  { at, day }: Cutoff,
  limit: number,
  afterId: string,
): Promise<string[]> {
  return idsOf(
    knex('vouchers as v')
      .join('voucher_rules as r', 'r.id', 'v.rules_id')
      .whereNull('v.campaign_id')
      .where('v.id', '>', afterId)
      .where('v.updated_at', '<', at)
      .whereNull('v.archived_at')
      .whereRaw('coalesce(v.balance, 0) = 0')
      .where('v.forfeited', 0)
      .whereRaw('not exists (select 1 from deal_sales s where s.voucher_id = v.id and s.rest > 0)')
      .whereRaw(
        `(v.cancelled_at is not null or v.refunded_at is not null or v.derecognised_at is not null or v.replaced_by_id is not null
        or (v.balance = 0 and v.uses > 0) or v.uses >= r.max_uses
        or (v.balance is null and coalesce(v.extended_until, r.book_until) < ?))`,
        [day],
      )
      .whereNotExists(
        (open) =>
          void open
            .from('refunds as t')
            .whereRaw('t.voucher_id = v.id')
            .whereIn('t.state', ['open', 'ordered'])
            .select(knex.raw('1')),
      )
      .whereRaw('not exists (select 1 from approvals a where a.voucher_id = v.id and a.open_key is not null)')
      .orderBy('v.id')
      .limit(limit)
      .pluck('v.id'),
  );
}

export async function numbersOfVouchers(knex: Knex, ids: readonly string[]): Promise<string[]> {
  return (await knex('vouchers').whereIn('id', ids).orderBy('id').pluck<(string | null)[]>('number')).filter(
    (number) => number !== null,
  );
}

async function idsOf(query: PromiseLike<(string | number)[]>): Promise<string[]> {
  return (await query).map(String);
}
