/** What one booking may take in all: the sum of its redemptions never exceeds its price, and no code works twice for it. */

/** What was redeemed for a booking before, less what was given back. */
export interface BookingSoFar {
  readonly currency: string;
  /** What was last told as the whole price of the trip, in cents. */
  readonly price: number;
  /** Discounts and payments of all its redemptions, less reversals, in cents. */
  readonly redeemed: number;
  /** By voucher id: cents that still count. */
  readonly byVoucher: ReadonlyMap<string, number>;
}

/** What is to be redeemed now. */
export interface BookingWish {
  readonly currency: string;
  /** The whole price of the trip as told now, in cents. */
  readonly price: number;
  /** Discounts and payments together, in cents. */
  readonly applied: number;
}

export type BookingRefusal = 'exceeds_booking' | 'other_currency';

/** A voucher that is to be redeemed, and whether its use lowers the price or pays. */
export interface WishedVoucher {
  readonly voucherId: string;
  readonly isDiscount: boolean;
}

/**
 * The number as one booking has it, however somebody writes it: without blanks and invisible characters, in small
 * letters. `K-1`, `k-1` and `K- 1` are one booking; `K1` is another. Text of nothing else is left as it is.
 */
export function bookingNumberKey(number: string): string {
  const key = number
    .normalize('NFC')
    .toLowerCase()
    .replace(/[\s\p{Cf}]+/gu, '');
  return key === '' ? number : key;
}

/**
 * The vouchers that were redeemed for this booking before and still count. Sent by accident a second time, all of them are
 * refused. Where a further redemption is meant (`isAdditional`) stored value may pay again, while a discount never lowers
 * one price twice.
 * 100,00 of voucher 7 redeemed, none given back: voucher 7 again is refused, voucher 8 is not; with isAdditional voucher 7
 * is refused only where it is a discount.
 */
export function redeemedBefore(
  soFar: BookingSoFar | null,
  wished: readonly WishedVoucher[],
  isAdditional: boolean,
): string[] {
  if (soFar === null) return [];
  return wished
    .filter(({ voucherId, isDiscount }) => (soFar.byVoucher.get(voucherId) ?? 0) > 0 && (isDiscount || !isAdditional))
    .map(({ voucherId }) => voucherId);
}

/**
 * Why a booking cannot take so much; null: it can. The price told last counts, also where it differs from the one before:
 * a trip may become dearer or cheaper, but never so cheap that less than the redeemed sum is left of it.
 * Price 200,00, redeemed 150,00: 50,00 more are taken, 50,01 are not; 60,00 more where the price is told as 210,00 now;
 * nothing where it is told as 140,00. A booking has one currency as long as something of it is redeemed.
 * Source: accounting, "sum of redemptions per booking <= booking price".
 */
export function bookingRefusal(soFar: BookingSoFar | null, wish: BookingWish): BookingRefusal | null {
  const redeemed = soFar?.redeemed ?? 0;
  if (soFar !== null && redeemed > 0 && soFar.currency !== wish.currency) return 'other_currency';
  return redeemed + wish.applied > wish.price ? 'exceeds_booking' : null;
}
