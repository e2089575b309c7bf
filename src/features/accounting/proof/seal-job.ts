import { localTimestamp, type Clock } from '../../../platform/process/clock.ts';
import type { Database } from '../../../platform/data/db.ts';
import { createSchedule, type Schedule } from '../../../platform/jobs/schedule.ts';
import { sealLedger, unsealedEntries } from './seal-service.ts';

export interface SealerParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly timeZone: string;
  readonly reportFailure: (error: unknown) => void;
}

const EVERY_HOUR = '15 * * * *';
const NIGHT_HOUR = '02';
/** By day only what has grown so much that pages would feel it. */
const MANY_ENTRIES = 20_000;

/** Seals the ledger every night by itself. Several processes may do so: the second finds nothing new. */
export function createSealer({ database, clock, timeZone, reportFailure }: SealerParts): Schedule {
  return createSchedule(
    EVERY_HOUR,
    timeZone,
    async () => {
      const isNight = localTimestamp(clock.now(), timeZone).slice(8, 10) === NIGHT_HOUR;
      if (isNight || (await unsealedEntries(database.knex)) >= MANY_ENTRIES)
        await sealLedger(database, 'system', clock.now());
    },
    reportFailure,
  );
}
