import type { Request, Response, Router } from 'express';
import { inTransaction } from '../../../platform/data/db.ts';
import type { FormError } from '../../../platform/html/form-view.ts';
import { parseCount } from '../../../platform/html/typed-input.ts';
import { renderPage } from '../../../platform/html/views.ts';
import { errorSentence, fieldSentence } from '../../../platform/http/error-sentence.ts';
import { pageRouter } from '../../../platform/http/page-router.ts';
import { requires } from '../../../platform/http/permissions.ts';
import { actorOf, fieldOf, idOf, parameterOf } from '../../../platform/http/request.ts';
import { rethrowUnexpected } from '../../../platform/process/errors.ts';
import type { Shell } from '../../../platform/process/feature.ts';
import { momentOf } from '../../vouchers/list/voucher-list-pages.ts';
import { sampleRun } from '../codes/code-run-service.ts';
import { MAX_GENERATED_CODES, requestCodes, type GenerateCodes } from '../codes/code-service.ts';
import { readCampaign } from '../record/campaign-service.ts';
import { DEFAULT_PATTERN, NOTHING_TYPED, showCodes, type TypedCodes } from './campaign-codes-view.ts';
import { CAMPAIGNS_PATH, crumbsOfCodes } from './campaign-tabs-view.ts';

const PATH = `${CAMPAIGNS_PATH}/:id/codes`;

/** The codes of a campaign: finding them, and making random ones. */
export function campaignCodePages(pages: Shell): Router {
  const { database } = pages;
  const router = pageRouter();

  router.get(PATH, requires('campaigns.see'), async (req, res) => {
    await showCodes(database, req, res, { typed: { ...NOTHING_TYPED, q: parameterOf(req, 'q') } });
  });

  router.post(`${PATH}/generation`, requires('campaigns.change'), async (req, res) => {
    const typed = typedGeneration(req);
    const count = parseCount(typed.count);
    if (!count.ok || count.value < 1 || count.value > MAX_GENERATED_CODES)
      return showCodes(database, req, res, { typed, errors: [countError(res)] });
    const format = typed.format === '' ? DEFAULT_PATTERN : typed.format;
    const request: GenerateCodes = { count: count.value, prefix: typed.prefix, format };
    try {
      await (fieldOf(req, 'do') === 'start' ? start(req, res, request) : confirm(req, res, typed, request));
    } catch (error) {
      await showCodes(database, req, res, { typed, errors: errorsOf(error, res) });
    }
  });

  return router;

  async function confirm(req: Request, res: Response, typed: TypedCodes, request: GenerateCodes): Promise<void> {
    const { samples, oneIn } = sampleRun(request);
    const campaign = await readCampaign(database.knex, idOf(req));
    renderPage(res, 'campaigns/generation', {
      title: res.locals.t('campaigns:codes.confirm'),
      breadcrumbs: crumbsOfCodes(campaign, res.locals),
      action: `${CAMPAIGNS_PATH}/${campaign.id}/codes/generation`,
      back: `${CAMPAIGNS_PATH}/${campaign.id}/codes`,
      typed,
      count: request.count,
      samples,
      odds: oneIn.toLocaleString(res.locals.locale),
    });
  }

  async function start(req: Request, res: Response, request: GenerateCodes): Promise<void> {
    const job = await inTransaction(database, (trx) =>
      requestCodes(trx, idOf(req), request, actorOf(res), momentOf(pages)),
    );
    res.redirect(303, `/admin/jobs/${job.id}`);
  }
}

function typedGeneration(req: Request): TypedCodes {
  const [count, prefix, format] = [fieldOf(req, 'count'), fieldOf(req, 'prefix'), fieldOf(req, 'format')];
  return { ...NOTHING_TYPED, count, prefix, format };
}

function countError({ locals: { t, locale } }: Response): FormError {
  const most = MAX_GENERATED_CODES.toLocaleString(locale);
  return { path: 'count', message: t('campaigns:codes.count_wrong', { most }) };
}

function errorsOf(error: unknown, { locals: { t } }: Response): FormError[] {
  rethrowUnexpected(error, 'not_found');
  const fields = error.details.fields ?? [];
  if (fields.length === 0) return [{ path: '', message: errorSentence(error.code, t) }];
  return fields.map((field) => ({ path: field.path, message: fieldSentence(field, t) }));
}
