import type { Request, Response, Router } from 'express';
import { requires } from '../../../platform/http/permissions.ts';
import { addDays } from '../../../core/calendar.ts';
import { CHANNELS, MULTIPLIERS } from '../../../core/engine/voucher.ts';
import { idOf, actorOf, markInvalid, parameterOf } from '../../../platform/http/request.ts';
import { startOfDay } from '../../../platform/process/clock.ts';
import { appError } from '../../../platform/process/errors.ts';
import { formatMoney, formatNumber, formatPercent } from '../../../platform/html/format.ts';
import { formView, type FormError } from '../../../platform/html/form-view.ts';
import { fingerprintOf } from '../../../platform/data/idempotency.ts';
import { isId } from '../../../platform/data/id.ts';
import { TableError } from '../../../platform/files/table-file.ts';
import { uploadOf } from '../../../platform/files/uploads.ts';
import { renderPage } from '../../../platform/html/views.ts';
import { listCampaigns, readCampaign } from '../../campaigns/record/campaign-service.ts';
import { rulesFromBody, type StoredRules } from '../../vouchers/rules/rules-service.ts';
import { jobFor } from '../../staff/jobs/job-service.ts';
import { BOOKING_TEST_PATH } from './booking-test-pages.ts';
import { parseReplay, typedFromCampaign, typedReplay, type TypedReplay } from './replay-form.ts';
import { MAX_LIST_ROWS, type ListProblem } from './replay-list-service.ts';
import { parseRestrictions, restrictionTexts } from './replay-restrictions-form.ts';
import { keepList, MAX_PAST_BOOKINGS, replayResult, startReplay, type ReplayResult } from './replay-service.ts';
import { pageRouter } from '../../../platform/http/page-router.ts';
import type { Shell } from '../../../platform/process/feature.ts';

const PATH = `${BOOKING_TEST_PATH}/replay`;
const MAX_CAMPAIGNS = 200;

/** A campaign, or a change of it, against bookings of the past, before it goes live. */
export function replayPages(pages: Shell): Router {
  const { database, clock, files, timeZone } = pages;
  const router = pageRouter();
  router.use(PATH, requires('trials.replay'));

  router.get(PATH, async (req, res) => {
    const id = parameterOf(req, 'campaign', 15);
    if (!/^\d+$/.test(id)) return choose(res);
    const { rules } = await campaignRules(id);
    await show(
      res,
      typedFromCampaign(
        id,
        rules,
        await restrictionTexts(database, rules, res.locals.t),
        clock.today(),
        res.locals.locale,
      ),
    );
  });

  router.post(PATH, start);

  router.get(`${PATH}/:id`, showReplay);

  return router;

  async function campaignRules(
    id: string,
  ): Promise<{ readonly rules: StoredRules; readonly title: string; readonly budget: number | null }> {
    const campaign = await readCampaign(database.knex, id);
    return { rules: rulesFromBody(campaign, campaign.currency), title: campaign.title, budget: campaign.budget };
  }

  async function choose(res: Response): Promise<void> {
    const { t } = res.locals;
    const campaigns = await listCampaigns(database, { beforeId: null, limit: MAX_CAMPAIGNS });
    renderPage(res, 'booking/trials/replay-choose', {
      title: t('replay:title'),
      breadcrumbs: [{ href: BOOKING_TEST_PATH, text: t('booking-test:title') }],
      path: PATH,
      form: formView({ campaign: '' }),
      campaigns: campaigns.map(({ id, title, type }) => ({
        value: id,
        label: `${title} (${t(`vouchers:type.${type}`)}, Nr. ${id})`,
      })),
    });
  }

  async function show(
    res: Response,
    typed: TypedReplay,
    errors: readonly FormError[] = [],
    rows: readonly ListProblem[] = [],
  ): Promise<void> {
    const { t } = res.locals;
    const { title, rules } = await campaignRules(typed.campaign);
    markInvalid(res, errors);
    renderPage(res, 'booking/trials/replay', {
      title: t('replay:of_title', { title }),
      breadcrumbs: [
        { href: BOOKING_TEST_PATH, text: t('booking-test:title') },
        { href: PATH, text: t('replay:title') },
      ],
      path: PATH,
      form: formView({ ...typed, channels: typed.channels.split(',') }, errors),
      typed,
      channels: CHANNELS.map((value) => ({ value, label: t(`vouchers:channel.${value}`) })),
      currency: rules.currency,
      multipliers: MULTIPLIERS.map((value) => ({ value, label: t(`vouchers:multiplier.${value}`) })),
      rowProblems: rows.map(({ row, code, value }) => ({ row, text: t(`replay:problem.${code}`, { value }) })),
      maxPast: MAX_PAST_BOOKINGS,
      maxRows: MAX_LIST_ROWS,
    });
  }

  async function start(req: Request, res: Response): Promise<void> {
    const { t, locale } = res.locals;
    const typed = typedReplay(req.body);
    if (!isId(typed.campaign)) throw appError('not_found');
    const { rules: stored, title, budget } = await campaignRules(typed.campaign);
    const { rules, days, errors } = parseReplay(typed, stored, await parseRestrictions(database, typed, t), t);
    const upload = uploadOf(req, 'list');
    const problems = [...errors];
    if (errors.length === 0 && days === null && upload === null)
      problems.push({ path: 'past', message: t('replay:nothing_to_ask') });
    if (problems.length > 0) return show(res, typed, problems);
    let listToken: string | null = null;
    let listed = 0;
    if (upload !== null) {
      try {
        const { token, checked } = await keepList(files, upload.path, stored.currency);
        if (checked.problemCount > 0)
          return await show(
            res,
            typed,
            [{ path: 'list', message: t('replay:list_wrong', { count: checked.problemCount }) }],
            checked.problems,
          );
        [listToken, listed] = [token, checked.bookings];
      } catch (error) {
        if (!(error instanceof TableError)) throw error;
        return show(res, typed, [{ path: 'list', message: t(`common:${error.problem}`) }]);
      }
    }
    const past =
      days === null
        ? null
        : { from: startOfDay(days.from, timeZone), before: startOfDay(addDays(days.until, 1), timeZone) };
    const request = {
      title,
      campaignId: typed.campaign,
      isChanged: fingerprintOf(rules) !== fingerprintOf(stored),
      rules,
      budget,
      past,
      listToken,
      locale,
    };
    const job = await startReplay(database, request, listed, actorOf(res), clock.now());
    res.redirect(303, `/admin/jobs/${job}`);
  }

  async function showReplay(req: Request, res: Response): Promise<void> {
    const { user, t } = res.locals;
    if (user === null) throw appError('forbidden');
    const job = await jobFor(database, idOf(req), user);
    const result = await replayResult(database, job.id);
    if (result === null) throw appError('not_found');
    renderPage(res, 'booking/trials/replay-result', {
      title: t('replay:result_title', { title: result.request.title }),
      breadcrumbs: [
        { href: BOOKING_TEST_PATH, text: t('booking-test:title') },
        { href: PATH, text: t('replay:title') },
      ],
      fileHref: `/admin/jobs/${job.id}/file`,
      againHref: `${PATH}?campaign=${result.request.campaignId}`,
      ...resultView(result, res),
    });
  }
}

