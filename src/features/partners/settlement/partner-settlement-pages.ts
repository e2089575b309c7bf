import { codeEnd } from '../../../core/engine/code-mask.ts';
import type { Response, Router } from 'express';
import { requires } from '../../../platform/http/permissions.ts';
import { may } from '../../../core/access.ts';
import { markInvalid, actorOf, LENGTHS, textOf } from '../../../platform/http/request.ts';
import { dayOf, type Moment } from '../../../platform/process/clock.ts';
import { AppError, appError } from '../../../platform/process/errors.ts';
import { errorSentence } from '../../../platform/http/error-sentence.ts';
import { addFlash } from '../../../platform/html/flash.ts';
import { formView, type FormError } from '../../../platform/html/form-view.ts';
import { dayInput } from '../../../platform/html/format.ts';
import { parseDay } from '../../../platform/html/typed-input.ts';
import { renderPage } from '../../../platform/html/views.ts';
import { readEntry } from '../../catalogue/catalogue-service.ts';
import { PARTNER_INVOICES_PATH, type PartnerInvoicePages } from '../invoices/partner-invoice-pages.ts';
import {
  MAX_REPORT_DAYS,
  settlementPage,
  settlementTotals,
  type ReportDays,
  type ReportPartner,
  type SettlementLine,
} from './partner-report-service.ts';
import { queuePartnerRun } from '../invoices/partner-run-service.ts';
import { writeOffLine } from './partner-settlement-service.ts';
import { queueSettlementWorkbook } from './partner-workbook-service.ts';
import { isId } from '../../../platform/data/id.ts';
import { pageRouter } from '../../../platform/http/page-router.ts';

export const PARTNER_SETTLEMENTS_PATH = '/admin/partner-settlements';
const LINES = `${PARTNER_SETTLEMENTS_PATH}/lines`;
const ROWS = 50;
const DAY_MS = 86_400_000;
/** What stands for deals redeemed without a partner in an address. */
const NO_PARTNER = '-';
const TONES: Readonly<Record<SettlementLine['state'], string>> = {
  unsettled: 'warn',
  outdated: 'warn',
  open: 'info',
  paid: 'ok',
  credit: 'warn',
  rejected: 'bad',
  written_off: 'quiet',
  nothing_owed: 'quiet',
  given_back: 'quiet',
  sold: 'ok',
};

interface Asked {
  readonly typed: { readonly partner: string; readonly from: string; readonly to: string };
  /** null: a day is wrong. */
  readonly days: ReportDays | null;
  readonly errors: readonly FormError[];
}

