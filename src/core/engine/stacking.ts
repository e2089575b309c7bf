import { compareCodePoints, inCanonicalOrder, NO_END, type Candidate } from './canonical-order.ts';
import type { RejectionReason } from './rejection.ts';
import { worthAt } from './value.ts';
import type { Booking, StackingPolicy, Voucher, VoucherType } from './voucher.ts';

/** A set of codes applied in canonical order; `amounts` stand beside `members`. */
export interface AppliedSet {
  readonly members: readonly Candidate[];
  readonly amounts: readonly number[];
  readonly discount: number;
  readonly payable: number;
  readonly storedValueUsed: number;
}

export interface Conflict {
  readonly reason: RejectionReason;
  readonly conflictsWith: readonly string[];
}

/**
 * Every admissible set of the candidates, applied; the empty one first. A set is built by adding codes in canonical
 * order: what is applied later never changes what was applied before, so a set that breaks a rule, or has a member that
 * applies nothing, is left with all the sets that contain it, and nothing admissible is missed.
 * Source: engine.md section 5. At most 1,024 sets for the 10 codes of one request.
 */
export function admissibleSets(
  candidates: readonly Candidate[],
  policy: StackingPolicy,
  booking: Booking,
): AppliedSet[] {
  const ordered = inCanonicalOrder(candidates, policy);
  const sets: AppliedSet[] = [emptySet(booking)];
  const extend = (set: AppliedSet, from: number): void => {
    for (let next = from; next < ordered.length; next++) {
      const candidate = ordered[next];
      if (candidate === undefined || !mayJoin(candidate, set.members, policy)) continue;
      const larger = withNext(set, candidate, policy);
      if (larger === null) continue;
      sets.push(larger);
      extend(larger, next + 1);
    }
  };
  extend(sets[0] as AppliedSet, 0);
  return sets;
}

/** The set of strategy `best`: smallest payable, least stored value, fewest codes, and what ends earlier first. */
export function bestSet(sets: readonly AppliedSet[]): AppliedSet {
  return sets.reduce((best, set) => (isBetter(set, best) ? set : best));
}

/** The set of strategy `entered`: as typed, each code with which the set taken so far stays admissible. */
export function enteredSet(candidates: readonly Candidate[], policy: StackingPolicy, booking: Booking): AppliedSet {
  let taken: readonly Candidate[] = [];
  let set = emptySet(booking);
  for (const candidate of candidates) {
    const larger = applyAll([...taken, candidate], policy, booking);
    if (larger === null) continue;
    taken = [...taken, candidate];
    set = larger;
  }
  return set;
}

/**
 * The other ways worth offering: no set is better on both payable and stored value used; one for each pair of the two;
 * without the chosen set and its subsets; by payable, at most 3.
 */
export function alternativeSets(sets: readonly AppliedSet[], chosen: AppliedSet): AppliedSet[] {
  const byPayable = [...sets].sort((a, b) => a.payable - b.payable || a.storedValueUsed - b.storedValueUsed);
  const front: AppliedSet[] = [];
  for (const set of byPayable) {
    const last = front.at(-1);
    const isSamePair = last?.payable === set.payable && last.storedValueUsed === set.storedValueUsed;
    if (last === undefined || set.storedValueUsed < last.storedValueUsed) front.push(set);
    else if (isSamePair && isBetter(set, last)) front[front.length - 1] = set;
  }
  const chosenIds = new Set(chosen.members.map(({ voucher }) => voucher.id));
  return front.filter(({ members }) => !members.every(({ voucher }) => chosenIds.has(voucher.id))).slice(0, 3);
}

/** Why a code cannot stand beside the others, by the first rule that says so; null where no rule does. */
function conflictOf({ voucher }: Candidate, others: readonly Candidate[], policy: StackingPolicy): Conflict | null {
  if (others.length > 0 && voucher.exclusive) return conflict('exclusive_voucher', others);
  const inTheWay = (holds: (other: Voucher) => boolean): readonly Candidate[] =>
    others.filter((other) => holds(other.voucher));
  const exclusive = inTheWay((other) => other.exclusive);
  if (exclusive.length > 0) return conflict('exclusive_voucher', exclusive);
  const forbidden = inTheWay((other) => isForbiddenPair(voucher.type, other.type, policy));
  if (forbidden.length > 0) return conflict('type_not_combinable', forbidden);
  const campaign = voucher.campaign;
  if (campaign !== null) {
    const ofCampaign = inTheWay((other) => other.campaign?.id === campaign.id);
    if (ofCampaign.length >= policy.maxPerCampaign) return conflict('campaign_already_used', ofCampaign);
  }
  const limit = policy.maxPerType[voucher.type];
  if (limit !== null) {
    const ofType = inTheWay((other) => other.type === voucher.type);
    if (ofType.length >= limit) return conflict('too_many_of_type', ofType);
  }
  return others.length >= policy.maxVouchers ? conflict('too_many_vouchers', others) : null;
}

