import type { Response } from 'express';
import type { Database } from '../../../platform/data/db.ts';
import type { FormError } from '../../../platform/html/form-view.ts';
import { campaignLabel, findCampaignTyped } from '../../campaigns/record/campaign-lookup-service.ts';

export interface CampaignChoice {
  readonly id: string | null;
  /** As the field shows it afterwards. */
  readonly text: string;
  readonly offered: readonly string[];
  readonly error: FormError | null;
}

const MAX_NAMED = 3;

/** The campaign typed into a filter, by title or number; the first few to choose from where it is not clear. */
export async function campaignChoice(database: Database, text: string, res: Response): Promise<CampaignChoice> {
  if (text === '') return { id: null, text, offered: [], error: null };
  const { campaign, offered } = await findCampaignTyped(database.knex, text);
  if (campaign !== null) return { id: campaign.id, text: campaignLabel(campaign), offered: [], error: null };
  const key = offered.length === 0 ? 'unknown' : 'several';
  const message = res.locals.t(`common:campaign_filter.${key}`, { text, list: offered.slice(0, MAX_NAMED).join(', ') });
  return { id: null, text, offered, error: { path: 'campaign', message } };
}
