import type { Feature, Shell } from '../../platform/process/feature.ts';
import type { FilesOfMails } from '../documents/mail/mail-delivery-job.ts';
import { approvalPages } from './approvals/approval-pages.ts';
import { voucherBulkJob } from './bulk/voucher-bulk-job.ts';
import { voucherBulkPages } from './bulk/voucher-bulk-pages.ts';
import { voucherSavedListPages } from './bulk/voucher-saved-list-pages.ts';
import { derecognitionJob } from './ending/derecognition-job.ts';
import { derecognitionPages } from './ending/derecognition-pages.ts';
import { expiryRefundJob, nightlyExpiryRefunds } from './ending/expiry-refund-job.ts';
import { morningReminders, remindersJob } from './ending/voucher-reminder-job.ts';
import { voucherActionPages } from './form/voucher-action-pages.ts';
import { voucherCorrectionPages } from './form/voucher-correction-pages.ts';
import { voucherDraftPages } from './form/voucher-draft-pages.ts';
import { voucherEditPages } from './form/voucher-edit-pages.ts';
import { voucherFamilyPages } from './form/voucher-family-pages.ts';
import { voucherHistoryPages } from './history/voucher-history-pages.ts';
import { voucherLookupPages } from './form/voucher-lookup-pages.ts';
import { voucherFamilyRoutes } from './succession/voucher-family-api.ts';
import { voucherListPages } from './list/voucher-list-pages.ts';
import { voucherDocumentRoutes } from './printing/voucher-document-api.ts';
import { voucherDocumentPages } from './printing/voucher-document-pages.ts';
import { voucherAttachment, type VoucherDocuments } from './printing/voucher-document-service.ts';
import { voucherPrintJob } from './printing/voucher-print-job.ts';
import { voucherRoutes } from './record/voucher-api.ts';
import { voucherEntryProofRoutes } from './record/voucher-entry-proof-api.ts';

export interface VouchersFeature extends Feature {
  readonly attachments: Pick<FilesOfMails, 'vouchers'>;
}

/** Vouchers from the first form to the last cent. */
export function vouchersFeature(shell: Shell & VoucherDocuments): VouchersFeature {
  return {
    pages: [
      voucherListPages(shell),
      voucherLookupPages(shell),
      voucherSavedListPages(shell),
      voucherBulkPages(shell),
      voucherActionPages(shell),
      voucherEditPages(shell),
      voucherDocumentPages(shell),
      voucherDraftPages(shell),
      voucherFamilyPages(shell),
      voucherHistoryPages(shell),
      voucherCorrectionPages(shell),
      derecognitionPages(shell),
      approvalPages(shell),
    ],
    api: [
      ...voucherRoutes(shell),
      ...voucherEntryProofRoutes(shell),
      ...voucherFamilyRoutes(shell),
      ...voucherDocumentRoutes(shell),
    ],
    jobs: [
      voucherBulkJob(shell),
      voucherPrintJob(shell),
      derecognitionJob(shell),
      expiryRefundJob(shell),
      remindersJob(shell),
    ],
    scheduled: [nightlyExpiryRefunds(shell), morningReminders(shell)],
    attachments: { vouchers: voucherAttachment(shell) },
  };
}
