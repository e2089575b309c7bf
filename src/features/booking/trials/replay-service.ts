import type { Locale } from '../../../platform/html/i18n.ts';
import type { ReplayTotals } from '../../../core/engine/replay.ts';
import type { Booking } from '../../../core/engine/voucher.ts';
import { inTransaction, type Database } from '../../../platform/data/db.ts';
import type { FileStore, JobFile } from '../../../platform/files/files.ts';
import { findJob, insertJob } from '../../../platform/jobs/job-store.ts';
import { generateToken } from '../../../platform/secrets/tokens.ts';
import type { StoredRules } from '../../vouchers/rules/rules-service.ts';
import { checkList, listKey, type CheckedList } from './replay-list-service.ts';
import { countPastBookings, findPastBookings, findRegionParents, type PastBooking } from './replay-store.ts';

export const REPLAY_JOB = 'replay';
/** At most so many bookings of the past, the newest. */
export const MAX_PAST_BOOKINGS = 50_000;

export interface ReplayRequest {
  readonly title: string;
  readonly campaignId: string;
  readonly isChanged: boolean;
  readonly rules: StoredRules;
  readonly budget: number | null;
  /** Redemptions of these instants; null: none of the past. */
  readonly past: { readonly from: number; readonly before: number } | null;
  /** A list somebody sent. */
  readonly listToken: string | null;
  readonly locale: Locale;
}

export interface ReplayResult extends ReplayTotals {
  readonly request: Omit<ReplayRequest, 'listToken'>;
  /** There were more bookings of the past than are looked at. */
  readonly isCut: boolean;
  readonly file: JobFile;
  /** Where the figures are shown. */
  readonly page: string;
}

/** Keeps a list and checks every row of it. */
export async function keepList(
  files: FileStore,
  path: string,
  currency: string,
): Promise<{ readonly token: string; readonly checked: CheckedList }> {
  const token = generateToken('i');
  await files.adopt(path, listKey(token));
  const checked = await checkList(files, token, currency);
  if (checked.problemCount > 0) await files.remove(listKey(token));
  return { token, checked };
}

export async function startReplay(
  database: Database,
  request: ReplayRequest,
  listed: number,
  actor: string,
  now: number,
): Promise<string> {
  const past = request.past === null ? 0 : await countPastBookings(database.knex, request.past, MAX_PAST_BOOKINGS);
  return inTransaction(database, (trx) =>
    insertJob(trx, { kind: REPLAY_JOB, payload: request, total: past + listed, createdBy: actor, now }),
  );
}

/** The figures of a replay that has ended well; null: no such one. */
export async function replayResult(database: Database, jobId: string): Promise<ReplayResult | null> {
  const job = await findJob(database.knex, jobId);
  return job?.kind === REPLAY_JOB && job.state === 'done' ? (job.result as ReplayResult) : null;
}

export function pastBookings(
  database: Database,
  range: Parameters<typeof findPastBookings>[1],
): Promise<PastBooking[]> {
  return findPastBookings(database.knex, range);
}

/** Adds to a booking all regions that its own lie in. */
export async function regionExpander(database: Database): Promise<(booking: Booking) => Booking> {
  const parents = await findRegionParents(database.knex);
  return (booking) => {
    const all = new Set<string>();
    for (const region of booking.regions) {
      for (let id: string | undefined = region; id !== undefined && !all.has(id); id = parents.get(id)) all.add(id);
    }
    return { ...booking, regions: [...all] };
  };
}
