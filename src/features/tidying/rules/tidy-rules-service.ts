import { randomBytes } from 'node:crypto';
import type { RetentionRule } from '../../../core/books/retention.ts';
import { inTransaction, type Transaction } from '../../../platform/data/db.ts';
import { AppError } from '../../../platform/process/errors.ts';
import { countKeysBefore, deleteKeysBefore } from '../../../platform/data/idempotency.ts';
import { deleteLimitsBefore, findLimitsBefore } from '../../../platform/data/rate-limit.ts';
import { deleteEndedJobs } from '../../../platform/jobs/job-store.ts';
import { deleteHoldsBefore } from '../../booking/holds/hold-service.ts';
import { archiveCampaigns } from '../../campaigns/record/campaign-service.ts';
import { deleteMails, deleteMailsAbout } from '../../documents/mail/mail-service.ts';
import { deleteImportOutcomes } from '../../exchange/import/import-service.ts';
import { cancelOrder, deleteLinks, forgetPeople } from '../../orders/record/order-service.ts';
import { deleteTokensBefore } from '../../staff/people/person-service.ts';
import { deleteBulkOutcomes } from '../../vouchers/bulk/voucher-bulk-service.ts';
import { archiveVouchers, deleteRecipients } from '../../vouchers/record/voucher-service.ts';
import { forgetCustomers } from '../../vouchers/rules/rules-service.ts';
import {
  findEndedCampaigns,
  findEndedVouchers,
  numbersOfVouchers,
  titlesOfCampaigns,
} from '../archive/archive-store.ts';
import { findOldJobs, findOldLetters, findOldSystemMails, findOldTokens, namesOfJobs } from './operations-store.ts';
import { unusedCodesRule } from './tidy-codes-service.ts';
import { MAX_COUNTED, MOST, rowsRule, STEP, type Tidying, type TidyRule } from './tidy-step-service.ts';
import {
  findOldHolds,
  findOldLinks,
  findOldRecipients,
  findOrdersWithPeople,
  findUnpaidOrders,
  lockUnused,
  numbersOfOrders,
} from './tidying-store.ts';

const unpaidOrders = rowsRule({
  find: findUnpaidOrders,
  go: (_trx, ids) => Promise.resolve(ids.length),
  sample: numbersOfOrders,
});

/** Each rule with what it finds and what it does. */
export const RULES: Readonly<Record<RetentionRule, TidyRule>> = {
  holds: rowsRule({ find: findOldHolds, go: (trx, ids, { at }) => deleteHoldsBefore(trx, ids, at) }),
  idempotency_keys: {
    async preview({ database }, cutoff) {
      const found = await countKeysBefore(database.knex, cutoff.at, MAX_COUNTED + 1);
      return { count: Math.min(found, MAX_COUNTED), isMore: found > MAX_COUNTED, samples: [] };
    },
    async run({ database }, cutoff, _actor, afterStep) {
      let all = 0;
      for (let gone = 1; gone > 0 && all < MOST; all += gone) {
        gone = await inTransaction(database, async (trx) => {
          const count = await deleteKeysBefore(trx, cutoff.at, STEP);
          await afterStep(trx, count);
          return count;
        });
      }
      return all;
    },
  },
  rate_limits: rowsRule({
    find: (knex, { at }, limit) => findLimitsBefore(knex, at, limit),
    go: (trx, keys, { at }) => deleteLimitsBefore(trx, keys, at),
  }),
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
    go: forgetLinks,
    sample: numbersOfVouchers,
  }),
  campaign_archive: rowsRule({
    find: findEndedCampaigns,
    go: (trx, ids, _cutoff, { clock }) => archiveCampaigns(trx, ids, clock.now()),
    sample: titlesOfCampaigns,
  }),
  voucher_archive: rowsRule({
    find: findEndedVouchers,
    go: (trx, ids, cutoff, { clock }) => archiveVouchers(trx, ids, cutoff.at, clock.now()),
    sample: numbersOfVouchers,
  }),
  unused_codes: unusedCodesRule,
  job_rows: rowsRule({ find: findOldJobs, go: deleteJobs, sample: namesOfJobs }),
  access_tokens: rowsRule({ find: findOldTokens, go: (trx, ids, { at }) => deleteTokensBefore(trx, ids, at) }),
  system_mails: rowsRule({ find: findOldSystemMails, go: deleteMails }),
  letters: rowsRule({ find: findOldLetters, go: deleteMails }),
};

/** The number stays, so that its circle has no gap. */
async function forgetOrderPeople(trx: Transaction, orderIds: readonly string[]): Promise<number> {
  await deleteLinks(trx, orderIds);
  await deleteMailsAbout(trx, 'order', orderIds);
  return forgetPeople(trx, orderIds);
}

/** Recipient, mails and customer of codes that nobody will use any more; how many codes it were. */
async function forgetLinks(trx: Transaction, ids: readonly string[]): Promise<number> {
  const still = await lockUnused(trx, ids);
  await deleteRecipients(trx, still);
  await deleteMailsAbout(trx, 'voucher', still);
  await forgetCustomers(trx, still, () => randomBytes(12).toString('hex'));
  return still.length;
}

async function deleteJobs(trx: Transaction, ids: readonly string[]): Promise<number> {
  await deleteImportOutcomes(trx, ids);
  await deleteBulkOutcomes(trx, ids);
  return deleteEndedJobs(trx, ids);
}

/** Paid at this moment, it is no longer ours to end. */
async function cancelUnpaid(tidying: Tidying, id: string, actor: string): Promise<number> {
  try {
    await cancelOrder(tidying.database, { actor, moment: tidying.clock.moment() }, id, false);
    return 1;
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'illegal_transition') throw error;
    return 0;
  }
}
