import type { Request, Response, Router } from 'express';
import { requires } from '../../../platform/http/permissions.ts';
import { may } from '../../../core/access.ts';
import {
  idOf,
  markInvalid,
  actorOf,
  LENGTHS,
  fieldOf,
  idOrNull,
  parameterOf,
  textOf,
} from '../../../platform/http/request.ts';
import type { Moment } from '../../../platform/process/clock.ts';
import { appError, rethrowUnexpected } from '../../../platform/process/errors.ts';
import { errorSentence } from '../../../platform/http/error-sentence.ts';
import { addFlash } from '../../../platform/html/flash.ts';
import { formView, type FormError } from '../../../platform/html/form-view.ts';
import { dayInput, formatMoney } from '../../../platform/html/format.ts';
import { parseDay } from '../../../platform/html/typed-input.ts';
import { renderPage } from '../../../platform/html/views.ts';
import { listByName } from '../../catalogue/catalogue-service.ts';
import { namesOfActors } from '../../staff/people/user-service.ts';
import { linesOf, type InvoicePrints } from './partner-invoice-document-service.ts';
import {
  counterpartOf,
  invoicePage,
  PARTNER_INVOICE_STATES,
  payPartnerInvoice,
  readInvoice,
  type PartnerInvoice,
  type PartnerInvoiceState,
  type PartnerInvoicing,
} from './partner-invoice-service.ts';
import { mailRun } from './partner-run-service.ts';
import { renewInvoice } from '../settlement/partner-settlement-service.ts';
import type { DeliveredFile } from '../../documents/mail/mail-delivery-service.ts';
import type { Shell } from '../../../platform/process/feature.ts';
import { pageRouter } from '../../../platform/http/page-router.ts';

export interface PartnerInvoicePages extends Shell, PartnerInvoicing {
  readonly prints: InvoicePrints;
}

export const PARTNER_INVOICES_PATH = '/admin/partner-invoices';
const ROWS = 50;
const MAX_PARTNERS = 200;
const TONES: Readonly<Record<PartnerInvoiceState, string>> = {
  open: 'warn',
  paid: 'ok',
  cancelled: 'quiet',
  cancellation: 'info',
};
/** Nothing in the printed page may run or be fetched. */
const PRINT_POLICY =
  "default-src 'none'; img-src data:; font-src data:; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox";