function resultView(result: ReplayResult, res: Response) {
  const { t, locale } = res.locals;
  const { request, bookings, qualified, applied, tripPrices } = result;
  const { currency } = request.rules;
  const money = (cents: number): string => formatMoney(cents, currency, locale);
  const share = (part: number, whole: number): string =>
    formatPercent(whole === 0 ? 0 : Math.round((part * 10_000) / whole), locale);
  const average = (sum: number, count: number): number => (count === 0 ? 0 : Math.round(sum / count));
  const { budget } = request;
  return {
    isChanged: request.isChanged,
    isCut: result.isCut,
    isEmpty: bookings === 0,
    facts: [
      { label: t('replay:fact.bookings'), value: formatNumber(bookings, locale) },
      {
        label: t('replay:fact.qualified'),
        value: `${formatNumber(qualified, locale)} (${share(qualified, bookings)})`,
      },
      { label: t('replay:fact.total'), value: money(applied) },
      { label: t('replay:fact.average'), value: money(average(applied, qualified)) },
      { label: t('replay:fact.average_price'), value: money(average(tripPrices, qualified)) },
      { label: t('replay:fact.share'), value: share(applied, tripPrices) },
    ],
    budgetText:
      budget === null
        ? ''
        : t(applied > budget ? 'replay:over_budget' : 'replay:in_budget', {
            total: money(applied),
            budget: money(budget),
          }),
    isOverBudget: budget !== null && applied > budget,
    tiers: result.tiers.map((tier) => {
      const rule = request.rules.tiers.find(({ minTripPrice }) => minTripPrice === tier.minTripPrice);
      const worth =
        rule === undefined
          ? ''
          : rule.basisPoints === null
            ? money(rule.amount ?? 0)
            : formatPercent(rule.basisPoints, locale);
      return {
        from: money(tier.minTripPrice),
        worth,
        bookings: formatNumber(tier.bookings, locale),
        total: money(tier.applied),
        average: money(average(tier.applied, tier.bookings)),
      };
    }),
    reasons: result.reasons.map(({ reason, bookings: count }) => ({
      text: t(`booking-test:check.${reason}`),
      bookings: formatNumber(count, locale),
      share: share(count, bookings),
    })),
  };
}
