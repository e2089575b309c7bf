import { inTransaction } from '../../../platform/data/db.ts';
import type { JobHandler } from '../../../platform/jobs/job-queue.ts';
import type { Shell } from '../../../platform/process/feature.ts';
import { ordersWithWaitingMoney, postWaitingOf, POST_WAITING_MONEY_JOB } from './waiting-money-service.ts';

const ORDERS_PER_STEP = 100;

interface Progress {
  readonly afterId: string;
  readonly orders: number;
  readonly cents: number;
}

/** Each order in a transaction of its own together with the job's progress, so that nothing is posted twice. */
export function postWaitingMoneyJob({ database, clock }: Shell): JobHandler {
  return {
    kind: POST_WAITING_MONEY_JOB,
    async run(job) {
      const { actor } = job.payload as { readonly actor: string };
      let progress: Progress = { afterId: '0', orders: 0, cents: 0, ...(job.cursor as Progress | null) };
      for (;;) {
        const ids = await ordersWithWaitingMoney(database.knex, progress.afterId, ORDERS_PER_STEP);
        for (const id of ids) {
          const before: Progress = progress;
          progress = await inTransaction(database, async (trx) => {
            const cents = await postWaitingOf({ trx, actor, moment: clock.moment() }, id);
            const after = { afterId: id, orders: before.orders + 1, cents: before.cents + cents };
            await job.advance(trx, { done: after.orders, cursor: after });
            return after;
          });
        }
        if (ids.length < ORDERS_PER_STEP)
          return { orders: progress.orders, cents: progress.cents, page: '/admin/orders/money' };
      }
    },
  };
}
