import type { Moment } from '../../../platform/process/clock.ts';
import type { Connection, Transaction } from '../../../platform/data/db.ts';
import {
  findCampaignsToTidy,
  findCodeIdsAfter,
  findUntouched,
  findUnused,
  listRemovals,
  lockCampaignToTidy,
  lockCodesForRemoval,
  removeCodes,
  setHandedOut,
  setTidied,
  type RemovalRule,
  type TidyCampaign,
} from './code-removal-store.ts';
import { findCampaign } from '../record/campaign-store.ts';
import { readRules } from '../../vouchers/rules/rules-service.ts';

export type { RemovalRule, TidyCampaign };

/** When an archived campaign is due, and how long a pass over its codes holds. */
export interface TidyWhen {
  readonly archivedBefore: number;
  readonly tidiedBefore: number;
  readonly today: string;
}

/** Takes back those of the codes that nobody used; the others stay. */
export async function withdrawCodes(
  trx: Transaction,
  campaignId: string,
  ids: readonly string[],
  actor: string,
  moment: Moment,
): Promise<number> {
  await lockCodesForRemoval(trx, ids);
  const campaign = await findCampaign(trx, campaignId, 'locked');
  const bookUntil =
    campaign === null ? null : ((await readRules(trx, [campaign.rulesId])).get(campaign.rulesId)?.bookUntil ?? null);
  const endedOn = bookUntil !== null && bookUntil < moment.today ? bookUntil : null;
  return removeCodes(trx, await findUnused(trx, campaignId, ids), {
    campaignId,
    rule: 'withdrawn',
    endedOn,
    removedOn: moment.today,
    actor,
  });
}

export function campaignsToTidy(
  connection: Connection,
  when: TidyWhen,
  afterId: string,
  limit: number,
): Promise<TidyCampaign[]> {
  return findCampaignsToTidy(connection, when, afterId, limit);
}

/** A step through the codes of a campaign: those that may go, and where to go on; `next` null: that was the end. */
export async function removableCodes(
  connection: Connection,
  campaignId: string,
  afterId: string,
  limit: number,
): Promise<{ readonly ids: readonly string[]; readonly next: string | null }> {
  const looked = await findCodeIdsAfter(connection, campaignId, afterId, limit);
  return {
    ids: looked.length === 0 ? [] : await findUntouched(connection, campaignId, looked),
    next: looked.length < limit ? null : (looked.at(-1) ?? null),
  };
}

/** Deletes codes of a campaign that is over, after asking again under the locks; null: the campaign is no longer due. */
export async function removeTidiedCodes(
  trx: Transaction,
  campaignId: string,
  ids: readonly string[],
  when: TidyWhen,
  actor: string,
): Promise<number | null> {
  await lockCodesForRemoval(trx, ids);
  const campaign = await lockCampaignToTidy(trx, campaignId, when);
  if (campaign === null) return null;
  return removeCodes(trx, await findUntouched(trx, campaignId, ids), {
    campaignId,
    rule: campaign.rule,
    endedOn: campaign.bookUntil,
    removedOn: when.today,
    actor,
  });
}

export async function endTidying(trx: Transaction, campaignId: string, now: number): Promise<void> {
  await setTidied(trx, campaignId, now);
}

/** Codes of these campaigns leave the house. */
export async function markHandedOut(trx: Transaction, campaignIds: readonly string[], now: number): Promise<void> {
  if (campaignIds.length > 0) await setHandedOut(trx, campaignIds, now);
}

/** What went of a campaign's codes by day and rule, the newest first. */
export function removalsOf(
  connection: Connection,
  campaignId: string,
  limit: number,
): Promise<readonly { readonly rule: RemovalRule; readonly removedOn: string; readonly codes: number }[]> {
  return listRemovals(connection, campaignId, limit);
}
