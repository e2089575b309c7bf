import type { Knex } from 'knex';

export interface PayableVoucher {
  readonly id: string;
  readonly number: string | null;
  readonly title: string;
  readonly cents: number;
  readonly currency: string;
}

/**
 * Past their end and not time-barred, with value and nothing held, to be paid out by agreement; a longer date of a single
 * code counts. What was proposed to a second person is not proposed again.
 */
export async function findExpiredToRefund(
  knex: Knex,
  { today, now, lastClaim }: { readonly today: string; readonly now: number; readonly lastClaim: string },
  afterId: string,
  limit: number,
): Promise<PayableVoucher[]> {
  return toPayable(
    await payable(knex, afterId, limit)
      .where('r.book_until', '<', today)
      .whereRaw('(v.extended_until is null or v.extended_until < ?)', [today])
      .whereRaw(`${CLAIM_ON} > ?`, [lastClaim])
      .whereNull('v.cancelled_at')
      .where('v.is_deactivated', false)
      .whereRaw('not exists (select 1 from hold_lines h where h.voucher_id = v.id and h.expires_at > ?)', [now])
      .whereRaw(
        "not exists (select 1 from approvals a where a.voucher_id = v.id and a.kind = 'refund' and a.requested_by = 'system')",
      ),
  );
}

/** Over on a day, but these are paid out and never derecognised. */
export async function findNeverDerecognised(
  knex: Knex,
  { on, lastClaim }: { readonly on: string; readonly lastClaim: string },
  afterId: string,
  limit: number,
): Promise<PayableVoucher[]> {
  return toPayable(
    await payable(knex, afterId, limit)
      .whereRaw(`${CLAIM_ON} <= ?`, [lastClaim])
      .whereRaw('(r.book_until is null or (r.book_until < ? and (v.extended_until is null or v.extended_until < ?)))', [
        on,
        on,
      ]),
  );
}

const CLAIM_ON = 'coalesce(v.acknowledged_on, v.paid_on)';

function payable(knex: Knex, afterId: string, limit: number) {
  return knex('vouchers as v')
    .join('voucher_rules as r', 'r.id', 'v.rules_id')
    .where('r.refund_on_expiry', true)
    .where('v.id', '>', afterId)
    .whereRaw('v.balance - v.bonus_balance > 0')
    .whereNotNull('v.paid_on')
    .orderBy('v.id')
    .limit(limit)
    .select<Row[]>('v.id', 'v.number', 'r.title', knex.raw('v.balance - v.bonus_balance as owed'), 'r.currency');
}

interface Row {
  readonly id: number | string;
  readonly number: string | null;
  readonly title: string;
  readonly owed: number | string;
  readonly currency: string;
}

function toPayable(rows: readonly Row[]): PayableVoucher[] {
  return rows.map(({ owed, id, ...row }) => ({ ...row, id: String(id), cents: Number(owed) }));
}
