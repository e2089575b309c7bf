import express, { type Router } from 'express';
import { balancePages } from './balance-pages.ts';
import { exportPages } from './export-pages.ts';
import { journalPages } from './journal-pages.ts';
import { liabilityPages } from './liability-pages.ts';
import { numberPages } from './number-pages.ts';
import { paymentRecordPages } from './payment-record-pages.ts';
import { periodPages } from './period-pages.ts';
import { proofPages } from './proof-pages.ts';
import { ACCOUNTING_PATH, mayRead, type AccountingPages } from './request-pages.ts';
import { setupPages } from './setup-pages.ts';

/** All pages of the accounting, under one path. */
export function accountingPages(pages: AccountingPages): Router {
  const router = express.Router();
  router.get(ACCOUNTING_PATH, mayRead, (_req, res) => {
    res.redirect(303, `${ACCOUNTING_PATH}/journal`);
  });
  for (const define of [journalPages, balancePages, liabilityPages, paymentRecordPages, exportPages, periodPages, setupPages, numberPages, proofPages]) router.use(define(pages));
  return router;
}
