import type { Router } from 'express';
import { addFlash } from '../../../platform/html/flash.ts';
import { pageRouter } from '../../../platform/http/page-router.ts';
import { requires } from '../../../platform/http/permissions.ts';
import type { Shell } from '../../../platform/process/feature.ts';
import { debtorExport } from './debtor-service.ts';
import { ACCOUNTING_PATH } from '../ledger/ledger-request-form.ts';

const MAX_TOLD = 10;

/** The master data of partners with an account of their own, for DATEV. */
export function debtorPages({ database, clock, timeZone }: Shell): Router {
  const router = pageRouter();

  router.get(`${ACCOUNTING_PATH}/debtor-file`, requires('books.see'), async (req, res) => {
    const made = await debtorExport(database.knex, { now: clock.now(), today: clock.today(), timeZone });
    if (made.kind === 'file')
      return void res
        .set('Content-Disposition', `attachment; filename="${made.name}"`)
        .type('text/csv; charset=windows-1252')
        .send(made.content);
    const { t } = res.locals;
    const places = (made.kind === 'problems' ? made.problems : [])
      .slice(0, MAX_TOLD)
      .map(({ partner, field }) => `${partner}: ${t(`accounting:debtors.field.${field}`)}`);
    addFlash(req, { kind: 'warning', text: t(`accounting:debtors.${made.kind}`, { places: places.join('; ') }) });
    res.redirect(303, `${ACCOUNTING_PATH}/exports`);
  });

  return router;
}
