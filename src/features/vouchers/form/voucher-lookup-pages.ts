import { requires } from '../../../platform/http/permissions.ts';
import type { Router } from 'express';
import { parameterOf } from '../../../platform/http/request.ts';
import type { Database } from '../../../platform/data/db.ts';
import { suggestCampaigns } from '../../campaigns/record/campaign-lookup-service.ts';
import type { CatalogueKind } from '../../catalogue/catalogue-service.ts';
import { suggestEntries } from './voucher-choices-view.ts';
import { isSoundCode } from './voucher-body-form.ts';
import { VOUCHERS_PATH } from '../list/voucher-list-pages.ts';
import { isCodeFree } from '../record/voucher-service.ts';
import { pageRouter } from '../../../platform/http/page-router.ts';
import type { Shell } from '../../../platform/process/feature.ts';

const KINDS: readonly CatalogueKind[] = ['product', 'theme', 'region'];

/** What the form asks while somebody types. */
export function voucherLookupPages(pages: Shell): Router {
  const { database } = pages;
  const router = pageRouter();

  router.get(`${VOUCHERS_PATH}/code-check`, requires('vouchers.change'), async (req, res) => {
    const answer = await codeAnswer(database, parameterOf(req, 'code'));
    res.json({
      isFree: answer !== 'code_taken' && answer !== 'code_malformed',
      text: res.locals.t(`vouchers:${answer}`),
    });
  });

  router.get(`${VOUCHERS_PATH}/entries`, requires('vouchers.change'), async (req, res) => {
    const kind = KINDS.find((one) => one === req.query['kind']);
    res.json({ entries: kind === undefined ? [] : await suggestEntries(database, kind, parameterOf(req, 'q')) });
  });

  router.get('/admin/campaign-suggestions', requires('campaigns.see'), async (req, res) => {
    res.json({ entries: await suggestCampaigns(database.knex, parameterOf(req, 'q')) });
  });

  return router;
}

async function codeAnswer(database: Database, code: string): Promise<string> {
  if (code === '') return 'code_empty';
  if (!isSoundCode(code)) return 'code_malformed';
  return (await isCodeFree(database, code)) ? 'code_free' : 'code_taken';
}
