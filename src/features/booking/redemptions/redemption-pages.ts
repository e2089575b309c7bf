import type { Request, Response, Router } from 'express';
import { shownCode } from '../../../core/engine/code-mask.ts';
import { requires } from '../../../platform/http/permissions.ts';
import { may } from '../../../core/access.ts';
import { addDays } from '../../../core/calendar.ts';
import { CHANNELS } from '../../../core/engine/voucher.ts';
import { idOrNull, parameterOf, idOf, LENGTHS, textOf } from '../../../platform/http/request.ts';
import { startOfDay } from '../../../platform/process/clock.ts';
import { formView, type FormError } from '../../../platform/html/form-view.ts';
import { parseDay } from '../../../platform/html/typed-input.ts';
import { renderPage } from '../../../platform/html/views.ts';
import { entriesOfRedemption } from '../../accounting/ledger/ledger-service.ts';
import { findVoucherByCode } from '../../vouchers/record/voucher-service.ts';
import { redemptionPage, type RedemptionFilter, type RedemptionRow } from './redemption-list-service.ts';
import { readRedemption } from './redemption-service.ts';
import { actorText, momentOfPages, REDEMPTIONS_PATH, stateOf, stepText, travellerText } from './redemption-view.ts';
import { campaignChoice, type CampaignChoice } from '../../vouchers/list/campaign-filter-view.ts';
import { reversibleParts } from '../reversals/reversal-preview-service.ts';
import { readReversals } from '../reversals/reversal-service.ts';
import { pageRouter } from '../../../platform/http/page-router.ts';
import type { Shell } from '../../../platform/process/feature.ts';

const ROWS = 50;
const EVENTS = [
  'redemption',
  'redemption_reversal',
  'forfeit',
  'forfeit_reversal',
  'partner_invoice',
  'partner_invoice_reversal',
  'partner_difference',
  'partner_difference_reversal',
  'partner_discount',
  'partner_discount_reversal',
  'partner_payment',
  'partner_statement',
  'partner_statement_reversal',
  'partner_rejected',
  'partner_rejected_reversal',
  'deal_use',
  'deal_use_reversal',
];

