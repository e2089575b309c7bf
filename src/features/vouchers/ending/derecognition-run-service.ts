import type { Act, Author } from '../../../platform/data/act.ts';
import { jurisdictionOf, lastBarredClaim, lastDayOf, type Jurisdiction } from '../../../core/books/limitation.ts';
import { writeAudit } from '../../../platform/data/audit.ts';
import { inTransaction, type Connection, type Database, type Transaction } from '../../../platform/data/db.ts';
import { appError } from '../../../platform/process/errors.ts';
import { insertJob } from '../../../platform/jobs/job-store.ts';
import { nextNumber, yearOf } from '../../accounting/ledger/number-service.ts';
import { openFrom } from '../../accounting/ledger/posting-day-service.ts';
import { currentSetup } from '../../accounting/ledger/setup-service.ts';
import { requireOtherPerson } from '../record/four-eyes-service.ts';
import { findBarred, findBarredDeals, type BarredDay } from './barred-voucher-store.ts';
import {
  countRun,
  decideRun,
  findRun,
  findRunOf,
  insertItems,
  insertRun,
  listItems,
  listRuns,
  setJob,
  sumItems,
  type DerecognitionRun,
  type ListedItem,
  type RunSum,
} from './derecognition-store.ts';
import { findNeverDerecognised, type PayableVoucher } from './expiry-refund-store.ts';

export type { DerecognitionRun, ListedItem, RunSum };

export const DERECOGNITION_JOB = 'derecognition';
const VOUCHERS_PER_STEP = 500;
/** One proposal names no more than this; what is left comes with the next. */
export const MAX_PROPOSED = 20_000;
const MAX_RUNS = 50;

/** The law of the accounts, and the last claim that is time-barred by it on a day. */
export async function barredDay(
  connection: Connection,
  on: string,
): Promise<BarredDay & { readonly jurisdiction: Jurisdiction }> {
  const { setup } = await currentSetup(connection);
  const jurisdiction = jurisdictionOf(setup.chart);
  return { on, lastClaim: lastBarredClaim(on, jurisdiction), jurisdiction };
}

/** Lists every voucher with a claim that was over on a day; nothing is booked. The run's id; null: there is none. */
export async function proposeDerecognition(
  database: Database,
  author: Author,
  barredOn: string,
): Promise<string | null> {
  const { actor, moment } = author;
  const day = await barredDay(database.knex, barredOn);
  return inTransaction(database, async (trx) => {
    let runId: string | null = null;
    let count = 0;
    for (const find of [findBarred, findBarredDeals]) {
      for (let afterId = '0'; count < MAX_PROPOSED;) {
        const found = await find(trx, day, moment.now, afterId, VOUCHERS_PER_STEP);
        const last = found.at(-1);
        if (last === undefined) break;
        runId ??= await insertRun(trx, { barredOn, vouchers: 0, actor, now: moment.now });
        await insertItems(
          trx,
          runId,
          found.map(({ id, barred, forfeited, currency, ...dates }) => ({
            voucherId: id,
            cents: barred + forfeited,
            forfeited,
            currency,
            limitationOn: lastDayOf(dates, day.jurisdiction),
          })),
        );
        count += found.length;
        afterId = last.id;
      }
    }
    if (runId === null) return null;
    await countRun(trx, runId, count);
    await tell({ trx, ...author }, 'propose', runId, { barredOn, vouchers: count });
    return runId;
  });
}

/**
 * A second person accepts a proposal; it is booked under one document number on a day that is open, as a job whose id is
 * answered.
 */
export async function acceptDerecognition(
  database: Database,
  author: Author,
  runId: string,
  postedOn = author.moment.today,
): Promise<string> {
  const { actor, moment } = author;
  return inTransaction(database, async (trx) => {
    const run = await requireOther(trx, runId, actor);
    const first = await openFrom(trx);
    if (postedOn > moment.today || (first !== null && postedOn < first)) throw wrongDay(first, moment.today);
    const documentNumber = await nextNumber(trx, 'derecognition', yearOf(postedOn), {
      now: moment.now,
      subject: `derecognition:${runId}`,
    });
    if (!(await decideRun(trx, runId, { state: 'accepted', actor, now: moment.now, documentNumber, postedOn })))
      throw appError('conflict');
    await tell({ trx, ...author }, 'accept', runId, { documentNumber, postedOn });
    const jobId = await insertJob(trx, {
      kind: DERECOGNITION_JOB,
      payload: { runId, actor },
      total: run.vouchers,
      createdBy: actor,
      now: moment.now,
    });
    await setJob(trx, runId, jobId);
    return jobId;
  });
}

/** Nothing is booked. Who proposed it takes it back in the same way. */
export async function rejectDerecognition(database: Database, author: Author, runId: string): Promise<void> {
  const { actor, moment } = author;
  await inTransaction(database, async (trx) => {
    if ((await findRun(trx, runId)) === null) throw appError('not_found');
    const decision = { state: 'rejected', actor, now: moment.now, documentNumber: null, postedOn: null } as const;
    if (!(await decideRun(trx, runId, decision))) throw appError('conflict');
    await tell({ trx, ...author }, 'reject', runId, null);
  });
}

/** Time-barred by this day, but to be paid out: no run ever names them. At most so many. */
export async function excludedFromDerecognition(
  connection: Connection,
  barredOn: string,
  limit: number,
): Promise<PayableVoucher[]> {
  return findNeverDerecognised(connection, await barredDay(connection, barredOn), '0', limit);
}

export interface SummedRun extends DerecognitionRun {
  readonly sums: readonly RunSum[];
}

export async function derecognitionRuns(connection: Connection): Promise<SummedRun[]> {
  return withSums(connection, await listRuns(connection, MAX_RUNS));
}

export async function derecognitionRun(connection: Connection, id: string): Promise<SummedRun> {
  const run = await findRun(connection, id);
  const [summed] = run === null ? [] : await withSums(connection, [run]);
  if (summed === undefined) throw appError('not_found');
  return summed;
}

/** The last run that took something of a voucher. */
export async function derecognitionOf(connection: Connection, voucherId: string): Promise<string> {
  const runId = await findRunOf(connection, voucherId);
  if (runId === null) throw appError('not_found');
  return runId;
}

export function derecognitionItems(
  connection: Connection,
  runId: string,
  afterId: string,
  limit: number,
): Promise<ListedItem[]> {
  return listItems(connection, runId, afterId, limit);
}

async function withSums(connection: Connection, runs: readonly DerecognitionRun[]): Promise<SummedRun[]> {
  const sums = await sumItems(
    connection,
    runs.map(({ id }) => id),
  );
  return runs.map((run) => ({ ...run, sums: sums.get(run.id) ?? [] }));
}

async function tell({ trx, actor, moment }: Act, verb: string, runId: string, changes: object | null): Promise<void> {
  const action = `derecognition.${verb}`;
  await writeAudit(trx, [{ recordedAt: moment.now, actor, action, entity: 'derecognition', entityId: runId, changes }]);
}

/** Four eyes: who proposed a run does not accept it. */
async function requireOther(trx: Transaction, runId: string, actor: string): Promise<DerecognitionRun> {
  const run = await findRun(trx, runId);
  if (run === null) throw appError('not_found');
  requireOtherPerson(run.proposedBy, actor);
  return run;
}

function wrongDay(first: string | null, last: string): Error {
  const params = { first: first ?? '', last };
  const code = first === null ? 'posting_day_future' : 'posting_day_closed';
  return appError('rule_broken', {
    fields: [{ path: 'postedOn', code, params, text: `accounting:derecognition.${code}` }],
  });
}
