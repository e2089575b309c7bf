import type { Connection } from '../../../platform/data/db.ts';
import { findCampaignsLike, findNewestCampaigns, type CampaignName } from './campaign-store.ts';

export { findNewestCampaigns };
export type { OfferedCampaign } from './campaign-store.ts';

const MAX_HITS = 20;

export interface CampaignSearch {
  /** The one campaign that is meant; null: none is, or several might be. */
  readonly campaign: CampaignName | null;
  /** What was perhaps meant, as the fields offer it. */
  readonly offered: readonly string[];
}

/** Campaigns to offer while somebody types a number or a part of a title, the newest first. */
export async function suggestCampaigns(connection: Connection, q: string): Promise<string[]> {
  return (await findCampaignsLike(connection, q.trim(), MAX_HITS)).map(campaignLabel);
}

/** The campaign somebody typed: its number, `Title (number)`, or a title that only one has. */
export async function findCampaignTyped(connection: Connection, text: string): Promise<CampaignSearch> {
  const labelled = / \((\d{1,15})\)$/.exec(text)?.[1];
  const [first] = await findCampaignsLike(connection, labelled ?? text, 1);
  // A title may end in brackets of its own.
  const isMeant =
    first !== undefined && (first.id === text || campaignLabel(first).toLowerCase() === text.toLowerCase());
  if (isMeant) return { campaign: first, offered: [] };
  const hits = await findCampaignsLike(connection, text, MAX_HITS);
  const same = hits.filter(({ title }) => title.toLowerCase() === text.toLowerCase());
  const only = same.length === 1 ? same[0] : hits.length === 1 ? hits[0] : undefined;
  return { campaign: only ?? null, offered: only === undefined ? hits.map(campaignLabel) : [] };
}

export function campaignLabel({ id, title }: CampaignName): string {
  return `${title} (${id})`;
}
