import type { Shell } from '../../../platform/process/feature.ts';
import type { JobHandler } from '../../../platform/jobs/job-queue.ts';
import { REST_MAIL_JOB, type RestMailPayload } from '../../booking/redemptions/rest-mail-request-service.ts';
import type { VoucherDocuments } from '../../vouchers/printing/voucher-document-service.ts';
import { mailRestVoucher } from './rest-mail-service.ts';

/** One transaction whose mail has a key of its own: run twice it sends one mail with one PIN. */
export function restMailJob(shell: Shell & VoucherDocuments): JobHandler {
  return {
    kind: REST_MAIL_JOB,
    async run(job) {
      const isQueued = await mailRestVoucher(
        shell,
        job.payload as RestMailPayload,
        `job:${job.id}`,
        shell.clock.moment(),
      );
      return { mails: isQueued ? 1 : 0 };
    },
  };
}
