import { formatMoney, formatPercent } from '../../platform/format.ts';
import type { Locale, Translate } from '../../platform/i18n.ts';
import type { SignedInUser } from '../../platform/auth.ts';
import { STATUS_TONES } from './voucher-status-pages.ts';
import type { VoucherView } from './voucher-view-service.ts';

/** A voucher as one row of the list. */
export function listRow(voucher: VoucherView, user: SignedInUser | null, today: string, locale: Locale, t: Translate) {
  const { usage, uses } = voucher;
  return {
    id: voucher.id,
    href: `/admin/vouchers/${voucher.id}`,
    titleText: voucher.title,
    code: shownCode(voucher, user),
    typeText: t(`vouchers:type.${voucher.type}`),
    worth: worthText(voucher, locale, t),
    balance: voucher.balance === null ? '' : formatMoney(voucher.balance, voucher.currency, locale),
    bookUntil: voucher.validity.bookUntil ?? '',
    paidAt: voucher.paidAt ?? '',
    usage: usage.maxUses === null ? String(uses) : `${uses}/${usage.maxUses}`,
    partner: voucher.restrictions.partner ?? '',
    campaign: voucher.campaign ?? '',
    statusText: t(`vouchers:status.${voucher.status}`),
    tone: STATUS_TONES[voucher.status],
    isInactive: isInactive(voucher, today),
  };
}

/** In full only for those who may see codes: a code is money. */
export function shownCode({ code }: VoucherView, user: SignedInUser | null): string {
  return user !== null && (user.role === 'admin' || user.canSeeCodes) ? code : `…${code.slice(-4)}`;
}

/** Inactive: paid, not cancelled, and the rest is 0 or the date has passed. */
function isInactive({ status, paidAt, balance, validity }: VoucherView, today: string): boolean {
  const isPaid = paidAt !== null && paidAt <= today;
  const isOver = balance === 0 || status === 'redeemed' || (validity.bookUntil !== null && validity.bookUntil < today);
  return isPaid && status !== 'cancelled' && status !== 'refunded' && isOver;
}

function worthText({ value, currency, deal }: VoucherView, locale: Locale, t: Translate): string {
  if (value.originalValue !== null) return formatMoney(value.originalValue, currency, locale);
  if (deal?.paysInFull === true) return t('vouchers:whole_trip');
  const tier = value.tiers.at(-1);
  if (tier === undefined) return '';
  const worth = tier.percent === undefined ? formatMoney(tier.amount, currency, locale) : formatPercent(Math.round(tier.percent * 100), locale);
  return value.tiers.length > 1 ? t('vouchers:up_to', { worth }) : worth;
}
