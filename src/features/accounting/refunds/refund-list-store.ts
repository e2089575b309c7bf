import type { Knex } from 'knex';
import type { RefundWay } from '../../../core/sale/refund.ts';
import { toSafeInteger } from '../../../platform/data/db.ts';
import { selectRefunds, toRefund, type Refund, type RefundRow, type RefundState } from './refund-store.ts';

export interface RefundFilter {
  readonly state: RefundState | null;
  readonly way: RefundWay | null;
  /** Something is missing to pay it. */
  readonly isIncomplete: boolean;
  /** Part of a number, a payee or an order; empty: all. */
  readonly text: string;
}

export interface RefundPage extends RefundFilter {
  readonly after: string | null;
  readonly limit: number;
}

/** The newest first. */
export async function listRefunds(knex: Knex, page: RefundPage): Promise<Refund[]> {
  const query = narrowed(selectRefunds(knex), page).orderBy('r.id', 'desc').limit(page.limit);
  if (page.after !== null) void query.where('r.id', '<', page.after);
  return ((await query) as RefundRow[]).map(toRefund);
}

/** What the filter finds, added up by currency. */
export async function sumRefunds(
  knex: Knex,
  filter: RefundFilter,
): Promise<{ readonly currency: string; readonly cents: number; readonly refunds: number }[]> {
  const rows = await narrowed(knex('refunds as r'), filter)
    .groupBy('r.currency')
    .orderBy('r.currency')
    .select<Record<string, unknown>[]>(
      'r.currency',
      knex.raw('sum(r.cents) as cents'),
      knex.raw('count(*) as refunds'),
    );
  return rows.map((row) => ({
    currency: String(row['currency']),
    cents: toSafeInteger(row['cents']),
    refunds: toSafeInteger(row['refunds']),
  }));
}

function narrowed(query: Knex.QueryBuilder, { state, way, isIncomplete, text }: RefundFilter): Knex.QueryBuilder {
  if (state !== null) void query.where('r.state', state);
  if (way !== null) void query.where('r.way', way);
  if (isIncomplete)
    void query.whereIn('r.state', ['open', 'ordered']).where(
      (missing) =>
        void missing
          .where('r.payee', '')
          .orWhere((one) => void one.where('r.way', 'transfer').where('r.iban', ''))
          .orWhere((one) => void one.where('r.way', 'provider').where('r.provider_reference', '')),
    );
  if (text !== '') {
    const like = `%${text.replaceAll(/[\\%_]/g, ' ').toLowerCase()}%`;
    void query.where((either) =>
      ['r.number', 'r.payee', 'r.order_number', 'r.voucher_number'].forEach(
        (column) => void either.orWhereRaw('lower(??) like ?', [column, like]),
      ),
    );
  }
  return query;
}
