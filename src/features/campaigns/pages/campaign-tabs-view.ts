import type { Locals } from 'express';
import { may } from '../../../core/access.ts';
import type { CampaignView } from '../record/campaign-service.ts';

export const CAMPAIGNS_PATH = '/admin/campaigns';

/** The parts of a campaign, as links on each of its pages. */
export function campaignTabs(
  campaign: CampaignView | null,
  current: 'rules' | 'codes' | 'report',
  { t, user }: Pick<Locals, 't' | 'user'>,
): { href: string; label: string; current: boolean }[] {
  if (campaign === null) return [];
  const path = `${CAMPAIGNS_PATH}/${campaign.id}`;
  return [
    { href: path, label: t('campaigns:tab.rules'), current: current === 'rules' },
    { href: `${path}/codes`, label: t('campaigns:tab.codes'), current: current === 'codes' },
    { href: `${path}/report`, label: t('campaigns:tab.report'), current: current === 'report' },
    ...(may(user, 'audit.see')
      ? [
          {
            href: `/admin/audit?entity=campaign&entityId=${campaign.id}`,
            label: t('campaigns:tab.history'),
            current: false,
          },
        ]
      : []),
  ];
}

/** From a page of a campaign's codes back to all of them. */
export function crumbsOfCodes(
  { id, title }: Pick<CampaignView, 'id' | 'title'>,
  { t }: Pick<Locals, 't'>,
): { href: string; text: string }[] {
  return [
    { href: CAMPAIGNS_PATH, text: t('campaigns:title') },
    { href: `${CAMPAIGNS_PATH}/${id}/codes`, text: title },
  ];
}
