import type { Knex } from 'knex';
import type { Booking } from '../../../core/engine/voucher.ts';
import { parseJson } from '../../../platform/data/json.ts';

/** A booking kept under a name. */
export interface BookingSample {
  readonly id: string;
  readonly name: string;
  readonly booking: Booking;
  readonly updatedAt: number;
}

export async function listSamples(knex: Knex, limit: number): Promise<BookingSample[]> {
  const rows = await knex('booking_samples')
    .orderBy('name')
    .limit(limit)
    .select<SampleRow[]>('id', 'name', 'booking', 'updated_at');
  return rows.map(toSample);
}

export async function findSample(knex: Knex, id: string): Promise<BookingSample | null> {
  const row = await knex('booking_samples')
    .where({ id })
    .first<SampleRow | undefined>('id', 'name', 'booking', 'updated_at');
  return row === undefined ? null : toSample(row);
}

export async function countSamples(knex: Knex): Promise<number> {
  const row = await knex('booking_samples').count<{ n: number | string }[]>('id as n');
  return Number(row[0]?.n ?? 0);
}

export async function insertSample(
  trx: Knex.Transaction,
  name: string,
  booking: Booking,
  actor: string,
  now: number,
): Promise<string> {
  const [id] = await trx('booking_samples').insert({
    name,
    booking: JSON.stringify(booking),
    updated_by: actor,
    updated_at: now,
  });
  return String(id);
}

export async function updateSample(
  trx: Knex.Transaction,
  id: string,
  change: { readonly name?: string; readonly booking?: Booking },
  actor: string,
  now: number,
): Promise<boolean> {
  const { name, booking } = change;
  const changed: number = await trx('booking_samples')
    .where({ id })
    .update({
      ...(name === undefined ? {} : { name }),
      ...(booking === undefined ? {} : { booking: JSON.stringify(booking) }),
      updated_by: actor,
      updated_at: now,
    });
  return changed > 0;
}

export async function deleteSample(trx: Knex.Transaction, id: string): Promise<boolean> {
  const deleted: number = await trx('booking_samples').where({ id }).delete();
  return deleted > 0;
}

interface SampleRow {
  readonly id: number | string;
  readonly name: string;
  readonly booking: string;
  readonly updated_at: number | string;
}

function toSample(row: SampleRow): BookingSample {
  return {
    id: String(row.id),
    name: row.name,
    booking: parseJson<Booking>(row.booking),
    updatedAt: Number(row.updated_at),
  };
}
