import type { FormError } from '../../../platform/html/form-view.ts';
import type { Translate } from '../../../platform/html/i18n.ts';
import { amountOf, bookingNumberOf, TENDER_FIELDS, type Typed } from '../till/counter-form.ts';

export const REDEEM_FIELDS = ['price', 'bookingNumber', 'atMost', 'isFurther', 'wholePrice', ...TENDER_FIELDS] as const;

/** What is typed to redeem, before it is known what was redeemed for the booking before. */
export interface WishedRedemption {
  readonly price: number;
  readonly atMost: number | null;
  readonly bookingNumber: string;
}

export function parseRedemption(
  typed: Typed,
  t: Translate,
): { readonly wish: WishedRedemption } | { readonly errors: readonly FormError[] } {
  const errors: FormError[] = [];
  const price = amountOf(typed, 'price', errors, { t, otherwise: t('counter:error.price') });
  const bookingNumber = bookingNumberOf(typed, errors, t);
  const atMost =
    (typed['atMost'] ?? '') === ''
      ? null
      : amountOf(typed, 'atMost', errors, { t, otherwise: t('counter:error.amount') });
  if (price === null || errors.length > 0) return { errors };
  return { wish: { price, atMost, bookingNumber } };
}

/** The answer to the question whether it is a further redemption of the same booking: yes, with the price of the whole trip. */
export function parseFurther(
  typed: Typed,
  price: number,
  t: Translate,
): { readonly wholePrice: number } | { readonly errors: readonly FormError[] } {
  if (typed['isFurther'] !== 'true')
    return { errors: [{ path: 'isFurther', message: t('counter:error.redeemed_before') }] };
  const errors: FormError[] = [];
  const wholePrice = amountOf(typed, 'wholePrice', errors, { t, otherwise: t('counter:error.whole_price') });
  if (wholePrice !== null && wholePrice < price)
    errors.push({ path: 'wholePrice', message: t('counter:error.whole_price_low') });
  return wholePrice === null || errors.length > 0 ? { errors } : { wholePrice };
}
