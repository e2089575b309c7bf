import { writeAudit } from '../../platform/data/audit.ts';
import { inTransaction, type Connection, type Database } from '../../platform/data/db.ts';
import { parseJson } from '../../platform/data/json.ts';
import { readSetting, writeSetting } from './settings-store.ts';

/** After how many days what is over goes out of sight, and what of it is deleted. */
export interface TidyingSettings {
  /** From the end of a campaign or voucher until it is hidden in lists. */
  readonly archiveDays: number;
  /** From the archive until unused codes are deleted. */
  readonly deletionDays: number;
  readonly deletesCodes: boolean;
  /** From the end of an unused discount code until nobody knows any more whose it was. */
  readonly linkDays: number;
  /** From the end of a job until its row goes. */
  readonly jobDays: number;
}

export const TIDYING_DEFAULTS: TidyingSettings = {
  archiveDays: 90,
  deletionDays: 30,
  deletesCodes: true,
  linkDays: 30,
  jobDays: 180,
};

const NAME = 'tidying';

export async function tidyingSettings(connection: Connection): Promise<TidyingSettings> {
  const value = await readSetting(connection, NAME);
  return value === null ? TIDYING_DEFAULTS : { ...TIDYING_DEFAULTS, ...parseJson<Partial<TidyingSettings>>(value) };
}

export async function changeTidyingSettings(
  database: Database,
  after: TidyingSettings,
  actor: string,
  now: number,
): Promise<void> {
  const before = await tidyingSettings(database.knex);
  await inTransaction(database, async (trx) => {
    await writeSetting(trx, NAME, JSON.stringify(after), actor, now);
    await writeAudit(trx, [
      {
        recordedAt: now,
        actor,
        action: 'settings.change',
        entity: 'settings',
        entityId: NAME,
        changes: { before, after },
      },
    ]);
  });
}
