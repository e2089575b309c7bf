import type { Author } from '../../../platform/data/act.ts';
import { writeAudit } from '../../../platform/data/audit.ts';
import { inTransaction, type Connection, type Database } from '../../../platform/data/db.ts';
import { appError } from '../../../platform/process/errors.ts';
import { liabilityReport, type LiabilityQuestion } from '../reports/liability-service.ts';
import { findComparisons, insertComparisons, type Comparison } from './comparison-store.ts';

export type { Comparison };

/** Told at once: each account a few times. */
const MAX_TOLD = 200;

/** Keeps what the general ledger said of each account that was typed in, beside what our books said then; how many. */
export async function keepComparison(database: Database, author: Author, question: LiabilityQuestion): Promise<number> {
  return inTransaction(database, async (trx) => {
    const { checks } = await liabilityReport(trx, question);
    const rows = checks
      .filter(({ check }) => check === 'books')
      .map(({ account, currency, expected, actual }) => ({
        account: account ?? '',
        currency,
        expected,
        actual,
        createdAt: author.moment.now,
        createdBy: author.actor,
      }));
    if (rows.length === 0) throw appError('nothing_to_compare');
    await insertComparisons(trx, question.on, rows);
    await writeAudit(trx, [
      {
        recordedAt: author.moment.now,
        actor: author.actor,
        action: 'accounting.compare',
        entity: 'accounting',
        entityId: `day:${question.on}`,
        changes: rows.map(({ account, currency, expected, actual }) => ({ account, currency, expected, actual })),
      },
    ]);
    return rows.length;
  });
}

/** The last comparison of each account on a day. */
export async function comparisonsOf(connection: Connection, day: string): Promise<Comparison[]> {
  const newest = new Map<string, Comparison>();
  for (const one of await findComparisons(connection, day, MAX_TOLD)) {
    const key = `${one.account} ${one.currency}`;
    if (!newest.has(key)) newest.set(key, one);
  }
  return [...newest.values()];
}
