import type { Act, Author } from '../../../platform/data/act.ts';
import { postingsOfDealExpiry, postingsOfDealReactivation } from '../../../core/books/deal-sale.ts';
import { jurisdictionOf, lastBarredClaim, limitationDay } from '../../../core/books/limitation.ts';
import { postingsOfDerecognition, postingsOfReactivation, type Posting } from '../../../core/books/postings.ts';
import { writeAudit } from '../../../platform/data/audit.ts';
import { inTransaction, type Connection, type Database, type Transaction } from '../../../platform/data/db.ts';
import { appError } from '../../../platform/process/errors.ts';
import { insertJob } from '../../../platform/jobs/job-store.ts';
import { readLedger, type LedgerRow } from '../../accounting/ledger/ledger-service.ts';
import { nextNumber, yearOf } from '../../accounting/ledger/number-service.ts';
import { currentSetup } from '../../accounting/ledger/setup-service.ts';
import { partnerDetails } from '../../catalogue/partner-service.ts';
import { findDealSale, updateDealSale, type DealSale } from '../life/deal-sale-store.ts';
import { findBarred, findBarredDeals } from './barred-voucher-store.ts';
import {
  countRun,
  decideRun,
  findRun,
  insertItems,
  insertRun,
  listItems,
  listRuns,
  setOutcome,
  type DerecognitionItem,
  type DerecognitionRun,
} from './derecognition-store.ts';
import { reasonWith, requireOtherPerson, requireSecondPerson, type Approved } from '../record/four-eyes-service.ts';
import { findNeverDerecognised, type PayableVoucher } from './expiry-refund-store.ts';
import { audit, lockedVoucher } from '../record/voucher-service.ts';
import { moveValue, owedOf } from '../record/voucher-value-service.ts';

export type { DerecognitionItem, DerecognitionRun };

export const DERECOGNITION_JOB = 'derecognition';
const VOUCHERS_PER_STEP = 500;
/** One proposal names no more than this; what is left comes with the next. */
export const MAX_PROPOSED = 20_000;
const MAX_RUNS = 50;
const MAX_ENTRIES = 10_000;

/** Lists every voucher whose claim is time-barred on a day; nothing is booked. The run's id; null: there is none. */
export async function proposeDerecognition(
  database: Database,
  author: Author,
  barredOn: string,
): Promise<string | null> {
  const { actor, moment } = author;
  const { setup } = await currentSetup(database.knex);
  const jurisdiction = jurisdictionOf(setup.chart);
  const lastClaim = lastBarredClaim(barredOn, jurisdiction);
  return inTransaction(database, async (trx) => {
    let runId: string | null = null;
    let count = 0;
    for (const find of [findBarred, findBarredDeals]) {
      for (let afterId = '0'; count < MAX_PROPOSED;) {
        const found = await find(trx, lastClaim, moment.now, afterId, VOUCHERS_PER_STEP);
        const last = found.at(-1);
        if (last === undefined) break;
        runId ??= await insertRun(trx, { barredOn, vouchers: 0, actor, now: moment.now });
        await insertItems(
          trx,
          runId,
          found.map(({ id, cents, currency, claimOn }) => ({
            voucherId: id,
            cents,
            currency,
            limitationOn: limitationDay(claimOn, jurisdiction),
          })),
        );
        count += found.length;
        afterId = last.id;
      }
    }
    if (runId === null) return null;
    await countRun(trx, runId, count);
    await writeAudit(trx, [
      {
        recordedAt: moment.now,
        actor,
        action: 'derecognition.propose',
        entity: 'derecognition',
        entityId: runId,
        changes: { barredOn, vouchers: count },
      },
    ]);
    return runId;
  });
}

/** A second person accepts a proposal; it is booked under one document number, as a job whose id is answered. */
export async function acceptDerecognition(database: Database, author: Author, runId: string): Promise<string> {
  const { actor, moment } = author;
  return inTransaction(database, async (trx) => {
    const run = await requireOther(trx, runId, actor);
    const documentNumber = await nextNumber(trx, 'derecognition', yearOf(moment.today), {
      now: moment.now,
      subject: `derecognition:${runId}`,
    });
    if (!(await decideRun(trx, runId, { state: 'accepted', actor, now: moment.now, documentNumber })))
      throw appError('conflict');
    await writeAudit(trx, [
      {
        recordedAt: moment.now,
        actor,
        action: 'derecognition.accept',
        entity: 'derecognition',
        entityId: runId,
        changes: { documentNumber },
      },
    ]);
    return insertJob(trx, {
      kind: DERECOGNITION_JOB,
      payload: { runId, actor },
      total: run.vouchers,
      createdBy: actor,
      now: moment.now,
    });
  });
}

export async function rejectDerecognition(database: Database, author: Author, runId: string): Promise<void> {
  const { actor, moment } = author;
  await inTransaction(database, async (trx) => {
    if ((await findRun(trx, runId)) === null) throw appError('not_found');
    if (!(await decideRun(trx, runId, { state: 'rejected', actor, now: moment.now, documentNumber: null })))
      throw appError('conflict');
    await writeAudit(trx, [
      {
        recordedAt: moment.now,
        actor,
        action: 'derecognition.reject',
        entity: 'derecognition',
        entityId: runId,
        changes: null,
      },
    ]);
  });
}

