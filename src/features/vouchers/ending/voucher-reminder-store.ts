import type { Knex } from 'knex';

export interface EndingVoucher {
  readonly id: string;
  readonly endsOn: string;
}

const LAST_DAY = 'case when v.extended_until > r.book_until then v.extended_until else r.book_until end';

/** Vouchers with value and a known address that end in these days and of whose end nobody was reminded yet, by id. */
export async function findToRemind(
  knex: Knex,
  days: { readonly from: string; readonly until: string },
  afterId: string,
  limit: number,
): Promise<EndingVoucher[]> {
  const rows = await knex('voucher_rules as r')
    .join('vouchers as v', 'v.rules_id', 'r.id')
    .join('voucher_recipients as p', 'p.voucher_id', 'v.id')
    // An extension is never shorter, so the end of the rules is a first cut along its index.
    .where('r.book_until', '<=', days.until)
    .whereRaw(`${LAST_DAY} between ? and ?`, [days.from, days.until])
    .where('v.balance', '>', 0)
    .where('v.id', '>', afterId)
    .whereNull('v.cancelled_at')
    .whereNotNull('p.email')
    .whereNotExists(
      (told) =>
        void told
          .from('reminders as m')
          .whereRaw('m.voucher_id = v.id')
          .whereRaw(`m.book_until = ${LAST_DAY}`)
          .select(knex.raw('1')),
    )
    .orderBy('v.id')
    .limit(limit)
    .select<{ id: number | string; ends_on: string }[]>('v.id', knex.raw(`${LAST_DAY} as ends_on`));
  return rows.map(({ id, ends_on: endsOn }) => ({ id: String(id), endsOn }));
}

/** False: it was reminded of this end before. */
export async function insertReminder(
  trx: Knex.Transaction,
  voucherId: string,
  endsOn: string,
  now: number,
): Promise<boolean> {
  const known = await trx('reminders')
    .where({ voucher_id: voucherId, book_until: endsOn })
    .first<object | undefined>('voucher_id');
  if (known !== undefined) return false;
  await trx('reminders').insert({ voucher_id: voucherId, book_until: endsOn, queued_at: now });
  return true;
}

/** How many vouchers with value have their last day in this span, counted up to `limit`. */
export async function countExpiring(knex: Knex, from: string, until: string, limit: number): Promise<number> {
  const rows = await knex('voucher_rules as r')
    .join('vouchers as v', 'v.rules_id', 'r.id')
    .whereBetween('r.book_until', [from, until])
    .where('v.balance', '>', 0)
    .whereNull('v.cancelled_at')
    .limit(limit)
    .select<object[]>('v.id');
  return rows.length;
}
