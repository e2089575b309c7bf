import type { Knex } from 'knex';

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

export async function deleteHolds(trx: Knex.Transaction, ids: readonly string[], { at }: Cutoff): Promise<number> {
  // Renewed meanwhile, it stays.
  const still = await trx('holds')
    .whereIn('id', ids)
    .where('expires_at', '<', at)
    .forUpdate()
    .pluck<(string | number)[]>('id');
  await trx('hold_lines').whereIn('hold_id', still).delete();
  return trx('holds').whereIn('id', still).delete();
}

/** Keys have two columns and no id, so that they are counted and deleted by their age alone. */
export async function countOldKeys(knex: Knex, { at }: Cutoff, limit: number): Promise<number> {
  return (await knex('idempotency_keys').where('created_at', '<', at).limit(limit).select('created_at')).length;
}

export async function deleteOldKeys(trx: Knex.Transaction, { at }: Cutoff, limit: number): Promise<number> {
  const rows = await trx('idempotency_keys')
    .where('created_at', '<', at)
    .orderBy('created_at')
    .limit(limit)
    .select<{ scope: string; key: string }[]>('scope', 'key');
  if (rows.length === 0) return 0;
  return trx('idempotency_keys')
    .whereIn(
      ['scope', 'key'],
      rows.map(({ scope, key }) => [scope, key]),
    )
    .where('created_at', '<', at)
    .delete();
}

export const findOldLimits: FindOld = (knex, { at }, limit) =>
  knex('rate_limits').where('expire', '<', at).limit(limit).pluck<string[]>('key');

export async function deleteLimits(trx: Knex.Transaction, keys: readonly string[], { at }: Cutoff): Promise<number> {
  return trx('rate_limits').whereIn('key', keys).where('expire', '<', at).delete();
}

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

/** The number stays, so that its circle has no gap. */
export async function forgetOrderPeople(trx: Knex.Transaction, orderIds: readonly string[]): Promise<number> {
  await trx('order_links').whereIn('order_id', orderIds).delete();
  await trx('mails')
    .where('entity', 'order')
    .whereIn('entity_id', orderIds)
    .whereNotIn('state', ['queued', 'sending'])
    .delete();
  return trx('order_people').whereIn('order_id', orderIds).update({
    buyer_name: null,
    buyer_email: null,
    buyer_phone: null,
    buyer_street: null,
    buyer_postcode: null,
    buyer_city: null,
    recipient_name: null,
    recipient_email: null,
    message: null,
  });
}

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

export async function deleteRecipients(trx: Knex.Transaction, voucherIds: readonly string[]): Promise<number> {
  return trx('voucher_recipients').whereIn('voucher_id', voucherIds).delete();
}

export async function numbersOfOrders(knex: Knex, ids: readonly string[]): Promise<string[]> {
  return knex('orders').whereIn('id', ids).orderBy('id').pluck<string[]>('number');
}

/** What a customer's id is replaced by: nobody's, so that the code stays closed to everybody. */
const NOBODY = 'nobody:';

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

/** Recipient, mails and customer of codes that nobody will use any more; how many codes it were. */
export async function forgetLinks(
  trx: Knex.Transaction,
  ids: readonly string[],
  nobody: () => string,
): Promise<number> {
  const still = (
    await trx('vouchers')
      .whereIn('id', ids)
      .where({ uses: 0, ledger_count: 0 })
      .orderBy('normalised_code')
      .forUpdate()
      .pluck<(string | number)[]>('id')
  ).map(String);
  await trx('voucher_recipients').whereIn('voucher_id', still).delete();
  await trx('mails')
    .where('entity', 'voucher')
    .whereIn('entity_id', still)
    .whereNotIn('state', ['queued', 'sending'])
    .delete();
  const rules = await trx('vouchers as v')
    .join('voucher_rules as r', 'r.id', 'v.rules_id')
    .whereIn('v.id', still)
    .whereNull('v.campaign_id')
    .where((somebody) => void somebody.whereNotNull('r.customer_email').orWhereNotNull('r.customer_id'))
    .pluck<(string | number)[]>('r.id');
  for (const id of rules)
    await trx('voucher_rules')
      .where({ id })
      .update({ customer_id: `${NOBODY}${nobody()}`, customer_email: null });
  return still.length;
}

async function idsOf(query: PromiseLike<(string | number)[]>): Promise<string[]> {
  return (await query).map(String);
}
