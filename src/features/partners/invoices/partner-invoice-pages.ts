import type { Request, Response, Router } from 'express';
import type { Author } from '../../../platform/data/act.ts';
import { addFlash } from '../../../platform/html/flash.ts';
import { formView, type FormError } from '../../../platform/html/form-view.ts';
import { formatMoney } from '../../../platform/html/format.ts';
import { renderPage } from '../../../platform/html/views.ts';
import { refusalSentence } from '../../../platform/http/error-sentence.ts';
import { pageRouter } from '../../../platform/http/page-router.ts';
import { requires } from '../../../platform/http/permissions.ts';
import { idOf, markInvalid, actorOf, LENGTHS, fieldOf, idOrNull, parameterOf } from '../../../platform/http/request.ts';
import { appError, rethrowUnexpected } from '../../../platform/process/errors.ts';
import type { Shell } from '../../../platform/process/feature.ts';
import { listByName } from '../../catalogue/catalogue-service.ts';
import type { DeliveredFile } from '../../documents/mail/mail-delivery-service.ts';
import { mailsAbout } from '../../documents/mail/mail-service.ts';
import { namesOfActors } from '../../staff/people/user-service.ts';
import { renewInvoice } from '../settlement/partner-settlement-service.ts';
import { keptFile } from './partner-file-service.ts';
import type { InvoicePrints } from './partner-invoice-document-service.ts';
import type { InvoiceFiles } from './partner-invoice-file-service.ts';
import {
  emptyInvoice,
  invoiceFilterOf,
  parsePayment,
  typedInvoiceFilter,
  typedPayment,
  type TypedInvoice,
} from './partner-invoice-form.ts';
import {
  counterpartOf,
  invoicePage,
  payPartnerInvoice,
  readInvoice,
  type InvoicePayment,
  type PartnerInvoicing,
} from './partner-invoice-service.ts';
import { invoiceListView, invoiceView, PARTNER_INVOICES_PATH, sendingsView } from './partner-invoice-view.ts';
import { mailRun } from './partner-run-service.ts';

export interface PartnerInvoicePages extends Shell, PartnerInvoicing {
  readonly prints: InvoicePrints;
  readonly documents: InvoiceFiles;
}

const ROWS = 50;
const MAX_PARTNERS = 200;
/** Nothing in the printed page may run or be fetched. */
const PRINT_POLICY =
  "default-src 'none'; img-src data:; font-src data:; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox";

/** What is said after it was done, and which invoice is shown then. */
interface Done {
  readonly text: string;
  readonly id: string;
}

/** What partners owe for redeemed deals: the list, one document, its payment, and a counter-invoice with a new one. */
export function partnerInvoicePages(pages: PartnerInvoicePages): Router {
  const { database, clock, prints, documents } = pages;
  const router = pageRouter();
  const authorOf = (res: Response): Author => ({ actor: actorOf(res), moment: clock.moment() });
  router.use(PARTNER_INVOICES_PATH, requires('partner_invoices.see'));

  router.get(PARTNER_INVOICES_PATH, async (req, res) => {
    const typed = typedInvoiceFilter(req.query);
    const cursor = parameterOf(req, 'cursor');
    const filter = { ...invoiceFilterOf(typed), beforeId: idOrNull(cursor), limit: ROWS };
    const page = { ...(await invoicePage(database, filter)), cursor };
    const search = { q: '', archived: false, after: null, limit: MAX_PARTNERS };
    const partners = await listByName(database.knex, 'partner', search);
    renderPage(res, 'partners/invoices/partner-invoices', {
      ...invoiceListView(typed, page, clock.today(), res),
      form: formView(typed),
      partners: partners.map(({ id, name }) => ({ value: id, label: name })),
    });
  });

  router.get(`${PARTNER_INVOICES_PATH}/runs/:part/pdf`, async (req, res) => {
    const part = String(req.params['part']);
    if (!/^\d{1,18}-\d{1,3}$/.test(part)) throw appError('not_found');
    sendFile(res, await documents.seenOfRun(part));
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
    sendFile(res, await prints.file(database.knex, idOf(req)));
  });

  router.get(`${PARTNER_INVOICES_PATH}/:id/file`, async (req, res) => {
    sendFile(res, await documents.ofInvoice(idOf(req)));
  });

  router.post(`${PARTNER_INVOICES_PATH}/:id/payment`, requires('partner_invoices.change'), async (req, res) => {
    const typed = typedPayment(req.body as Readonly<Record<string, unknown>>);
    const read = parsePayment(typed, clock.today(), res.locals.t);
    if ('errors' in read) return show(res, idOf(req), typed, read.errors);
    await act(req, res, () => pay(idOf(req), read.value, res));
  });

  router.post(`${PARTNER_INVOICES_PATH}/:id/renewal`, requires('partner_invoices.change'), async (req, res) => {
    const { t, locale } = res.locals;
    const reason = fieldOf(req, 'reason', LENGTHS.reason);
    if (reason === '')
      return show(res, idOf(req), emptyInvoice(clock.today(), locale), [
        { path: 'reason', message: t('partner_invoices:reason_required') },
      ]);
    await act(req, res, async () => {
      const { id, number } = await renewInvoice(pages, authorOf(res), idOf(req), reason);
      const key = id === idOf(req) ? 'partner_invoices:cancelled_only' : 'partner_invoices:renewed';
      return { text: t(key, { number }), id };
    });
  });

  return router;

  async function pay(id: string, payment: InvoicePayment, res: Response): Promise<Done> {
    const { t, locale } = res.locals;
    const isNew = await payPartnerInvoice(database, authorOf(res), id, payment);
    const { owed, currency } = await readInvoice(database.knex, id);
    const amount = formatMoney(owed, currency, locale);
    return { text: t(isNew ? 'partner_invoices:paid' : 'partner_invoices:paid_before', { amount }), id };
  }

  async function act(req: Request, res: Response, work: () => Promise<Done>): Promise<void> {
    let to = idOf(req);
    try {
      const done = await work();
      to = done.id;
      addFlash(req, { kind: 'success', text: done.text });
    } catch (error) {
      rethrowUnexpected(error, 'not_found');
      addFlash(req, {
        kind: 'danger',
        text:
          error.code === 'conflict' ? res.locals.t('partner_invoices:not_open') : refusalSentence(error, res.locals.t),
      });
    }
    res.redirect(303, `${PARTNER_INVOICES_PATH}/${to}`);
  }

  async function show(
    res: Response,
    id: string,
    typed: TypedInvoice = emptyInvoice(clock.today(), res.locals.locale),
    errors: readonly FormError[] = [],
  ): Promise<void> {
    const invoice = await readInvoice(database.knex, id);
    const counterpart = await counterpartOf(database.knex, invoice);
    const kept = await keptFile(database.knex, { subject: 'invoice', subjectId: id });
    const mails = await mailsAbout(database, 'partner_invoice', id);
    const names = await namesOfActors(database, [invoice.actor]);
    markInvalid(res, errors);
    renderPage(res, 'partners/invoices/partner-invoice', {
      ...invoiceView(invoice, counterpart, clock.today(), res),
      ...sendingsView(invoice, kept, mails, res.locals.t),
      actorText: names.get(invoice.actor) ?? res.locals.t('partner_invoices:by_itself'),
      form: formView(typed, errors),
    });
  }
}

/** A page to read is shown, data are saved. */
function sendFile(res: Response, { filename, content, contentType }: DeliveredFile): void {
  const how = contentType === 'application/pdf' ? 'inline' : 'attachment';
  res.type(contentType).set('Content-Disposition', `${how}; filename="${filename}"`).send(content);
}
