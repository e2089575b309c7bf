import type { Moment } from '../../../platform/process/clock.ts';
import { HOUSE, type BookingOwner } from '../../../core/booking-owner.ts';
import {
  bookingNumberKey,
  bookingRefusal,
  redeemedBefore,
  type BookingSoFar,
} from '../../../core/engine/booking-limit.ts';
import type { Booking, CodeEntry, Evaluation, VoucherType } from '../../../core/engine/voucher.ts';
import type { Database, Transaction } from '../../../platform/data/db.ts';
import { appError } from '../../../platform/process/errors.ts';
import {
  idempotently,
  Refused,
  type IdempotentOutcome,
  type IdempotentRequest,
} from '../../../platform/data/idempotency.ts';
import type { BookingRef, EvaluatedBooking } from '../quotes/evaluation-service.ts';
import { evaluateLocked } from '../holds/hold-service.ts';
import { findHeldVoucherIds, findHold } from '../holds/hold-store.ts';
import { findEarlier, findEarlierOfHold, type BookingStanding, type EarlierRedemption } from './booking-store.ts';
import { findRedemption, findRedemptionOfHold, type Redemption } from './redemption-store.ts';
import { writePlanned } from './redemption-write-service.ts';

export type { BookingStanding, Redemption };

/** Codes of a hold, or a booking with codes of its own. */
export type RedemptionSource =
  { readonly holdId: string } | { readonly booking: Booking; readonly codes: readonly CodeEntry[] };

export interface RedemptionInput {
  readonly source: RedemptionSource;
  readonly owner: BookingOwner;
  readonly bookingNumber: string;
  readonly expectedPayable: number | null;
  /** Codes that count for this booking already are to pay once more, and were not sent twice by accident. */
  readonly isAdditional: boolean;
  /** The price of the whole trip, where the booking that is evaluated is only what is open of it. */
  readonly wholePrice?: number;
}

/** A value-bearing code pays: what the booking's side records as received (Zahlsatz). A discount is no payment. */
export interface PaymentRecord {
  readonly voucherId: string;
  readonly code: string;
  readonly type: VoucherType;
  /** What the voucher pays of the trip. */
  readonly amount: number;
  /** Of it what somebody paid for: the base of VAT and margin. */
  readonly paid: number;
  /** Of it what was given away, a price cut; `paid` and `bonus` are the amount. */
  readonly bonus: number;
  readonly currency: string;
}

/** Answers that are kept for the idempotency key, so that a repeated request hears the same again. */
export type RedemptionOutcome =
  | {
      readonly kind: 'redeemed';
      readonly redemption: Redemption;
      /** Of its booking; answers that were kept before bookings had rows lack it. */
      readonly standing?: BookingStanding;
    }
  | RefusedRedemption;

export interface RefusedRedemption {
  readonly kind: 'refused';
  readonly code: RefusalCode;
  readonly evaluation: Evaluation | null;
  /** What the booking took before, where it is the reason; answers kept before bookings had rows lack it. */
  readonly conflict?: BookingConflict | null;
}

export interface BookingConflict {
  readonly currency: string;
  /** The whole price as told now, and what was redeemed of it before. */
  readonly price: number;
  readonly redeemed: number;
  /** Codes that count for the booking already. */
  readonly codes: readonly string[];
  /** A further redemption would be refused as well: one of the codes is a discount. */
  readonly isOnceOnly: boolean;
  /** Of the same client, the newest first. */
  readonly earlier: readonly EarlierRedemption[];
}

type RefusalCode =
  'quote_changed' | 'codes_rejected' | 'already_redeemed' | 'not_found' | 'exceeds_booking' | 'other_currency';

/** Redeems all accepted codes of a booking in one transaction, or nothing. */
export function redeem(
  database: Database,
  input: RedemptionInput,
  request: IdempotentRequest,
  actor: string,
  moment: Moment,
): Promise<IdempotentOutcome<RedemptionOutcome>> {
  return idempotently(database, request, moment.now, async (trx) => {
    const outcome = await redeemIn(trx, input, actor, moment);
    if (outcome.kind === 'refused') throw new Refused(outcome, isLasting(outcome));
    return outcome;
  });
}

export async function readRedemption(database: Database, id: string): Promise<Redemption> {
  const redemption = await findRedemption(database.knex, id);
  if (redemption === null) throw appError('not_found');
  return redemption;
}

/** The redemption a hold of the house's own pages became; null: it became none. */
export function redemptionOfHold(database: Database, holdId: string): Promise<string | null> {
  return findRedemptionOfHold(database.knex, holdId, HOUSE.clientId);
}

/** `bonuses`: what of each voucher's payment was given away, by voucher. */
export function paymentsOf(evaluation: Evaluation, bonuses: ReadonlyMap<string, number>): PaymentRecord[] {
  return evaluation.accepted
    .filter((accepted) => accepted.kind === 'payment')
    .map(({ voucherId, code, type, applied }) => {
      const bonus = bonuses.get(voucherId) ?? 0;
      return { voucherId, code, type, amount: applied, paid: applied - bonus, bonus, currency: evaluation.currency };
    });
}

/** The booking of a number, as its owner counts bookings. */
export function bookingRefOf(owner: BookingOwner, bookingNumber: string): BookingRef {
  return { circle: owner.circle, key: bookingNumberKey(bookingNumber) };
}

interface Intent {
  readonly booking: Booking;
  readonly codes: readonly CodeEntry[];
  readonly holdId: string | null;
  /** Vouchers that the hold had accepted: each must still be. */
  readonly heldVoucherIds: readonly string[];
}

