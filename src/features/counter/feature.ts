import type { Feature, Shell } from '../../platform/process/feature.ts';
import type { VoucherDocuments } from '../vouchers/printing/voucher-document-service.ts';
import { counterPages } from './counter-pages.ts';
import { counterRedemptionPages } from './counter-redemption-pages.ts';
import { counterSalePages } from './counter-sale-pages.ts';
import { shiftPages } from './shift-pages.ts';

/** The till. */
export function counterFeature(shell: Shell & VoucherDocuments): Feature {
  return { pages: [counterPages(shell), counterRedemptionPages(shell), counterSalePages(shell), shiftPages(shell)] };
}
