import type { Feature, Shell } from '../../platform/process/feature.ts';
import { voucherExportJob } from './export/voucher-export-job.ts';
import { voucherExportPages } from './export/voucher-export-pages.ts';
import { voucherImportJob } from './import/import-job.ts';
import { importPages } from './import/import-pages.ts';
import { sheetApplyJob } from './sheets/sheet-apply-job.ts';
import { sheetCheckJob } from './sheets/sheet-check-job.ts';
import { voucherSheetJob } from './sheets/sheet-job.ts';
import { sheetPages } from './sheets/sheet-pages.ts';

/** Vouchers as files: taken over from elsewhere, handed out as lists, changed in Excel. */
export function exchangeFeature(shell: Shell): Feature {
  return {
    pages: [importPages(shell), voucherExportPages(shell), sheetPages(shell)],
    jobs: [
      voucherImportJob(shell),
      voucherExportJob(shell),
      voucherSheetJob(shell),
      sheetCheckJob(shell),
      sheetApplyJob(shell),
    ],
  };
}
