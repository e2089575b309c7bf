import { once } from 'node:events';
import type { Clock } from '../../../platform/process/clock.ts';
import type { Shell } from '../../../platform/process/feature.ts';
import { inTransaction, type Database } from '../../../platform/data/db.ts';
import type { FileStore } from '../../../platform/files/files.ts';
import { JobFailure, type JobHandler, type RunningJob } from '../../../platform/jobs/job-queue.ts';
import { bookCodes } from './code-booking-service.ts';
import { findCampaign } from '../record/campaign-store.ts';
import { CODE_RUN_JOB, type RunPayload } from './code-run-service.ts';
import { withdrawCodes } from './code-removal-service.ts';
import { listRunCodes } from './code-store.ts';
import { lockCodes, payCodes } from '../../vouchers/rows/code-row.ts';
import { readRules } from '../../vouchers/rules/rules-service.ts';

const CODES_PER_STEP = 500;

/** What is done to all codes of one generation run, step by step; what was done before a cancel stays. */
export function codeRunJob({ database, files, clock }: Shell): JobHandler {
  return {
    kind: CODE_RUN_JOB,
    async run(job) {
      const payload = job.payload as RunPayload;
      if (payload.action === 'export') return exported(database, files, job, payload);
      let { afterId, done, changed } = (job.cursor as { afterId: string; done: number; changed: number } | null) ?? {
        afterId: '0',
        done: 0,
        changed: 0,
      };
      for (;;) {
        const codes = await listRunCodes(database.knex, payload.runId, afterId, CODES_PER_STEP);
        const last = codes.at(-1);
        if (last === undefined) return { done: changed, skipped: done - changed };
        await inTransaction(database, async (trx) => {
          changed += await act(
            trx,
            payload,
            codes.map(({ id }) => id),
            clock,
          );
          done += codes.length;
          await job.advance(trx, { done, cursor: { afterId: last.id, done, changed } });
        });
        afterId = last.id;
      }
    },
  };
}

async function act(
  trx: Parameters<typeof lockCodes>[0],
  { action, campaignId, paidOn, actor }: RunPayload,
  ids: readonly string[],
  clock: Clock,
): Promise<number> {
  const moment = clock.moment();
  switch (action) {
    case 'lock':
    case 'unlock':
      return lockCodes(trx, ids, action === 'lock', moment.now);
    case 'withdraw':
      return withdrawCodes(trx, campaignId, ids, actor, moment);
    case 'pay': {
      const campaign = await findCampaign(trx, campaignId, 'locked');
      const rules = campaign === null ? undefined : (await readRules(trx, [campaign.rulesId])).get(campaign.rulesId);
      if (campaign === null || rules === undefined || paidOn === null) throw new JobFailure({ code: 'other' });
      if (rules.originalValue === null) return payCodes(trx, ids, paidOn, moment.now);
      return bookCodes({ trx, actor, moment }, { campaignId, rules, paidOn }, { limit: ids.length, ids });
    }
    case 'export':
      return 0;
  }
}

async function exported(
  database: Database,
  files: FileStore,
  job: RunningJob,
  { runId, campaignId }: RunPayload,
): Promise<object> {
  const key = `jobs/${job.id}/codes.csv`;
  const file = await files.write(key);
  file.write('\uFEFFCode\r\n');
  let rows = 0;
  for (let afterId = '0'; ;) {
    const codes = await listRunCodes(database.knex, runId, afterId, CODES_PER_STEP);
    const last = codes.at(-1);
    if (last === undefined) break;
    if (!file.write(codes.map(({ code }) => `${cellOf(code)}\r\n`).join(''))) await once(file, 'drain');
    rows += codes.length;
    afterId = last.id;
    await inTransaction(database, (trx) => job.advance(trx, { done: rows, cursor: null }));
  }
  file.end();
  await once(file, 'close');
  return { rows, needs: 'codes', file: { key, name: `codes-${campaignId}-${runId}.csv`, mediaType: 'text/csv' } };
}

/** A code as a cell of text: what a spreadsheet would take for a formula gets an apostrophe. */
function cellOf(code: string): string {
  const harmless = /^[=+\-@]/.test(code) ? `'${code}` : code;
  return /[";\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
