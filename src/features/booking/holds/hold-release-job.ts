import type { Shell } from '../../../platform/process/feature.ts';
import { inTransaction } from '../../../platform/data/db.ts';
import type { JobHandler } from '../../../platform/jobs/job-queue.ts';
import {
  heldPage,
  MAX_RELEASED_AT_ONCE,
  release,
  RELEASE_HOLDS_JOB,
  type ReleaseJobPayload,
} from './hold-release-service.ts';

/** Frees what a campaign's codes hold, step by step. */
export function releaseHoldsJob({ database, clock }: Shell): JobHandler {
  return {
    kind: RELEASE_HOLDS_JOB,
    async run(job) {
      const { campaignId, heldBefore, reason, actor } = job.payload as ReleaseJobPayload;
      let after = job.cursor as {
        readonly expiresAt: number;
        readonly holdId: string;
        readonly voucherId: string;
      } | null;
      let released = job.done;
      for (;;) {
        const moment = clock.moment();
        const filter = {
          voucherId: null,
          campaignId,
          reference: null,
          now: moment.now,
          after,
          limit: MAX_RELEASED_AT_ONCE,
        };
        const { items: rows, nextCursor } = await heldPage(database, filter);
        const last = rows.at(-1);
        const due = rows.filter(({ heldSince }) => heldSince <= heldBefore);
        const place =
          last === undefined ? after : { expiresAt: last.expiresAt, holdId: last.holdId, voucherId: last.voucherId };
        const done = released;
        released = await inTransaction(database, async (trx) => {
          const count = done + (await release(trx, due, reason, actor, moment));
          await job.advance(trx, { done: count, cursor: place });
          return count;
        });
        after = place;
        if (nextCursor === null) return { campaignId, released };
      }
    },
  };
}
