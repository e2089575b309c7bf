import express, { type Router } from 'express';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../data/db.ts';
import { pendingMigrations } from '../data/migrations.ts';

export type NotReadyReason = 'shutting_down' | 'database_unreachable' | 'not_migrated';

export interface Health {
  /** From now on others shall be asked instead of this process. */
  stopTakingRequests(): void;
  readonly router: Router;
}

const ANSWER_WITHIN_MS = 2000;

/** `/healthz`: the process lives. `/readyz`: it can serve; 503 with the reasons when it cannot. */
export function createHealth(database: Database): Health {
  let isStopping = false;
  let isMigrated = false;
  const notReady = async (): Promise<NotReadyReason[]> => {
    if (isStopping) return ['shutting_down'];
    try {
      await within(ANSWER_WITHIN_MS, database.knex.raw('select 1'));
      isMigrated ||= (await within(ANSWER_WITHIN_MS, pendingMigrations(database))).length === 0;
    } catch {
      return ['database_unreachable'];
    }
    return isMigrated ? [] : ['not_migrated'];
  };
  const router = express.Router();
  router.use(['/healthz', '/readyz'], (_req, res, next) => {
    res.set('Cache-Control', 'no-store');
    next();
  });
  router.get('/healthz', (_req, res) => {
    res.json({ status: 'alive' });
  });
  router.get('/readyz', async (_req, res) => {
    const reasons = await notReady();
    if (reasons.length === 0) res.json({ status: 'ready' });
    else res.status(503).json({ status: 'not_ready', reasons });
  });
  return {
    router,
    stopTakingRequests: () => {
      isStopping = true;
    },
  };
}

async function within<T>(ms: number, work: PromiseLike<T>): Promise<T> {
  const timer = new AbortController();
  try {
    return await Promise.race([
      work,
      sleep(ms, undefined, { signal: timer.signal }).then(() => {
        throw new Error('no answer in time');
      }),
    ]);
  } finally {
    timer.abort();
  }
}
