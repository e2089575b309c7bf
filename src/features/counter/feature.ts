import type { Feature, Shell } from '../../platform/process/feature.ts';
import type { VoucherDocuments } from '../vouchers/printing/voucher-document-service.ts';
import { cashAccountPages } from './till/cash-account-pages.ts';
import { cashBookJob } from './till/cash-book-job.ts';
import { cashBookPages } from './till/cash-book-pages.ts';
import { counterPages } from './desk/counter-pages.ts';
import { counterRedemptionPages } from './desk/counter-redemption-pages.ts';
import { counterRefundPages } from './desk/counter-refund-pages.ts';
import { counterReversalPages } from './desk/counter-reversal-pages.ts';
import { counterSalePages } from './desk/counter-sale-pages.ts';
import { receiptPages } from './till/receipt-pages.ts';
import { shiftOpeningPages } from './till/shift-opening-pages.ts';
import { shiftPages } from './till/shift-pages.ts';

/** The till. */
export function counterFeature(shell: Shell & VoucherDocuments): Feature {
  return {
    pages: [
      shiftOpeningPages(shell),
      counterPages(shell),
      counterRedemptionPages(shell),
      counterSalePages(shell),
      counterRefundPages(shell),
      shiftPages(shell),
      counterReversalPages(shell),
      cashAccountPages(shell),
      cashBookPages(shell),
      receiptPages(shell),
    ],
    jobs: [cashBookJob(shell)],
  };
}
