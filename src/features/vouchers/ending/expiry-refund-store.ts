import type { Knex } from 'knex';

export interface PayableVoucher {
  readonly id: string;
  readonly title: string;
  readonly cents: number;
  readonly currency: string;
}

/** Past their end, with value and nothing held, to be paid out; a longer date of a single code counts. */
export async function findExpiredToRefund(
  knex: Knex,
  { today, now }: { readonly today: string; readonly now: number },
  afterId: string,
  limit: number,
): Promise<PayableVoucher[]> {
  return toPayable(
    await payable(knex, afterId, limit)
      .where('r.book_until', '<', today)
      .whereRaw('(v.extended_until is null or v.extended_until < ?)', [today])
      .whereNull('v.cancelled_at')
      .where('v.is_deactivated', false)
      .whereNotExists(
        (query) =>
          void query
            .select(knex.raw('1'))
            .from('hold_lines as h')
            .whereRaw('h.voucher_id = v.id')
            .where('h.expires_at', '>', now),
      ),
  );
}

/** Time-barred or not, these are never derecognised. */
export async function findNeverDerecognised(
  knex: Knex,
  lastClaim: string,
  afterId: string,
  limit: number,
): Promise<PayableVoucher[]> {
  return toPayable(
    await payable(knex, afterId, limit).whereRaw('coalesce(v.acknowledged_on, v.paid_on) <= ?', [lastClaim]),
  );
}

function payable(knex: Knex, afterId: string, limit: number) {
  return knex('vouchers as v')
    .join('voucher_rules as r', 'r.id', 'v.rules_id')
    .where('r.refund_on_expiry', true)
    .where('v.id', '>', afterId)
    .whereRaw('v.balance - v.bonus_balance > 0')
    .whereNotNull('v.paid_on')
    .orderBy('v.id')
    .limit(limit)
    .select<Row[]>('v.id', 'r.title', knex.raw('v.balance - v.bonus_balance as owed'), 'r.currency');
}

interface Row {
  readonly id: number | string;
  readonly title: string;
  readonly owed: number | string;
  readonly currency: string;
}

function toPayable(rows: readonly Row[]): PayableVoucher[] {
  return rows.map(({ id, title, owed, currency }) => ({ id: String(id), title, cents: Number(owed), currency }));
}
