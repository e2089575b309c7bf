import type { Router } from 'express';
import { requires } from '../../../platform/http/permissions.ts';
import { voucherActionPages } from '../form/voucher-action-pages.ts';
import { voucherBulkPages } from '../bulk/voucher-bulk-pages.ts';
import { voucherEditPages } from '../form/voucher-edit-pages.ts';
import { voucherListPages, VOUCHERS_PATH } from './voucher-list-pages.ts';
import { voucherLookupPages } from '../form/voucher-lookup-pages.ts';
import { voucherSavedListPages } from '../bulk/voucher-saved-list-pages.ts';
import { pageRouter } from '../../../platform/http/page-router.ts';
import type { Shell } from '../../../platform/process/feature.ts';

/** All that staff does with vouchers; look-ups come first, so that no word of theirs is read as an id. */
export function voucherPages(pages: Shell): Router {
  const router = pageRouter();
  router.use(VOUCHERS_PATH, requires('vouchers.see'));
  router.use(
    voucherListPages(pages),
    voucherLookupPages(pages),
    voucherSavedListPages(pages),
    voucherBulkPages(pages),
    voucherActionPages(pages),
    voucherEditPages(pages),
  );
  return router;
}
