import type { Knex } from 'knex';
import { NOBODY } from '../../vouchers/rules/rules-row.ts';

/** What is old in the tables of all features: the rules stand together, so that one sees what ever goes by itself. */
export interface Cutoff {
  /** The first instant and the first day that stay. */
  readonly at: number;
  readonly day: string;
}

/** Ids of what may go, at most `limit`, from `afterId` on where what was found does not vanish by it. */
export type FindOld = (knex: Knex, cutoff: Cutoff, limit: number, afterId: string) => Promise<string[]>;

export const findOldHolds: FindOld = (knex, { at }, limit) =>
  idsOf(knex('holds').where('expires_at', '<', at).orderBy('id').limit(limit).pluck('id'));

/** Never paid, not even in part. */
export const findUnpaidOrders: FindOld = (knex, { day }, limit) =>
  idsOf(
    knex('orders')
      .where({ state: 'ordered', paid: 0 })
      .where('ordered_on', '<', day)
      .orderBy('id')
      .limit(limit)
      .pluck('id'),
  );

/** Orders that came to nothing and still name people. */
export const findOrdersWithPeople: FindOld = (knex, { at }, limit) =>
  idsOf(
    knex('orders as o')
      .join('order_people as p', 'p.order_id', 'o.id')
      .where({ 'o.state': 'cancelled', 'o.paid': 0 })
      .where('o.ended_at', '<', at)
      .where(
        (some) =>
          void some
            .whereNotNull('p.buyer_name')
            .orWhereNotNull('p.buyer_email')
            .orWhereNotNull('p.recipient_name')
            .orWhereNotNull('p.recipient_email')
            .orWhereNotNull('p.message'),
      )
      .orderBy('o.id')
      .limit(limit)
      .pluck('o.id'),
  );

/** Recipients of vouchers whose life is over: ended by somebody, used up, or past their last day. */
export const findOldRecipients: FindOld = (knex, { at, day }, limit) =>
  idsOf(
    knex('voucher_recipients as p')
      .join('vouchers as v', 'v.id', 'p.voucher_id')
      .join('voucher_rules as r', 'r.id', 'v.rules_id')
      .where((over) => {
        void over
          .where('v.cancelled_at', '<', at)
          .orWhere('v.derecognised_at', '<', at)
          .orWhere((used) => void used.where('v.balance', 0).where('v.uses', '>', 0).where('v.updated_at', '<', at))
          .orWhereRaw('coalesce(v.extended_until, r.book_until) < ?', [day]);
      })
      .orderBy('p.voucher_id')
      .limit(limit)
      .pluck('p.voucher_id'),
  );

export async function numbersOfOrders(knex: Knex, ids: readonly string[]): Promise<string[]> {
  return knex('orders').whereIn('id', ids).orderBy('id').pluck<string[]>('number');
}

/** Unused discount codes that are over and still name somebody: their recipient, or the customer they are for. */
export const findOldLinks: FindOld = async (knex, { day }, limit) => {
  const unused = (query: Knex.QueryBuilder): Knex.QueryBuilder =>
    query
      .where({ 'v.type': 'discount', 'v.uses': 0, 'v.ledger_count': 0 })
      .whereNull('v.booking_ref')
      .whereNull('v.invoice_ref')
      .whereRaw('coalesce(v.extended_until, r.book_until) < ?', [day])
      .whereNotExists((held) => void held.from('hold_lines as h').whereRaw('h.voucher_id = v.id').select(knex.raw('1')))
      .orderBy('v.id')
      .limit(limit);
  const sent = await idsOf(
    unused(
      knex('voucher_recipients as p')
        .join('vouchers as v', 'v.id', 'p.voucher_id')
        .join('voucher_rules as r', 'r.id', 'v.rules_id'),
    ).pluck('v.id'),
  );
  if (sent.length === limit) return sent;
  const bound = await idsOf(
    unused(knex('voucher_rules as r').join('vouchers as v', 'v.rules_id', 'r.id'))
      .whereNull('v.campaign_id')
      .where('r.type', 'discount')
      .where(
        (somebody) => void somebody.whereNotNull('r.customer_email').orWhereNot('r.customer_id', 'like', `${NOBODY}%`),
      )
      .pluck('v.id'),
  );
  return [...new Set([...sent, ...bound])].slice(0, limit);
};

/** Of these codes those that still nobody used, locked in the order of all. */
export async function lockUnused(trx: Knex.Transaction, ids: readonly string[]): Promise<string[]> {
  return idsOf(
    trx('vouchers')
      .whereIn('id', ids)
      .where({ uses: 0, ledger_count: 0 })
      .orderBy('normalised_code')
      .forUpdate()
      .pluck('id'),
  );
}

async function idsOf(query: PromiseLike<(string | number)[]>): Promise<string[]> {
  return (await query).map(String);
}
