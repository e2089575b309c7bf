import type { Shell } from '../../../platform/process/feature.ts';
import { inTransaction } from '../../../platform/data/db.ts';
import type { JobHandler, RunningJob } from '../../../platform/jobs/job-queue.ts';
import { invoicesOfRun, payPartnerInvoice, type PartnerInvoicing } from './partner-invoice-service.ts';
import { spanOf } from '../settlement/partner-report-service.ts';
import { findOpenInvoices, findUnsettled } from './partner-run-store.ts';
import { isCancellation, mailRun, PARTNER_RUN_JOB, type PartnerRunPayload } from './partner-run-service.ts';
import { settlePartners } from '../settlement/partner-settlement-service.ts';

const STEP = 100;
/** Documents of a run: two for each redeemed deal at most. */
const MAX_DEALS = 5000;

/**
 * All invoices and counter-invoices a partner's deals of some days still need, or the payment of all open ones. Each
 * redemption is a transaction that can be repeated, so after an interruption it goes on with what is left.
 */
export function partnerRunJob(shell: Shell & PartnerInvoicing): JobHandler {
  return {
    kind: PARTNER_RUN_JOB,
    async run(job) {
      const payload = job.payload as PartnerRunPayload;
      return payload.action === 'pay'
        ? pay(shell, job, payload)
        : invoice({ ...shell, runJobId: job.id }, job, payload);
    },
  };
}

async function invoice(
  shell: Shell & PartnerInvoicing,
  job: RunningJob,
  payload: PartnerRunPayload & { readonly action: 'invoice' },
) {
  const { database, clock } = shell;
  const { partnerId, actor } = payload;
  const span = spanOf(payload, clock);
  let after = job.cursor as string | null;
  let { done } = job;
  for (;;) {
    const ids = done >= MAX_DEALS ? [] : await findUnsettled(database.knex, span, partnerId, { after, limit: STEP });
    for (const id of ids) {
      await settlePartners(shell, { actor, moment: clock.moment() }, id, { runOf: partnerId });
      done += 1;
      after = id;
      const progress = { done, cursor: after };
      await inTransaction(database, (trx) => job.advance(trx, progress));
    }
    if (ids.length < STEP) break;
  }
  const documents = await invoicesOfRun(database.knex, job.id);
  await mailRun(shell, job.id, clock.now());
  const [cancelled, issued] = [
    documents.filter(isCancellation).length,
    documents.filter((one) => !isCancellation(one)).length,
  ];
  return { issued, cancelled, page: `/admin/partner-invoices?run=${job.id}` };
}

async function pay(
  { database, clock }: Shell,
  job: RunningJob,
  payload: PartnerRunPayload & { readonly action: 'pay' },
) {
  const { partnerId, actor, paidOn, reference } = payload;
  const span = spanOf(payload, clock);
  let after = job.cursor as string | null;
  let { done } = job;
  for (;;) {
    const open = await findOpenInvoices(database.knex, span, partnerId, { after, limit: STEP });
    for (const { id } of open) {
      await payPartnerInvoice(database, { actor, moment: clock.moment() }, id, { paidOn, reference });
      done += 1;
      after = id;
      const progress = { done, cursor: after };
      await inTransaction(database, (trx) => job.advance(trx, progress));
    }
    if (open.length < STEP) return { settled: done };
  }
}
