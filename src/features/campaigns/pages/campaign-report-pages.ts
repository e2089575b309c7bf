import type { Router } from 'express';
import { requires } from '../../../platform/http/permissions.ts';
import { barChartSvg } from '../../../platform/html/chart.ts';
import { formatDay, formatMoney, formatNumber, formatPercent } from '../../../platform/html/format.ts';
import { idOf } from '../../../platform/http/request.ts';
import { renderPage } from '../../../platform/html/views.ts';
import { addUpFigures, figuresOf, heldOf, type CampaignFigures } from '../record/campaign-figures-service.ts';
import { readCampaign } from '../record/campaign-service.ts';
import { removalsOf } from '../codes/code-removal-service.ts';
import { CAMPAIGNS_PATH, campaignTabs } from './campaign-tabs-view.ts';
import { pageRouter } from '../../../platform/http/page-router.ts';
import type { Shell } from '../../../platform/process/feature.ts';

const PATH = `${CAMPAIGNS_PATH}/:id/report`;
const SHOWN_MONTHS = 12;
const SHOWN_REMOVALS = 20;
const NOTHING: CampaignFigures = { redemptions: 0, granted: 0, revenue: 0, months: [] };

/** What a campaign brought and cost, month by month: a picture and the same figures in a table. */
export function campaignReportPages({ database, clock, timeZone }: Shell & { readonly timeZone: string }): Router {
  const router = pageRouter();

  router.get(PATH, requires('campaigns.see'), async (req, res) => {
    const { t, locale } = res.locals;
    const campaign = await readCampaign(database.knex, idOf(req));
    await addUpFigures(database, clock.now(), timeZone);
    const figures = (await figuresOf(database.knex, [campaign.id])).get(campaign.id) ?? NOTHING;
    const held = await heldOf(database.knex, campaign.id, clock.now());
    const money = (cents: number): string => formatMoney(cents, campaign.currency, locale);
    const { budget, budgetUsed, removedCodes } = campaign;
    const codeCount = campaign.codeCount + removedCodes;
    const removals = await removalsOf(database.knex, campaign.id, SHOWN_REMOVALS);
    renderPage(res, 'campaigns/report', {
      title: campaign.title,
      breadcrumbs: [{ href: CAMPAIGNS_PATH, text: t('campaigns:title') }],
      tabs: campaignTabs(campaign, 'report', res.locals),
      path: `${CAMPAIGNS_PATH}/${campaign.id}/report`,
      figures: [
        { label: t('campaigns:report.issued'), value: formatNumber(codeCount, locale) },
        { label: t('campaigns:report.redemptions'), value: formatNumber(figures.redemptions, locale) },
        {
          label: t('campaigns:report.rate'),
          value: codeCount === 0 ? '–' : formatPercent(Math.round((figures.redemptions * 10_000) / codeCount), locale),
        },
        { label: t('campaigns:report.revenue'), value: money(figures.revenue) },
        { label: t('campaigns:report.granted'), value: money(figures.granted) },
        { label: t('campaigns:report.held'), value: money(held) },
      ],
      removals: removals.map(({ rule, removedOn, codes }) =>
        t(`campaigns:report.removed_${rule}`, {
          count: codes,
          number: formatNumber(codes, locale),
          day: formatDay(removedOn, locale),
        }),
      ),
      budget:
        budget === null
          ? null
          : {
              max: budget,
              value: Math.min(budget, budgetUsed + held),
              text: t('campaigns:report.budget', {
                used: money(budgetUsed),
                held: money(held),
                budget: money(budget),
                left: money(Math.max(0, budget - budgetUsed - held)),
              }),
            },
      months: [...figures.months].reverse().map((month) => ({ ...month, granted: month.applied - month.givenBack })),
      currency: campaign.currency,
    });
  });

  router.get(`${PATH}/chart.svg`, requires('campaigns.see'), async (req, res) => {
    const { t, locale } = res.locals;
    const campaign = await readCampaign(database.knex, idOf(req));
    const months = ((await figuresOf(database.knex, [campaign.id])).get(campaign.id) ?? NOTHING).months.slice(
      -SHOWN_MONTHS,
    );
    const svg = await barChartSvg({
      title: t('campaigns:report.chart'),
      labels: months.map(({ month }) => `${month.slice(5)}/${month.slice(0, 4)}`),
      series: [
        { name: t('campaigns:report.granted'), values: months.map(({ applied, givenBack }) => applied - givenBack) },
      ],
      isDark: req.query['dark'] === 'true',
      format: (value) => formatMoney(Math.round(value), campaign.currency, locale),
    });
    // A picture of its own: its own styles, nothing to fetch, nothing to run.
    res.set('Content-Security-Policy', "default-src 'none'; style-src 'unsafe-inline'").type('image/svg+xml').send(svg);
  });

  return router;
}
