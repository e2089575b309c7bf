import { roundHalfUp } from '../money.ts';
import type { LedgerEvent } from './ledger-event.ts';
import type { PostedVoucher, Posting } from './postings.ts';

/** A voucher that was sold for less than its value: pay 90,00, get 100,00. In cents, 0 < bonus < value. */
export interface BonusTerms {
  readonly value: number;
  readonly bonus: number;
}

/**
 * What of a balance was given away and is owed to nobody; the rest of it was paid. The paid share is used up in proportion
 * and cumulatively: paid so far = price * redeemed / value, rounded half up, so the last step lands exactly on the price.
 * 100,00 for 90,00 of which 33,33 are redeemed: 30,00 of the price are used, 60,00 are owed, 6,67 are bonus.
 * Throws RangeError where the balance is not between 0 and the value. Source: accounting.md K3 and 6.
 */
export function bonusOf({ value, bonus }: BonusTerms, balance: number): number {
  if (bonus === 0) return 0;
  const price = value - bonus;
  return balance - (price - roundHalfUp(price, value - balance, value));
}

/**
 * What of a redemption nobody paid for: the share of a bonus, and all of a goodwill voucher, which no money stands behind.
 * 60,00 of 100,00 that cost 90,00: 6,00; 60,00 of goodwill: 60,00. Source: accounting.md 1.2, K3 and V3.
 */
export function givenAwayOf(
  { type, funding }: PostedVoucher,
  terms: BonusTerms,
  { balance, applied }: { readonly balance: number; readonly applied: number },
): number {
  if (type === 'settlement') return funding === 'goodwill' ? applied : 0;
  return type === 'purchase' ? bonusOf(terms, balance) - bonusOf(terms, balance - applied) : 0;
}

/**
 * The postings of a purchase when `change` comes onto a balance (or leaves it, below 0), with the bonus apart: it stands on
 * a memo role as it is no liability, and what is redeemed of it is a price cut (RABATT an DEBITOR).
 * 60,00 of 100,00 that cost 90,00: V_KAUF an DEBITOR 54,00, MEMO_GOODWILL an MEMO_GOODWILL_CONTRA 6,00, RABATT an DEBITOR
 * 6,00. Postings that do not touch V_KAUF stay. Source: accounting.md K3.
 */
export function withBonusApart(
  postings: readonly Posting[],
  terms: BonusTerms,
  balance: number,
  change: number,
): Posting[] {
  if (terms.bonus === 0 || change === 0) return [...postings];
  const share = Math.abs(bonusOf(terms, balance + change) - bonusOf(terms, balance));
  return postings
    .flatMap((posting) => (touchesValue(posting) ? legsOf(posting, share) : [posting]))
    .filter(({ cents }) => cents > 0);
}

function touchesValue({ debitRole, creditRole }: Posting): boolean {
  return debitRole === PAID || creditRole === PAID;
}

function legsOf(posting: Posting, share: number): Posting[] {
  const isIn = posting.creditRole === PAID;
  const [debitRole, creditRole] = isIn ? ([CONTRA, MEMO] as const) : ([MEMO, CONTRA] as const);
  const legs = [
    { ...posting, cents: posting.cents - share },
    { event: LAPSE[posting.event] ?? posting.event, debitRole, creditRole, cents: share },
  ];
  if (posting.event === 'redemption') return [...legs, { ...posting, debitRole: 'RABATT', cents: share }];
  return posting.event === 'redemption_reversal' ? [...legs, { ...posting, creditRole: 'RABATT', cents: share }] : legs;
}

/** What was given away is neither paid out nor income: it lapses. */
const LAPSE: Partial<Record<LedgerEvent, LedgerEvent>> = {
  refund: 'forfeit',
  chargeback: 'forfeit',
  derecognition: 'forfeit',
  reactivation: 'forfeit_reversal',
  chargeback_reversal: 'forfeit_reversal',
};

const PAID = 'V_KAUF';
const MEMO = 'MEMO_GOODWILL';
const CONTRA = 'MEMO_GOODWILL_CONTRA';