/** Why an eligible code is not in the chosen set. Source: engine.md section 5, last part. */
export function whyNotChosen(candidate: Candidate, chosen: AppliedSet, policy: StackingPolicy): Conflict {
  if (candidate.voucher.exclusive) return conflict('exclusive_voucher', chosen.members);
  return conflictOf(candidate, chosen.members, policy) ?? { reason: 'not_needed', conflictsWith: [] };
}

function emptySet(booking: Booking): AppliedSet {
  return { members: [], amounts: [], discount: 0, payable: booking.tripPrice, storedValueUsed: 0 };
}

function applyAll(candidates: readonly Candidate[], policy: StackingPolicy, booking: Booking): AppliedSet | null {
  let set: AppliedSet | null = emptySet(booking);
  for (const candidate of inCanonicalOrder(candidates, policy)) {
    if (!mayJoin(candidate, set.members, policy)) return null;
    set = withNext(set, candidate, policy);
    if (set === null) return null;
  }
  return set;
}

/** The set with one more code behind its last in canonical order; null if that code would apply nothing. */
function withNext(set: AppliedSet, candidate: Candidate, policy: StackingPolicy): AppliedSet | null {
  const isDiscount = candidate.voucher.type === 'discount';
  const left = isDiscount ? candidate.worth.cover - set.discount : set.payable;
  const budget =
    candidate.budgetLeft === null ? Infinity : candidate.budgetLeft - spentOfCampaign(candidate.voucher, set);
  const applied = Math.min(worthAt(candidate.worth, left, policy), left, candidate.cap, budget);
  if (applied <= 0) return null;
  return {
    members: [...set.members, candidate],
    amounts: [...set.amounts, applied],
    discount: set.discount + (isDiscount ? applied : 0),
    payable: set.payable - applied,
    storedValueUsed: set.storedValueUsed + (candidate.available === null ? 0 : applied),
  };
}

/** What limits a code beside its worth and what is left to pay, with the budget as the set has left it. */
export function capsOf(
  { voucher, entry, available, budgetLeft }: Candidate,
  before: AppliedSet,
): { readonly key: string; readonly amount: number }[] {
  const caps: { key: string; amount: number }[] = [];
  if (voucher.maxAmount !== null) caps.push({ key: 'maxAmount', amount: voucher.maxAmount });
  if (available !== null) caps.push({ key: 'available', amount: available });
  if (budgetLeft !== null) caps.push({ key: 'budget', amount: budgetLeft - spentOfCampaign(voucher, before) });
  if (entry.atMost !== null) caps.push({ key: 'atMost', amount: entry.atMost });
  return caps;
}

/** Whether no rule of section 5 keeps the code out of this set. Asked a thousand times for ten codes, so it makes no lists. */
function mayJoin({ voucher }: Candidate, others: readonly Candidate[], policy: StackingPolicy): boolean {
  if (others.length >= policy.maxVouchers || (voucher.exclusive && others.length > 0)) return false;
  let ofType = 0;
  let ofCampaign = 0;
  for (const { voucher: other } of others) {
    if (other.exclusive || isForbiddenPair(voucher.type, other.type, policy)) return false;
    if (other.type === voucher.type) ofType += 1;
    if (voucher.campaign !== null && other.campaign?.id === voucher.campaign.id) ofCampaign += 1;
  }
  const typeLimit = policy.maxPerType[voucher.type];
  return (
    (typeLimit === null || ofType < typeLimit) && (voucher.campaign === null || ofCampaign < policy.maxPerCampaign)
  );
}

function spentOfCampaign(voucher: Voucher, before: AppliedSet): number {
  let spent = 0;
  before.members.forEach((member, index) => {
    if (member.voucher.campaign?.id === voucher.campaign?.id) spent += before.amounts[index] ?? 0;
  });
  return spent;
}

function isForbiddenPair(a: VoucherType, b: VoucherType, policy: StackingPolicy): boolean {
  return policy.forbiddenPairs.some(([x, y]) => (x === a && y === b) || (x === b && y === a));
}

function conflict(reason: RejectionReason, inTheWay: readonly Candidate[]): Conflict {
  return { reason, conflictsWith: inTheWay.map(({ voucher }) => voucher.code) };
}

function isBetter(a: AppliedSet, b: AppliedSet): boolean {
  const order = a.payable - b.payable || a.storedValueUsed - b.storedValueUsed || a.members.length - b.members.length;
  return order === 0 ? compareEndings(a, b) < 0 : order < 0;
}

/** What ends earlier is used first: the sorted lists of `bookUntil code`, element by element. */
function compareEndings(a: AppliedSet, b: AppliedSet): number {
  const [mine, others] = [endingsOf(a), endingsOf(b)];
  for (let index = 0; index < mine.length; index++) {
    const order = compareCodePoints(mine[index] ?? '', others[index] ?? '');
    if (order !== 0) return order;
  }
  return 0;
}

function endingsOf({ members }: AppliedSet): string[] {
  return members
    .map(({ voucher }) => `${voucher.bookUntil ?? NO_END} ${voucher.normalisedCode}`)
    .sort(compareCodePoints);
}
