import type { Knex } from 'knex';

const PERSONAL = [
  'buyer_name',
  'buyer_email',
  'buyer_phone',
  'buyer_street',
  'buyer_postcode',
  'buyer_city',
  'recipient_name',
  'recipient_email',
  'message',
] as const;
export type PersonalColumn = (typeof PERSONAL)[number];

/** These of what an order says about people, or all of it; how many orders it were. */
export async function forgetPeople(
  trx: Knex.Transaction,
  orderIds: readonly string[],
  columns: readonly PersonalColumn[] = PERSONAL,
): Promise<number> {
  return trx('order_people')
    .whereIn('order_id', orderIds)
    .update(Object.fromEntries(columns.map((column) => [column, null])));
}

/** Nobody follows the order by its link any more. */
export async function deleteLinks(trx: Knex.Transaction, orderIds: readonly string[]): Promise<void> {
  await trx('order_links').whereIn('order_id', orderIds).delete();
}
