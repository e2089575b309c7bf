import type { Locals, Router } from 'express';
import { requires } from '../../../platform/http/permissions.ts';
import { storedRolesOf } from '../../../core/books/postings.ts';
import { idOf } from '../../../platform/http/request.ts';
import type { TierAnswer } from '../rules/rules-service.ts';
import { labelKeyOf, wordKey, type VoucherField } from '../rules/voucher-field.ts';
import { fieldAt, voucherFields } from '../rules/voucher-fields.ts';
import type { Database } from '../../../platform/data/db.ts';
import { formatDay, formatMoney, formatPercent } from '../../../platform/html/format.ts';
import { renderPage } from '../../../platform/html/views.ts';
import { readLedgerPage } from '../../accounting/ledger/ledger-service.ts';
import { namesOfActors } from '../../staff/people/user-service.ts';
import { actorName } from './voucher-aside-view.ts';
import { historyOf, MAX_HISTORY, redemptionsOf } from '../record/voucher-history-service.ts';
import { momentOf } from '../list/voucher-list-pages.ts';
import { findVoucher } from '../record/voucher-service.ts';
import type { VoucherView } from '../record/voucher-view-service.ts';
import { pageRouter } from '../../../platform/http/page-router.ts';
import type { Shell } from '../../../platform/process/feature.ts';

type Words = Pick<Locals, 't' | 'locale'>;
type NameOf = (kind: string, id: string) => string;

const ENTRIES = 200;

export interface HistoryLine {
  readonly at: number;
  readonly actor: string;
  readonly action: string;
  /** Field by field what it was and what it became. */
  readonly changes: readonly { readonly label: string; readonly from: string; readonly to: string }[];
  readonly detail: string;
}

/** All that happened to a voucher: changes, redemptions, and its ledger with the balance after each entry. */
export async function storyOf(pages: Shell, voucher: VoucherView, nameOf: NameOf, words: Words) {
  const { database } = pages;
  const moment = momentOf(pages);
  const history = await historyOf(database, voucher.id, moment);
  const redemptions = await redemptionsOf(database, voucher.id);
  const { entries, next } = await readLedgerPage(database.knex, voucher.id, rolesOf(voucher), {
    before: null,
    limit: ENTRIES,
  });
  const names = await actorNames(database, [...history, ...redemptions, ...entries]);
  const { t } = words;
  return {
    areMoreChanges: history.length === MAX_HISTORY,
    areMoreRedemptions: redemptions.length === MAX_HISTORY,
    changes: history.map(({ at, actor, action, changes }): HistoryLine => ({
      at: Date.parse(at),
      actor: actorName(actor, names, t),
      action: actionText(action, t),
      ...linesOf(action, changes, voucher, nameOf, words),
    })),
    redemptions: redemptions.map((one) => ({
      ...one,
      href: bookingHref(one.bookingNumber),
      actorText: actorName(one.actor, names, t),
      channelText: t(`vouchers:channel.${one.channel}`),
    })),
    ledger: linesOfLedger(entries, names, t),
    moreEntriesHref: next === null ? '' : `/admin/vouchers/${voucher.id}/ledger?cursor=${next}`,
  };
}

function rolesOf({ type, funding }: VoucherView): readonly string[] {
  return type === 'deal' ? ['V_DEAL'] : storedRolesOf(type, funding);
}

/** The entries beyond those of the tab, page by page. */
export function voucherHistoryPages(pages: Shell): Router {
  const router = pageRouter();
  router.get('/admin/vouchers/:id/ledger', requires('vouchers.see'), async (req, res) => {
    const { t } = res.locals;
    const id = idOf(req);
    const voucher = await findVoucher(pages.database, id, momentOf(pages));
    const cursor = req.query['cursor'];
    const before = typeof cursor === 'string' && /^\d{1,9}$/.test(cursor) ? Number(cursor) : null;
    const { entries, next } = await readLedgerPage(pages.database.knex, id, rolesOf(voucher), {
      before,
      limit: ENTRIES,
    });
    const here = `/admin/vouchers/${id}`;
    renderPage(res, 'vouchers/form/ledger', {
      title: t('vouchers:story.ledger'),
      breadcrumbs: [
        { href: '/admin/vouchers', text: t('vouchers:title') },
        { href: here, text: voucher.title },
      ],
      currency: voucher.currency,
      ledger: linesOfLedger(entries, await actorNames(pages.database, entries), t),
      back: here,
      first: before === null ? '' : `${here}/ledger`,
      next: next === null ? '' : `${here}/ledger?cursor=${next}`,
    });
  });
  return router;
}

function linesOfLedger(
  entries: Awaited<ReturnType<typeof readLedgerPage>>['entries'],
  names: ReadonlyMap<string, string>,
  t: Words['t'],
) {
  return entries.map(
    ({
      event,
      actor,
      reason,
      posted_on: postedOn,
      debit_role: debit,
      credit_role: credit,
      cents,
      balance,
      booking_number: bookingNumber,
    }) => ({
      event,
      reason: reason ?? '',
      postedOn,
      debit,
      credit,
      cents,
      balance,
      bookingNumber,
      actorText: actorName(actor, names, t),
      eventText: known('event', event, t),
      href: bookingNumber === null ? '' : bookingHref(bookingNumber),
    }),
  );
}

export function bookingHref(bookingNumber: string): string {
  return `/admin/redemptions?bookingNumber=${encodeURIComponent(bookingNumber)}`;
}

