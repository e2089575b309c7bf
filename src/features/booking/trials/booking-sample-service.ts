import type { Booking } from '../../../core/engine/voucher.ts';
import { writeAudit } from '../../../platform/data/audit.ts';
import { inTransaction, isDuplicateKey, type Database, type Transaction } from '../../../platform/data/db.ts';
import { appError } from '../../../platform/process/errors.ts';
import {
  countSamples,
  deleteSample,
  findSample,
  insertSample,
  listSamples,
  updateSample,
  type BookingSample,
} from './booking-sample-store.ts';

export type { BookingSample };

export const MAX_SAMPLES = 200;
export const MAX_SAMPLE_NAME = 100;

export type SampleOutcome =
  | { readonly kind: 'saved'; readonly id: string }
  | { readonly kind: 'refused'; readonly reason: 'name_taken' | 'too_many' };

export function bookingSamples(database: Database): Promise<BookingSample[]> {
  return listSamples(database.knex, MAX_SAMPLES);
}

export function bookingSample(database: Database, id: string): Promise<BookingSample | null> {
  return findSample(database.knex, id);
}

/** A new sample. A customer's data is no part of one: the person would stay in it for ever. */
export function saveSample(
  database: Database,
  name: string,
  booking: Booking,
  actor: string,
  now: number,
): Promise<SampleOutcome> {
  return namedOnce(database, async (trx) => {
    if ((await countSamples(trx)) >= MAX_SAMPLES) return { kind: 'refused', reason: 'too_many' };
    const id = await insertSample(trx, name, { ...booking, customer: null, reference: null }, actor, now);
    await audit(trx, 'create', id, { name }, actor, now);
    return { kind: 'saved', id };
  });
}

export function renameSample(
  database: Database,
  id: string,
  name: string,
  actor: string,
  now: number,
): Promise<SampleOutcome> {
  return namedOnce(database, async (trx) => {
    if (!(await updateSample(trx, id, { name }, actor, now))) throw appError('not_found');
    await audit(trx, 'rename', id, { name }, actor, now);
    return { kind: 'saved', id };
  });
}

export async function removeSample(database: Database, id: string, actor: string, now: number): Promise<void> {
  await inTransaction(database, async (trx) => {
    if (!(await deleteSample(trx, id))) throw appError('not_found');
    await audit(trx, 'delete', id, null, actor, now);
  });
}

async function namedOnce(
  database: Database,
  work: (trx: Transaction) => Promise<SampleOutcome>,
): Promise<SampleOutcome> {
  try {
    return await inTransaction(database, work);
  } catch (error) {
    if (isDuplicateKey(error)) return { kind: 'refused', reason: 'name_taken' };
    throw error;
  }
}

async function audit(
  trx: Transaction,
  verb: string,
  id: string,
  changes: unknown,
  actor: string,
  now: number,
): Promise<void> {
  await writeAudit(trx, [
    { recordedAt: now, actor, action: `booking_sample.${verb}`, entity: 'booking_sample', entityId: id, changes },
  ]);
}
