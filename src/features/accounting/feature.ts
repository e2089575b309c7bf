import type { Feature, Shell } from '../../platform/process/feature.ts';
import { accountingPages } from './accounting-pages.ts';
import { closeJob, proofJob } from './closing/close-job.ts';
import { exportJob } from './datev/export-job.ts';
import { auditDataJob } from './audit-data/audit-data-job.ts';
import { sealing } from './proof/seal-job.ts';
import { refundFilePages } from './refunds/refund-file-pages.ts';
import { refundPages } from './refunds/refund-pages.ts';
import { accountingWorkbookJob } from './reports/workbook-job.ts';

/** The ledger, what is reported from it, and what the accountant takes over. */
export function accountingFeature(shell: Shell): Feature {
  return {
    // Files of refunds first: their path would be the id of a refund.
    pages: [accountingPages(shell), refundFilePages(shell), refundPages(shell)],
    jobs: [exportJob(shell), accountingWorkbookJob(shell), closeJob(shell), proofJob(shell), auditDataJob(shell)],
    scheduled: [sealing(shell)],
  };
}
