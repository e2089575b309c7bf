import type { Locals } from 'express';
import { may } from '../../../core/access.ts';
import { isLegal, type VoucherAction } from '../../../core/engine/lifecycle.ts';
import type { SignedInUser } from '../../../platform/http/auth.ts';
import { formatMoney, formatNumber } from '../../../platform/html/format.ts';
import type { Translate } from '../../../platform/html/i18n.ts';
import { VOUCHERS_PATH } from '../list/voucher-list-pages.ts';
import { hasBonus, type VoucherView } from '../record/voucher-view-service.ts';

export const VOUCHER_ACTS = ['pay', 'lock', 'unlock', 'cancel', 'payout'] as const;
export type VoucherAct = (typeof VOUCHER_ACTS)[number];

type Words = Pick<Locals, 't' | 'locale'>;

/** One thing that can be done to a voucher now, with its consequence in figures. */
export interface OfferedAct {
  readonly name: VoucherAct;
  readonly href: string;
  readonly icon: string;
  readonly label: string;
  readonly title: string;
  readonly isDangerous: boolean;
  readonly lines: readonly string[];
  readonly isPay: boolean;
  readonly needsReason: boolean;
  /** What could be paid out; null where there is nothing, or this person may not. */
  readonly refund: string | null;
}

const LEGAL_ACTION: Readonly<Record<VoucherAct, VoucherAction>> = {
  pay: 'pay',
  lock: 'deactivate',
  unlock: 'activate',
  cancel: 'cancel',
  payout: 'payout',
};
const ICONS: Readonly<Record<VoucherAct, string>> = {
  pay: 'cash',
  lock: 'lock',
  unlock: 'lock-open',
  cancel: 'ban',
  payout: 'cash',
};

export function actionsOf(voucher: VoucherView, user: SignedInUser | null, words: Words): OfferedAct[] {
  const { t } = words;
  const lines: Readonly<Record<VoucherAct, () => string[]>> = {
    pay: () => payLines(voucher, words),
    lock: () => [t('vouchers:lock_text'), ...heldLines(voucher, words)],
    unlock: () => [t('vouchers:unlock_text')],
    cancel: () => cancelLines(voucher, words),
    payout: () => [t('vouchers:payout_text', { value: moneyOf(voucher, words) })],
  };
  return VOUCHER_ACTS.filter(
    (name) =>
      isLegal(LEGAL_ACTION[name], voucher.status, (voucher.balance ?? 0) > 0) &&
      !(name === 'pay' && voucher.paidAt !== null) &&
      !(name === 'payout' && (voucher.funding === 'goodwill' || !may(user, 'vouchers.refund'))),
  ).map((name) => ({
    name,
    href: `${VOUCHERS_PATH}/${voucher.id}/${name}`,
    icon: ICONS[name],
    label: t(`vouchers:do.${name}`),
    title: t(`vouchers:do_title.${name}`),
    isDangerous: name === 'cancel',
    lines: lines[name](),
    isPay: name === 'pay',
    needsReason: name !== 'pay' && name !== 'unlock',
    refund:
      name === 'cancel' && (voucher.balance ?? 0) > 0 && voucher.funding !== 'goodwill' && may(user, 'vouchers.refund')
        ? moneyOf(voucher, words)
        : null,
  }));
}

/** Whether there is a balance to put right, by somebody who may. */
export function mayCorrectValue(voucher: VoucherView, user: SignedInUser | null): boolean {
  return (
    may(user, 'vouchers.correct') &&
    voucher.balance !== null &&
    voucher.paidAt !== null &&
    !hasBonus(voucher) &&
    isLegal('correct', voucher.status)
  );
}

export function actorName(actor: string, names: ReadonlyMap<string, string>, t: Translate): string {
  const known = names.get(actor);
  if (known !== undefined) return known;
  const [kind = '', id = ''] = actor.split(':', 2);
  return ['user', 'key', 'job'].includes(kind) ? t(`vouchers:actor.${kind}`, { id }) : t('vouchers:actor.system');
}

/** Which codes a change of this voucher's fields touches. */
export function reachOf(
  voucher: VoucherView,
  campaign: { readonly title: string; readonly codeCount: number } | null,
  { t, locale }: Words,
): string[] {
  const number = (value: number): string => formatNumber(value, locale);
  if (campaign !== null)
    return [
      t('vouchers:reach.campaign', {
        title: campaign.title,
        total: number(campaign.codeCount),
        count: campaign.codeCount,
      }),
    ];
  const lines = [t('vouchers:reach.one')];
  if (voucher.uses > 0) lines.push(t('vouchers:reach.uses', { count: voucher.uses }));
  return [...lines, ...heldLines(voucher, { t, locale })];
}

function payLines(voucher: VoucherView, words: Words): string[] {
  const { t } = words;
  if (voucher.value.originalValue === null) return [t('vouchers:pay_plain')];
  if (voucher.issuePrice !== null && hasBonus(voucher)) {
    const money = (cents: number): string => formatMoney(cents, voucher.currency, words.locale);
    return [t('vouchers:pay_bonus', { price: money(voucher.issuePrice), value: money(voucher.value.originalValue) })];
  }
  return [t('vouchers:pay_text', { value: formatMoney(voucher.value.originalValue, voucher.currency, words.locale) })];
}

/** What cancelling this voucher means, in figures. */
function cancelLines(voucher: VoucherView, words: Words): string[] {
  const { t } = words;
  const lines = [t('vouchers:cancel.code')];
  if (voucher.uses > 0) lines.push(t('vouchers:cancel.uses', { count: voucher.uses }));
  lines.push(...heldLines(voucher, words));
  if ((voucher.balance ?? 0) > 0)
    lines.push(
      t(voucher.funding === 'goodwill' ? 'vouchers:cancel.goodwill' : 'vouchers:cancel.balance', {
        value: moneyOf(voucher, words),
      }),
    );
  return lines;
}

function heldLines(voucher: VoucherView, { t, locale }: Words): string[] {
  return voucher.held > 0
    ? [t('vouchers:reach.held', { value: formatMoney(voucher.held, voucher.currency, locale) })]
    : [];
}

function moneyOf(voucher: VoucherView, { locale }: Words): string {
  return formatMoney((voucher.balance ?? 0) - voucher.bonusBalance, voucher.currency, locale);
}
