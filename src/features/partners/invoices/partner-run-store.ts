import type { Knex } from 'knex';
import { toSafeInteger } from '../../../platform/data/db.ts';
import { dealLines, type ReportSpan } from '../settlement/partner-report-store.ts';

interface NextOfRun {
  /** The id of the one before; null: from the beginning. */
  readonly after: string | null;
  readonly limit: number;
}

/** The next redemptions of a partner with a deal whose document is not about what counts. */
export async function findUnsettled(
  knex: Knex,
  span: ReportSpan,
  partner: string,
  { after, limit }: NextOfRun,
): Promise<string[]> {
  const query = dealLines(knex, span, partner)
    .whereRaw('l.applied - l.reversed <> coalesce(i.redeemed, c.redeemed, u.redeemed, 0)')
    .distinct('l.redemption_id')
    .orderBy('l.redemption_id')
    .limit(limit);
  if (after !== null) void query.where('l.redemption_id', '>', after);
  const rows = (await query) as { redemption_id: number | string }[];
  return rows.map(({ redemption_id: id }) => String(id));
}

/** The next open invoices over deals of these days. */
export async function findOpenInvoices(
  knex: Knex,
  span: ReportSpan,
  partner: string,
  { after, limit }: NextOfRun,
): Promise<{ readonly id: string; readonly owed: number; readonly currency: string }[]> {
  const query = dealLines(knex, span, partner).where('i.state', 'open').orderBy('i.id').limit(limit);
  if (after !== null) void query.where('i.id', '>', after);
  const rows = await query.select<{ id: number | string; owed: number | string; currency: string }[]>(
    'i.id',
    'i.owed',
    'i.currency',
  );
  return rows.map(({ id, owed, currency }) => ({ id: String(id), owed: toSafeInteger(owed), currency }));
}
