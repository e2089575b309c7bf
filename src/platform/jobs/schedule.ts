import { Cron } from 'croner';

/** What works in the background of a process between start and stop. */
export interface Background {
  start(): void;
  /** Ends when what runs has come to a place where it can stop. */
  stop(): Promise<void>;
}

/** What a feature does by itself at a time of day, however many processes there are. */
export interface ScheduledWork {
  /** As the log calls it. */
  readonly name: string;
  /** A cron pattern in the business time zone: `30 3 * * *` is half past three at night. */
  readonly at: string;
  /** Best puts a job into the queue, whose key is the day, so that a second process queues nothing. */
  run(): Promise<void>;
}

/** A run that is not done yet is not begun a second time. */
export function createSchedule(
  { at, run }: ScheduledWork,
  timeZone: string,
  reportFailure: (error: unknown) => void,
): Background {
  let running: Promise<void> = Promise.resolve();
  let cron: Cron | null = null;
  return {
    start() {
      cron ??= new Cron(at, { timezone: timeZone, protect: true, unref: true }, () => {
        running = run().catch(reportFailure);
        return running;
      });
    },
    async stop() {
      cron?.stop();
      await running;
    },
  };
}
