import type { Feature, Shell } from '../process/feature.ts';
import { createWorker } from './job-queue.ts';
import { createSchedule, type Background } from './schedule.ts';

/** All that works in the background of a process, as one. */
export function backgroundOf(shell: Shell, { jobs, scheduled, background }: Required<Feature>): Background {
  const { database, clock, log, printer, timeZone } = shell;
  const reporter = (name: string) => (error: unknown) => {
    log.error({ err: error }, name);
  };
  const worker = createWorker({
    database,
    clock,
    handlers: jobs,
    reportFailure: reporter('job'),
  });
  const schedules = scheduled.map((work) => createSchedule(work, timeZone, reporter(work.name)));
  const tasks = [worker, ...schedules, ...background];
  return {
    start() {
      for (const task of tasks) task.start();
    },
    async stop() {
      // A document that a job or a mail is waiting for is printed first: a browser closed under it would be opened anew.
      await Promise.all(tasks.map((task) => task.stop()));
      await printer.close();
    },
  };
}
