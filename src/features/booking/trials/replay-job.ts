import { pipeline } from 'node:stream/promises';
import { createReplayTally, replay, type ReplayOutcome } from '../../../core/engine/replay.ts';
import type { Booking } from '../../../core/engine/voucher.ts';
import { csvStream, type CsvValue } from '../../../platform/files/csv.ts';
import { inTransaction, type Database } from '../../../platform/data/db.ts';
import { moneyInput } from '../../../platform/html/format.ts';
import { JobFailure, type JobHandler, type RunningJob } from '../../../platform/jobs/job-queue.ts';
import { listKey, readList } from './replay-list-service.ts';
import {
  MAX_PAST_BOOKINGS,
  pastBookings,
  regionExpander,
  REPLAY_JOB,
  type ReplayRequest,
  type ReplayResult,
} from './replay-service.ts';
import type { Shell } from '../../../platform/process/feature.ts';

const BOOKINGS_PER_STEP = 500;

/** Asks a campaign's rules about many bookings. It only reads, so after an interruption it begins anew. */
export function replayJob(parts: Shell): JobHandler {
  return {
    kind: REPLAY_JOB,
    async run(job): Promise<ReplayResult> {
      const { listToken, ...request } = job.payload as ReplayRequest;
      // Its rows were counted and it was removed, but the process ended before it could say so.
      if (listToken !== null && !(await parts.files.exists(listKey(listToken))))
        throw new JobFailure({ code: 'file_gone' });
      const tally = createReplayTally(request.rules);
      const key = `jobs/${job.id}/nachrechnung.csv`;
      let isCut = false;
      const rows = rowsOf(parts, job, { ...request, listToken }, tally.add, () => void (isCut = true));
      await pipeline(csvStream(rows), await parts.files.write(key));
      if (listToken !== null) await parts.files.remove(listKey(listToken));
      const file = { key, name: `nachrechnung-${job.id}.csv`, mediaType: 'text/csv' };
      return { ...tally.totals(), request, isCut, file, page: `/admin/booking-test/replay/${job.id}` };
    },
  };
}

async function* rowsOf(
  parts: Shell,
  job: RunningJob,
  request: ReplayRequest,
  count: (booking: Booking, outcome: ReplayOutcome) => void,
  cut: () => void,
): AsyncGenerator<CsvValue[]> {
  const t = parts.i18n.translator(request.locale);
  const money = (cents: number, currency: string): string => moneyInput(cents, currency, request.locale);
  yield ['booking_number', 'currency', 'trip_price', 'qualifies', 'applied', 'payable', 'tier', 'reason'].map(
    (column) => t(`replay:column.${column}`),
  );
  let done = 0;
  for await (const { bookingNumber, booking } of bookingsOf(parts, request, cut)) {
    const outcome = replay(request.rules, booking);
    count(booking, outcome);
    yield outcome.kind === 'qualified'
      ? [
          bookingNumber,
          booking.currency,
          money(booking.tripPrice, booking.currency),
          t('common:yes'),
          money(outcome.applied, booking.currency),
          money(outcome.payable, booking.currency),
          outcome.tier === null ? '' : money(outcome.tier.minTripPrice, booking.currency),
          '',
        ]
      : [
          bookingNumber,
          booking.currency,
          money(booking.tripPrice, booking.currency),
          t('common:no'),
          '',
          '',
          '',
          t(`booking-test:check.${outcome.reason}`),
        ];
    done += 1;
    if (done % BOOKINGS_PER_STEP === 0) await advance(parts.database, job, done);
  }
  await advance(parts.database, job, done);
}

async function* bookingsOf(
  { database, files }: Shell,
  request: ReplayRequest,
  cut: () => void,
): AsyncGenerator<{ readonly bookingNumber: string; readonly booking: Booking }> {
  const expand = await regionExpander(database);
  const { past } = request;
  if (past !== null) {
    // A booking may have been redeemed for in several steps; it is asked about once.
    const seen = new Set<string>();
    let beforeId: string | null = null;
    let left = MAX_PAST_BOOKINGS;
    const next = (): ReturnType<typeof pastBookings> =>
      pastBookings(database, { ...past, beforeId, limit: Math.min(BOOKINGS_PER_STEP, Math.max(1, left)) });
    for (let step = await next(); step.length > 0; step = await next()) {
      if (left === 0) {
        cut();
        break;
      }
      for (const { bookingNumber, booking } of step) {
        if (seen.has(bookingNumber)) continue;
        seen.add(bookingNumber);
        yield { bookingNumber, booking: expand(booking) };
      }
      left -= step.length;
      beforeId = step.at(-1)?.id ?? null;
    }
  }
  if (request.listToken === null) return;
  for await (const one of readList(files, request.listToken, request.rules.currency)) {
    if ('booking' in one) yield { bookingNumber: one.bookingNumber, booking: expand(one.booking) };
  }
}

function advance(database: Database, job: RunningJob, done: number): Promise<void> {
  return inTransaction(database, (trx) => job.advance(trx, { done, cursor: null }));
}
