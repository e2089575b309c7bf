import type { Moment } from '../../../platform/process/clock.ts';
import type { Booking, CodeEntry, Evaluation } from '../../../core/engine/voucher.ts';
import {
  inTransaction,
  isDuplicateKey,
  type Connection,
  type Database,
  type Transaction,
} from '../../../platform/data/db.ts';
import { appError } from '../../../platform/process/errors.ts';
import { generateToken, hashToken } from '../../../platform/secrets/tokens.ts';
import { generalSettings } from '../../settings/general-settings-service.ts';
import { evaluateCodes, normalisedCodesOf, type Asked, type EvaluatedBooking } from '../quotes/evaluation-service.ts';
import {
  deleteHold,
  deleteHoldByReference,
  findHold,
  findHoldByTokenHash,
  insertHold,
  lockCampaigns,
  lockVouchersByCode,
  replaceHoldLines,
  updateHold,
  type Hold,
  type HoldRef,
} from './hold-store.ts';

export { deleteHoldsBefore } from './hold-store.ts';
export type { HoldRef };

export interface HoldWithEvaluation {
  readonly hold: Hold;
  readonly evaluation: Evaluation;
}

export interface CreatedHold extends HoldWithEvaluation {
  /** Told once; only its hash is stored. */
  readonly clientToken: string;
}

/** Two bookings that hold at once under one reference: the second is run again and replaces the first. */
const MAX_REPLACE_ATTEMPTS = 5;

/** Evaluates the codes and holds what was accepted, in place of any hold of the client with the same reference. */
export async function createHold(
  database: Database,
  input: {
    readonly booking: Booking & { readonly reference: string };
    readonly codes: readonly CodeEntry[];
    readonly clientId: string;
  },
  moment: Moment,
): Promise<CreatedHold> {
  const clientToken = generateToken('hold_');
  for (let attempt = 1; ; attempt++) {
    try {
      return await inTransaction(database, async (trx) => {
        const { reference } = input.booking;
        await deleteHoldByReference(trx, input.clientId, reference);
        const expiresAt = await nextExpiry(trx, moment);
        const fields = { ...input, reference, expiresAt };
        const id = await insertHold(trx, {
          ...fields,
          clientTokenHash: hashToken(clientToken),
          now: moment.now,
        });
        const evaluation = await holdCodes(trx, { id, ...fields }, moment);
        return { hold: { id, ...fields }, evaluation, clientToken };
      });
    } catch (error) {
      if (!isDuplicateKey(error) || attempt === MAX_REPLACE_ATTEMPTS) throw error;
    }
  }
}

/** Changes booking or codes of a hold, evaluates again and renews it. */
export async function changeHold(
  database: Database,
  ref: HoldRef,
  change: { readonly booking?: Booking; readonly codes?: readonly CodeEntry[] },
  moment: Moment,
): Promise<HoldWithEvaluation> {
  return inTransaction(database, async (trx) => {
    const hold = await findHold(trx, ref, 'locked');
    if (hold === null) throw appError('not_found');
    const changed: Hold = {
      ...hold,
      booking: change.booking === undefined ? hold.booking : { ...change.booking, reference: hold.reference },
      codes: change.codes ?? hold.codes,
      expiresAt: await nextExpiry(trx, moment),
    };
    await updateHold(trx, changed, moment.now);
    return { hold: changed, evaluation: await holdCodes(trx, changed, moment) };
  });
}

/** The hold with what its codes do now. Changes nothing. */
export async function readHold(database: Database, ref: HoldRef, moment: Moment): Promise<HoldWithEvaluation> {
  const hold = await findHold(database.knex, ref);
  if (hold === null) throw appError('not_found');
  const { evaluation } = await evaluateCodes(database.knex, hold, moment);
  return { hold, evaluation };
}

export async function releaseHold(database: Database, ref: HoldRef): Promise<void> {
  const isReleased = await inTransaction(database, (trx) => deleteHold(trx, ref));
  if (!isReleased) throw appError('not_found');
}

/** The hold a browser's client token opens, and whose it is; null for a token that opens none. */
export function findHoldByToken(
  database: Database,
  clientToken: string,
): Promise<{ readonly id: string; readonly clientId: string } | null> {
  return findHoldByTokenHash(database.knex, hashToken(clientToken));
}

/** Locks the vouchers, and the campaigns whose budget they draw on, and evaluates under the locks. */
export async function evaluateLocked(trx: Transaction, asked: Asked, moment: Moment): Promise<EvaluatedBooking> {
  await lockVouchersByCode(trx, normalisedCodesOf(trx, asked.codes));
  const evaluated = await evaluateCodes(trx, asked, moment);
  const budgets = campaignsWithBudget(evaluated);
  if (budgets.length === 0) return evaluated;
  await lockCampaigns(trx, budgets);
  return evaluateCodes(trx, asked, moment);
}

function campaignsWithBudget({ vouchers }: EvaluatedBooking): string[] {
  const ids = [...vouchers.values()].flatMap(({ campaign }) =>
    campaign === null || campaign.budget === null ? [] : [campaign.id],
  );
  return [...new Set(ids)];
}

async function holdCodes(trx: Transaction, hold: Hold, moment: Moment): Promise<Evaluation> {
  const { evaluation, vouchers } = await evaluateLocked(trx, hold, moment);
  const lines = evaluation.accepted.map((accepted) => ({
    voucherId: accepted.voucherId,
    campaignId: vouchers.get(accepted.voucherId)?.campaign?.id ?? null,
    amount: accepted.applied,
  }));
  await replaceHoldLines(trx, hold.id, hold.expiresAt, lines);
  return evaluation;
}

async function nextExpiry(connection: Connection, moment: Moment): Promise<number> {
  const { holdMinutes } = await generalSettings(connection);
  return moment.now + holdMinutes * 60_000;
}
