import type { Clock } from '../../../platform/process/clock.ts';
import { inTransaction } from '../../../platform/data/db.ts';
import type { JobHandler } from '../../../platform/jobs/job-queue.ts';
import { createSchedule, type Schedule } from '../../../platform/jobs/schedule.ts';
import type { VoucherDocuments } from '../printing/voucher-document-service.ts';
import { endingSoon, queueReminders, REMINDERS_JOB, remindOfEnd } from './voucher-reminder-service.ts';

const EVERY_MORNING = '30 8 * * *';
const VOUCHERS_PER_STEP = 100;

/** Mails everybody whose voucher ends soon, once for each end. */
export function remindersJob(documents: VoucherDocuments, clock: Clock): JobHandler {
  const { database } = documents;
  return {
    kind: REMINDERS_JOB,
    async run(job) {
      let { afterId, done } = (job.cursor as { readonly afterId: string; readonly done: number } | null) ?? {
        afterId: '0',
        done: 0,
      };
      for (;;) {
        const moment = clock.moment();
        const found = await endingSoon(database.knex, moment.today, afterId, VOUCHERS_PER_STEP);
        const last = found.at(-1);
        if (last === undefined) return { mails: done };
        let told = 0;
        await inTransaction(database, async (trx) => {
          told = 0;
          for (const voucher of found) if (await remindOfEnd(documents, trx, voucher, 'system', moment)) told += 1;
          await job.advance(trx, { done: done + told, cursor: { afterId: last.id, done: done + told } });
        });
        done += told;
        afterId = last.id;
      }
    },
  };
}

/** Puts the job into the queue once a morning, however many processes there are. */
export function createMorningReminders(
  documents: VoucherDocuments,
  clock: Clock,
  timeZone: string,
  reportFailure: (error: unknown) => void,
): Schedule {
  return createSchedule(
    EVERY_MORNING,
    timeZone,
    () => queueReminders(documents, clock.now(), `${REMINDERS_JOB}:${clock.today()}`),
    reportFailure,
  );
}
