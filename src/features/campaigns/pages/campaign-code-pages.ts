import type { Request, Response, Router } from 'express';
import { shownCode } from '../../../core/engine/code-mask.ts';
import { requires } from '../../../platform/http/permissions.ts';
import { may } from '../../../core/access.ts';
import { inTransaction } from '../../../platform/data/db.ts';
import { appError, rethrowUnexpected } from '../../../platform/process/errors.ts';
import { errorSentence, fieldSentence } from '../../../platform/http/error-sentence.ts';
import { readPage } from '../../../platform/data/page.ts';
import type { FileStore } from '../../../platform/files/files.ts';
import { addFlash } from '../../../platform/html/flash.ts';
import { dayInput, formatMoney, formatNumber } from '../../../platform/html/format.ts';
import { formView, type FormError } from '../../../platform/html/form-view.ts';
import { TableError } from '../../../platform/files/table-file.ts';
import { parseCount, parseDay } from '../../../platform/html/typed-input.ts';
import { uploadOf } from '../../../platform/files/uploads.ts';
import {
  rawFieldOf,
  idOf,
  markInvalid,
  actorOf,
  LENGTHS,
  fieldOf,
  idOrNull,
  parameterOf,
  cursorOf,
} from '../../../platform/http/request.ts';
import { renderPage } from '../../../platform/html/views.ts';
import { readCampaign } from '../record/campaign-service.ts';
import { dropCodeList, keepPastedCodes, keepUploadedCodes, planCodeList } from '../codes/code-list-service.ts';
import { codeRun, codeRuns, RUN_ACTIONS, sampleRun, searchCodes, startRunAction } from '../codes/code-run-service.ts';
import { listCodes, MAX_GENERATED_CODES, requestCodes, type GenerateCodes } from '../codes/code-service.ts';
import { PRINT_FORMATS } from '../../documents/printing/print-service.ts';
import { CAMPAIGNS_PATH, campaignId, campaignTabs } from './campaign-edit-pages.ts';
import { PRINT_FILES } from '../../vouchers/bulk/voucher-bulk-pages.ts';
import { MAX_PRINTED, startPrint } from '../../vouchers/bulk/voucher-bulk-service.ts';
import { momentOf } from '../../vouchers/list/voucher-list-pages.ts';
import { pageRouter } from '../../../platform/http/page-router.ts';
import type { Shell } from '../../../platform/process/feature.ts';

const PATH = `${CAMPAIGNS_PATH}/:id/codes`;
const PAGE = 50;
const DEFAULT_PATTERN = 'XXXX-XXXX-XXXX-XXXX';
const NOTHING = { count: '100', prefix: '', format: DEFAULT_PATTERN, list: '', q: '', code: '' };
type TypedCodes = Readonly<Record<keyof typeof NOTHING, string>>;