/** Ends one voucher's claim, unless something has happened to it since the proposal. */
export async function derecogniseItem(act: Act, run: DerecognitionRun, item: DerecognitionItem): Promise<boolean> {
  const { trx, moment } = act;
  const { record, rules } = await lockedVoucher(trx, item.voucherId, moment);
  const sale = record.type === 'deal' ? await findDealSale(trx, item.voucherId) : null;
  const isUnchanged =
    !rules.refundOnExpiry &&
    (sale?.rest ?? owedOf(record)) === item.cents &&
    record.held === 0 &&
    !record.isRefunded &&
    !record.isReplaced &&
    !record.isDerecognised;
  await setOutcome(trx, run.id, item.voucherId, isUnchanged ? 'derecognised' : 'skipped');
  if (!isUnchanged) return false;
  const postings =
    sale === null
      ? postingsOfDerecognition({ type: record.type, funding: rules.funding }, record.balance ?? 0)
      : await endSoldDeal(trx, sale);
  const columns = { derecognised_at: moment.now };
  const move = {
    voucher: record,
    currency: rules.currency,
    change: -(record.balance ?? 0),
    postings,
    postedOn: moment.today,
    reason: null,
    documentNumber: run.documentNumber,
    columns,
  };
  await moveValue(act, move);
  await audit(act, 'voucher.derecognise', item.voucherId, { run: run.id, cents: item.cents });
  return true;
}

/** Whose money it is now, the contract with the partner says. */
async function endSoldDeal(trx: Transaction, sale: DealSale): Promise<Posting[]> {
  const { expiredDeals } = await partnerDetails(trx, sale.partnerId);
  await updateDealSale(trx, sale.id, { rest: 0 });
  return postingsOfDealExpiry(sale.rest, expiredDeals);
}

/** A derecognised voucher is honoured after all: its value is owed again, and its limitation begins anew. */
export async function reactivateVoucher(
  act: Act,
  id: string,
  reason: string,
  approved: Approved = null,
): Promise<void> {
  const { trx, moment } = act;
  const { record, rules } = await lockedVoucher(trx, id, moment);
  if (!record.isDerecognised) throw appError('illegal_transition');
  const last = await lastDerecognition(trx, id);
  if (last === undefined) throw new Error('a derecognised voucher without its entry');
  const lapsed = await lapsedWith(trx, id, last);
  await requireSecondPerson(trx, last.cents, approved);
  const isSameYear = last.posted_on.slice(0, 4) === moment.today.slice(0, 4);
  const sale = record.type === 'deal' ? await findDealSale(trx, id) : null;
  const postings =
    sale === null
      ? postingsOfReactivation({ type: record.type, funding: rules.funding }, last.cents + lapsed, isSameYear)
      : postingsOfDealReactivation(last.cents, last.credit_role, isSameYear);
  if (sale !== null) await updateDealSale(trx, sale.id, { rest: sale.rest + last.cents });
  const columns = { derecognised_at: null, cancelled_at: null, acknowledged_on: moment.today };
  await moveValue(act, {
    voucher: record,
    currency: rules.currency,
    change: last.cents + lapsed,
    postings,
    postedOn: moment.today,
    reason: reasonWith(reason, approved),
    columns,
  });
  await audit(act, 'voucher.reactivate', id, { reason, cents: last.cents });
}

/** Time-barred by this day, but to be paid out: no run ever names them. At most so many. */
export async function excludedFromDerecognition(
  connection: Connection,
  barredOn: string,
  limit: number,
): Promise<PayableVoucher[]> {
  const { setup } = await currentSetup(connection);
  return findNeverDerecognised(connection, lastBarredClaim(barredOn, jurisdictionOf(setup.chart)), '0', limit);
}

/** What the last run took from a voucher. */
export async function derecognisedCents(connection: Connection, id: string): Promise<number> {
  return (await lastDerecognition(connection, id))?.cents ?? 0;
}

async function lastDerecognition(connection: Connection, id: string): Promise<LedgerRow | undefined> {
  return (await readLedger(connection, id, MAX_ENTRIES)).filter(({ event }) => event === 'derecognition').at(-1);
}

/** The bonus that lapsed together with what was derecognised comes back with it. */
async function lapsedWith(connection: Connection, id: string, { position }: LedgerRow): Promise<number> {
  const next = (await readLedger(connection, id, MAX_ENTRIES)).find((row) => row.position === position + 1);
  return next?.event === 'forfeit' ? next.cents : 0;
}

export function derecognitionRuns(connection: Connection): Promise<DerecognitionRun[]> {
  return listRuns(connection, MAX_RUNS);
}

export async function derecognitionRun(connection: Connection, id: string): Promise<DerecognitionRun> {
  const run = await findRun(connection, id);
  if (run === null) throw appError('not_found');
  return run;
}

export function derecognitionItems(
  connection: Connection,
  runId: string,
  afterId: string,
  limit: number,
): Promise<DerecognitionItem[]> {
  return listItems(connection, runId, afterId, limit);
}

/** Four eyes: who proposed a run does not decide it. */
async function requireOther(trx: Transaction, runId: string, actor: string): Promise<DerecognitionRun> {
  const run = await findRun(trx, runId);
  if (run === null) throw appError('not_found');
  requireOtherPerson(run.proposedBy, actor);
  return run;
}
