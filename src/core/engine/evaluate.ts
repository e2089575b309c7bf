import { allocateToTravellers } from './allocation.ts';
import { allChecks, firstFailure, type EligibilityCheck } from './restrictions.ts';
import { toCandidate, type Candidate } from './canonical-order.ts';
import {
  admissibleSets,
  alternativeSets,
  bestSet,
  capsOf,
  enteredSet,
  whyNotChosen,
  type AppliedSet,
} from './stacking.ts';
import { percentBaseOf, worthAt } from './value.ts';
import { DEFAULT_CODE_SHAPE, isMalformedCode, isMistyped, lookupKeys } from './voucher-code.ts';
import type {
  AcceptedCode,
  Booking,
  CodeEntry,
  CodeShape,
  CodeTrace,
  Evaluation,
  ExplanationStep,
  StackingPolicy,
  Voucher,
} from './voucher.ts';
import type { RejectedCode, RejectionReason } from './rejection.ts';

export interface EvaluateOptions {
  /** The families of generated codes; they tell a typing slip from an unknown code. */
  readonly codeShapes?: readonly CodeShape[];
  /** Codes that once existed and were deleted, with the last day they were good for, by their stored form. */
  readonly retired?: ReadonlyMap<string, string>;
  /** Adds every check every code went through. */
  readonly trace?: boolean;
}

/**
 * What a set of codes is worth for one booking. The pipeline:
 *
 * 1. Reading a code: normalise, find the voucher, read look-alikes, tell a slip from an unknown code.
 * 2. Eligibility: each code by itself; the first reason that holds rejects it.
 * 3. What one voucher is worth: count, tier, base, caps.
 * 4. Order of application: discounts, deals, settlement, purchase.
 * 5. Which codes stand together: admissible sets, the chosen one, alternatives, why others were not taken.
 * 6. The evaluation: amounts, allocation, explanation, totals.
 *
 * `vouchers` are those found under the codes' look-up keys, in any order; `booking.regions` names ancestors too. Amounts
 * are minor units, `today` is the day in the business time zone. Never throws for what a traveller typed; RangeError for
 * figures that are no safe integers. Source: engine.md.
 *
 * A trip of 1.299,00, SOMMER10 (10 %) and a purchase voucher with 500,00: discount 129,90, payment 500,00, payable 669,10.
 */
export function evaluate(
  policy: StackingPolicy,
  vouchers: readonly Voucher[],
  booking: Booking,
  codes: readonly CodeEntry[],
  today: string,
  options: EvaluateOptions = {},
): Evaluation {
  const shapes = options.codeShapes ?? [DEFAULT_CODE_SHAPE];
  const read = readCodes(codes, vouchers, shapes, options.retired ?? new Map());
  const judged = read.map((one) => judge(one, booking, today));
  const candidates = judged.flatMap(({ candidate }) => (candidate === null ? [] : [candidate]));
  const sets = policy.strategy === 'best' ? admissibleSets(candidates, policy, booking) : [];
  const chosen = policy.strategy === 'best' ? bestSet(sets) : enteredSet(candidates, policy, booking);
  return {
    currency: booking.currency,
    tripPrice: booking.tripPrice,
    discount: chosen.discount,
    payment: booking.tripPrice - chosen.discount - chosen.payable,
    payable: chosen.payable,
    storedValueUsed: chosen.storedValueUsed,
    paymentRequired: chosen.payable > 0,
    accepted: acceptedCodes(chosen, policy, booking),
    rejected: judged.flatMap((one) => rejectedCode(one, chosen, policy) ?? []),
    alternatives: alternativeSets(sets, chosen).map((set) => ({
      codes: set.members.map(({ voucher }) => voucher.code),
      payable: set.payable,
      storedValueUsed: set.storedValueUsed,
    })),
    ...(options.trace === true ? { trace: read.map((one) => traceOf(one, booking, today)) } : {}),
  };
}

interface ReadCode {
  readonly entry: CodeEntry;
  readonly voucher: Voucher | null;
  /** Why the text leads to no voucher of its own; null where it does. */
  readonly failure: RejectionReason | null;
  /** Of a code that was deleted after its time: the last day it was good for. */
  readonly endedOn?: string;
}

interface JudgedCode extends ReadCode {
  readonly candidate: Candidate | null;
  readonly rejection: { readonly reason: RejectionReason; readonly params: RejectedCode['params'] } | null;
}

function readCodes(
  codes: readonly CodeEntry[],
  vouchers: readonly Voucher[],
  shapes: readonly CodeShape[],
  retired: ReadonlyMap<string, string>,
): ReadCode[] {
  const byCode = new Map(vouchers.map((voucher) => [voucher.normalisedCode, voucher]));
  const seen = new Set<string>();
  return codes.map((entry) => {
    if (isMalformedCode(entry.code)) return { entry, voucher: null, failure: 'malformed_code' };
    const keys = lookupKeys(entry.code, shapes);
    const key = keys.find((one) => byCode.has(one));
    const voucher = key === undefined ? undefined : byCode.get(key);
    if (voucher === undefined) {
      const endedOn = keys.map((one) => retired.get(one)).find((day) => day !== undefined);
      if (endedOn !== undefined) return { entry, voucher: null, failure: 'expired', endedOn };
      return { entry, voucher: null, failure: isMistyped(entry.code, shapes) ? 'mistyped_code' : 'unknown_code' };
    }
    if (seen.has(voucher.id)) return { entry, voucher, failure: 'duplicate_code' };
    seen.add(voucher.id);
    return { entry, voucher, failure: null };
  });
}

