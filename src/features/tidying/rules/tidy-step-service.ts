import { inTransaction, type Connection, type Transaction } from '../../../platform/data/db.ts';
import type { Shell } from '../../../platform/process/feature.ts';
import type { Cutoff, FindOld } from './tidying-store.ts';

export type Tidying = Pick<Shell, 'database' | 'clock' | 'baseUrl' | 'i18n'>;

/** What a rule would take: a figure, counted up to a bound, and the first few by name. */
export interface Preview {
  readonly count: number;
  readonly isMore: boolean;
  readonly samples: readonly string[];
}

/** Told how many went, in the transaction in which they went. */
export type AfterStep = (trx: Transaction, gone: number) => Promise<void>;

export interface TidyRule {
  preview(tidying: Tidying, cutoff: Cutoff): Promise<Preview>;
  /** To its end, some hundred rows in a transaction; how many went. */
  run(tidying: Tidying, cutoff: Cutoff, actor: string, afterStep: AfterStep): Promise<number>;
}

export const STEP = 500;
/** Of a rule in one run; the rest goes in the next. */
export const MOST = 1_000_000;
export const MAX_COUNTED = 10_000;
export const SAMPLES = 3;

/** A rule for rows with an id: what is found goes. */
export function rowsRule({
  find,
  go,
  sample,
}: {
  readonly find: FindOld;
  readonly go: (trx: Transaction, ids: readonly string[], cutoff: Cutoff, tidying: Tidying) => Promise<number>;
  readonly sample?: (connection: Connection, ids: readonly string[]) => Promise<string[]>;
}): TidyRule {
  return {
    async preview({ database: { knex } }, cutoff) {
      const ids = await find(knex, cutoff, MAX_COUNTED + 1, '0');
      const samples = sample === undefined || ids.length === 0 ? [] : await sample(knex, ids.slice(0, SAMPLES));
      return { count: Math.min(ids.length, MAX_COUNTED), isMore: ids.length > MAX_COUNTED, samples };
    },
    async run(tidying, cutoff, _actor, afterStep) {
      let all = 0;
      for (let afterId = '0'; all < MOST;) {
        const ids = await find(tidying.database.knex, cutoff, STEP, afterId);
        if (ids.length === 0) break;
        const gone = await inTransaction(tidying.database, async (trx) => {
          const count = await go(trx, ids, cutoff, tidying);
          await afterStep(trx, count);
          return count;
        });
        all += gone;
        if (gone === 0) break;
        afterId = ids.at(-1) ?? afterId;
      }
      return all;
    },
  };
}