async function actorNames(
  database: Database,
  rows: readonly { readonly actor: string }[],
): Promise<ReadonlyMap<string, string>> {
  return namesOfActors(database, [...new Set(rows.map(({ actor }) => actor))]);
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

const EVENTS = [
  'sale',
  'issue',
  'redemption',
  'redemption_reversal',
  'top_up',
  'refund',
  'transfer_out',
  'transfer_in',
  'refund_paid',
  'chargeback',
  'chargeback_reversal',
  'forfeit',
  'forfeit_reversal',
  'payment_in',
  'migrated',
  'correction',
  'derecognition',
  'reactivation',
  'partner_invoice',
  'partner_invoice_reversal',
  'partner_difference',
  'partner_difference_reversal',
  'partner_payment',
  'partner_statement',
  'partner_statement_reversal',
  'partner_rejected',
  'partner_rejected_reversal',
  'deal_sale',
  'deal_refund',
  'deal_use',
  'deal_use_reversal',
  'deal_commission',
  'deal_commission_reversal',
  'deal_payout',
];

function known(group: 'event', name: string, t: Words['t']): string {
  return EVENTS.includes(name) ? t(`vouchers:${group}.${name}`) : name;
}

function linesOf(
  action: string,
  changes: unknown,
  voucher: VoucherView,
  nameOf: NameOf,
  words: Words,
): Pick<HistoryLine, 'changes' | 'detail'> {
  const told = typeof changes === 'object' && changes !== null ? (changes as Readonly<Record<string, unknown>>) : {};
  if (action !== 'voucher.create') {
    const pairs = pairsOf(told, '').map(({ path, before, after }) => {
      const show = (value: unknown): string => valueText(path, value, voucher, nameOf, words);
      return { label: labelText(path, words.t), from: show(before), to: show(after) };
    });
    return { changes: pairs, detail: detailText(told, voucher, words) };
  }
  return { changes: [], detail: '' };
}

interface Pair {
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** Every `{ before, after }` with the path to it, however deep it stands. */
function pairsOf(told: object, path: string): Pair[] {
  return Object.entries(told).flatMap(([name, value]: [string, unknown]) => {
    const here = path === '' ? name : `${path}.${name}`;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
    return 'before' in value && 'after' in value
      ? [{ path: here, before: value.before, after: value.after }]
      : pairsOf(value, here);
  });
}

/** What an action says of itself besides fields: why, how much, how, when. */
function detailText(told: Readonly<Record<string, unknown>>, { currency }: VoucherView, { t, locale }: Words): string {
  const { reason, cents, amount = cents, method, paidAt, refund, balance } = told;
  const parts: string[] = [];
  if (typeof amount === 'number') parts.push(formatMoney(amount, currency, locale));
  if (typeof paidAt === 'string') parts.push(formatDay(paidAt, locale));
  if (typeof method === 'string') parts.push(t(`vouchers:method.${method}`));
  if (typeof refund === 'boolean' && typeof balance === 'number' && balance > 0) {
    parts.push(
      t(refund ? 'vouchers:detail.refunded' : 'vouchers:detail.kept', {
        value: formatMoney(balance, currency, locale),
      }),
    );
  }
  if (typeof reason === 'string' && reason !== '') parts.push(reason);
  return parts.join(' · ');
}

/** Groups that are told as a whole where there was none before. */
const WHOLE: Readonly<Record<string, string>> = { recipient: 'recipientName', deal: 'deal' };

function labelText(path: string, t: Words['t']): string {
  const whole = WHOLE[path];
  if (whole !== undefined) return t(`vouchers:field.${whole}`);
  const field = loggedField(path);
  if (field === undefined) return path;
  return `${t(labelKeyOf(field))}${path.endsWith('.exclude') ? ` (${t('vouchers:not')})` : ''}`;
}

/** By its place in the JSON, or by its name alone, as some actions tell it. */
function loggedField(path: string): VoucherField | undefined {
  return fieldAt(path) ?? voucherFields().find(({ name }) => name === path.split('.').at(-1));
}

function valueText(
  path: string,
  value: unknown,
  { currency }: VoucherView,
  nameOf: NameOf,
  { t, locale }: Words,
): string {
  if (value === null || value === '' || (Array.isArray(value) && value.length === 0)) return t('vouchers:nothing');
  if (typeof value === 'boolean') return t(value ? 'common:yes' : 'common:no');
  const field = loggedField(path);
  const listed = Array.isArray(value) ? (value as unknown[]) : [value];
  switch (field?.kind) {
    case 'money':
      return typeof value === 'number' ? formatMoney(value, currency, locale) : String(value);
    case 'tiers':
      return (listed as TierAnswer[]).map((tier) => tierText(tier, currency, { t, locale })).join('; ');
    case 'pair':
    case 'entry':
    case 'motif':
      return listed.map((id) => nameOf(field.catalogue ?? 'motif', String(id))).join(', ');
    case 'list':
    case 'choice':
    case 'type':
      return listed.map((word) => t(wordKey(field, String(word)))).join(', ');
    case 'count':
    case 'currency':
    case 'customer':
    case 'day':
    case 'email':
    case 'flag':
    case 'text':
    case undefined:
      return dayOrText(listed.map(String).join(', '), locale);
  }
}

function dayOrText(text: string, locale: Words['locale']): string {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) ? formatDay(text, locale) : text;
}

function tierText({ minTripPrice, amount, percent }: TierAnswer, currency: string, { t, locale }: Words): string {
  const money = (cents: number): string => formatMoney(cents, currency, locale);
  const worth = percent === undefined ? money(amount) : formatPercent(Math.round(percent * 100), locale);
  return minTripPrice === 0 ? worth : t('vouchers:tier_from', { worth, price: money(minTripPrice) });
}
