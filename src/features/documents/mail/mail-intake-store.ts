import type { Locale } from '../../../platform/html/i18n.ts';
import type { Knex } from 'knex';
import { parseJson } from '../../../platform/data/json.ts';

/** A mail that another feature asked for in the transaction of its own work. */
export interface MailRequest {
  readonly id: string;
  readonly event: string;
  readonly to: string;
  readonly toName?: string | null;
  readonly locale: Locale;
  readonly brand?: string | null;
  readonly values: Readonly<Record<string, string>>;
  readonly voucherIds: readonly string[];
  /** The day it goes out; null: at once. */
  readonly deliverOn: string | null;
  readonly orderId?: string;
}

/** The oldest requests that are no mails yet. */
export async function findMailRequests(knex: Knex, events: readonly string[], limit: number): Promise<MailRequest[]> {
  const rows = await knex('outbox')
    .whereNull('delivered_at')
    .whereIn('event', [...events])
    .orderBy('id')
    .limit(limit)
    .select<{ id: number | string; event: string; payload: string }[]>('id', 'event', 'payload');
  return rows.map((row) => ({
    ...parseJson<Omit<MailRequest, 'id' | 'event'>>(row.payload),
    id: String(row.id),
    event: row.event,
  }));
}
