import { Cron } from 'croner';

export interface Schedule {
  start(): void;
  /** Ends when what runs has ended. */
  stop(): Promise<void>;
}

/** Runs `work` at the times of a cron pattern in a time zone; a run that is not done yet is not begun a second time. */
export function createSchedule(
  pattern: string,
  timeZone: string,
  work: () => Promise<void>,
  reportFailure: (error: unknown) => void,
): Schedule {
  let running: Promise<void> = Promise.resolve();
  let cron: Cron | null = null;
  return {
    start() {
      cron ??= new Cron(pattern, { timezone: timeZone, protect: true, unref: true }, () => {
        running = work().catch(reportFailure);
        return running;
      });
    },
    async stop() {
      cron?.stop();
      await running;
    },
  };
}
