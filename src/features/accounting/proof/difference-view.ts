import { subjectHref } from '../ledger/ledger-subject-view.ts';
import { CHECKS, type Difference, type VerifiedPlace } from '../../../core/books/verification.ts';
import type { Translate } from '../../../platform/html/i18n.ts';
import { monthText } from '../ledger/month-view.ts';

/** How a reader writes figures: an accountant reads `90,00 €`, whoever runs the check on a server `90.00 EUR`. */
export interface DifferenceWords {
  readonly t: Translate;
  readonly money: (cents: number, currency: string) => string;
  readonly amount: (cents: number) => string;
  readonly count: (count: number) => string;
}

/** What is off, in one sentence. */
export function differenceText(
  { check, place, expected, actual, currency }: Difference,
  words: DifferenceWords,
): string {
  const figure = (value: number | string | null): string => {
    if (typeof value !== 'number') return value ?? '';
    switch (CHECKS[check].figures) {
      case 'money':
        return currency === null ? words.amount(value) : words.money(value, currency);
      case 'sum':
        return words.amount(value);
      case 'count':
      case 'hash':
        return words.count(value);
    }
  };
  return words.t(`accounting:proof.difference.${check}`, {
    ...placeWords(place, words.t),
    expected: figure(expected),
    actual: figure(actual),
  });
}

/** What to do about it. */
export function differenceAdvice({ check }: Difference, t: Translate): string {
  return t(`accounting:proof.advice.${CHECKS[check].advice}`);
}

/** The page of what is off; null: it has none. */
export function differenceHref({ place }: Difference): string | null {
  switch (place.kind) {
    case 'voucher':
      return `/admin/vouchers/${place.id}`;
    case 'redemption':
      return `/admin/redemptions/${place.id}`;
    case 'campaign':
      return `/admin/campaigns/${place.id}`;
    case 'subject':
      return subjectHref(place.subject, place.id, place.name);
    case 'month':
      return '/admin/accounting/periods';
    case 'circle':
      return '/admin/accounting/numbers';
    case 'journal':
      return '/admin/accounting/journal';
    case 'order':
      return `/admin/orders/${place.id}`;
    case 'till_shift':
      return `/admin/counter/shifts/${place.id}`;
    case 'file':
      return place.id === '' ? '/admin/partner-invoices' : `/admin/accounting/exports/${place.id}`;
    case 'seal':
    case 'record':
      return null;
  }
}

function placeWords(place: VerifiedPlace, t: Translate): Readonly<Record<string, string>> {
  switch (place.kind) {
    case 'voucher':
      return { voucher: place.name, entry: String(place.entry ?? '') };
    case 'redemption':
      return { booking: place.name, voucher: place.voucher ?? '' };
    case 'campaign':
      return { campaign: place.name };
    case 'subject':
      return { subject: place.name };
    case 'seal':
      return { seal: place.name };
    case 'month':
      return { month: monthText(place.name, t) };
    case 'circle':
      return { circle: t(`accounting:numbers.circle.${place.circle}`), year: String(place.year) };
    case 'order':
      return { order: place.name };
    case 'till_shift':
      return { till: place.name };
    case 'file':
      return { file: place.name };
    case 'record':
      return { table: t(`accounting:proof.record.${place.table}`), record: place.name };
    case 'journal':
      return {};
  }
}