/** What partners owe for redeemed deals: the list, one document, its payment, and a counter-invoice with a new one. */
export function partnerInvoicePages(pages: PartnerInvoicePages): Router {
  const { database, clock, prints } = pages;
  const router = pageRouter();
  const moment = (): Moment => clock.moment();
  router.use(PARTNER_INVOICES_PATH, requires('partner_invoices.see'));

  router.get(PARTNER_INVOICES_PATH, async (req, res) => {
    const { t } = res.locals;
    const typed = typedFilter(req);
    const cursor = parameterOf(req, 'cursor');
    const { items, nextCursor } = await invoicePage(database, {
      state: PARTNER_INVOICE_STATES.find((one) => one === typed.state) ?? null,
      partnerId: orNull(typed.partner),
      voucherId: idOrNull(typed.voucher),
      redemptionId: idOrNull(typed.redemption),
      number: typed.number,
      runJobId: idOrNull(typed.run),
      beforeId: idOrNull(cursor),
      limit: ROWS,
    });
    const partners = await listByName(database.knex, 'partner', {
      q: '',
      archived: false,
      after: null,
      limit: MAX_PARTNERS,
    });
    renderPage(res, 'partners/invoices/partner-invoices', {
      title: t('partner_invoices:title'),
      form: formView(typed),
      path: PARTNER_INVOICES_PATH,
      states: PARTNER_INVOICE_STATES.map((value) => ({ value, label: t(`partner_invoices:state.${value}`) })),
      partners: partners.map(({ id, name }) => ({ value: id, label: name })),
      run:
        typed.run === ''
          ? null
          : {
              pdf: `${PARTNER_INVOICES_PATH}/runs/${typed.run}-0/pdf`,
              mail: `${PARTNER_INVOICES_PATH}/runs/${typed.run}/mail`,
              mayMail: items.length > 0 && may(res.locals.user, 'partner_invoices.change'),
            },
      rows: items.map((invoice) => ({
        ...viewOf(invoice, clock.today(), res),
        bookingHref: `/admin/redemptions/${invoice.redemptionId}`,
      })),
      isFiltered: Object.values(typed).some((value) => value !== ''),
      first: cursor === '' ? '' : urlOf(typed, ''),
      next: nextCursor === null ? '' : urlOf(typed, nextCursor),
    });
  });

  router.get(`${PARTNER_INVOICES_PATH}/runs/:part/pdf`, async (req, res) => {
    const part = String(req.params['part']);
    if (!/^\d{1,18}-\d{1,3}$/.test(part)) throw appError('not_found');
    sendPdf(res, await prints.runFile(database.knex, part));
  });

  router.post(`${PARTNER_INVOICES_PATH}/runs/:id/mail`, requires('partner_invoices.change'), async (req, res) => {
    const isNew = await mailRun(pages, idOf(req), clock.now());
    addFlash(
      req,
      isNew
        ? { kind: 'success', text: res.locals.t('partner_invoices:run_mailed') }
        : { kind: 'info', text: res.locals.t('partner_invoices:run_mailed_before') },
    );
    res.redirect(303, `${PARTNER_INVOICES_PATH}?run=${idOf(req)}`);
  });

  router.get(`${PARTNER_INVOICES_PATH}/:id`, async (req, res) => {
    await show(res, idOf(req));
  });

  router.get(`${PARTNER_INVOICES_PATH}/:id/print`, async (req, res) => {
    const html = await prints.html(database.knex, idOf(req));
    res.set('Content-Security-Policy', PRINT_POLICY).type('html').send(html);
  });

  router.get(`${PARTNER_INVOICES_PATH}/:id/pdf`, async (req, res) => {
    sendPdf(res, await prints.file(database.knex, idOf(req)));
  });

  router.post(`${PARTNER_INVOICES_PATH}/:id/payment`, requires('partner_invoices.change'), async (req, res) => {
    const { t, locale } = res.locals;
    const sent = req.body as Record<string, unknown>;
    const typed = { paidOn: textOf(sent['paidOn']), reference: textOf(sent['reference'], 140), reason: '' };
    const day = parseDay(typed.paidOn);
    if (!day.ok || day.value > clock.today())
      return show(res, idOf(req), typed, [{ path: 'paidOn', message: t('partner_invoices:paid_on_wrong') }]);
    await act(req, res, idOf(req), async () => {
      const isNew = await payPartnerInvoice(database, { actor: actorOf(res), moment: moment() }, idOf(req), {
        paidOn: day.value,
        reference: orNull(typed.reference),
      });
      const { owed, currency } = await readInvoice(database.knex, idOf(req));
      return {
        text: t(isNew ? 'partner_invoices:paid' : 'partner_invoices:paid_before', {
          amount: formatMoney(owed, currency, locale),
        }),
        id: idOf(req),
      };
    });
  });

  router.post(`${PARTNER_INVOICES_PATH}/:id/renewal`, requires('partner_invoices.change'), async (req, res) => {
    const { t, locale } = res.locals;
    const reason = fieldOf(req, 'reason', LENGTHS.reason);
    if (reason === '')
      return show(res, idOf(req), { ...emptyForm(clock.today(), locale), reason }, [
        { path: 'reason', message: t('partner_invoices:reason_required') },
      ]);
    await act(req, res, idOf(req), async () => {
      const renewed = await renewInvoice(pages, { actor: actorOf(res), moment: moment() }, idOf(req), reason);
      const key = renewed.id === idOf(req) ? 'partner_invoices:cancelled_only' : 'partner_invoices:renewed';
      return { text: t(key, { number: renewed.number }), id: renewed.id };
    });
  });

  return router;

  async function act(
    req: Request,
    res: Response,
    id: string,
    work: () => Promise<{ readonly text: string; readonly id: string }>,
  ): Promise<void> {
    let to = id;
    try {
      const done = await work();
      to = done.id;
      addFlash(req, { kind: 'success', text: done.text });
    } catch (error) {
      rethrowUnexpected(error, 'not_found');
      addFlash(req, {
        kind: 'danger',
        text:
          error.code === 'conflict'
            ? res.locals.t('partner_invoices:not_open')
            : errorSentence(error.code, res.locals.t),
      });
    }
    res.redirect(303, `${PARTNER_INVOICES_PATH}/${to}`);
  }

  async function show(
    res: Response,
    id: string,
    values: Readonly<Record<string, string>> | null = null,
    errors: readonly FormError[] = [],
  ): Promise<void> {
    const { t, locale } = res.locals;
    const invoice = await readInvoice(database.knex, id);
    const counterpart = await counterpartOf(database.knex, invoice);
    const names = await namesOfActors(database, [invoice.actor]);
    markInvalid(res, errors);
    renderPage(res, 'partners/invoices/partner-invoice', {
      title: t(invoice.state === 'cancellation' ? 'partner_invoices:one_cancellation' : 'partner_invoices:one', {
        number: invoice.number,
      }),
      breadcrumbs: [{ href: PARTNER_INVOICES_PATH, text: t('partner_invoices:title') }],
      ...viewOf(invoice, clock.today(), res),
      invoice,
      path: `${PARTNER_INVOICES_PATH}/${id}`,
      partnerHref: `/admin/catalogue/partners/entries/${encodeURIComponent(invoice.partnerId)}`,
      bookingHref: `/admin/redemptions/${invoice.redemptionId}`,
      voucherHref: `/admin/vouchers/${invoice.voucherId}`,
      counterpart:
        counterpart === null
          ? null
          : {
              number: counterpart.number,
              href: `${PARTNER_INVOICES_PATH}/${counterpart.id}`,
              issuedOn: counterpart.issuedOn,
            },
      differenceText: t(`partner_invoices:difference.${invoice.differenceRole}`),
      senderLines: linesOf(invoice.document.senderAddress),
      partnerLines: linesOf(invoice.document.partnerAddress),
      textLines: linesOf(invoice.document.text),
      actorText: names.get(invoice.actor) ?? t('partner_invoices:by_itself'),
      lacksAddress: invoice.state === 'open' && invoice.document.partnerAddress === '',
      mailsHref: `/admin/outbox?entity=partner_invoice&id=${id}`,
      mayChange: invoice.state === 'open' && may(res.locals.user, 'partner_invoices.change'),
      form: formView(values ?? emptyForm(clock.today(), locale), errors),
    });
  }
}

