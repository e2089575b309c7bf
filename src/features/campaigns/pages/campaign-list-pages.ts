import type { Router } from 'express';
import { requires } from '../../../platform/http/permissions.ts';
import { may } from '../../../core/access.ts';
import { VOUCHER_TYPES } from '../../../core/engine/voucher.ts';
import { cursorOf, parameterOf } from '../../../platform/http/request.ts';
import { formatMoney } from '../../../platform/html/format.ts';
import { formView } from '../../../platform/html/form-view.ts';
import { renderPage } from '../../../platform/html/views.ts';
import { addUpFigures, figuresOf } from '../record/campaign-figures-service.ts';
import { listCampaigns } from '../record/campaign-service.ts';
import { CAMPAIGNS_PATH } from './campaign-tabs-view.ts';
import { readPage } from '../../../platform/data/page.ts';
import { pageRouter } from '../../../platform/http/page-router.ts';
import type { Shell } from '../../../platform/process/feature.ts';

const PAGE = 50;

/** All campaigns, with what they brought so far. */
export function campaignListPages({ database, clock, timeZone }: Shell & { readonly timeZone: string }): Router {
  const router = pageRouter();

  router.get(CAMPAIGNS_PATH, requires('campaigns.see'), async (req, res) => {
    const { t, locale, user } = res.locals;
    const text = (name: string): string => parameterOf(req, name);
    const typed = { q: text('q'), type: text('type'), state: text('state') };
    const cursor = cursorOf(req);
    await addUpFigures(database, clock.now(), timeZone);
    const { items: campaigns, nextCursor } = await readPage(PAGE, (limit) =>
      listCampaigns(database, {
        q: typed.q,
        ...(VOUCHER_TYPES.some((one) => one === typed.type) ? { type: typed.type } : {}),
        ...(typed.state === 'active' ? { active: true } : typed.state === 'paused' ? { active: false } : {}),
        // Whoever searches wants to find, also in the archive.
        ...(typed.state === 'archived'
          ? { archived: true }
          : typed.q === '' && typed.state !== 'all'
            ? { archived: false }
            : {}),
        beforeId: cursor,
        limit,
      }),
    );
    const figures = await figuresOf(
      database.knex,
      campaigns.map(({ id }) => id),
    );
    const query = new URLSearchParams(Object.entries(typed).filter(([, value]) => value !== ''));
    renderPage(res, 'campaigns/list', {
      title: t('campaigns:title'),
      form: formView(typed),
      types: VOUCHER_TYPES.map((value) => ({ value, label: t(`vouchers:type.${value}`) })),
      states: ['active', 'paused', 'archived', 'all'].map((value) => ({ value, label: t(`campaigns:state.${value}`) })),
      mayChange: may(user, 'campaigns.change'),
      rows: campaigns.map((campaign) => ({
        id: campaign.id,
        href: `${CAMPAIGNS_PATH}/${campaign.id}`,
        name: campaign.title,
        typeText: t(`vouchers:type.${campaign.type}`),
        codeCount: campaign.codeCount + campaign.removedCodes,
        redemptions: figures.get(campaign.id)?.redemptions ?? 0,
        granted: formatMoney(figures.get(campaign.id)?.granted ?? 0, campaign.currency, locale),
        budget:
          campaign.budget === null
            ? null
            : {
                max: campaign.budget,
                value: Math.min(campaign.budget, campaign.budgetUsed),
                text: `${formatMoney(campaign.budgetUsed, campaign.currency, locale)} / ${formatMoney(campaign.budget, campaign.currency, locale)}`,
              },
        bookUntil: campaign.validity.bookUntil,
        isActive: campaign.active,
        isArchived: campaign.archived,
        isOver:
          !campaign.active || (campaign.validity.bookUntil !== null && campaign.validity.bookUntil < clock.today()),
        stateText: t(`campaigns:state.${campaign.active ? 'active' : 'paused'}`),
      })),
      isFiltered: query.size > 0,
      next: nextCursor === null ? null : `${CAMPAIGNS_PATH}?${query.toString()}&cursor=${nextCursor}`,
      first: cursor === null ? null : `${CAMPAIGNS_PATH}?${query.toString()}`,
    });
  });

  return router;
}
