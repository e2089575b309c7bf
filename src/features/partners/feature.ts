import type { Feature, Shell } from '../../platform/process/feature.ts';
import type { FilesOfMails } from '../documents/mail/mail-delivery-job.ts';
import type { MailRoom } from '../documents/mail/mail-service.ts';
import { embeddedFonts } from '../documents/printing/print-service.ts';
import { createInvoicePrints } from './invoices/partner-invoice-document-service.ts';
import { createInvoiceFiles } from './invoices/partner-invoice-file-service.ts';
import { partnerInvoicesJob } from './invoices/partner-invoice-job.ts';
import { partnerInvoicePages } from './invoices/partner-invoice-pages.ts';
import { partnerRunJob } from './invoices/partner-run-job.ts';
import { partnerSalesJob } from './sales/partner-sales-job.ts';
import { partnerCreditPages } from './settlement/partner-credit-pages.ts';
import { partnerSettlementPages } from './settlement/partner-settlement-pages.ts';
import { settlementWorkbookJob } from './settlement/partner-workbook-job.ts';
import { partnerStatementJob } from './statements/partner-statement-job.ts';
import { partnerStatementPages } from './statements/partner-statement-pages.ts';

export interface PartnersFeature extends Feature {
  readonly attachments: Pick<FilesOfMails, 'partner_invoices' | 'partner_run_parts'>;
}

/** What partners owe for deals or are owed, their invoices and their statements. */
export function partnersFeature(shell: Shell & { readonly mails: MailRoom }): PartnersFeature {
  const prints = createInvoicePrints({ ...shell, fonts: embeddedFonts(shell.root) });
  const files = createInvoiceFiles({ ...shell, prints });
  const parts = { ...shell, prints, documents: files };
  return {
    pages: [
      partnerInvoicePages(parts),
      partnerSettlementPages(parts),
      partnerCreditPages(parts),
      partnerStatementPages(parts),
    ],
    jobs: [
      partnerInvoicesJob(shell),
      partnerRunJob(shell),
      partnerSalesJob(shell),
      partnerStatementJob(shell),
      settlementWorkbookJob(shell),
    ],
    attachments: {
      partner_invoices: (id) => files.ofInvoice(id),
      partner_run_parts: (part) => files.ofRun(part),
    },
  };
}
