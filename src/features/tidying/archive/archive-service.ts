import { writeAudit } from '../../../platform/data/audit.ts';
import { inTransaction, type Database } from '../../../platform/data/db.ts';
import { restoreCampaign } from '../../campaigns/record/campaign-service.ts';
import { restoreVoucher } from '../../vouchers/record/voucher-service.ts';

export type Archived = 'campaign' | 'voucher';

const RESTORE = { campaign: restoreCampaign, voucher: restoreVoucher } as const;

/** Out of the archive into the lists, where it has its grace anew. False: it was not in there. */
export async function restoreFromArchive(
  database: Database,
  what: Archived,
  id: string,
  actor: string,
  now: number,
): Promise<boolean> {
  return inTransaction(database, async (trx) => {
    const isRestored = await RESTORE[what](trx, id, now);
    if (isRestored)
      await writeAudit(trx, [
        {
          recordedAt: now,
          actor,
          action: `${what}.restore`,
          entity: what,
          entityId: id,
          changes: { archived: { before: true, after: false } },
        },
      ]);
    return isRestored;
  });
}