/** What was redeemed for which booking: the list and one redemption with all that hangs on it. */
export function redemptionPages(pages: Shell): Router {
  const { database, timeZone } = pages;
  const router = pageRouter();

  router.get(REDEMPTIONS_PATH, requires('redemptions.see'), showRedemptions);

  router.get(`${REDEMPTIONS_PATH}/:id`, requires('redemptions.see'), async (req, res) => {
    await showRedemption(res, idOf(req));
  });

  return router;

  async function parseFilter(
    typed: TypedFilter,
    choice: CampaignChoice,
    res: Response,
  ): Promise<{ readonly filter: RedemptionFilter | null; readonly errors: FormError[] }> {
    const errors: FormError[] = [];
    const dayAt = (field: 'from' | 'until'): string | null => {
      if (typed[field] === '') return null;
      const day = parseDay(typed[field]);
      if (day.ok) return day.value;
      errors.push({
        path: field,
        message: `${res.locals.t(`redemptions:${field}`)}: ${res.locals.t(`common:${day.error}`)}`,
      });
      return null;
    };
    const [from, until] = [dayAt('from'), dayAt('until')];
    if (choice.error !== null) errors.push(choice.error);
    if (errors.length > 0) {
      res.status(422);
      return { filter: null, errors };
    }
    const voucher = typed.code === '' ? null : await findVoucherByCode(database, typed.code, momentOfPages(pages));
    const cursor = textOf(typed.cursor);
    const filter: RedemptionFilter = {
      bookingNumber: typed.bookingNumber,
      // No voucher has the id 0: an unknown code was redeemed nowhere.
      voucherId: typed.code === '' ? null : (voucher?.id ?? '0'),
      campaignId: choice.id,
      channel: CHANNELS.find((one) => one === typed.channel) ?? null,
      from: from === null ? null : startOfDay(from, timeZone),
      before: until === null ? null : startOfDay(addDays(until, 1), timeZone),
      beforeId: idOrNull(cursor),
      limit: ROWS,
    };
    return { filter, errors };
  }

  async function showRedemption(res: Response, id: string): Promise<void> {
    const { t, user, locale } = res.locals;
    const redemption = await readRedemption(database, id);
    const { booking, evaluation } = redemption;
    const { currency } = evaluation;
    const parts = await reversibleParts(database, id, momentOfPages(pages));
    const reversals = await readReversals(database, [id]);
    const entries = await entriesOfRedemption(database.knex, id);
    const names = await pages.namesOfActors([redemption.actor, ...reversals.map(({ actor }) => actor)]);
    const kinds = booking.travellers.map(({ kind }) => kind);
    const codeOf = (voucherId: string): { href: string; text: string } => ({
      href: `/admin/vouchers/${voucherId}`,
      text: shownCode(
        user,
        parts.flatMap(({ voucher, receiver }) => [voucher, receiver]).find((one) => one.id === voucherId)?.code ??
          '····',
      ),
    });
    const { key, tone } = stateOf(parts.map(({ line }) => line));
    renderPage(res, 'booking/redemptions/redemption', {
      title: t('redemptions:one_title', { bookingNumber: redemption.bookingNumber }),
      breadcrumbs: [{ href: REDEMPTIONS_PATH, text: t('redemptions:title') }],
      redemption,
      booking,
      evaluation,
      currency,
      state: { text: t(`redemptions:state.${key}`), tone },
      mayReverse: may(res.locals.user, 'redemptions.reverse') && key !== 'reversed',
      reversalHref: `${REDEMPTIONS_PATH}/${id}/reversal`,
      testHref: `/admin/booking-test?redemption=${id}`,
      actorText: actorText(redemption.actor, names, t),
      channelText: t(`redemptions:channel.${booking.channel}`),
      travellersText: ['adult', 'child', 'infant']
        .map((kind) => ({ kind, count: kinds.filter((one) => one === kind).length }))
        .filter(({ count }) => count > 0)
        .map(({ kind, count }) => t(`redemptions:count.${kind}`, { count }))
        .join(', '),
      lines: parts.map(({ line, left, voucher, receiver }) => ({
        ...line,
        left,
        voucherTitle: voucher.title,
        code: codeOf(voucher.id),
        receiver: receiver.id === voucher.id ? null : codeOf(receiver.id),
        kindText: t(`redemptions:line_kind.${line.kind}`),
        shares: line.allocation.map((share) => ({
          text: travellerText(share.traveller, kinds, t),
          amount: share.amount,
        })),
        steps: (evaluation.accepted.find(({ voucherId }) => voucherId === voucher.id)?.explanation ?? []).map((step) =>
          stepText(step, currency, locale, t),
        ),
      })),
      reversals: reversals.map((reversal) => ({
        ...reversal,
        actorText: actorText(reversal.actor, names, t),
        lines: reversal.lines.map((line) => ({ ...line, code: codeOf(line.voucherId) })),
      })),
      entries: entries.map((entry) => ({
        ...entry,
        voucher: codeOf(entry.voucherId),
        eventText: EVENTS.includes(entry.event) ? t(`redemptions:event.${entry.event}`) : entry.event,
      })),
    });
  }

  async function showRedemptions(req: Request, res: Response): Promise<void> {
    const { t, user } = res.locals;
    const sent = typedFilter(req);
    const choice = await campaignChoice(database, sent.campaign, res);
    const typed = { ...sent, campaign: choice.text };
    const { filter, errors } = await parseFilter(typed, choice, res);
    const { items: rows, nextCursor } =
      filter === null ? { items: [], nextCursor: null } : await redemptionPage(database, filter);
    const names = await pages.namesOfActors(rows.map(({ actor }) => actor));
    renderPage(res, 'booking/redemptions/redemptions', {
      title: t('redemptions:title'),
      form: formView(typed, errors),
      offeredCampaigns: choice.offered,
      channels: CHANNELS.map((value) => ({ value, label: t(`redemptions:channel.${value}`) })),
      rows: rows.map((row) => listRow(row)),
      isFiltered: Object.values(typed).some((value) => value !== ''),
      path: REDEMPTIONS_PATH,
      first: parameterOf(req, 'cursor') === '' ? '' : urlOf(typed, ''),
      next: nextCursor === null ? '' : urlOf(typed, nextCursor),
    });

    function listRow(row: RedemptionRow) {
      const sumOf = (kind: string): number =>
        row.lines.filter((line) => line.kind === kind).reduce((sum, { applied }) => sum + applied, 0);
      const { key, tone } = stateOf(row.lines);
      return {
        ...row,
        href: `${REDEMPTIONS_PATH}/${row.id}`,
        codes: row.lines.map((line) => ({
          href: `/admin/vouchers/${line.voucherId}`,
          text: shownCode(user, line.code),
        })),
        discount: sumOf('discount'),
        payment: sumOf('payment'),
        reversed: row.lines.reduce((sum, line) => sum + line.reversed, 0),
        channelText: t(`redemptions:channel.${row.channel}`),
        actorText: actorText(row.actor, names, t),
        stateText: t(`redemptions:state.${key}`),
        tone,
      };
    }
  }
}

interface TypedFilter extends Readonly<Record<string, string>> {
  readonly bookingNumber: string;
  readonly code: string;
  readonly campaign: string;
  readonly channel: string;
  readonly from: string;
  readonly until: string;
}

function typedFilter(req: Request): TypedFilter & { readonly cursor: string } {
  const { query } = req;
  return {
    bookingNumber: textOf(query['bookingNumber'], LENGTHS.key),
    code: textOf(query['code']),
    campaign: textOf(query['campaign'], 220),
    channel: textOf(query['channel']),
    from: textOf(query['from']),
    until: textOf(query['until']),
    cursor: textOf(query['cursor']),
  };
}

function urlOf(typed: TypedFilter, cursor: string): string {
  const parameters = new URLSearchParams(Object.entries({ ...typed, cursor }).filter(([, value]) => value !== ''));
  return `${REDEMPTIONS_PATH}?${parameters.toString()}`;
}
