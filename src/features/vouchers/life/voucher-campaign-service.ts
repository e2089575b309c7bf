import type { Act } from '../../../platform/data/act.ts';
import type { Moment } from '../../../platform/process/clock.ts';
import type { Funding, Residual, VoucherType } from '../../../core/engine/voucher.ts';
import type { Transaction } from '../../../platform/data/db.ts';
import { appError } from '../../../platform/process/errors.ts';
import { countCode, findCampaignRules, type CampaignRules } from '../../campaigns/record/campaign-service.ts';
import { insertRules } from '../rules/rules-service.ts';
import { audit, lockedVoucher } from '../record/voucher-service.ts';
import { updateVoucher } from '../record/voucher-store.ts';
import type { VoucherRecord } from '../rows/voucher-row.ts';
import { requireNoBonus } from '../record/voucher-value-service.ts';

/** Whether a voucher may become a code of a campaign; throws why not. */
export async function requireJoinable(
  trx: Transaction,
  id: string,
  campaignId: string,
  moment: Moment,
): Promise<{ readonly rulesId: string }> {
  const { record, rules } = await lockedVoucher(trx, id, moment);
  if (record.campaignId !== null) throw conflict('in_campaign');
  requireStanding(record);
  requireNoBonus(record);
  const campaign = await findCampaignRules(trx, campaignId);
  const { type, balance, ledgerCount, paidOn } = record;
  const { currency, residual, funding, restrictions } = rules;
  const problem = joinProblem(
    {
      type,
      currency,
      residual,
      funding,
      brand: restrictions.brand,
      isBooked: ledgerCount > 0,
      isUnpaidValue: balance !== null && paidOn === null,
    },
    campaign,
  );
  if (problem !== null) throw conflict(problem);
  return campaign;
}

export interface JoiningCode {
  readonly type: VoucherType;
  readonly currency: string;
  readonly residual: Residual;
  readonly funding: Funding | null;
  readonly brand: string | null;
  /** It has entries in the ledger. */
  readonly isBooked: boolean;
  /** It stores value and is not paid. */
  readonly isUnpaidValue: boolean;
}

/** Why a code cannot follow a campaign: it is of another kind, or it would be paid with nothing on it. */
export function joinProblem(code: JoiningCode, { rules, paidOn }: CampaignRules): 'other_kind' | 'not_paid' | null {
  const isAlike =
    rules.type === code.type &&
    rules.currency === code.currency &&
    rules.residual === code.residual &&
    (!code.isBooked || (rules.funding === code.funding && rules.restrictions.brand === code.brand));
  if (!isAlike) return 'other_kind';
  return code.isUnpaidValue && paidOn !== null ? 'not_paid' : null;
}

/** A voucher of its own becomes a code of a campaign and follows its rules from now on; money and uses stay its own. */
export async function joinCampaign(act: Act, id: string, campaignId: string): Promise<void> {
  const { trx, moment } = act;
  const { rulesId } = await requireJoinable(trx, id, campaignId, moment);
  await updateVoucher(trx, id, { campaign_id: campaignId, rules_id: rulesId }, moment.now);
  await countCode(trx, campaignId, 1);
  await audit(act, 'voucher.join_campaign', id, { campaign: { before: null, after: campaignId } });
}

/** A code leaves its campaign with a copy of the rules as they are now; money and uses stay its own. */
export async function leaveCampaign(act: Act, id: string, campaignId: string): Promise<void> {
  const { trx, moment } = act;
  const { record, rules } = await lockedVoucher(trx, id, moment);
  if (record.campaignId !== campaignId) throw conflict('no_campaign');
  requireStanding(record);
  const rulesId = await insertRules(trx, { ...rules, originalValue: record.originalValue });
  // What is done to its run or its campaign later does not reach it; what a pause has stopped does not come back by leaving.
  const own = {
    campaign_id: null,
    generation_id: null,
    rules_id: rulesId,
    paid_on: record.paidOn ?? record.campaignPaidOn,
  };
  await updateVoucher(
    trx,
    id,
    { ...own, is_deactivated: record.isDeactivated || !record.isCampaignActive },
    moment.now,
  );
  await countCode(trx, record.campaignId, -1);
  await audit(act, 'voucher.leave_campaign', id, { campaign: { before: record.campaignId, after: null } });
}

function requireStanding({ isCancelled, isReplaced, isRefunded, isDerecognised }: VoucherRecord): void {
  if (isCancelled || isReplaced || isRefunded || isDerecognised) throw conflict('has_ended');
}

function conflict(code: string): Error {
  return appError('rule_broken', { fields: [{ path: 'code', code, text: `vouchers:refusal.${code}` }] });
}
