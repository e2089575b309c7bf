import type { Request, Response, Router } from 'express';
import type { Author } from '../../../platform/data/act.ts';
import { isId } from '../../../platform/data/id.ts';
import { addFlash } from '../../../platform/html/flash.ts';
import { formView, type FormError } from '../../../platform/html/form-view.ts';
import { dayInput } from '../../../platform/html/format.ts';
import { renderPage } from '../../../platform/html/views.ts';
import { refusalSentence } from '../../../platform/http/error-sentence.ts';
import { pageRouter } from '../../../platform/http/page-router.ts';
import { requires } from '../../../platform/http/permissions.ts';
import { markInvalid, actorOf, textOf } from '../../../platform/http/request.ts';
import { AppError, appError } from '../../../platform/process/errors.ts';
import { openCredits } from '../../accounting/refunds/refund-list-service.ts';
import { readEntry } from '../../catalogue/catalogue-service.ts';
import { parsePayment, typedPayment } from '../invoices/partner-invoice-form.ts';
import type { PartnerInvoicePages } from '../invoices/partner-invoice-pages.ts';
import { queuePartnerRun } from '../invoices/partner-run-service.ts';
import { settlementPage, settlementTotals, type ReportPartner } from './partner-report-service.ts';
import {
  askedReport,
  linesInput,
  typedWriteOff,
  type AskedReport,
  type TypedWriteOff,
} from './partner-settlement-form.ts';
import { writeOffLine } from './partner-settlement-service.ts';
import {
  LINES_PATH,
  linesView,
  NO_PARTNER,
  PARTNER_SETTLEMENTS_PATH,
  totalsView,
  urlOf,
} from './partner-settlement-view.ts';
import { queueSettlementWorkbook } from './partner-workbook-service.ts';

const ROWS = 50;

type Source = Readonly<Record<string, unknown>>;

/** What was redeemed of each partner's deals, what they owe and paid for it, and how it is settled. */
export function partnerSettlementPages(pages: PartnerInvoicePages): Router {
  const { database, clock, timeZone } = pages;
  const router = pageRouter();
  const authorOf = (res: Response): Author => ({ actor: actorOf(res), moment: clock.moment() });
  const asked = (source: Source, res: Response): AskedReport => askedReport(source, clock.today(), res.locals);

  router.get(PARTNER_SETTLEMENTS_PATH, requires('settlements.see'), async (req, res) => {
    const { typed, days, errors } = asked(req.query, res);
    const totals = days === null ? [] : await settlementTotals(database.knex, days, clock);
    markInvalid(res, errors);
    renderPage(res, 'partners/settlement/partner-settlements', {
      ...totalsView(totals, typed, res.locals.t),
      form: formView(typed, errors),
    });
  });

  router.get(LINES_PATH, requires('settlements.see'), async (req, res) => {
    await showLines(req.query, res);
  });

  router.post(`${LINES_PATH}/workbook`, requires('settlements.see'), async (req, res) => {
    const { typed, days } = asked(req.body as Source, res);
    if (days === null) return showLines(req.body as Source, res);
    const { locale, user } = res.locals;
    const workbook = { partnerId: await partnerOf(typed.partner), ...days, locale, userName: user?.name ?? '' };
    const id = await queueSettlementWorkbook(database, workbook, actorOf(res), clock.now());
    res.redirect(303, `/admin/jobs/${id}`);
  });

  router.post(`${LINES_PATH}/run`, requires('settlements.change'), async (req, res) => {
    const { typed, days } = asked(req.body as Source, res);
    const partnerId = await namedPartner(typed.partner);
    if (days === null) return showLines(req.body as Source, res);
    const run = { action: 'invoice', partnerId, ...days, actor: actorOf(res) } as const;
    res.redirect(303, `/admin/jobs/${await queuePartnerRun(database, run, clock.now())}`);
  });

  router.post(`${LINES_PATH}/payment`, requires('settlements.change'), async (req, res) => {
    const body = req.body as Source;
    const { typed, days } = asked(body, res);
    const partnerId = await namedPartner(typed.partner);
    const payment = parsePayment(typedPayment(body), clock.today(), res.locals.t);
    if ('errors' in payment) return showLines(body, res, payment.errors);
    if (days === null) return showLines(body, res);
    const run = { action: 'pay', partnerId, ...days, actor: actorOf(res), ...payment.value } as const;
    res.redirect(303, `/admin/jobs/${await queuePartnerRun(database, run, clock.now())}`);
  });

  router.post(`${LINES_PATH}/write-off`, requires('settlements.change'), async (req, res) => {
    const body = req.body as Source;
    const typed = typedWriteOff(body);
    if (![typed.lineId, typed.redemptionId].every(isId)) throw appError('not_found');
    if (typed.reason === '')
      return showLines(body, res, [
        { path: `reason-${typed.lineId}`, message: res.locals.t('partner_settlements:reason_required') },
      ]);
    await writeOff(req, res, typed);
    res.redirect(303, urlOf(LINES_PATH, asked(body, res).typed));
  });

  return router;

  async function writeOff(req: Request, res: Response, typed: TypedWriteOff): Promise<void> {
    const { t } = res.locals;
    try {
      await writeOffLine(database, authorOf(res), typed, typed.reason);
      addFlash(req, { kind: 'success', text: t('partner_settlements:written_off_done') });
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'conflict') throw error;
      addFlash(req, { kind: 'danger', text: refusalSentence(error, t) });
    }
  }

  async function showLines(source: Source, res: Response, problems: readonly FormError[] = []): Promise<void> {
    const { t, locale } = res.locals;
    const { typed, days, errors } = asked(source, res);
    const partner = await partnerOf(typed.partner);
    const name =
      partner === null
        ? t('partner_settlements:no_partner')
        : (await readEntry(database.knex, 'partner', partner)).name;
    const cursor = textOf(source['cursor']);
    const totals = days === null ? [] : await settlementTotals(database.knex, days, clock, partner);
    const next = { cursor: cursor === '' ? null : cursor, limit: ROWS };
    const page =
      days === null
        ? { lines: [], nextCursor: null }
        : await settlementPage({ connection: database.knex, clock }, days, partner, next);
    const credits = partner === null ? [] : await openCredits(database.knex, partner);
    const all = [...errors, ...problems];
    markInvalid(res, all);
    renderPage(res, 'partners/settlement/partner-settlement', {
      ...linesView({ partner, name, totals, credits, ...page, typed, cursor }, timeZone, res),
      form: formView({ ...typed, ...linesInput(source, dayInput(clock.today(), locale)) }, all),
    });
  }

  async function partnerOf(typed: string): Promise<ReportPartner> {
    if (typed === NO_PARTNER) return null;
    return (await readEntry(database.knex, 'partner', typed)).id;
  }

  /** A run needs a partner. */
  async function namedPartner(typed: string): Promise<string> {
    const partner = await partnerOf(typed);
    if (partner === null) throw appError('not_found');
    return partner;
  }
}
