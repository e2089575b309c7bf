import { localTimestamp } from '../../../platform/process/clock.ts';
import type { Shell } from '../../../platform/process/feature.ts';
import type { ScheduledWork } from '../../../platform/jobs/schedule.ts';
import { sealLedger, unsealedEntries } from './seal-service.ts';

const EVERY_HOUR = '15 * * * *';
const NIGHT_HOUR = '02';
/** By day only what has grown so much that pages would feel it. */
const MANY_ENTRIES = 20_000;

/** Seals the ledger every night by itself. Several processes may do so: the second finds nothing new. */
export function sealing({ database, clock, timeZone }: Shell): ScheduledWork {
  return {
    name: 'seal',
    at: EVERY_HOUR,
    async run() {
      const isNight = localTimestamp(clock.now(), timeZone).slice(8, 10) === NIGHT_HOUR;
      if (isNight || (await unsealedEntries(database.knex)) >= MANY_ENTRIES)
        await sealLedger(database, 'system', clock.now());
    },
  };
}
