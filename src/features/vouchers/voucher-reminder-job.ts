import { addDays } from '../../core/calendar.ts';
import type { Clock } from '../../platform/clock.ts';
import { inTransaction, isDuplicateKey } from '../../platform/db.ts';
import type { JobHandler } from '../../platform/job-queue.ts';
import { insertJob } from '../../platform/job-store.ts';
import { createSchedule, type Schedule } from '../../platform/schedule.ts';
import { documentSettings } from '../settings/document-settings-service.ts';
import { remindOfEnd, type VoucherDocuments } from './voucher-document-service.ts';
import { findToRemind } from './voucher-reminder-store.ts';

export const REMINDERS_JOB = 'reminders';
const EVERY_MORNING = '30 8 * * *';
const VOUCHERS_PER_STEP = 100;

/** Mails everybody whose voucher ends soon, once for each end; without the setting, nobody. */
export function remindersJob(documents: VoucherDocuments, clock: Clock): JobHandler {
  const { database } = documents;
  return {
    kind: REMINDERS_JOB,
    async run(job) {
      let { afterId, done } = (job.cursor as { readonly afterId: string; readonly done: number } | null) ?? { afterId: '0', done: 0 };
      const { reminderDays } = await documentSettings(database.knex);
      for (; reminderDays !== null;) {
        const moment = { now: clock.now(), today: clock.today() };
        const found = await findToRemind(database.knex, { from: moment.today, until: addDays(moment.today, reminderDays) }, afterId, VOUCHERS_PER_STEP);
        const last = found.at(-1);
        if (last === undefined) break;
        let told = 0;
        await inTransaction(database, async (trx) => {
          told = 0;
          for (const voucher of found) if (await remindOfEnd(documents, trx, voucher, 'system', moment)) told += 1;
          await job.advance(trx, { done: done + told, cursor: { afterId: last.id, done: done + told } });
        });
        done += told;
        afterId = last.id;
      }
      return { mails: done };
    },
  };
}

/** Puts the job into the queue once a morning, however many processes there are. */
export function createMorningReminders({ database }: VoucherDocuments, clock: Clock, timeZone: string, reportFailure: (error: unknown) => void): Schedule {
  return createSchedule(EVERY_MORNING, timeZone, async () => {
    const wish = { kind: REMINDERS_JOB, payload: {}, total: null, createdBy: 'system', now: clock.now(), dedupeKey: `${REMINDERS_JOB}:${clock.today()}` };
    await inTransaction(database, (trx) => insertJob(trx, wish)).catch((error: unknown) => {
      if (!isDuplicateKey(error)) throw error;
    });
  }, reportFailure);
}
