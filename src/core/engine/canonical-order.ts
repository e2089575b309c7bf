import { availableOf, budgetLeftOf } from './restrictions.ts';
import { worthOf, type Worth } from './value.ts';
import type { Booking, CodeEntry, StackingPolicy, Voucher, VoucherType } from './voucher.ts';

/** An eligible code with the figures that do not depend on the set it stands in. */
export interface Candidate {
  readonly voucher: Voucher;
  readonly entry: CodeEntry;
  readonly worth: Worth;
  readonly available: number | null;
  readonly budgetLeft: number | null;
  /** The least of maxAmount, available and atMost: what no set changes. */
  readonly cap: number;
}

export function toCandidate(voucher: Voucher, entry: CodeEntry, booking: Booking): Candidate {
  const available = availableOf(voucher);
  const cap = Math.min(voucher.maxAmount ?? Infinity, available ?? Infinity, entry.atMost ?? Infinity);
  return { voucher, entry, worth: worthOf(voucher, booking), available, budgetLeft: budgetLeftOf(voucher), cap };
}

/**
 * The codes in the order in which they are applied, however they were typed: discounts, deals, settlement, purchase.
 * Source: engine.md section 4.
 */
export function inCanonicalOrder(candidates: readonly Candidate[], policy: StackingPolicy): Candidate[] {
  return candidates
    .map((candidate) => ({ candidate, key: orderKey(candidate, policy) }))
    .sort(
      (a, b) =>
        compareKeys(a.key, b.key) ||
        compareCodePoints(a.candidate.voucher.normalisedCode, b.candidate.voucher.normalisedCode),
    )
    .map(({ candidate }) => candidate);
}

/** The order of two texts by code point: UTF-16 units would put characters outside the first plane too early. */
export function compareCodePoints(a: string, b: string): number {
  if (a === b) return 0;
  const others = [...b];
  let index = 0;
  for (const character of a) {
    const other = others[index++];
    if (other === undefined) return 1;
    if (character !== other) return (character.codePointAt(0) ?? 0) - (other.codePointAt(0) ?? 0);
  }
  return index < others.length ? -1 : 0;
}

const TYPE_ORDER: Readonly<Record<VoucherType, number>> = { discount: 0, deal: 1, settlement: 2, purchase: 3 };
/** Where something never ends. */
export const NO_END = '9999-12-31';

function orderKey({ voucher, worth, available }: Candidate, policy: StackingPolicy): (number | string)[] {
  const first = TYPE_ORDER[voucher.type];
  const isPercent = worth.kind === 'percent';
  const largerFirst = isPercent ? -worth.basisPoints : -worth.amount;
  switch (voucher.type) {
    case 'discount':
      return [first, isPercent === (policy.discountOrder === 'percent_first') ? 0 : 1, largerFirst];
    case 'deal':
      return worth.kind === 'in_full' ? [first, 1, 0, 0] : [first, 0, isPercent ? 1 : 0, largerFirst];
    case 'settlement':
    case 'purchase':
      return [first, voucher.bookUntil ?? NO_END, available ?? 0];
  }
}

function compareKeys(a: readonly (number | string)[], b: readonly (number | string)[]): number {
  for (let index = 0; index < a.length; index++) {
    const [x, y] = [a[index], b[index]];
    if (x !== y && x !== undefined && y !== undefined) return x < y ? -1 : 1;
  }
  return 0;
}