/** The same inside of a larger use case, which sees to it that it happens once. */
export async function redeemIn(
  trx: Transaction,
  input: RedemptionInput,
  actor: string,
  moment: Moment,
): Promise<RedemptionOutcome> {
  const { owner, bookingNumber } = input;
  const intent = await intentOf(trx, input);
  if ('kind' in intent) return intent;
  const ref = bookingRefOf(owner, bookingNumber);
  const { booking, codes, holdId } = intent;
  const evaluated = await evaluateLocked(trx, { booking, codes, clientId: owner.clientId, bookingRef: ref }, moment);
  const { evaluation, soFar } = evaluated;
  const taking = takingOf(input, evaluated);
  const refusal = refusalOf(input, intent, evaluated);
  if (refusal !== null)
    return { kind: 'refused', code: refusal, evaluation, conflict: await conflictOf(trx, input, evaluated, refusal) };
  const bookingMove = { ref, number: bookingNumber, ...taking, isNew: soFar === null, now: moment.now };
  const planned = { bookingNumber, owner, holdId, booking, evaluated, bookingMove };
  const redemption = await writePlanned({ trx, actor, moment }, planned);
  const redeemed = (soFar?.redeemed ?? 0) + taking.applied;
  return { kind: 'redeemed', redemption, standing: { currency: taking.currency, price: taking.price, redeemed } };
}

async function intentOf(trx: Transaction, { source, owner }: RedemptionInput): Promise<Intent | RefusedRedemption> {
  if (!('holdId' in source)) return { booking: source.booking, codes: source.codes, holdId: null, heldVoucherIds: [] };
  const hold = await findHold(trx, { id: source.holdId, clientId: owner.clientId }, 'locked');
  if (hold === null) return goneHold(trx, source.holdId, owner);
  const heldVoucherIds = await findHeldVoucherIds(trx, hold.id);
  return { booking: hold.booking, codes: hold.codes, holdId: hold.id, heldVoucherIds };
}

/** It became a redemption, or nobody knows it (any more). */
async function goneHold(trx: Transaction, holdId: string, { clientId }: BookingOwner): Promise<RefusedRedemption> {
  const earlier = await findEarlierOfHold(trx, holdId, clientId);
  if (earlier === null) return { kind: 'refused', code: 'not_found', evaluation: null, conflict: null };
  const { price, redemption } = earlier;
  const { currency } = redemption;
  const conflict = { currency, price, redeemed: redemption.remaining, codes: [], isOnceOnly: true };
  return {
    kind: 'refused',
    code: 'already_redeemed',
    evaluation: null,
    conflict: { ...conflict, earlier: [redemption] },
  };
}

function takingOf(
  { wholePrice }: RedemptionInput,
  { evaluation }: EvaluatedBooking,
): { readonly currency: string; readonly price: number; readonly applied: number } {
  const applied = evaluation.accepted.reduce((sum, accepted) => sum + accepted.applied, 0);
  return { currency: evaluation.currency, price: wholePrice ?? evaluation.tripPrice, applied };
}

/** What was done before is told first: a code that it used up would look wrong otherwise. */
function refusalOf(input: RedemptionInput, intent: Intent, evaluated: EvaluatedBooking): RefusalCode | null {
  const { evaluation, soFar } = evaluated;
  if (repeatedIn(input, evaluated).length > 0) return 'already_redeemed';
  const changed = changeOf(input, intent, evaluation);
  return changed ?? bookingRefusal(soFar, takingOf(input, evaluated));
}

function repeatedIn({ isAdditional }: RedemptionInput, { soFar, vouchers }: EvaluatedBooking): string[] {
  const wished = [...vouchers.values()].map(({ id, type }) => ({ voucherId: id, isDiscount: type === 'discount' }));
  return redeemedBefore(soFar, wished, isAdditional);
}

function changeOf(
  input: RedemptionInput,
  intent: Intent,
  evaluation: Evaluation,
): 'quote_changed' | 'codes_rejected' | null {
  if (input.expectedPayable !== null) return evaluation.payable === input.expectedPayable ? null : 'quote_changed';
  if (intent.holdId === null) return evaluation.rejected.length === 0 ? null : 'codes_rejected';
  const accepted = new Set(evaluation.accepted.map(({ voucherId }) => voucherId));
  return intent.heldVoucherIds.every((id) => accepted.has(id)) ? null : 'quote_changed';
}

async function conflictOf(
  trx: Transaction,
  input: RedemptionInput,
  evaluated: EvaluatedBooking,
  refusal: RefusalCode,
): Promise<BookingConflict | null> {
  const { owner, bookingNumber } = input;
  const { soFar, vouchers } = evaluated;
  if (refusal === 'quote_changed' || refusal === 'codes_rejected') return null;
  const repeated = repeatedIn(input, evaluated).flatMap((id) => vouchers.get(id) ?? []);
  const { currency, price } = takingOf(input, evaluated);
  return {
    currency: currencyOf(soFar, currency),
    price,
    redeemed: soFar?.redeemed ?? 0,
    codes: repeated.map(({ code }) => code),
    isOnceOnly: repeated.some(({ type }) => type === 'discount'),
    earlier: soFar === null ? [] : await findEarlier(trx, bookingRefOf(owner, bookingNumber), owner.clientId),
  };
}

/** What was redeemed is told in the money in which it was. */
function currencyOf(soFar: BookingSoFar | null, told: string): string {
  return soFar !== null && soFar.redeemed > 0 ? soFar.currency : told;
}

/** What is gone or held by another booking may be there in a moment: the same key may be sent again then. */
function isLasting({ code, evaluation }: RefusedRedemption): boolean {
  const isHeld = evaluation?.rejected.some(({ reason }) => reason === 'held_by_another_booking') ?? false;
  return code !== 'not_found' && !isHeld;
}
