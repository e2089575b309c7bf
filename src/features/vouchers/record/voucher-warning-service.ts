import { jurisdictionOf, shortestSoundEnd, type Jurisdiction } from '../../../core/books/limitation.ts';
import type { Connection } from '../../../platform/data/db.ts';
import { formatDay } from '../../../platform/html/format.ts';
import type { Locale, Translate } from '../../../platform/html/i18n.ts';
import { currentSetup } from '../../accounting/ledger/setup-service.ts';
import { isStoredValue, type StoredRules } from '../rules/rules-service.ts';
import type { VoucherView } from './voucher-view-service.ts';

/** A paid voucher that ends before the law lets its claim end. */
export interface ShortEnd {
  readonly bookUntil: string;
  /** The first end that would do. */
  readonly soundEnd: string;
  readonly jurisdiction: Jurisdiction;
}

/** null: the end is long enough, or nothing is owed. `claimOn`: the day of payment, or today where it is not known. */
export function shortEndOf(
  { type, funding, bookUntil }: Pick<StoredRules, 'type' | 'funding' | 'bookUntil'>,
  claimOn: string,
  jurisdiction: Jurisdiction,
): ShortEnd | null {
  if (!isStoredValue(type) || funding === 'goodwill' || bookUntil === null) return null;
  const soundEnd = shortestSoundEnd(claimOn, jurisdiction);
  return bookUntil >= soundEnd ? null : { bookUntil, soundEnd, jurisdiction };
}

/** In a sentence: which end, and which would do. */
export function shortEndText({ bookUntil, soundEnd, jurisdiction }: ShortEnd, t: Translate, locale: Locale): string {
  return t(`vouchers:too_short.${jurisdiction}`, {
    until: formatDay(bookUntil, locale),
    day: formatDay(soundEnd, locale),
  });
}

/** The same of a voucher as it stands, by the country of the accounts. */
export async function shortEndOfVoucher(
  connection: Connection,
  { type, funding, validity, paidAt }: VoucherView,
  today: string,
): Promise<ShortEnd | null> {
  const { setup } = await currentSetup(connection);
  return shortEndOf({ type, funding, bookUntil: validity.bookUntil }, paidAt ?? today, jurisdictionOf(setup.chart));
}

/** A voucher that was just saved, with what may not stand of it. */
export async function savedVoucher(
  connection: Connection,
  voucher: VoucherView,
  today: string,
): Promise<VoucherView & { readonly warnings: readonly object[] }> {
  const shortEnd = await shortEndOfVoucher(connection, voucher, today);
  return {
    ...voucher,
    warnings:
      shortEnd === null ? [] : [{ code: 'end_too_short', bookUntil: shortEnd.bookUntil, soundEnd: shortEnd.soundEnd }],
  };
}
