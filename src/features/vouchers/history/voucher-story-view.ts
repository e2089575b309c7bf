import type { Locals } from 'express';
import type { Shell } from '../../../platform/process/feature.ts';
import { actorName } from '../form/voucher-aside-view.ts';
import { momentOf } from '../list/voucher-list-pages.ts';
import { historyOf, MAX_HISTORY, redemptionsOf } from '../record/voucher-history-service.ts';
import type { VoucherView } from '../record/voucher-view-service.ts';
import { changesView, type ChangesView, type ChangeWords } from './voucher-changes-view.ts';
import { actorNames, bookingHref, ledgerLines, voucherLedger } from './voucher-ledger-view.ts';

type Words = Pick<Locals, 't' | 'locale'>;

interface HistoryLine extends ChangesView {
  readonly at: number;
  readonly actor: string;
  readonly action: string;
}

/** All that happened to a voucher: changes, redemptions, and its ledger with the balance after each entry. */
export async function storyOf(pages: Shell, voucher: VoucherView, nameOf: ChangeWords['nameOf'], words: Words) {
  const { database } = pages;
  const moment = momentOf(pages);
  const history = await historyOf(database, voucher.id, moment);
  const redemptions = await redemptionsOf(database, voucher.id);
  const { entries, next } = await voucherLedger(database, voucher, null);
  const names = await actorNames(database, [...history, ...redemptions, ...entries]);
  const { t } = words;
  return {
    areMoreChanges: history.length === MAX_HISTORY,
    areMoreRedemptions: redemptions.length === MAX_HISTORY,
    changes: history.map(({ at, actor, action, changes }): HistoryLine => ({
      at: Date.parse(at),
      actor: actorName(actor, names, t),
      action: actionText(action, t),
      ...changesView(action, changes, { ...words, nameOf, currency: voucher.currency }),
    })),
    redemptions: redemptions.map((one) => ({
      ...one,
      href: bookingHref(one.bookingNumber),
      actorText: actorName(one.actor, names, t),
      channelText: t(`vouchers:channel.${one.channel}`),
    })),
    ledger: ledgerLines(entries, names, t),
    moreEntriesHref: next === null ? '' : `/admin/vouchers/${voucher.id}/ledger?cursor=${next}`,
  };
}

const ACTIONS = [
  'create',
  'change',
  'pay',
  'deactivate',
  'activate',
  'cancel',
  'reissue',
  'topup',
  'split',
  'merge',
  'extend',
  'pass_on',
  'derecognise',
  'reactivate',
  'correct',
  'expiry_refund',
  'export',
  'refund_paid',
  'chargeback_won',
  'mail',
  'join_campaign',
  'leave_campaign',
  'remind',
];

function actionText(action: string, t: Words['t']): string {
  const name = action.replace(/^voucher\./, '');
  return ACTIONS.includes(name) ? t(`vouchers:action.${name}`) : name;
}
