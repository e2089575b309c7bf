import type { Knex } from 'knex';
import type { TillEvent } from '../../../core/sale/till.ts';
import { toSafeInteger } from '../../../platform/data/db.ts';

/** A movement of cash with what lay in the drawer after it. */
export interface CashBookRow {
  readonly recordedAt: number;
  readonly documentNumber: string | null;
  readonly event: TillEvent;
  readonly reference: string;
  readonly cash: number;
  readonly balance: number;
  readonly currency: string;
  readonly actor: string;
}

export interface CashBookSpan {
  readonly till: string;
  /** First instant, included, and first one after it. */
  readonly from: number;
  readonly until: number;
}

/** All movements of cash of a till in a span, in the order in which they happened; at most `limit`. */
export async function findCashBook(knex: Knex, span: CashBookSpan, limit: number): Promise<CashBookRow[]> {
  const rows = await knex('till_entries as e')
    .join('till_shifts as s', 's.id', 'e.shift_id')
    .where('s.till', span.till)
    .where('e.cash', '<>', 0)
    .where('e.recorded_at', '>=', span.from)
    .where('e.recorded_at', '<', span.until)
    .orderBy('e.id')
    .limit(limit)
    .select<RawRow[]>(
      'e.recorded_at',
      'e.document_number',
      'e.event',
      'e.booking_number',
      'e.note',
      'e.cash',
      'e.actor',
      's.currency',
      knex.raw(
        's.opening_cash + (select sum(b.cash) from till_entries b where b.shift_id = e.shift_id and b.id <= e.id) as balance',
      ),
    );
  return rows.map((row) => ({
    recordedAt: toSafeInteger(row.recorded_at),
    documentNumber: row.document_number,
    event: row.event,
    reference: row.booking_number ?? row.note ?? '',
    cash: toSafeInteger(row.cash),
    balance: toSafeInteger(row.balance),
    currency: row.currency,
    actor: row.actor,
  }));
}

interface RawRow {
  readonly recorded_at: number | string;
  readonly document_number: string | null;
  readonly event: TillEvent;
  readonly booking_number: string | null;
  readonly note: string | null;
  readonly cash: number | string;
  readonly balance: unknown;
  readonly currency: string;
  readonly actor: string;
}
