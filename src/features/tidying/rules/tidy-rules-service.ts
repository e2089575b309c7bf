import { randomBytes } from 'node:crypto';
import type { RetentionRule } from '../../../core/books/retention.ts';
import { inTransaction } from '../../../platform/data/db.ts';
import { AppError } from '../../../platform/process/errors.ts';
import { cancelOrder } from '../../orders/record/order-service.ts';
import {
  archiveCampaigns,
  archiveVouchers,
  findEndedCampaigns,
  findEndedVouchers,
  numbersOfVouchers,
  titlesOfCampaigns,
} from '../archive/archive-store.ts';
import {
  deleteJobs,
  deleteMailRows,
  deleteTokens,
  findOldJobs,
  findOldLetters,
  findOldSystemMails,
  findOldTokens,
  namesOfJobs,
} from './operations-store.ts';
import { unusedCodesRule } from './tidy-codes-service.ts';
import { MAX_COUNTED, MOST, rowsRule, STEP, type Tidying, type TidyRule } from './tidy-step-service.ts';
import {
  countOldKeys,
  deleteHolds,
  deleteLimits,
  deleteOldKeys,
  deleteRecipients,
  findOldHolds,
  findOldLimits,
  findOldLinks,
  findOldRecipients,
  findOrdersWithPeople,
  findUnpaidOrders,
  forgetLinks,
  forgetOrderPeople,
  numbersOfOrders,
} from './tidying-store.ts';

const unpaidOrders = rowsRule({
  find: findUnpaidOrders,
  go: (_trx, ids) => Promise.resolve(ids.length),
  sample: numbersOfOrders,
});

/** Each rule with what it finds and what it does. */
export const RULES: Readonly<Record<RetentionRule, TidyRule>> = {
  holds: rowsRule({ find: findOldHolds, go: deleteHolds }),
  idempotency_keys: {
    async preview({ database }, cutoff) {
      const found = await countOldKeys(database.knex, cutoff, MAX_COUNTED + 1);
      return { count: Math.min(found, MAX_COUNTED), isMore: found > MAX_COUNTED, samples: [] };
    },
    async run({ database }, cutoff, _actor, afterStep) {
      let all = 0;
      for (let gone = 1; gone > 0 && all < MOST; all += gone) {
        gone = await inTransaction(database, async (trx) => {
          const count = await deleteOldKeys(trx, cutoff, STEP);
          await afterStep(trx, count);
          return count;
        });
      }
      return all;
    },
  },
  rate_limits: rowsRule({ find: findOldLimits, go: deleteLimits }),
  unpaid_orders: {
    preview: unpaidOrders.preview,
    async run(tidying, cutoff, actor, afterStep) {
      let all = 0;
      while (all < MOST) {
        const ids = await findUnpaidOrders(tidying.database.knex, cutoff, STEP, '0');
        let ended = 0;
        for (const id of ids) ended += await cancelUnpaid(tidying, id, actor);
        if (ended === 0) break;
        await inTransaction(tidying.database, (trx) => afterStep(trx, ended));
        all += ended;
      }
      return all;
    },
  },
  order_people: rowsRule({ find: findOrdersWithPeople, go: forgetOrderPeople, sample: numbersOfOrders }),
  recipients: rowsRule({ find: findOldRecipients, go: deleteRecipients, sample: numbersOfVouchers }),
  issued_links: rowsRule({
    find: findOldLinks,
    go: (trx, ids) => forgetLinks(trx, ids, () => randomBytes(12).toString('hex')),
    sample: numbersOfVouchers,
  }),
  campaign_archive: rowsRule({
    find: findEndedCampaigns,
    go: (trx, ids, _cutoff, { clock }) => archiveCampaigns(trx, ids, clock.now()),
    sample: titlesOfCampaigns,
  }),
  voucher_archive: rowsRule({
    find: findEndedVouchers,
    go: (trx, ids, cutoff, { clock }) => archiveVouchers(trx, ids, cutoff, clock.now()),
    sample: numbersOfVouchers,
  }),
  unused_codes: unusedCodesRule,
  job_rows: rowsRule({ find: findOldJobs, go: deleteJobs, sample: namesOfJobs }),
  access_tokens: rowsRule({ find: findOldTokens, go: deleteTokens }),
  system_mails: rowsRule({ find: findOldSystemMails, go: deleteMailRows }),
  letters: rowsRule({ find: findOldLetters, go: deleteMailRows }),
};

/** Paid at this moment, it is no longer ours to end. */
async function cancelUnpaid(tidying: Tidying, id: string, actor: string): Promise<number> {
  try {
    await cancelOrder(tidying.database, { actor, moment: tidying.clock.moment() }, id, false, tidying);
    return 1;
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'illegal_transition') throw error;
    return 0;
  }
}
