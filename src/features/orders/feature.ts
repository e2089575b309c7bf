import type { Feature, Shell } from '../../platform/process/feature.ts';
import type { PictureOf } from '../documents/mail/mail-delivery-service.ts';
import type { VoucherDocuments } from '../vouchers/printing/voucher-document-service.ts';
import { statementPages } from './bank-statements/bank-statement-pages.ts';
import { holderPages } from './holder/holder-pages.ts';
import { restMailJob } from './holder/rest-mail-job.ts';
import { chargebackPages } from './payments/chargeback-pages.ts';
import { createPaymentCodePictures } from './payments/order-payment-code-service.ts';
import { settleOrdersJob } from './payments/order-settle-job.ts';
import { orderPaymentRoutes } from './payments/order-payment-api.ts';
import { orderRoutes } from './record/order-api.ts';
import { orderMoneyPages } from './money/order-money-pages.ts';
import { postWaitingMoneyJob } from './money/waiting-money-job.ts';
import { orderDetailPages } from './record/order-detail-pages.ts';
import { orderListPages } from './record/order-list-pages.ts';
import { orderStatusPages } from './record/order-status-pages.ts';
import { shopPages } from './shop/shop-pages.ts';

export interface OrdersFeature extends Feature {
  readonly pictureOf: PictureOf;
}

/** The shop, its orders and payments, and the page of whoever holds a voucher. */
export function ordersFeature(shell: Shell & VoucherDocuments): OrdersFeature {
  return {
    pages: [
      orderListPages(shell),
      // Before the page of one order: its path would be an id.
      orderMoneyPages(shell),
      orderDetailPages(shell),
      orderStatusPages(shell),
      statementPages(shell),
      chargebackPages(shell),
      shopPages(shell),
      holderPages(shell),
    ],
    api: [...orderRoutes(shell), ...orderPaymentRoutes(shell)],
    jobs: [settleOrdersJob(shell), restMailJob(shell), postWaitingMoneyJob(shell)],
    pictureOf: createPaymentCodePictures(shell.database, shell.i18n),
  };
}
