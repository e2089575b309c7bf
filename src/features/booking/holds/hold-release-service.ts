import type { Moment } from '../../../platform/process/clock.ts';
import { writeAudit } from '../../../platform/data/audit.ts';
import { inTransaction, type Database, type Transaction } from '../../../platform/data/db.ts';
import { readPage, type Page } from '../../../platform/data/page.ts';
import { AppError } from '../../../platform/process/errors.ts';
import { insertJob } from '../../../platform/jobs/job-store.ts';
import { setDeactivated } from '../../vouchers/life/voucher-lifecycle-service.ts';
import {
  endLines,
  findHeld,
  listHeld,
  lockHolds,
  sumHeld,
  type HeldCode,
  type HeldFilter,
  type HeldLine,
} from './hold-list-store.ts';

export type { HeldCode, HeldFilter, HeldLine };

export const RELEASE_HOLDS_JOB = 'release-holds';
/** Lines released in one transaction; a selection is never larger, and with more a campaign takes a while. */
export const MAX_RELEASED_AT_ONCE = 200;

export interface ReleaseJobPayload {
  readonly campaignId: string;
  /** What is held later is not touched: it began after somebody asked. */
  readonly heldBefore: number;
  readonly reason: string;
  readonly actor: string;
}

export async function heldPage(database: Database, filter: HeldFilter): Promise<Page<HeldCode>> {
  return readPage(
    filter.limit,
    (limit) => listHeld(database.knex, { ...filter, limit }),
    ({ expiresAt, holdId, voucherId }) => [expiresAt, holdId, voucherId].join('-'),
  );
}

export function heldLines(database: Database, lines: readonly HeldLine[], now: number): Promise<HeldCode[]> {
  return findHeld(database.knex, lines.slice(0, MAX_RELEASED_AT_ONCE), now);
}

export function heldOfCampaign(
  database: Database,
  campaignId: string,
  now: number,
): Promise<{ readonly codes: number; readonly amount: number }> {
  return sumHeld(database.knex, campaignId, now);
}

/** Frees what these bookings hold of these codes; how many lines held something. The bookings stay and may take the codes again. */
export async function releaseLines(
  database: Database,
  lines: readonly HeldLine[],
  reason: string,
  actor: string,
  moment: Moment,
): Promise<number> {
  return inTransaction(database, (trx) => release(trx, lines.slice(0, MAX_RELEASED_AT_ONCE), reason, actor, moment));
}

/** Locks the codes first, so that no booking takes them again, and frees them. */
export async function lockAndRelease(
  database: Database,
  lines: readonly HeldLine[],
  reason: string,
  actor: string,
  moment: Moment,
): Promise<number> {
  const held = await heldLines(database, lines, moment.now);
  for (const voucherId of new Set(held.map((one) => one.voucherId))) {
    try {
      await setDeactivated(database, { actor, moment }, voucherId, true, reason);
    } catch (error) {
      // Cancelled or replaced meanwhile: no booking can take it any more.
      if (!(error instanceof AppError) || error.code !== 'illegal_transition') throw error;
    }
  }
  return releaseLines(database, held, reason, actor, moment);
}

/** The id of the job that frees all that a campaign's codes hold. */
export async function releaseCampaign(
  database: Database,
  campaignId: string,
  reason: string,
  actor: string,
  moment: Moment,
): Promise<string> {
  const { codes } = await sumHeld(database.knex, campaignId, moment.now);
  const payload: ReleaseJobPayload = { campaignId, heldBefore: moment.now, reason, actor };
  return inTransaction(database, (trx) =>
    insertJob(trx, { kind: RELEASE_HOLDS_JOB, payload, total: codes, createdBy: actor, now: moment.now }),
  );
}

export async function release(
  trx: Transaction,
  lines: readonly HeldLine[],
  reason: string,
  actor: string,
  moment: Moment,
): Promise<number> {
  await lockHolds(trx, [...new Set(lines.map(({ holdId }) => holdId))]);
  const held = await findHeld(trx, lines, moment.now);
  await endLines(trx, held, moment.now);
  await writeAudit(
    trx,
    held.map((one) => ({
      recordedAt: moment.now,
      actor,
      action: 'hold.release',
      entity: 'hold',
      entityId: one.holdId,
      changes: { voucher: one.voucherId, amount: one.amount, reference: one.reference, reason },
    })),
  );
  return held.length;
}
