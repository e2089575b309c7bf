import { localTimestamp } from '../../../platform/process/clock.ts';
import type { Shell } from '../../../platform/process/feature.ts';
import type { ScheduledWork } from '../../../platform/jobs/schedule.ts';
import { lastRecordSeal, sealRecords } from '../records/record-seal-service.ts';
import { keepProcedure } from './procedure-service.ts';
import { sealLedger, unsealedEntries } from './seal-service.ts';

const EVERY_HOUR = '15 * * * *';
const NIGHT_HOUR = '02';
/** By day only what has grown so much that pages would feel it. */
const MANY_ENTRIES = 20_000;
/** Every record is looked at for a seal: by day only where that takes a few seconds. */
const MANY_RECORDS = 200_000;

/** Seals the ledger and the records beside it every night by itself. Several processes may do so: the second finds nothing new. */
export function sealing(shell: Shell): ScheduledWork {
  const { database, clock, timeZone } = shell;
  return {
    name: 'seal',
    at: EVERY_HOUR,
    async run() {
      await keepProcedure(shell, 'system');
      const isNight = localTimestamp(clock.now(), timeZone).slice(8, 10) === NIGHT_HOUR;
      if (isNight || (await unsealedEntries(database.knex)) >= MANY_ENTRIES)
        await sealLedger(database, 'system', clock.now());
      if (isNight || ((await lastRecordSeal(database.knex))?.rows ?? 0) < MANY_RECORDS)
        await sealRecords(database, 'system', clock.now());
    },
  };
}
