import type { Moment } from '../../../platform/process/clock.ts';
import { randomBytes } from 'node:crypto';
import { HOUSE } from '../../../core/booking-owner.ts';
import type { Booking, Evaluation } from '../../../core/engine/voucher.ts';
import type { RejectedCode } from '../../../core/engine/rejection.ts';
import type { Database } from '../../../platform/data/db.ts';
import { AppError } from '../../../platform/process/errors.ts';
import { fingerprintOf } from '../../../platform/data/idempotency.ts';
import { evaluateCodes } from '../../booking/quotes/evaluation-service.ts';
import { changeHold, createHold, readHold, type HoldWithEvaluation } from '../../booking/holds/hold-service.ts';
import { quote } from '../../booking/quotes/evaluation-service.ts';
import { redeem, type RedemptionOutcome } from '../../booking/redemptions/redemption-service.ts';

/** At most so many codes in one booking, so that the best set is searched exactly. */
export const MAX_DEMO_CODES = 10;
const ACTOR = 'demo';
const { clientId } = HOUSE;

export interface StartedCheckout {
  readonly holdId: string;
  readonly reference: string;
  readonly bookingNumber: string;
}

export type AddedCode =
  | { readonly kind: 'added'; readonly code: string; readonly seen: HoldWithEvaluation }
  | { readonly kind: 'duplicate' }
  | { readonly kind: 'too_many' }
  | { readonly kind: 'refused'; readonly rejected: RejectedCode };

export function newReference(): string {
  return `demo-${randomBytes(12).toString('base64url')}`;
}

/** Starts with an empty hold, which the codes come into one by one. */
export async function startCheckout(
  database: Database,
  booking: Booking & { readonly reference: string },
  codes: readonly string[],
  moment: Moment,
): Promise<StartedCheckout> {
  const { hold } = await createHold(database, { booking, codes: entriesOf(codes), clientId }, moment);
  return {
    holdId: hold.id,
    reference: booking.reference,
    bookingNumber: `NL-${randomBytes(4).toString('hex').toUpperCase()}`,
  };
}

/** The hold as it stands; null when it is gone. */
export async function readCheckout(
  database: Database,
  holdId: string,
  moment: Moment,
): Promise<HoldWithEvaluation | null> {
  try {
    return await readHold(database, { id: holdId, clientId }, moment);
  } catch (error) {
    if (error instanceof AppError && error.code === 'not_found') return null;
    throw error;
  }
}

/**
 * Takes a code into the hold when it fits this booking by itself; what then stands together is the engine's matter.
 * The hold keeps the stored form, so that a code typed another way is known again.
 */
export async function addCode(
  database: Database,
  seen: HoldWithEvaluation,
  typed: string,
  moment: Moment,
): Promise<AddedCode> {
  const { hold } = seen;
  const { booking, alone } = await evaluateAlone(database, hold.booking, typed, moment);
  const code = alone.accepted[0]?.code;
  const [rejected] = alone.rejected;
  if (code === undefined) {
    if (rejected === undefined) throw new Error('a code neither accepted nor rejected');
    return { kind: 'refused', rejected };
  }
  if (hold.codes.some((entry) => entry.code === code)) return { kind: 'duplicate' };
  if (hold.codes.length >= MAX_DEMO_CODES) return { kind: 'too_many' };
  const codes = [...hold.codes, { code, atMost: null }];
  return {
    kind: 'added',
    code,
    seen: await changeHold(
      database,
      { id: hold.id, clientId },
      booking === hold.booking ? { codes } : { booking, codes },
      moment,
    ),
  };
}

/** A partner's deal says by itself over which partner the booking came, as long as the booking names none. */
async function evaluateAlone(
  database: Database,
  booking: Booking,
  typed: string,
  moment: Moment,
): Promise<{ readonly booking: Booking; readonly alone: Evaluation }> {
  const { evaluation: alone, vouchers } = await evaluateCodes(
    database.knex,
    { booking, codes: entriesOf([typed]), clientId },
    moment,
  );
  const [voucher] = vouchers.values();
  if (voucher?.type !== 'deal' || booking.partner !== null || alone.rejected[0]?.reason !== 'wrong_partner')
    return { booking, alone };
  const overPartner = { ...booking, partner: voucher.restrictions.partner };
  return {
    booking: overPartner,
    alone: await quote(database, { booking: overPartner, codes: entriesOf([typed]), clientId }, moment),
  };
}

export function setCodes(
  database: Database,
  holdId: string,
  codes: readonly string[],
  moment: Moment,
): Promise<HoldWithEvaluation> {
  return changeHold(database, { id: holdId, clientId }, { codes: entriesOf(codes) }, moment);
}

/** The alternative of this evaluation that uses exactly these codes; null when it is none any more. */
export function alternativeWith(evaluation: Evaluation, codes: readonly string[]): readonly string[] | null {
  const wanted = [...codes].sort().join(' ');
  return evaluation.alternatives.find((one) => [...one.codes].sort().join(' ') === wanted)?.codes ?? null;
}

/** Books at the price that was shown, or says that it changed. */
export async function confirmCheckout(
  database: Database,
  input: {
    readonly holdId: string;
    readonly reference: string;
    readonly bookingNumber: string;
    readonly expectedPayable: number;
    readonly key: string;
  },
  moment: Moment,
): Promise<RedemptionOutcome> {
  const { holdId, bookingNumber, expectedPayable } = input;
  const request = {
    scope: `demo:${input.reference}`,
    key: input.key,
    fingerprint: fingerprintOf({ operation: 'demoCheckout', holdId, expectedPayable }),
  };
  const { outcome } = await redeem(
    database,
    { source: { holdId }, owner: HOUSE, bookingNumber, expectedPayable, isAdditional: false },
    request,
    ACTOR,
    moment,
  );
  return outcome;
}

function entriesOf(codes: readonly string[]): { code: string; atMost: null }[] {
  return codes.map((code) => ({ code, atMost: null }));
}
