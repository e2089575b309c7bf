import type { PostingRole } from '../account-role.ts';
import { valueRole, type PostedVoucher, type Posting } from '../postings.ts';

/**
 * The rest of a voucher whose rest is forfeited. It is no income yet: it waits on a liability of its own until an
 * approved run derecognises it. A goodwill voucher was no liability, so nothing waits. 15,00 left of a purchase:
 * V_KAUF an V_FORFEIT 15,00. Source: accounting.md 0.7 and 1.8.
 */
export function postingsOfForfeit(voucher: PostedVoucher, cents: number): Posting[] {
  const role = valueRole(voucher);
  return [{ event: 'forfeit', debitRole: role, creditRole: forfeitRole(role), cents }];
}

/** The booking that forfeited the rest was cancelled: the rest comes back. */
export function postingsOfForfeitReversal(voucher: PostedVoucher, cents: number): Posting[] {
  const role = valueRole(voucher);
  return [{ event: 'forfeit_reversal', debitRole: forfeitRole(role), creditRole: role, cents }];
}

/** K14: the claim is time-barred and an approved run ends it; no VAT. 40,00 of a purchase: V_KAUF an BREAKAGE 40,00. */
export function postingsOfDerecognition(voucher: PostedVoucher, cents: number): Posting[] {
  return [{ event: 'derecognition', debitRole: valueRole(voucher), creditRole: 'BREAKAGE', cents }];
}

/** The same of a rest that lapsed before and waited for the run: V_FORFEIT an BREAKAGE 15,00. */
export function postingsOfLapsedDerecognition(cents: number): Posting[] {
  return cents === 0 ? [] : [{ event: 'derecognition', debitRole: 'V_FORFEIT', creditRole: 'BREAKAGE', cents }];
}

/** K15: a derecognised voucher is honoured after all; in a later year the income was that of another year. */
export function postingsOfReactivation(voucher: PostedVoucher, cents: number, isSameYear: boolean): Posting[] {
  return [
    {
      event: 'reactivation',
      debitRole: isSameYear ? 'BREAKAGE' : 'BREAKAGE_REVERSAL',
      creditRole: valueRole(voucher),
      cents,
    },
  ];
}

function forfeitRole(role: PostingRole): PostingRole {
  return role === 'MEMO_GOODWILL' ? 'MEMO_GOODWILL_CONTRA' : 'V_FORFEIT';
}