function sendPdf(res: Response, { filename, content, contentType }: DeliveredFile): void {
  res.type(contentType).set('Content-Disposition', `inline; filename="${filename}"`).send(content);
}

function viewOf(invoice: PartnerInvoice, today: string, res: Response) {
  const isLate = invoice.state === 'open' && invoice.dueOn < today;
  return {
    ...invoice,
    href: `${PARTNER_INVOICES_PATH}/${invoice.id}`,
    partner: invoice.document.partner,
    shownRedeemed: invoice.state === 'cancellation' ? -invoice.redeemed : invoice.redeemed,
    shownDifference: invoice.state === 'cancellation' ? invoice.difference : -invoice.difference,
    shownAmount: invoice.state === 'cancellation' ? -invoice.owed : invoice.owed,
    stateText: res.locals.t(`partner_invoices:state.${isLate ? 'late' : invoice.state}`),
    tone: isLate ? 'bad' : TONES[invoice.state],
  };
}

function emptyForm(today: string, locale: Response['locals']['locale']) {
  return { paidOn: dayInput(today, locale), reference: '', reason: '' };
}

function typedFilter(req: Request) {
  const { query } = req;
  return {
    number: textOf(query['number'], LENGTHS.key),
    state: textOf(query['state']),
    partner: textOf(query['partner']),
    voucher: textOf(query['voucher']),
    redemption: textOf(query['redemption']),
    run: textOf(query['run']),
  };
}

function urlOf(typed: Readonly<Record<string, string>>, cursor: string): string {
  const kept = new URLSearchParams(Object.entries({ ...typed, cursor }).filter(([, value]) => value !== ''));
  return `${PARTNER_INVOICES_PATH}?${kept.toString()}`;
}

function orNull(text: string): string | null {
  return text === '' ? null : text;
}
