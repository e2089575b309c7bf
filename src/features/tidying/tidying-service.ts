import { cutoffDay, RETENTION_DAYS, RETENTION_RULES, type RetentionRule } from '../../core/retention.ts';
import { writeAudit } from '../../platform/audit.ts';
import type { Clock } from '../../platform/clock.ts';
import { inTransaction, isDuplicateKey, type Database, type Transaction } from '../../platform/db.ts';
import { AppError } from '../../platform/errors.ts';
import { insertJob } from '../../platform/job-store.ts';
import { cancelOrder } from '../orders/order-service.ts';
import type { MailLinks } from '../orders/order-message-service.ts';
import { auditPage } from '../staff/audit-service.ts';
import {
  countOldKeys, deleteHolds, deleteLimits, deleteOldKeys, deleteRecipients, findOldHolds, findOldLimits, findOldRecipients, findOrdersWithPeople, findUnpaidOrders,
  forgetOrderPeople, type Cutoff, type FindOld,
} from './tidying-store.ts';

export const TIDYING_JOB = 'tidying';

export interface Tidying {
  readonly database: Database;
  readonly clock: Clock;
  readonly links: MailLinks;
}

const STEP = 500;
/** Of a rule in one run; the rest goes in the next. */
const MOST = 1_000_000;
const MAX_COUNTED = 10_000;
const RUNS_SHOWN = 40;

const FIND: Readonly<Record<Exclude<RetentionRule, 'idempotency_keys'>, FindOld>> = {
  holds: findOldHolds,
  rate_limits: findOldLimits,
  unpaid_orders: findUnpaidOrders,
  order_people: findOrdersWithPeople,
  recipients: findOldRecipients,
};

export interface RulePreview {
  readonly rule: RetentionRule;
  readonly days: number;
  readonly before: string;
  readonly count: number;
  /** There are more than `count`. */
  readonly isMore: boolean;
}

/** What the next run would do, by rule. */
export async function previewTidying({ database, clock }: Tidying): Promise<RulePreview[]> {
  const previews: RulePreview[] = [];
  for (const rule of RETENTION_RULES) {
    const cutoff = cutoffOf(rule, clock);
    const found = rule === 'idempotency_keys' ? await countOldKeys(database.knex, cutoff, MAX_COUNTED + 1) : (await FIND[rule](database.knex, cutoff, MAX_COUNTED + 1)).length;
    previews.push({ rule, days: RETENTION_DAYS[rule], before: cutoff.day, count: Math.min(found, MAX_COUNTED), isMore: found > MAX_COUNTED });
  }
  return previews;
}

/** What earlier runs did, the newest first. */
export async function tidyingLog(database: Database): Promise<{ readonly at: number; readonly actor: string; readonly rule: string; readonly count: number }[]> {
  const rows = await auditPage(database, { actor: null, action: 'tidying.run', entity: null, entityId: null, from: null, until: null }, null, RUNS_SHOWN);
  return rows.map(({ at, actor, entityId, changes }) => ({ at, actor, rule: entityId, count: Number((changes as { readonly count?: number }).count ?? 0) }));
}

/** The id of the job; null where the run of this key is there already. */
export async function queueTidying(database: Database, actor: string, now: number, dedupeKey?: string): Promise<string | null> {
  try {
    return await inTransaction(database, (trx) => insertJob(trx, { kind: TIDYING_JOB, payload: { actor }, total: null, createdBy: actor, now, ...(dedupeKey === undefined ? {} : { dedupeKey }) }));
  } catch (error) {
    if (isDuplicateKey(error)) return null;
    throw error;
  }
}

/** One rule to its end, some hundred rows in a transaction; `afterStep` is told how many went, in the same transaction where there is one. */
export async function tidy(tidying: Tidying, rule: RetentionRule, actor: string, afterStep: (trx: Transaction, gone: number) => Promise<void>): Promise<number> {
  const { database, clock } = tidying;
  const cutoff = cutoffOf(rule, clock);
  let all = 0;
  while (all < MOST) {
    const ids = rule === 'idempotency_keys' ? [] : await FIND[rule](database.knex, cutoff, STEP);
    if (rule !== 'idempotency_keys' && ids.length === 0) break;
    if (rule === 'unpaid_orders') for (const id of ids) await cancelUnpaid(tidying, id, actor);
    const gone = await inTransaction(database, async (trx) => {
      const count = await goneIn(trx, rule, ids, cutoff);
      await afterStep(trx, count);
      return count;
    });
    all += gone;
    if (gone === 0) break;
  }
  if (all > 0) await inTransaction(database, (trx) => writeAudit(trx, [{ recordedAt: clock.now(), actor, action: 'tidying.run', entity: 'tidying', entityId: rule, changes: { count: all, before: cutoff.day } }]));
  return all;
}

async function goneIn(trx: Transaction, rule: RetentionRule, ids: readonly string[], cutoff: Cutoff): Promise<number> {
  switch (rule) {
    case 'holds':
      return deleteHolds(trx, ids, cutoff);
    case 'idempotency_keys':
      return deleteOldKeys(trx, cutoff, STEP);
    case 'rate_limits':
      return deleteLimits(trx, ids, cutoff);
    case 'unpaid_orders':
      return ids.length;
    case 'order_people':
      return forgetOrderPeople(trx, ids);
    case 'recipients':
      return deleteRecipients(trx, ids);
  }
}

/** Paid at this moment, it is no longer ours to end. */
async function cancelUnpaid({ database, clock, links }: Tidying, id: string, actor: string): Promise<void> {
  try {
    await cancelOrder(database, id, false, links, actor, { now: clock.now(), today: clock.today() });
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'illegal_transition') throw error;
  }
}

function cutoffOf(rule: RetentionRule, clock: Clock): Cutoff {
  const day = cutoffDay(rule, clock.today());
  return { day, at: RETENTION_DAYS[rule] === 0 ? clock.now() : clock.startOfDay(day) };
}
