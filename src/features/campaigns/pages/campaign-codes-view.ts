import type { Request, Response } from 'express';
import { may } from '../../../core/access.ts';
import { shownCode } from '../../../core/engine/code-mask.ts';
import { readPage } from '../../../platform/data/page.ts';
import type { Database } from '../../../platform/data/db.ts';
import { formatMoney } from '../../../platform/html/format.ts';
import { formView, type FormError } from '../../../platform/html/form-view.ts';
import { renderPage } from '../../../platform/html/views.ts';
import { cursorOf, idOf, idOrNull, markInvalid } from '../../../platform/http/request.ts';
import { codeRuns, searchCodes } from '../codes/code-run-service.ts';
import { listCodes } from '../codes/code-service.ts';
import { readCampaign, type CampaignView } from '../record/campaign-service.ts';
import { CAMPAIGNS_PATH, campaignTabs } from './campaign-tabs-view.ts';

const PAGE = 50;
export const DEFAULT_PATTERN = 'XXXX-XXXX-XXXX-XXXX';
export const NOTHING_TYPED = { count: '100', prefix: '', format: DEFAULT_PATTERN, list: '', q: '', code: '' };
export type TypedCodes = Readonly<Record<keyof typeof NOTHING_TYPED, string>>;

/** What was typed into the forms of this page, and what is wrong with it. */
export interface CodesForm {
  readonly typed: TypedCodes;
  readonly errors?: readonly FormError[];
}

/** The page of a campaign's codes: its runs, its codes, and the forms that make more. */
export async function showCodes(
  database: Database,
  req: Request,
  res: Response,
  { typed, errors = [] }: CodesForm,
): Promise<void> {
  const { user } = res.locals;
  const campaign = await readCampaign(database.knex, idOf(req));
  const codes = await codesShown(database, req, res, { campaign, q: typed.q });
  const runs = await runsShown(database, req, res, campaign);
  markInvalid(res, errors);
  renderPage(res, 'campaigns/codes', {
    title: campaign.title,
    breadcrumbs: [{ href: CAMPAIGNS_PATH, text: res.locals.t('campaigns:title') }],
    tabs: campaignTabs(campaign, 'codes', res.locals),
    path: pathOf(campaign),
    campaign,
    form: formView({ ...typed }, errors),
    mayChange: may(user, 'campaigns.change'),
    ...runs,
    ...codes,
  });
}

function pathOf({ id }: CampaignView): string {
  return `${CAMPAIGNS_PATH}/${id}/codes`;
}

async function codesShown(
  database: Database,
  req: Request,
  res: Response,
  { campaign, q }: { readonly campaign: CampaignView; readonly q: string },
) {
  const { locale, user } = res.locals;
  const afterId = cursorOf(req);
  const { items: codes, nextCursor } =
    q !== ''
      ? { items: await searchCodes(database, campaign.id, q, !may(user, 'codes.see')), nextCursor: null }
      : await readPage(PAGE, (limit) => listCodes(database, campaign.id, { afterId, limit }));
  return {
    rows: codes.map((code) => ({
      id: code.id,
      href: `/admin/vouchers/${code.id}`,
      code: shownCode(user, code.code),
      balance: code.balance === null ? '' : formatMoney(code.balance, campaign.currency, locale),
      uses: code.uses,
      paidOn: code.paidOn ?? campaign.paidAt,
      isLocked: code.isDeactivated,
    })),
    isSearch: q !== '',
    next: nextCursor === null ? null : `${pathOf(campaign)}?cursor=${nextCursor}`,
    first: afterId === null ? null : pathOf(campaign),
  };
}

async function runsShown(database: Database, req: Request, res: Response, campaign: CampaignView) {
  const path = pathOf(campaign);
  const place = idOrNull(req.query['runs']);
  const { runs, next } = await codeRuns(database, campaign.id, place);
  return {
    runs: runs.map((job) => ({
      id: job.id,
      href: `/admin/jobs/${job.id}`,
      actions: `${path}/runs/${job.id}`,
      at: job.createdAt,
      done: job.done,
      total: job.total,
      stateText: res.locals.t(`jobs:state.${job.state}`),
      isDone: job.state === 'done' || job.state === 'cancelled',
    })),
    firstRuns: place === null ? '' : `${path}#runs`,
    nextRuns: next === null ? '' : `${path}?runs=${next}#runs`,
  };
}
