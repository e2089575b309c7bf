import { isMalformedCode } from '../../core/voucher-code.ts';
import { inTransaction, isDuplicateKey, type Database, type Transaction } from '../../platform/db.ts';
import { addCode } from '../campaigns/code-service.ts';
import { setLock } from './voucher-lock-service.ts';
import { audit, codeTaken, lockedVoucher, malformedCode, MAX_CODE_ATTEMPTS, newCode, readVoucher } from './voucher-service.ts';
import type { Moment, VoucherView } from './voucher-view-service.ts';

export interface CampaignCode {
  readonly campaign: string;
  /** null: a random one. */
  readonly code: string | null;
  readonly isActive: boolean;
}

/** One more code of a campaign, at once. */
export async function createCampaignVoucher(database: Database, wanted: CampaignCode, actor: string, moment: Moment): Promise<VoucherView> {
  if (wanted.code !== null && isMalformedCode(wanted.code)) throw malformedCode();
  for (let attempt = 1; ; attempt++) {
    try {
      return await inTransaction(database, (trx) => create(trx, wanted, wanted.code ?? newCode(), actor, moment));
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      if (wanted.code !== null || attempt === MAX_CODE_ATTEMPTS) throw codeTaken();
    }
  }
}

async function create(trx: Transaction, wanted: CampaignCode, code: string, actor: string, moment: Moment): Promise<VoucherView> {
  const id = await addCode(trx, wanted.campaign, code, actor, moment);
  await audit(trx, 'voucher.create', id, { campaign: wanted.campaign }, actor, moment);
  if (!wanted.isActive) await setLock(trx, await lockedVoucher(trx, id, moment), true, null, actor, moment);
  return readVoucher(trx, id, moment);
}
