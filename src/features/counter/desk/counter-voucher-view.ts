import { takesMoney } from '../../../core/books/postings.ts';
import { maskedCode } from '../../../core/engine/code-mask.ts';
import { isLegal } from '../../../core/engine/lifecycle.ts';
import { formView, type FormError } from '../../../platform/html/form-view.ts';
import type { Translate } from '../../../platform/html/i18n.ts';
import { refusalSentence } from '../../../platform/http/error-sentence.ts';
import type { AppError } from '../../../platform/process/errors.ts';
import type { EarlierRedemptions } from '../../booking/redemptions/redemption-list-service.ts';
import { STATUS_TONES } from '../../vouchers/record/voucher-status-view.ts';
import { hasBonus, type VoucherView } from '../../vouchers/record/voucher-view-service.ts';
import { COUNTER_PATH, TENDER_FIELDS, tenderChoices, type Typed } from '../till/counter-form.ts';
import { REDEEM_FIELDS } from './counter-redemption-form.ts';
import type { Shift } from '../till/shift-service.ts';

export interface ShownVoucher {
  readonly voucher: VoucherView;
  readonly shift: Shift | null;
  readonly typed: Typed;
  readonly errors: readonly FormError[];
  /** What was redeemed for the typed booking before, and is asked about; null: nothing. */
  readonly before: EarlierRedemptions | null;
}

export const TOP_UP_FIELDS = ['amount', ...TENDER_FIELDS] as const;
const USABLE: ReadonlySet<string> = new Set(['active', 'partly_redeemed']);

/** The page of a scanned voucher: what is left on it, and the two forms. */
export function voucherPage({ voucher, shift, typed, errors, before }: ShownVoucher, t: Translate) {
  const empty = Object.fromEntries([...REDEEM_FIELDS, ...TOP_UP_FIELDS].map((name) => [name, '']));
  return {
    title: voucher.title,
    breadcrumbs: [{ href: COUNTER_PATH, text: t('counter:title') }],
    form: formView({ ...empty, ...typed }, errors),
    shift,
    voucher,
    masked: maskedCode(voucher.code),
    statusText: t(`vouchers:status.${voucher.status}`),
    tone: STATUS_TONES[voucher.status],
    isStored: voucher.balance !== null,
    available: voucher.available ?? 0,
    bookUntil: voucher.validity.bookUntil,
    mayRedeem: shift !== null && USABLE.has(voucher.status),
    mayTopUp: shift !== null && takesMoney(voucher) && !hasBonus(voucher) && isLegal('topup', voucher.status),
    isTopUp: 'amount' in typed,
    // A link of the summary of errors leads into the form that was sent.
    prefixes: 'amount' in typed ? { redeem: 'redeem', topUp: 'f' } : { redeem: 'f', topUp: 'topup' },
    tenders: tenderChoices(t),
    currency: voucher.currency,
    before,
  };
}

/** What the rule that was broken says; a conflict here is a shift that was closed meanwhile. */
export function tillRefusal(error: AppError, t: Translate): string {
  if (error.code === 'conflict') return t('counter:error.shift_closed');
  if (error.code === 'idempotency_key_reused') return t('counter:error.sent_before');
  return refusalSentence(error, t);
}