function judge(read: ReadCode, booking: Booking, today: string): JudgedCode {
  if (read.failure !== null || read.voucher === null) {
    const params: RejectedCode['params'] = read.endedOn === undefined ? {} : { bookUntil: read.endedOn };
    return { ...read, candidate: null, rejection: { reason: read.failure ?? 'unknown_code', params } };
  }
  const failure = firstFailure(read.voucher, booking, today);
  if (failure !== null)
    return { ...read, candidate: null, rejection: { reason: failure.reason, params: failure.params } };
  return { ...read, candidate: toCandidate(read.voucher, read.entry, booking), rejection: null };
}

function rejectedCode(
  { entry, candidate, rejection }: JudgedCode,
  chosen: AppliedSet,
  policy: StackingPolicy,
): RejectedCode | null {
  if (rejection !== null)
    return { code: entry.code, reason: rejection.reason, params: rejection.params, conflictsWith: [] };
  if (candidate === null || chosen.members.some(({ voucher }) => voucher.id === candidate.voucher.id)) return null;
  const { reason, conflictsWith } = whyNotChosen(candidate, chosen, policy);
  return { code: entry.code, reason, params: {}, conflictsWith };
}

function acceptedCodes(chosen: AppliedSet, policy: StackingPolicy, booking: Booking): AcceptedCode[] {
  let before: AppliedSet = { members: [], amounts: [], discount: 0, payable: booking.tripPrice, storedValueUsed: 0 };
  return chosen.members.map((candidate, index) => {
    const { voucher, available } = candidate;
    const applied = chosen.amounts[index] ?? 0;
    const isDiscount = voucher.type === 'discount';
    const accepted: AcceptedCode = {
      code: voucher.code,
      voucherId: voucher.id,
      type: voucher.type,
      title: voucher.title,
      kind: isDiscount ? 'discount' : 'payment',
      applied,
      ...(available === null ? {} : { availableBefore: available, availableAfter: available - applied }),
      bookUntil: voucher.bookUntil,
      allocation: allocateToTravellers(applied, voucher.type, voucher.multiplier, booking),
      explanation: explain(candidate, before, applied, policy),
    };
    before = {
      members: [...before.members, candidate],
      amounts: [...before.amounts, applied],
      discount: before.discount + (isDiscount ? applied : 0),
      payable: before.payable - applied,
      storedValueUsed: 0,
    };
    return accepted;
  });
}

/** Each step to the amount, in the order of the pipeline; of the caps only those that hold the amount down. */
function explain(candidate: Candidate, before: AppliedSet, applied: number, policy: StackingPolicy): ExplanationStep[] {
  const { voucher, worth } = candidate;
  const left = voucher.type === 'discount' ? worth.cover - before.discount : before.payable;
  const full = worthAt(worth, left, policy);
  const steps: ExplanationStep[] = [];
  if (worth.tier !== null) {
    const { minTripPrice, amount, basisPoints } = worth.tier;
    steps.push({ key: 'tier', minTripPrice, ...(basisPoints === null ? { amount } : { basisPoints }) });
  }
  if (voucher.multiplier !== 'booking')
    steps.push({ key: 'count', multiplier: voucher.multiplier, count: worth.count });
  if (worth.kind === 'percent') steps.push({ key: 'base', amount: percentBaseOf(worth, left, policy) });
  if (worth.kind === 'in_full') steps.push({ key: 'paysInFull', amount: left });
  else if (Number.isFinite(full)) steps.push({ key: 'worth', amount: full });
  for (const cap of [...capsOf(candidate, before), { key: 'left', amount: left }]) {
    if (cap.amount === applied && cap.amount < full) steps.push({ key: cap.key, amount: cap.amount });
  }
  steps.push({ key: 'applied', amount: applied });
  return steps;
}

function traceOf({ entry, voucher, failure, endedOn }: ReadCode, booking: Booking, today: string): CodeTrace {
  const reading = (['malformed_code', 'duplicate_code', 'mistyped_code', 'unknown_code'] as const).map((check) => ({
    check,
    passed: failure !== check,
    required: null,
    actual: null,
  }));
  if (endedOn !== undefined)
    return {
      code: entry.code,
      checks: [...reading, { check: 'expired', passed: false, required: endedOn, actual: today }],
    };
  const checks = voucher === null ? [] : allChecks(voucher, booking, today);
  return { code: entry.code, checks: [...reading, ...checks.map(traceCheck)] };
}

function traceCheck({ reason, passed, required, actual }: EligibilityCheck): CodeTrace['checks'][number] {
  return { check: reason, passed, required, actual };
}
