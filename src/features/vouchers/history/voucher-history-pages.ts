import type { Response, Router } from 'express';
import { pageRouter } from '../../../platform/http/page-router.ts';
import { requires } from '../../../platform/http/permissions.ts';
import { idOf } from '../../../platform/http/request.ts';
import { renderPage } from '../../../platform/html/views.ts';
import type { Shell } from '../../../platform/process/feature.ts';
import { momentOf } from '../list/voucher-list-pages.ts';
import { findVoucher } from '../record/voucher-service.ts';
import type { VoucherView } from '../record/voucher-view-service.ts';
import { actorNames, ledgerLines, voucherLedger } from './voucher-ledger-view.ts';

/** The entries beyond those of the tab, page by page. */
export function voucherHistoryPages(pages: Shell): Router {
  const router = pageRouter();
  router.get('/admin/vouchers/:id/ledger', requires('vouchers.see'), async (req, res) => {
    const voucher = await findVoucher(pages.database, idOf(req), momentOf(pages));
    const cursor = req.query['cursor'];
    const before = typeof cursor === 'string' && /^\d{1,9}$/.test(cursor) ? Number(cursor) : null;
    const { entries, next } = await voucherLedger(pages.database, voucher, before);
    const names = await actorNames(pages.database, entries);
    show(res, { voucher, before, next, ledger: ledgerLines(entries, names, res.locals.t) });
  });
  return router;
}

interface LedgerShown {
  readonly voucher: VoucherView;
  /** null: the newest entries. */
  readonly before: number | null;
  readonly next: number | null;
  readonly ledger: ReturnType<typeof ledgerLines>;
}

function show(res: Response, { voucher, before, next, ledger }: LedgerShown): void {
  const { t } = res.locals;
  const here = `/admin/vouchers/${voucher.id}`;
  renderPage(res, 'vouchers/form/ledger', {
    title: t('vouchers:story.ledger'),
    breadcrumbs: [
      { href: '/admin/vouchers', text: t('vouchers:title') },
      { href: here, text: voucher.title },
    ],
    currency: voucher.currency,
    ledger,
    back: here,
    first: before === null ? '' : `${here}/ledger`,
    next: next === null ? '' : `${here}/ledger?cursor=${next}`,
  });
}
