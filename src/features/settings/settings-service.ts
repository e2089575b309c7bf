import type { FeeBearer } from '../../core/engine/reversal-plan.ts';
import { CHANNELS, DEFAULT_STACKING_POLICY, type Channel, type StackingPolicy } from '../../core/engine/voucher.ts';
import { writeAudit } from '../../platform/data/audit.ts';
import { inTransaction, type Connection, type Database } from '../../platform/data/db.ts';
import { parseJson } from '../../platform/data/json.ts';
import { readSetting, writeSetting } from './settings-store.ts';

export interface GeneralSettings {
  readonly currency: string;
  readonly holdMinutes: number;
}

/** What holds when a booking is cancelled and value goes back to its vouchers. */
export interface ReversalSettings {
  /** Which of what paid bears the cancellation fee. */
  readonly feeBearer: FeeBearer;
  /** How many days a voucher past its date may be redeemed again once something came back to it; 0: no grace. */
  readonly graceDays: number;
  /** Where credit pays: the channels of bookings, at least one. */
  readonly creditChannels: readonly Channel[];
}

const DEFAULT_REVERSAL_SETTINGS: ReversalSettings = {
  feeBearer: 'voucher_last',
  graceDays: 30,
  creditChannels: CHANNELS,
};

const DEFAULT_GENERAL_SETTINGS: GeneralSettings = { currency: 'EUR', holdMinutes: 30 };

export async function stackingPolicy(connection: Connection): Promise<StackingPolicy> {
  return stored(connection, 'stacking', DEFAULT_STACKING_POLICY);
}

export async function generalSettings(connection: Connection): Promise<GeneralSettings> {
  return stored(connection, 'general', DEFAULT_GENERAL_SETTINGS);
}

export async function reversalSettings(connection: Connection): Promise<ReversalSettings> {
  return stored(connection, 'reversal', DEFAULT_REVERSAL_SETTINGS);
}

export async function changeReversalSettings(
  database: Database,
  settings: ReversalSettings,
  actor: string,
  now: number,
): Promise<ReversalSettings> {
  return change(database, 'reversal', await reversalSettings(database.knex), settings, actor, now);
}

export async function changeStackingPolicy(
  database: Database,
  policy: StackingPolicy,
  actor: string,
  now: number,
): Promise<StackingPolicy> {
  return change(database, 'stacking', await stackingPolicy(database.knex), policy, actor, now);
}

export async function changeGeneralSettings(
  database: Database,
  settings: GeneralSettings,
  actor: string,
  now: number,
): Promise<GeneralSettings> {
  return change(database, 'general', await generalSettings(database.knex), settings, actor, now);
}

async function stored<T extends object>(connection: Connection, name: string, defaults: T): Promise<T> {
  const value = await readSetting(connection, name);
  return value === null ? defaults : { ...defaults, ...parseJson<T>(value) };
}

async function change<T>(
  database: Database,
  name: string,
  before: T,
  after: T,
  actor: string,
  now: number,
): Promise<T> {
  await inTransaction(database, async (trx) => {
    await writeSetting(trx, name, JSON.stringify(after), actor, now);
    const changes = { before, after };
    await writeAudit(trx, [
      { recordedAt: now, actor, action: 'settings.change', entity: 'settings', entityId: name, changes },
    ]);
  });
  return after;
}
