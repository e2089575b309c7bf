import { writeAudit } from '../../platform/data/audit.ts';
import { inTransaction, type Connection, type Database } from '../../platform/data/db.ts';
import { parseJson } from '../../platform/data/json.ts';
import { readSetting, writeSetting } from './settings-store.ts';

/** From which value on one voucher what one person does by hand needs a second person. */
export interface FourEyesSettings {
  readonly isOn: boolean;
  /** Minor units of the voucher's currency; this much needs the second person already. */
  readonly limit: number;
}

const NAME = 'four_eyes';
const DEFAULTS: FourEyesSettings = { isOn: true, limit: 25_000 };

export async function fourEyesSettings(connection: Connection): Promise<FourEyesSettings> {
  const value = await readSetting(connection, NAME);
  return value === null ? DEFAULTS : { ...DEFAULTS, ...parseJson<Partial<FourEyesSettings>>(value) };
}

export async function changeFourEyesSettings(
  database: Database,
  after: FourEyesSettings,
  actor: string,
  now: number,
): Promise<void> {
  const before = await fourEyesSettings(database.knex);
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
