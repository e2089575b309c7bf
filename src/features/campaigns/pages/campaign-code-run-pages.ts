import { refusalSentence } from '../../../platform/http/error-sentence.ts';
import type { Request, Response, Router } from 'express';
import { may } from '../../../core/access.ts';
import { addFlash } from '../../../platform/html/flash.ts';
import { dayInput, formatNumber } from '../../../platform/html/format.ts';
import { formView, type FormError } from '../../../platform/html/form-view.ts';
import { parsePastDay } from '../../../platform/html/typed-input.ts';
import { renderPage } from '../../../platform/html/views.ts';
import { pageRouter } from '../../../platform/http/page-router.ts';
import { requires } from '../../../platform/http/permissions.ts';
import { actorOf, fieldOf, idOf, LENGTHS, markInvalid } from '../../../platform/http/request.ts';
import { appError, rethrowUnexpected } from '../../../platform/process/errors.ts';
import type { Shell } from '../../../platform/process/feature.ts';
import { PRINT_FORMATS } from '../../documents/printing/print-service.ts';
import { PRINT_FILES } from '../../vouchers/bulk/voucher-bulk-pages.ts';
import { MAX_PRINTED, startPrint } from '../../vouchers/bulk/voucher-bulk-service.ts';
import { momentOf } from '../../vouchers/list/voucher-list-pages.ts';
import { codeRun, RUN_ACTIONS, startRunAction } from '../codes/code-run-service.ts';
import { readCampaign } from '../record/campaign-service.ts';
import { CAMPAIGNS_PATH, crumbsOfCodes } from './campaign-tabs-view.ts';

const PATH = `${CAMPAIGNS_PATH}/:id/codes/runs/:run`;

/** What is done to all codes of one run at once. */
export function campaignCodeRunPages(pages: Shell): Router {
  const { database, clock } = pages;
  const router = pageRouter();

  router.get(PATH, requires('campaigns.change'), async (req, res) => {
    await show(req, res, { action: '', paidOn: dayInput(clock.today(), res.locals.locale), reason: '' });
  });

  router.post(PATH, requires('campaigns.change'), async (req, res) => {
    const typed = typedAction(req);
    const { action, paidOn, errors } = readAction(typed, clock.today(), res);
    if (action === 'export' && !may(res.locals.user, 'codes.see')) throw appError('forbidden');
    if (errors.length > 0 || action === undefined) return show(req, res, typed, errors);
    const { reason } = typed;
    const wish = { campaignId: idOf(req), runId: String(req.params['run']), action, paidOn, reason };
    try {
      res.redirect(303, `/admin/jobs/${await startRunAction(database, wish, actorOf(res), momentOf(pages))}`);
    } catch (error) {
      rethrowUnexpected(error, 'not_found');
      await show(req, res, typed, [{ path: 'paidOn', message: refusalSentence(error, res.locals.t) }]);
    }
  });

  router.post(`${PATH}/print`, requires('vouchers.print'), async (req, res) => {
    const { t, locale } = res.locals;
    const campaign = idOf(req);
    const run = await codeRun(database, campaign, idOf(req, 'run'));
    if (run === null) throw appError('not_found');
    if (run.done > MAX_PRINTED) {
      const text = t('campaigns:run.too_many_prints', { most: formatNumber(MAX_PRINTED, locale) });
      addFlash(req, { kind: 'warning', text });
      return res.redirect(303, `${CAMPAIGNS_PATH}/${campaign}/codes/runs/${run.id}`);
    }
    const job = await startPrint(database, printOf(req, res, run.id), run.done, clock.now());
    addFlash(req, { kind: 'success', text: t('vouchers:bulk.started') });
    res.redirect(303, `/admin/jobs/${job}`);
  });

  return router;

  async function show(
    req: Request,
    res: Response,
    values: Record<string, unknown>,
    errors: readonly FormError[] = [],
  ): Promise<void> {
    const { t } = res.locals;
    const campaign = await readCampaign(database.knex, idOf(req));
    const run = await codeRun(database, campaign.id, idOf(req, 'run'));
    if (run === null) throw appError('not_found');
    markInvalid(res, errors);
    renderPage(res, 'campaigns/run', {
      title: t('campaigns:run.title', { id: run.id }),
      breadcrumbs: crumbsOfCodes(campaign, res.locals),
      action: `${CAMPAIGNS_PATH}/${campaign.id}/codes/runs/${run.id}`,
      back: `${CAMPAIGNS_PATH}/${campaign.id}/codes`,
      form: formView(values, errors),
      mayPrint: may(res.locals.user, 'vouchers.print'),
      printForm: formView({ format: 'a4', files: 'together' }),
      formats: PRINT_FORMATS.map((value) => ({ value, label: t(`documents:format.${value}`) })),
      files: PRINT_FILES.map((value) => ({ value, label: t(`vouchers:bulk.files_${value}`) })),
      done: run.done,
      actions: RUN_ACTIONS.map((value) => ({
        value,
        label: t(`campaigns:run.action.${value}`),
        hint: t(`campaigns:run.hint.${value}`),
      })),
    });
  }
}

type TypedAction = Readonly<Record<'action' | 'paidOn' | 'reason', string>>;

function typedAction(req: Request): TypedAction {
  const [action, paidOn] = [fieldOf(req, 'action'), fieldOf(req, 'paidOn')];
  return { action, paidOn, reason: fieldOf(req, 'reason', LENGTHS.reason) };
}

function readAction(typed: TypedAction, today: string, { locals: { t } }: Response) {
  const action = RUN_ACTIONS.find((one) => one === typed.action);
  const errors: FormError[] = [];
  if (action === undefined) errors.push({ path: 'action', message: t('common:input.required') });
  const day = action === 'pay' ? parsePastDay(typed.paidOn, today) : null;
  if (day !== null && !day.ok) errors.push({ path: 'paidOn', message: t(`common:${day.error}`) });
  if (typed.reason === '') errors.push({ path: 'reason', message: t('common:input.required') });
  return { action, paidOn: day?.ok === true ? day.value : null, errors };
}

function printOf(req: Request, res: Response, run: string): Parameters<typeof startPrint>[1] {
  return {
    format: PRINT_FORMATS.find((one) => one === fieldOf(req, 'format')) ?? 'a4',
    together: fieldOf(req, 'files') !== 'each',
    logsEach: !may(res.locals.user, 'codes.see'),
    scope: { run },
    actor: actorOf(res),
    locale: res.locals.locale,
  };
}
