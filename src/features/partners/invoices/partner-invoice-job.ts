import type { Shell } from '../../../platform/process/feature.ts';
import type { JobHandler } from '../../../platform/jobs/job-queue.ts';
import {
  PARTNER_INVOICES_JOB,
  type PartnerInvoicesPayload,
} from '../../booking/redemptions/partner-invoice-request-service.ts';
import type { PartnerInvoicing } from './partner-invoice-service.ts';
import { settlePartners } from '../settlement/partner-settlement-service.ts';

/** One transaction that can be repeated: a death before its end leaves nothing, one after it leaves nothing to do. */
export function partnerInvoicesJob(shell: Shell & PartnerInvoicing): JobHandler {
  return {
    kind: PARTNER_INVOICES_JOB,
    async run(job) {
      const { redemptionId } = job.payload as PartnerInvoicesPayload;
      return settlePartners(shell, { actor: `job:${job.id}`, moment: shell.clock.moment() }, redemptionId, 'at_once');
    },
  };
}
