import { postingsOfIssue, type PaymentMethod } from '../../../core/books/postings.ts';
import type { Act } from '../../../platform/data/act.ts';
import type { StoredRules } from '../rules/rules-service.ts';
import { reasonWith, requireSecondPerson, type Approved } from './four-eyes-service.ts';
import type { VoucherRecord } from '../rows/voucher-row.ts';
import { moveValue, type ValueMove } from './voucher-value-service.ts';

export interface Issue {
  readonly voucher: ValueMove['voucher'] & Pick<VoucherRecord, 'type'>;
  readonly rules: Pick<StoredRules, 'funding' | 'currency'>;
  readonly paidOn: string;
  readonly method: PaymentMethod;
  readonly reason: string | null;
  readonly approved: Approved;
}

/** Books the value of a voucher that stores one and gets its day of payment. */
export async function bookIssue(act: Act, { voucher, rules, paidOn, method, reason, approved }: Issue): Promise<void> {
  const cents = voucher.originalValue ?? 0;
  if (rules.funding === 'goodwill') await requireSecondPerson(act.trx, cents, approved);
  await moveValue(act, {
    voucher,
    currency: rules.currency,
    change: cents,
    postings: postingsOfIssue({ type: voucher.type, funding: rules.funding }, cents, method),
    postedOn: paidOn,
    reason: reason === null ? null : reasonWith(reason, approved),
    columns: { paid_on: paidOn },
  });
}
