import { shortestSoundEnd, type Jurisdiction } from '../../core/limitation.ts';
import { isStoredValue, type StoredRules } from '../campaigns/rules-service.ts';

/** A paid voucher that ends before the law lets its claim end. */
export interface ShortEnd {
  readonly bookUntil: string;
  /** The first end that would do. */
  readonly soundEnd: string;
  readonly jurisdiction: Jurisdiction;
}

/** null: the end is long enough, or nothing is owed. `claimOn`: the day of payment, or today where it is not known. */
export function shortEndOf({ type, funding, bookUntil }: Pick<StoredRules, 'type' | 'funding' | 'bookUntil'>, claimOn: string, jurisdiction: Jurisdiction): ShortEnd | null {
  if (!isStoredValue(type) || funding === 'goodwill' || bookUntil === null) return null;
  const soundEnd = shortestSoundEnd(claimOn, jurisdiction);
  return bookUntil >= soundEnd ? null : { bookUntil, soundEnd, jurisdiction };
}
