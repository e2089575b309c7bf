import type { Shell } from '../../../platform/process/feature.ts';
import { inTransaction } from '../../../platform/data/db.ts';
import type { JobHandler } from '../../../platform/jobs/job-queue.ts';
import type { ScheduledWork } from '../../../platform/jobs/schedule.ts';
import type { VoucherDocuments } from '../printing/voucher-document-service.ts';
import { endingSoon, queueReminders, REMINDERS_JOB, remindOfEnd } from './voucher-reminder-service.ts';

const EVERY_MORNING = '30 8 * * *';
const VOUCHERS_PER_STEP = 100;

/** Mails everybody whose voucher ends soon, once for each end. */
export function remindersJob(shell: Shell & VoucherDocuments): JobHandler {
  const { database, clock } = shell;
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
          for (const voucher of found) if (await remindOfEnd(shell, trx, voucher, 'system', moment)) told += 1;
          await job.advance(trx, { done: done + told, cursor: { afterId: last.id, done: done + told } });
        });
        done += told;
        afterId = last.id;
      }
    },
  };
}

export function morningReminders(shell: Shell & VoucherDocuments): ScheduledWork {
  const { clock } = shell;
  return {
    name: 'reminders',
    at: EVERY_MORNING,
    run: () => queueReminders(shell, clock.now(), `${REMINDERS_JOB}:${clock.today()}`),
  };
}