/** The codes of a campaign: making them, finding them, and what is done to all codes of one run. */
export function campaignCodePages(pages: Shell & { readonly files: FileStore }): Router {
  const { database, clock, files } = pages;
  const router = pageRouter();

  router.get(PATH, requires('campaigns.see'), async (req, res) => {
    await show(req, res, { ...NOTHING, q: parameterOf(req, 'q') });
  });

  router.post(`${PATH}/generation`, requires('campaigns.change'), async (req, res) => {
    const typed = {
      ...NOTHING,
      count: fieldOf(req, 'count'),
      prefix: fieldOf(req, 'prefix'),
      format: fieldOf(req, 'format'),
    };
    const count = parseCount(typed.count);
    const { t } = res.locals;
    if (!count.ok || count.value < 1 || count.value > MAX_GENERATED_CODES) {
      return show(req, res, typed, [
        {
          path: 'count',
          message: t('campaigns:codes.count_wrong', { most: MAX_GENERATED_CODES.toLocaleString(res.locals.locale) }),
        },
      ]);
    }
    const request: GenerateCodes = {
      count: count.value,
      prefix: typed.prefix,
      format: typed.format === '' ? DEFAULT_PATTERN : typed.format,
    };
    await orShow(req, res, typed, async () => {
      if (fieldOf(req, 'do') !== 'start') {
        const { samples, oneIn } = sampleRun(request);
        const campaign = await readCampaign(database.knex, campaignId(req));
        renderPage(res, 'campaigns/generation', {
          title: t('campaigns:codes.confirm'),
          breadcrumbs: crumbs(campaign.id, campaign.title, res),
          action: `${CAMPAIGNS_PATH}/${campaign.id}/codes/generation`,
          back: `${CAMPAIGNS_PATH}/${campaign.id}/codes`,
          typed,
          count: count.value,
          samples,
          odds: oneIn.toLocaleString(res.locals.locale),
        });
        return;
      }
      const job = await inTransaction(database, (trx) =>
        requestCodes(trx, campaignId(req), request, actorOf(res), momentOf(pages)),
      );
      res.redirect(303, `/admin/jobs/${job.id}`);
    });
  });

  router.post(`${PATH}/list`, requires('campaigns.change'), async (req, res) => {
    const { t } = res.locals;
    const typed = { ...NOTHING, list: rawFieldOf(req, 'list') };
    const token = fieldOf(req, 'token');
    const file = uploadOf(req, 'file');
    if (token === '' && file === null && typed.list.trim() === '')
      return show(req, res, typed, [{ path: 'list', message: t('campaigns:codes.list_missing') }]);
    try {
      const kept =
        token !== ''
          ? token
          : file === null
            ? await keepPastedCodes(files, typed.list)
            : await keepUploadedCodes(files, file.path);
      const plan = await planCodeList(database, files, kept);
      if (plan === null)
        return await show(req, res, typed, [{ path: 'list', message: t('campaigns:codes.list_gone') }]);
      if (token !== '' && plan.problemCount === 0) {
        const job = await inTransaction(database, (trx) =>
          requestCodes(trx, campaignId(req), { codes: plan.codes }, actorOf(res), momentOf(pages)),
        );
        await dropCodeList(files, kept);
        res.redirect(303, `/admin/jobs/${job.id}`);
        return;
      }
      const campaign = await readCampaign(database.knex, campaignId(req));
      if (plan.problemCount > 0) res.status(422);
      renderPage(res, 'campaigns/code-list', {
        title: t('campaigns:codes.plan'),
        breadcrumbs: crumbs(campaign.id, campaign.title, res),
        action: `${CAMPAIGNS_PATH}/${campaign.id}/codes/list`,
        back: `${CAMPAIGNS_PATH}/${campaign.id}/codes`,
        token: kept,
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
        typedList: typed.list,
      });
    } catch (error) {
      if (!(error instanceof TableError)) throw error;
      await show(req, res, typed, [{ path: 'list', message: t(`common:${error.problem}`) }]);
    }
  });

  router.get(`${PATH}/runs/:run`, requires('campaigns.change'), async (req, res) => {
    await showRun(req, res, { action: '', paidOn: dayInput(clock.today(), res.locals.locale), reason: '' });
  });

  router.post(`${PATH}/runs/:run`, requires('campaigns.change'), async (req, res) => {
    const { t, user } = res.locals;
    const typed = {
      action: fieldOf(req, 'action'),
      paidOn: fieldOf(req, 'paidOn'),
      reason: fieldOf(req, 'reason', LENGTHS.reason),
    };
    const action = RUN_ACTIONS.find((one) => one === typed.action);
    const errors: FormError[] = [];
    if (action === undefined) errors.push({ path: 'action', message: t('common:input.required') });
    const day = action === 'pay' ? parseDay(typed.paidOn) : null;
    if (day !== null && !day.ok) errors.push({ path: 'paidOn', message: t(`common:${day.error}`) });
    if (typed.reason === '') errors.push({ path: 'reason', message: t('common:input.required') });
    if (action === 'export' && !may(user, 'codes.see')) throw appError('forbidden');
    if (errors.length > 0 || action === undefined) return showRun(req, res, typed, errors);
    const wish = {
      campaignId: campaignId(req),
      runId: String(req.params['run']),
      action,
      paidOn: day?.ok === true ? day.value : null,
      reason: typed.reason,
    };
    res.redirect(303, `/admin/jobs/${await startRunAction(database, wish, actorOf(res), momentOf(pages))}`);
  });

  router.post(`${PATH}/runs/:run/print`, requires('vouchers.print'), async (req, res) => {
    const { t, locale } = res.locals;
    const campaign = campaignId(req);
    const run = await codeRun(database, campaign, idOf(req, 'run'));
    if (run === null) throw appError('not_found');
    if (run.done > MAX_PRINTED) {
      addFlash(req, {
        kind: 'warning',
        text: t('campaigns:run.too_many_prints', { most: formatNumber(MAX_PRINTED, locale) }),
      });
      return res.redirect(303, `${CAMPAIGNS_PATH}/${campaign}/codes/runs/${run.id}`);
    }
    const format = PRINT_FORMATS.find((one) => one === fieldOf(req, 'format')) ?? 'a4';
    const payload = {
      format,
      together: fieldOf(req, 'files') !== 'each',
      logsEach: !may(res.locals.user, 'codes.see'),
      scope: { run: run.id },
      actor: actorOf(res),
      locale,
    };
    const job = await startPrint(database, payload, run.done, clock.now());
    addFlash(req, { kind: 'success', text: t('vouchers:bulk.started') });
    res.redirect(303, `/admin/jobs/${job}`);
  });

  return router;

  async function orShow(req: Request, res: Response, typed: TypedCodes, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      rethrowUnexpected(error, 'not_found');
      const fields = (error.details.fields ?? []).map((field) => ({
        path: field.path,
        message: fieldSentence(field, res.locals.t),
      }));
      await show(
        req,
        res,
        typed,
        fields.length > 0 ? fields : [{ path: '', message: errorSentence(error.code, res.locals.t) }],
      );
    }
  }

  async function show(
    req: Request,
    res: Response,
    typed: TypedCodes,
    errors: readonly FormError[] = [],
  ): Promise<void> {
    const { t, locale, user } = res.locals;
    const campaign = await readCampaign(database.knex, campaignId(req));
    const sees = may(user, 'codes.see');
    const afterId = cursorOf(req);
    const { items: codes, nextCursor } =
      typed.q !== ''
        ? { items: await searchCodes(database, campaign.id, typed.q, !sees), nextCursor: null }
        : await readPage(PAGE, (limit) => listCodes(database, campaign.id, { afterId, limit }));
    const path = `${CAMPAIGNS_PATH}/${campaign.id}/codes`;
    const place = idOrNull(req.query['runs']);
    const { runs, next: nextRuns } = await codeRuns(database, campaign.id, place);
    markInvalid(res, errors);
    renderPage(res, 'campaigns/codes', {
      title: campaign.title,
      breadcrumbs: [{ href: CAMPAIGNS_PATH, text: t('campaigns:title') }],
      tabs: campaignTabs(campaign, 'codes', res.locals),
      path,
      campaign,
      form: formView({ ...typed }, errors),
      mayChange: may(user, 'campaigns.change'),
      runs: runs.map((job) => ({
        id: job.id,
        href: `/admin/jobs/${job.id}`,
        actions: `${path}/runs/${job.id}`,
        at: job.createdAt,
        done: job.done,
        total: job.total,
        stateText: t(`jobs:state.${job.state}`),
        isDone: job.state === 'done' || job.state === 'cancelled',
      })),
      firstRuns: place === null ? '' : `${path}#runs`,
      nextRuns: nextRuns === null ? '' : `${path}?runs=${nextRuns}#runs`,
      rows: codes.map((code) => ({
        id: code.id,
        href: `/admin/vouchers/${code.id}`,
        code: shownCode(user, code.code),
        balance: code.balance === null ? '' : formatMoney(code.balance, campaign.currency, locale),
        uses: code.uses,
        paidOn: code.paidOn ?? campaign.paidAt,
        isLocked: code.isDeactivated,
      })),
      isSearch: typed.q !== '',
      next: nextCursor === null ? null : `${path}?cursor=${nextCursor}`,
      first: afterId === null ? null : path,
    });
  }

  async function showRun(
    req: Request,
    res: Response,
    values: Record<string, unknown>,
    errors: readonly FormError[] = [],
  ): Promise<void> {
    const { t } = res.locals;
    const campaign = await readCampaign(database.knex, campaignId(req));
    const run = await codeRun(database, campaign.id, idOf(req, 'run'));
    if (run === null) throw appError('not_found');
    markInvalid(res, errors);
    renderPage(res, 'campaigns/run', {
      title: t('campaigns:run.title', { id: run.id }),
      breadcrumbs: crumbs(campaign.id, campaign.title, res),
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

function crumbs(id: string, title: string, res: Response): { href: string; text: string }[] {
  return [
    { href: CAMPAIGNS_PATH, text: res.locals.t('campaigns:title') },
    { href: `${CAMPAIGNS_PATH}/${id}/codes`, text: title },
  ];
}

/** As it was pasted, with its lines. */
