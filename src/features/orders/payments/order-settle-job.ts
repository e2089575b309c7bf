import { inTransaction } from '../../../platform/data/db.ts';
import { rethrowUnexpected } from '../../../platform/process/errors.ts';
import type { JobHandler } from '../../../platform/jobs/job-queue.ts';
import type { Order } from '../record/order-store.ts';
import { preparedParts, settleIn } from './order-payment-service.ts';
import { type SettleJobPayload, SETTLE_ORDERS_JOB, type SettledOrders } from './order-settle-service.ts';
import type { Shell } from '../../../platform/process/feature.ts';

const NONE: SettledOrders = { settled: 0, vouchers: 0, cents: 0, untouched: 0 };

/**
 * Each order in a transaction of its own, so that one that cannot be settled holds up no other. Money, codes, mail and
 * the job's own progress are in it together, so that a death in between repeats nothing.
 */
export function settleOrdersJob(shell: Shell): JobHandler {
  const { database, clock } = shell;
  return {
    kind: SETTLE_ORDERS_JOB,
    async run(job) {
      const { ids, settlement, actor } = job.payload as SettleJobPayload;
      let sum = { ...NONE, ...(job.cursor as SettledOrders | null) };
      for (let index = job.done; index < ids.length; index++) {
        const moment = clock.moment();
        const parts = await preparedParts(shell);
        const [done, before] = [index + 1, sum];
        const untouched = { ...before, untouched: before.untouched + 1 };
        sum = await inTransaction(database, async (trx) => {
          const { order, isRepeated } = await settleIn({ trx, actor, moment }, ids[index] ?? '', settlement, parts);
          const after = isRepeated ? untouched : withOrder(before, order);
          await job.advance(trx, { done, cursor: after });
          return after;
        }).catch(async (error: unknown) => {
          rethrowUnexpected(error);
          await inTransaction(database, (trx) => job.advance(trx, { done, cursor: untouched }));
          return untouched;
        });
      }
      return sum;
    },
  };
}

function withOrder(sum: SettledOrders, { quantity, total }: Order): SettledOrders {
  return { ...sum, settled: sum.settled + 1, vouchers: sum.vouchers + quantity, cents: sum.cents + total };
}
