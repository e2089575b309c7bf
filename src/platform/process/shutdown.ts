import type { Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from './log.ts';

export interface ShutdownSteps {
  readonly server: Server;
  readonly log: Log;
  /** Called at once: nobody shall be sent here any more. */
  readonly announce: () => void;
  /** Ends when what runs in the background has come to a place where it can stop. */
  readonly stopBackground: () => Promise<void>;
  /** Called last. */
  readonly closeDatabase: () => Promise<void>;
}

const GRACE_MS = 10_000;
const IDLE_CHECK_MS = 50;

/** Ends the process in order when it is asked to: running requests and jobs may end, for at most ten seconds. */
export function shutDownOnSignals(steps: ShutdownSteps): void {
  let isStopping = false;
  const stop = (reason: string): void => {
    if (isStopping) return;
    isStopping = true;
    void shutDown(steps, reason).then((code) => process.exit(code));
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, stop);
  // The process that started this one is gone without a word.
  process.on('disconnect', () => {
    stop('disconnect');
  });
  process.channel?.unref();
}

async function shutDown(
  { server, log, announce, stopBackground, closeDatabase }: ShutdownSteps,
  reason: string,
): Promise<number> {
  log.info({ reason }, 'stopping');
  announce();
  try {
    const ended = Promise.all([requestsEnded(server), stopBackground()]).then(() => true);
    const isInTime = await Promise.race([ended, sleep(GRACE_MS, false)]);
    if (!isInTime) log.warn('some work did not end in time');
    server.closeAllConnections();
    await closeDatabase();
    log.info('stopped');
    return 0;
  } catch (error) {
    log.error({ err: error }, 'could not stop in order');
    return 1;
  }
}

/** A connection that is kept alive becomes idle when its request has ended, and is closed then. */
async function requestsEnded(server: Server): Promise<void> {
  const timer = setInterval(() => {
    server.closeIdleConnections();
  }, IDLE_CHECK_MS);
  try {
    await new Promise<void>((resolve) => {
      server.close(() => {
        resolve();
      });
    });
  } finally {
    clearInterval(timer);
  }
}
