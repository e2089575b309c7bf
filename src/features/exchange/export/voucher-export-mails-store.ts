import type { Knex } from 'knex';

const CARRYING_EVENTS = ['voucher_gift', 'order_fulfilled'];

export interface SentMail {
  readonly sentAt: number;
  readonly to: string;
}

/** The last mail that carried the code: the voucher's own, or its order's. */
export async function lastMails(knex: Knex, ids: readonly string[]): Promise<Map<string, SentMail>> {
  const sent = (
    entity: string,
    of: readonly string[],
    events: readonly string[],
  ): Promise<{ entity_id: string; sent_at: number | string; recipient: string }[]> =>
    knex('mails')
      .where({ entity })
      .whereIn('entity_id', [...of])
      .whereIn('event', [...events])
      .whereNotNull('sent_at')
      .orderBy('id')
      .select('entity_id', 'sent_at', 'recipient');
  const ordered = await knex('order_vouchers')
    .whereIn('voucher_id', [...ids])
    .select<{ order_id: number | string; voucher_id: number | string }[]>('order_id', 'voucher_id');
  const own = await sent('voucher', ids, ['voucher_mail']);
  const ofOrders = new Map(
    (await sent('order', [...new Set(ordered.map((row) => String(row.order_id)))], CARRYING_EVENTS)).map((mail) => [
      mail.entity_id,
      mail,
    ]),
  );
  const last = new Map<string, SentMail>();
  const carried = ordered.map((row) => ({ id: String(row.voucher_id), mail: ofOrders.get(String(row.order_id)) }));
  for (const { id, mail } of [...carried, ...own.map((one) => ({ id: one.entity_id, mail: one }))]) {
    if (mail !== undefined && Number(mail.sent_at) >= (last.get(id)?.sentAt ?? 0))
      last.set(id, { sentAt: Number(mail.sent_at), to: mail.recipient });
  }
  return last;
}
