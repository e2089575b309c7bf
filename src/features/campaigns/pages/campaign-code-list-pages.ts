import type { Request, Response, Router } from 'express';
import { inTransaction } from '../../../platform/data/db.ts';
import type { FileStore } from '../../../platform/files/files.ts';
import { TableError } from '../../../platform/files/table-file.ts';
import { uploadOf } from '../../../platform/files/uploads.ts';
import { renderPage } from '../../../platform/html/views.ts';
import { pageRouter } from '../../../platform/http/page-router.ts';
import { requires } from '../../../platform/http/permissions.ts';
import { actorOf, fieldOf, idOf, rawFieldOf } from '../../../platform/http/request.ts';
import type { Shell } from '../../../platform/process/feature.ts';
import { momentOf } from '../../vouchers/list/voucher-list-pages.ts';
import { dropCodeList, keepPastedCodes, keepUploadedCodes, planCodeList } from '../codes/code-list-service.ts';
import { requestCodes } from '../codes/code-service.ts';
import { readCampaign } from '../record/campaign-service.ts';
import { NOTHING_TYPED, showCodes } from './campaign-codes-view.ts';
import { CAMPAIGNS_PATH, crumbsOfCodes } from './campaign-tabs-view.ts';

type CodeListPlan = NonNullable<Awaited<ReturnType<typeof planCodeList>>>;

/** A campaign's codes from a list: looked through first, made when nothing is wrong with it. */
export function campaignCodeListPages(pages: Shell & { readonly files: FileStore }): Router {
  const { database, files } = pages;
  const router = pageRouter();

  router.post(`${CAMPAIGNS_PATH}/:id/codes/list`, requires('campaigns.change'), async (req, res) => {
    try {
      await readList(req, res);
    } catch (error) {
      if (!(error instanceof TableError)) throw error;
      await refuse(req, res, `common:${error.problem}`);
    }
  });

  return router;

  async function readList(req: Request, res: Response): Promise<void> {
    const kept = await keptList(req);
    if (kept === null) return refuse(req, res, 'campaigns:codes.list_missing');
    const plan = await planCodeList(database, files, kept);
    if (plan === null) return refuse(req, res, 'campaigns:codes.list_gone');
    if (fieldOf(req, 'token') === '' || plan.problemCount > 0) return showPlan(req, res, kept, plan);
    const job = await inTransaction(database, (trx) =>
      requestCodes(trx, idOf(req), { codes: plan.codes }, actorOf(res), momentOf(pages)),
    );
    await dropCodeList(files, kept);
    res.redirect(303, `/admin/jobs/${job.id}`);
  }

  /** Where the list is kept: since the page before, or from now on. */
  async function keptList(req: Request): Promise<string | null> {
    const token = fieldOf(req, 'token');
    if (token !== '') return token;
    const file = uploadOf(req, 'file');
    if (file !== null) return keepUploadedCodes(files, file.path);
    const pasted = rawFieldOf(req, 'list');
    return pasted.trim() === '' ? null : keepPastedCodes(files, pasted);
  }

  async function refuse(req: Request, res: Response, problem: string): Promise<void> {
    const typed = { ...NOTHING_TYPED, list: rawFieldOf(req, 'list') };
    await showCodes(database, req, res, { typed, errors: [{ path: 'list', message: res.locals.t(problem) }] });
  }

  async function showPlan(req: Request, res: Response, token: string, plan: CodeListPlan): Promise<void> {
    const { t } = res.locals;
    const campaign = await readCampaign(database.knex, idOf(req));
    if (plan.problemCount > 0) res.status(422);
    renderPage(res, 'campaigns/code-list', {
      title: t('campaigns:codes.plan'),
      breadcrumbs: crumbsOfCodes(campaign, res.locals),
      action: `${CAMPAIGNS_PATH}/${campaign.id}/codes/list`,
      back: `${CAMPAIGNS_PATH}/${campaign.id}/codes`,
      token,
      count: plan.codes.length,
      samples: plan.codes.slice(0, 5),
      hasProblems: plan.problemCount > 0,
      problems: plan.problems.map(({ row, code, problem, firstRow }) => ({
        row,
        code,
        text: t(`campaigns:codes.problem.${problem}`, { row: firstRow ?? 0 }),
      })),
      moreProblems: plan.problemCount - plan.problems.length,
      // What was pasted can be put right on the page itself.
      typedList: rawFieldOf(req, 'list'),
    });
  }
}
