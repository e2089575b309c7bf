import type { Router } from 'express';
import { requires } from '../../platform/http/permissions.ts';
import { balancePages } from './reports/balance-pages.ts';
import { documentNumberPages } from './datev/document-number-pages.ts';
import { debtorItemPages } from './reports/debtor-item-pages.ts';
import { debtorPages } from './export/debtor-pages.ts';
import { exportPages } from './datev/export-pages.ts';
import { journalPages } from './journal/journal-pages.ts';
import { liabilityPages } from './reports/liability-pages.ts';
import { partnerAccountPages } from './partner-accounts/partner-account-pages.ts';
import { numberPages } from './journal/number-pages.ts';
import { paymentRecordPages } from './datev/payment-record-pages.ts';
import { periodPages } from './closing/period-pages.ts';
import { procedurePages } from './proof/procedure-pages.ts';
import { proofPages } from './proof/proof-pages.ts';
import { ACCOUNTING_PATH } from './ledger/ledger-request-form.ts';
import { setupPages } from './setup/setup-pages.ts';
import type { Shell } from '../../platform/process/feature.ts';
import { pageRouter } from '../../platform/http/page-router.ts';

/** All pages of the accounting, under one path. */
export function accountingPages(pages: Shell): Router {
  const router = pageRouter();
  router.get(ACCOUNTING_PATH, requires('books.see'), (_req, res) => {
    res.redirect(303, `${ACCOUNTING_PATH}/journal`);
  });
  for (const define of [
    journalPages,
    balancePages,
    liabilityPages,
    debtorItemPages,
    partnerAccountPages,
    paymentRecordPages,
    exportPages,
    debtorPages,
    documentNumberPages,
    periodPages,
    setupPages,
    numberPages,
    proofPages,
    procedurePages,
  ])
    router.use(define(pages));
  return router;
}
