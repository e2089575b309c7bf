import type { Response } from 'express';
import { documentKindOf } from '../../../core/books/invoicing/partner-document.ts';
import { may } from '../../../core/access.ts';
import type { Translate } from '../../../platform/html/i18n.ts';
import type { Mail } from '../../documents/mail/mail-service.ts';
import type { PartnerFile } from './partner-file-service.ts';
import { linesOf } from './partner-invoice-document-service.ts';
import type { TypedInvoiceFilter } from './partner-invoice-form.ts';
import { PARTNER_INVOICE_STATES, type PartnerInvoice, type PartnerInvoiceState } from './partner-invoice-service.ts';

export const PARTNER_INVOICES_PATH = '/admin/partner-invoices';
const TONES: Readonly<Record<PartnerInvoiceState, string>> = {
  open: 'warn',
  paid: 'ok',
  cancelled: 'quiet',
  cancellation: 'info',
};

/** A page of the list with what it was asked for. */
export function invoiceListView(
  typed: TypedInvoiceFilter,
  page: { readonly items: readonly PartnerInvoice[]; readonly nextCursor: string | null; readonly cursor: string },
  today: string,
  { locals: { t, user } }: Response,
) {
  const { items, nextCursor, cursor } = page;
  const mayMail = items.length > 0 && may(user, 'partner_invoices.change');
  return {
    title: t('partner_invoices:title'),
    path: PARTNER_INVOICES_PATH,
    states: PARTNER_INVOICE_STATES.map((value) => ({ value, label: t(`partner_invoices:state.${value}`) })),
    run:
      typed.run === ''
        ? null
        : {
            pdf: `${PARTNER_INVOICES_PATH}/runs/${typed.run}-0/pdf`,
            mail: `${PARTNER_INVOICES_PATH}/runs/${typed.run}/mail`,
            mayMail,
          },
    rows: items.map((invoice) => ({
      ...rowView(invoice, today, t),
      bookingHref: `/admin/redemptions/${invoice.redemptionId}`,
    })),
    isFiltered: Object.values(typed).some((value) => value !== ''),
    first: cursor === '' ? '' : urlOf(typed, ''),
    next: nextCursor === null ? '' : urlOf(typed, nextCursor),
  };
}

/** One invoice as it was issued, with its counter-invoice or the invoice it takes back. */
export function invoiceView(
  invoice: PartnerInvoice,
  counterpart: PartnerInvoice | null,
  today: string,
  { locals: { t, user } }: Response,
) {
  const { id, number, state, document } = invoice;
  return {
    title: t(
      `partner_invoices:${state === 'cancellation' ? 'one_cancellation' : 'one'}.${documentKindOf(document.supply)}`,
      {
        number,
      },
    ),
    breadcrumbs: [{ href: PARTNER_INVOICES_PATH, text: t('partner_invoices:title') }],
    ...rowView(invoice, today, t),
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
    senderLines: linesOf(document.senderAddress),
    partnerLines: linesOf(document.partnerAddress),
    textLines: linesOf(document.text),
    lacksAddress: state === 'open' && document.partnerAddress === '',
    mailsHref: `/admin/outbox?entity=partner_invoice&id=${id}`,
    mayChange: state === 'open' && may(user, 'partner_invoices.change'),
  };
}

function rowView(invoice: PartnerInvoice, today: string, t: Translate) {
  const isLate = invoice.state === 'open' && invoice.dueOn < today;
  return {
    ...invoice,
    href: `${PARTNER_INVOICES_PATH}/${invoice.id}`,
    partner: invoice.document.partner,
    shownRedeemed: invoice.state === 'cancellation' ? -invoice.redeemed : invoice.redeemed,
    shownDifference: invoice.state === 'cancellation' ? invoice.difference : -invoice.difference,
    shownAmount: invoice.state === 'cancellation' ? -invoice.owed : invoice.owed,
    stateText: t(`partner_invoices:state.${isLate ? 'late' : invoice.state}`),
    tone: isLate ? 'bad' : TONES[invoice.state],
  };
}

function urlOf(typed: TypedInvoiceFilter, cursor: string): string {
  const kept = new URLSearchParams(Object.entries({ ...typed, cursor }).filter(([, value]) => value !== ''));
  return `${PARTNER_INVOICES_PATH}?${kept.toString()}`;
}

/** The form it goes out in, what is kept of it, and which mails brought it to whom. */
export function sendingsView(invoice: PartnerInvoice, kept: PartnerFile | null, mails: readonly Mail[], t: Translate) {
  const format = kept?.format ?? invoice.document.supply?.format ?? 'pdf';
  return {
    file: {
      kept,
      label: t(`partner_invoices:file.${format}`),
      formatText: t(`partner_invoices:sent_how.${format}`),
      href: `${PARTNER_INVOICES_PATH}/${invoice.id}/file`,
    },
    runHref: invoice.runJobId === null ? '' : `${PARTNER_INVOICES_PATH}?run=${invoice.runJobId}`,
    sendings: mails.map((mail) => ({
      href: `/admin/outbox/${mail.id}`,
      recipient: mail.recipient,
      at: mail.sentAt ?? mail.createdAt,
      stateText: t(`documents:state.${mail.bounced?.kind ?? mail.state}`),
    })),
  };
}
