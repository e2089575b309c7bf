import type { Knex } from 'knex';
import { toSafeInteger } from '../../../platform/data/db.ts';

/** What is known of a redeemed deal beside its entries: credits of its partner, and what was set off against its invoices. */
export interface LineCredits {
  /** Owed back, whether it is given already or not. */
  readonly credited: number;
  /** Of it what is paid back or set off. */
  readonly given: number;
  /** Credits of other deals that paid invoices of this one. */
  readonly received: number;
}

export const NO_CREDITS: LineCredits = { credited: 0, given: 0, received: 0 };

/** By redeemed line. */
export async function creditsOfLines(knex: Knex, lineIds: readonly string[]): Promise<Map<string, LineCredits>> {
  const found = new Map<string, LineCredits>();
  if (lineIds.length === 0) return found;
  const credits = await knex('refunds')
    .whereIn('line_id', [...lineIds])
    .whereNot('state', 'withdrawn')
    .groupBy('line_id')
    .select<{ line_id: number | string; credited: unknown; given: unknown }[]>(
      'line_id',
      knex.raw('sum(cents) as credited'),
      knex.raw("sum(case when state in ('paid', 'set_off') then cents else 0 end) as given"),
    );
  for (const row of credits)
    found.set(String(row.line_id), {
      credited: toSafeInteger(row.credited),
      given: toSafeInteger(row.given),
      received: 0,
    });
  const received = await knex('redemption_lines as l')
    .join(
      'partner_invoices as i',
      (on) => void on.on('i.redemption_id', 'l.redemption_id').andOn('i.voucher_id', 'l.voucher_id'),
    )
    .whereIn('l.id', [...lineIds])
    .where('i.set_off', '>', 0)
    .groupBy('l.id')
    .select<{ id: number | string; received: unknown }[]>('l.id', knex.raw('sum(i.set_off) as received'));
  for (const { id, received: cents } of received)
    found.set(String(id), { ...(found.get(String(id)) ?? NO_CREDITS), received: toSafeInteger(cents) });
  return found;
}

/** More of an invoice is covered by a credit; false: it is not open any more, or less is left of it. */
export async function setOffInvoice(trx: Knex.Transaction, id: string, cents: number): Promise<boolean> {
  const covered: number = await trx('partner_invoices')
    .where({ id, state: 'open' })
    .whereRaw('owed - set_off >= ?', [cents])
    .increment('set_off', cents);
  return covered === 1;
}