/** What was redeemed of each partner's deals, what they owe and paid for it, and how it is settled. */
export function partnerSettlementPages(pages: PartnerInvoicePages): Router {
  const { database, clock, timeZone } = pages;
  const router = pageRouter();
  const moment = (): Moment => clock.moment();

  router.get(PARTNER_SETTLEMENTS_PATH, requires('settlements.see'), async (req, res) => {
    const { t } = res.locals;
    const { typed, days, errors } = asked(req.query, res);
    const totals = days === null ? [] : await settlementTotals(database.knex, days, clock);
    markInvalid(res, errors);
    renderPage(res, 'partners/settlement/partner-settlements', {
      title: t('partner_settlements:title'),
      path: PARTNER_SETTLEMENTS_PATH,
      form: formView(typed, errors),
      rows: totals.map((total) => ({
        ...total,
        ...namesOf(total.partnerId, total.partnerName, res),
        href: urlOf(LINES, { ...typed, partner: total.partnerId ?? NO_PARTNER }),
      })),
    });
  });

  router.get(LINES, requires('settlements.see'), async (req, res) => {
    await showLines(req.query, res);
  });

  router.post(`${LINES}/workbook`, requires('settlements.see'), async (req, res) => {
    const body = req.body as Readonly<Record<string, unknown>>;
    const { typed, days } = asked(body, res);
    if (days === null) return showLines(body, res);
    const { locale, user } = res.locals;
    const id = await queueSettlementWorkbook(
      database,
      { partnerId: await partnerOf(typed.partner), ...days, locale, userName: user?.name ?? '' },
      actorOf(res),
      clock.now(),
    );
    res.redirect(303, `/admin/jobs/${id}`);
  });

  router.post(`${LINES}/run`, requires('settlements.change'), async (req, res) => {
    const body = req.body as Readonly<Record<string, unknown>>;
    const { typed, days } = asked(body, res);
    const partnerId = await partnerOf(typed.partner);
    if (partnerId === null) throw appError('not_found');
    if (days === null) return showLines(body, res);
    res.redirect(
      303,
      `/admin/jobs/${await queuePartnerRun(database, { action: 'invoice', partnerId, ...days, actor: actorOf(res) }, clock.now())}`,
    );
  });

  router.post(`${LINES}/payment`, requires('settlements.change'), async (req, res) => {
    const body = req.body as Readonly<Record<string, unknown>>;
    const { typed, days } = asked(body, res);
    const partnerId = await partnerOf(typed.partner);
    if (partnerId === null) throw appError('not_found');
    const paidOn = parseDay(textOf(body['paidOn']));
    const isWrong = !paidOn.ok || paidOn.value > clock.today();
    if (days === null || isWrong)
      return showLines(
        body,
        res,
        isWrong ? [{ path: 'paidOn', message: res.locals.t('partner_invoices:paid_on_wrong') }] : [],
      );
    const reference = textOf(body['reference'], 140);
    const id = await queuePartnerRun(
      database,
      {
        action: 'pay',
        partnerId,
        ...days,
        actor: actorOf(res),
        paidOn: paidOn.value,
        reference: reference === '' ? null : reference,
      },
      clock.now(),
    );
    res.redirect(303, `/admin/jobs/${id}`);
  });

  router.post(`${LINES}/write-off`, requires('settlements.change'), async (req, res) => {
    const body = req.body as Readonly<Record<string, unknown>>;
    const { t } = res.locals;
    const [lineId, redemptionId, reason] = [
      textOf(body['line']),
      textOf(body['redemption']),
      textOf(body['reason'], LENGTHS.reason),
    ];
    if (![lineId, redemptionId].every(isId)) throw appError('not_found');
    if (reason === '')
      return showLines(body, res, [{ path: `reason-${lineId}`, message: t('partner_settlements:reason_required') }]);
    try {
      await writeOffLine(database, { actor: actorOf(res), moment: moment() }, { lineId, redemptionId }, reason);
      addFlash(req, { kind: 'success', text: t('partner_settlements:written_off_done') });
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'conflict') throw error;
      addFlash(req, { kind: 'danger', text: errorSentence(error.code, t) });
    }
    res.redirect(303, urlOf(LINES, asked(body, res).typed));
  });

  return router;

  async function showLines(
    source: Readonly<Record<string, unknown>>,
    res: Response,
    problems: readonly FormError[] = [],
  ): Promise<void> {
    const { t, user, locale } = res.locals;
    const { typed, days, errors } = asked(source, res);
    const partner = await partnerOf(typed.partner);
    const name =
      partner === null
        ? t('partner_settlements:no_partner')
        : (await readEntry(database.knex, 'partner', partner)).name;
    const cursor = textOf(source['cursor']);
    const totals = days === null ? [] : await settlementTotals(database.knex, days, clock, partner);
    const { lines, nextCursor } =
      days === null
        ? { lines: [], nextCursor: null }
        : await settlementPage({ connection: database.knex, clock }, days, partner, {
            cursor: cursor === '' ? null : cursor,
            limit: ROWS,
          });
    const all = [...errors, ...problems];
    markInvalid(res, all);
    const values = {
      ...typed,
      paidOn: textOf(source['paidOn']) || dayInput(clock.today(), locale),
      reference: textOf(source['reference']),
      [`reason-${textOf(source['line'])}`]: textOf(source['reason'], LENGTHS.reason),
    };
    renderPage(res, 'partners/settlement/partner-settlement', {
      title: t('partner_settlements:of', { partner: name }),
      breadcrumbs: [
        {
          href: urlOf(PARTNER_SETTLEMENTS_PATH, { from: typed.from, to: typed.to }),
          text: t('partner_settlements:title'),
        },
      ],
      path: LINES,
      form: formView(values, all),
      fields: Object.entries(typed).map(([field, value]) => ({ name: field, value })),
      totals,
      rows: lines.map((line) => rowOf(line, timeZone, res)),
      statementsHref:
        partner === null ? '' : `/admin/partner-settlements/statements?partner=${encodeURIComponent(partner)}`,
      invoicesHref: partner === null ? '' : `${PARTNER_INVOICES_PATH}?partner=${encodeURIComponent(partner)}`,
      hasOpen: totals.some(({ open }) => open > 0),
      hasUnsettled: totals.some(({ unsettled }) => unsettled !== 0),
      isPartner: partner !== null,
      mayChange: may(user, 'settlements.change'),
      first: cursor === '' ? '' : urlOf(LINES, typed),
      next: nextCursor === null ? '' : urlOf(LINES, { ...typed, cursor: nextCursor }),
    });
  }

  /** Without days it is the month before until today. */
  function asked(source: Readonly<Record<string, unknown>>, res: Response): Asked {
    const { t, locale } = res.locals;
    const typed = { partner: textOf(source['partner']), from: textOf(source['from']), to: textOf(source['to']) };
    if (typed.from === '' && typed.to === '') {
      const today = clock.today();
      const first = new Date(Date.UTC(Number(today.slice(0, 4)), Number(today.slice(5, 7)) - 2, 1))
        .toISOString()
        .slice(0, 10);
      return {
        typed: { ...typed, from: dayInput(first, locale), to: dayInput(today, locale) },
        days: { from: first, to: today },
        errors: [],
      };
    }
    const [from, to] = [parseDay(typed.from), parseDay(typed.to)];
    const errors = [
      ...(from.ok ? [] : [{ path: 'from', message: t(`common:${from.error}`) }]),
      ...(to.ok ? [] : [{ path: 'to', message: t(`common:${to.error}`) }]),
    ];
    if (!from.ok || !to.ok) return { typed, days: null, errors };
    if (from.value > to.value)
      return { typed, days: null, errors: [{ path: 'to', message: t('partner_settlements:days_reversed') }] };
    if ((Date.parse(to.value) - Date.parse(from.value)) / DAY_MS >= MAX_REPORT_DAYS)
      return { typed, days: null, errors: [{ path: 'from', message: t('partner_settlements:too_long') }] };
    return { typed, days: { from: from.value, to: to.value }, errors: [] };
  }

  async function partnerOf(typed: string): Promise<ReportPartner> {
    if (typed === NO_PARTNER) return null;
    return (await readEntry(database.knex, 'partner', typed)).id;
  }
}

