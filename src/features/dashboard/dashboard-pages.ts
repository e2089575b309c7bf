import type { Router } from 'express';
import { may } from '../../core/access.ts';
import { requires } from '../../platform/http/permissions.ts';
import { addDays } from '../../core/calendar.ts';
import { barChartSvg } from '../../platform/html/chart.ts';
import { formatMoney, formatNumber } from '../../platform/html/format.ts';
import { renderPage } from '../../platform/html/views.ts';
import { dashboard, EXPIRING_DAYS, lastTwelveMonths, type Count } from './dashboard-service.ts';
import { pageRouter } from '../../platform/http/page-router.ts';
import type { Shell } from '../../platform/process/feature.ts';

const PATH = '/admin/overview';

/** The first page after the login: each figure leads to the list behind it. */
export function dashboardPages({ database, clock }: Shell): Router {
  const router = pageRouter();

  router.get(PATH, requires('overview.see'), async (_req, res) => {
    const { t, locale, user } = res.locals;
    const found = await dashboard(database, clock.moment());
    const money = (cents: number): string => formatMoney(cents, found.currency, locale);
    const number = ({ count, isMore }: Count): string =>
      isMore ? t('dashboard:more', { count: formatNumber(count, locale) }) : formatNumber(count, locale);
    const tile = (name: string, value: string, href: string, icon: string, isAlarm = false) => ({
      label: t(`dashboard:tile.${name}`),
      value,
      href,
      icon,
      isAlarm,
    });
    const urgent = (name: string, found: Count, href: string, icon: string) =>
      found.count > 0 ? [tile(name, number(found), href, icon, true)] : [];
    const month = clock.today().slice(0, 7);
    const flow = found.flows.find((one) => one.month === month) ?? { sold: 0, redeemed: 0 };
    renderPage(res, 'dashboard/overview', {
      title: t('dashboard:title'),
      tiles: [
        ...(may(user, 'books.see')
          ? [
              tile('liability', money(found.liability), '/admin/accounting/liabilities', 'coins'),
              tile('sold', money(flow.sold), '/admin/accounting/journal?event=sold', 'cash'),
              tile('redeemed', money(flow.redeemed), '/admin/accounting/journal?event=redeemed', 'receipt'),
            ]
          : []),
        tile('expiring', number(found.expiring), `/admin/vouchers?expiring=${EXPIRING_DAYS}&sort=bookUntil`, 'clock'),
        tile(
          'orders',
          number(found.openOrders),
          '/admin/orders?state=ordered',
          'shopping-cart',
          found.openOrders.count > 0,
        ),
        ...(found.partlyPaidOrders.count > 0
          ? [
              tile(
                'partly_paid',
                number(found.partlyPaidOrders),
                '/admin/orders?state=partly_paid',
                'shopping-cart',
                true,
              ),
            ]
          : []),
        tile('held', number(found.heldCodes), '/admin/holds', 'lock'),
        tile('approvals', number(found.openApprovals), '/admin/approvals', 'users', found.openApprovals.count > 0),
        tile('refunds', number(found.openRefunds), '/admin/refunds', 'receipt-refund', found.openRefunds.count > 0),
        ...urgent('order_money', found.freeMoney, '/admin/orders/money', 'coins'),
        ...urgent('chargebacks', found.openChargebacks, '/admin/chargebacks', 'alert-triangle'),
        tile('mails', number(found.failedMails), '/admin/outbox?state=failed', 'mail', found.failedMails.count > 0),
        ...urgent('uncertain_mails', found.uncertainMails, '/admin/outbox?state=uncertain', 'mail'),
        ...urgent('bounced_mails', found.bouncedMails, '/admin/outbox?state=bounced', 'mail'),
        ...(may(user, 'jobs.see_all')
          ? [
              tile(
                'jobs',
                number(found.failedJobs),
                '/admin/jobs?state=failed',
                'clipboard-list',
                found.failedJobs.count > 0,
              ),
            ]
          : []),
      ],
      showsFlows: may(user, 'books.see'),
      flows: [...found.flows].reverse().map((one) => ({
        ...one,
        soldHref: journalOf(one.month, 'sold'),
        redeemedHref: journalOf(one.month, 'redeemed'),
      })),
      currency: found.currency,
      campaigns: found.nearBudget.map((campaign) => ({
        href: `/admin/campaigns/${campaign.id}/report`,
        name: campaign.title,
        max: campaign.budget ?? 0,
        value: Math.min(campaign.budget ?? 0, campaign.budgetUsed),
        text: `${formatMoney(campaign.budgetUsed, campaign.currency, locale)} / ${formatMoney(campaign.budget ?? 0, campaign.currency, locale)}`,
      })),
    });
  });

  router.get(`${PATH}/chart.svg`, requires('books.see'), async (req, res) => {
    const { t, locale } = res.locals;
    const { currency, flows } = await lastTwelveMonths(database, clock.today());
    const svg = await barChartSvg({
      title: t('dashboard:chart'),
      labels: flows.map(({ month }) => `${month.slice(5)}/${month.slice(2, 4)}`),
      series: [
        { name: t('dashboard:sold'), values: flows.map(({ sold }) => sold) },
        { name: t('dashboard:redeemed'), values: flows.map(({ redeemed }) => redeemed) },
      ],
      isDark: req.query['dark'] === 'true',
      format: (value) => formatMoney(Math.round(value), currency, locale),
    });
    res.set('Content-Security-Policy', "default-src 'none'; style-src 'unsafe-inline'").type('image/svg+xml').send(svg);
  });

  return router;
}

/** The journal of one month, of what came in or went out. */
function journalOf(month: string, event: 'sold' | 'redeemed'): string {
  return `/admin/accounting/journal?${new URLSearchParams({ from: `${month}-01`, to: addDays(`${nextMonth(month)}-01`, -1), event }).toString()}`;
}

function nextMonth(month: string): string {
  const [year = 0, number = 1] = month.split('-').map(Number);
  return number === 12 ? `${year + 1}-01` : `${year}-${String(number + 1).padStart(2, '0')}`;
}
