import { roundDownWithRest } from '../money.ts';
import type { AllocationShare, Booking, Multiplier, VoucherType } from './voucher.ts';

/**
 * Splits `amount` in proportion to `weights` by the largest remainder; a tie goes to the earlier one. The parts add up
 * to the amount exactly. Weights that are all 0 share evenly.
 *
 * Source: engine.md section 6, accounting.md section 6. Units: minor units; RangeError for negative input.
 * allocate(1000, [3333, 3333, 3334]) = [333, 333, 334].
 */
export function allocate(amount: number, weights: readonly number[]): number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (total === 0 && weights.length > 0)
    return allocate(
      amount,
      weights.map(() => 1),
    );
  const parts = weights.map((weight) => roundDownWithRest(amount, weight, total));
  let missing = amount - parts.reduce((sum, part) => sum + part.whole, 0);
  const byRest = parts
    .map((part, index) => ({ ...part, index }))
    .sort((a, b) => (a.rest === b.rest ? a.index - b.index : b.rest - a.rest));
  const shares = parts.map(({ whole }) => whole);
  for (const { index } of byRest) {
    if (missing === 0) break;
    shares[index] = (shares[index] ?? 0) + 1;
    missing -= 1;
  }
  return shares;
}

/**
 * Who an applied amount belongs to: the travellers in proportion to price, and the booking itself (`null`) for the part
 * of the trip price that no traveller's price covers. A discount per adult or child goes to the matching travellers
 * alone. Without prices, evenly over the heads the multiplier counts (adults and children for booking and pax); where
 * it counts nobody, to the booking itself. Shares of 0 are left out.
 *
 * Source: engine.md section 6. 129,90 on two adults without prices: 64,95 and 64,95.
 */
export function allocateToTravellers(
  amount: number,
  type: VoucherType,
  multiplier: Multiplier,
  booking: Booking,
): AllocationShare[] {
  const hasPrices = booking.travellers.every(({ price }) => price !== null && price !== undefined);
  const onlyMatching = (type === 'discount' || !hasPrices) && (multiplier === 'adult' || multiplier === 'child');
  const heads = booking.travellers
    .map(({ kind, price }, traveller) => ({ traveller: traveller, kind, weight: hasPrices ? (price ?? 0) : 1 }))
    .filter(({ kind }) => (onlyMatching ? kind === multiplier : hasPrices || kind !== 'infant'));
  const covered = heads.reduce((sum, { weight }) => sum + weight, 0);
  const targets: { traveller: number | null; weight: number }[] =
    heads.length > 0 && (onlyMatching || !hasPrices)
      ? heads
      : [...heads, { traveller: null, weight: hasPrices ? booking.tripPrice - covered : 1 }];
  const shares = allocate(
    amount,
    targets.map(({ weight }) => weight),
  );
  return targets
    .map(({ traveller }, index) => ({ traveller, amount: shares[index] ?? 0 }))
    .filter((share) => share.amount > 0);
}