function rowOf(line: SettlementLine, timeZone: string, res: Response) {
  const { t } = res.locals;
  const {
    lineId,
    voucherNumber,
    voucherId,
    redemptionId,
    bookingNumber,
    code,
    state,
    invoiceId,
    documentNumber,
    redeemedAt,
  } = line;
  return {
    ...line,
    redeemedOn: dayOf(redeemedAt, timeZone),
    voucherText: voucherNumber ?? `V-${voucherId}`,
    voucherHref: `/admin/vouchers/${voucherId}`,
    codeEnd: codeEnd(code),
    bookingHref: `/admin/redemptions/${redemptionId}`,
    bookingNumber,
    documentText: documentNumber ?? '',
    documentHref: invoiceId === null ? '' : `${PARTNER_INVOICES_PATH}/${invoiceId}`,
    stateText: t(`partner_settlements:state.${state}`),
    tone: TONES[state],
    mayWriteOff: state === 'unsettled' && line.counts > 0,
    reasonField: `reason-${lineId}`,
  };
}

function namesOf(partnerId: ReportPartner, name: string, res: Response) {
  return { name: partnerId === null ? res.locals.t('partner_settlements:no_partner') : name };
}

function urlOf(path: string, parameters: Readonly<Record<string, string>>): string {
  return `${path}?${new URLSearchParams(Object.entries(parameters).filter(([, value]) => value !== '')).toString()}`;
}
