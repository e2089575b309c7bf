import { writeAudit } from '../../../platform/data/audit.ts';
import { inTransaction } from '../../../platform/data/db.ts';
import {
  campaignsToTidy,
  endTidying,
  removableCodes,
  removeTidiedCodes,
  type TidyCampaign,
  type TidyWhen,
} from '../../campaigns/codes/code-removal-service.ts';
import { MAX_COUNTED, MOST, SAMPLES, STEP, type Tidying, type TidyRule } from './tidy-step-service.ts';
import type { Cutoff } from './tidying-store.ts';

/** A pass over the codes of a campaign holds so long: what was kept may be free then. */
const DAYS_BETWEEN_PASSES = 30;
const DAY_MS = 24 * 60 * 60 * 1000;
const CAMPAIGNS_AT_ONCE = 50;

/** Unused codes of archived campaigns, campaign by campaign and code by code: what anything hangs on stays. */
export const unusedCodesRule: TidyRule = {
  async preview(tidying, cutoff) {
    const { knex } = tidying.database;
    const when = whenOf(tidying, cutoff);
    const samples: string[] = [];
    let count = 0;
    for (const campaign of await campaignsToTidy(knex, when, '0', CAMPAIGNS_AT_ONCE)) {
      let own = 0;
      for (let after: string | null = '0'; after !== null && count + own <= MAX_COUNTED;) {
        const step: Awaited<ReturnType<typeof removableCodes>> = await removableCodes(knex, campaign.id, after, STEP);
        own += step.ids.length;
        after = step.next;
      }
      if (own > 0 && samples.length < SAMPLES) samples.push(campaign.title);
      count += own;
      if (count > MAX_COUNTED) return { count: MAX_COUNTED, isMore: true, samples };
    }
    return { count, isMore: false, samples };
  },
  async run(tidying, cutoff, actor, afterStep) {
    const { database, clock } = tidying;
    const when = whenOf(tidying, cutoff);
    let all = 0;
    for (let afterCampaign = '0'; ;) {
      const campaigns = await campaignsToTidy(database.knex, when, afterCampaign, CAMPAIGNS_AT_ONCE);
      for (const campaign of campaigns) {
        all += await tidyCampaign(tidying, campaign, when, actor, afterStep);
        if (all >= MOST) return all;
        await inTransaction(database, (trx) => endTidying(trx, campaign.id, clock.now()));
      }
      afterCampaign = campaigns.at(-1)?.id ?? afterCampaign;
      if (campaigns.length < CAMPAIGNS_AT_ONCE) return all;
    }
  },
};

async function tidyCampaign(
  { database, clock }: Tidying,
  { id }: TidyCampaign,
  when: TidyWhen,
  actor: string,
  afterStep: Parameters<TidyRule['run']>[3],
): Promise<number> {
  let all = 0;
  for (let after: string | null = '0'; after !== null && all < MOST;) {
    const step: Awaited<ReturnType<typeof removableCodes>> = await removableCodes(database.knex, id, after, STEP);
    after = step.next;
    if (step.ids.length === 0) continue;
    const gone = await inTransaction(database, async (trx) => {
      const count = await removeTidiedCodes(trx, id, step.ids, when, actor);
      if (count === null) return count;
      const told = { actor, action: 'tidying.step', entity: 'tidying', entityId: 'unused_codes' };
      await writeAudit(trx, [{ ...told, recordedAt: clock.now(), changes: { campaign: id, count } }]);
      await afterStep(trx, count);
      return count;
    });
    if (gone === null) return all;
    all += gone;
  }
  return all;
}

function whenOf({ clock }: Tidying, cutoff: Cutoff): TidyWhen {
  return { archivedBefore: cutoff.at, tidiedBefore: clock.now() - DAYS_BETWEEN_PASSES * DAY_MS, today: clock.today() };
}
