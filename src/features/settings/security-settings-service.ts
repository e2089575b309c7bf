import { writeAudit } from '../../platform/data/audit.ts';
import { inTransaction, type Connection, type Database } from '../../platform/data/db.ts';
import { parseJson } from '../../platform/data/json.ts';
import { readSetting, writeSetting } from './settings-store.ts';

export interface SecuritySettings {
  /** Whether administrators must sign in with a second factor. */
  readonly requireSecondFactor: boolean;
}

const NAME = 'security';
const DEFAULTS: SecuritySettings = { requireSecondFactor: false };

export async function securitySettings(connection: Connection): Promise<SecuritySettings> {
  const value = await readSetting(connection, NAME);
  return value === null ? DEFAULTS : { ...DEFAULTS, ...parseJson<Partial<SecuritySettings>>(value) };
}

export async function changeSecuritySettings(
  database: Database,
  after: SecuritySettings,
  actor: string,
  now: number,
): Promise<void> {
  const before = await securitySettings(database.knex);
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
