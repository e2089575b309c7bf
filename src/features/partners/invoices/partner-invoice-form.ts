import type { FormError } from '../../../platform/html/form-view.ts';
import { dayInput } from '../../../platform/html/format.ts';
import type { Locale, Translate } from '../../../platform/html/i18n.ts';
import { parsePastDay } from '../../../platform/html/typed-input.ts';
import { idOrNull, LENGTHS, textOf } from '../../../platform/http/request.ts';
import { PARTNER_INVOICE_STATES, type InvoicePayment, type PartnerInvoiceFilter } from './partner-invoice-service.ts';

const MAX_REFERENCE = 140;

/** What the list is asked for, just as it was typed. */
export type TypedInvoiceFilter = Readonly<
  Record<'number' | 'state' | 'partner' | 'voucher' | 'redemption' | 'run', string>
>;

export function typedInvoiceFilter(query: Readonly<Record<string, unknown>>): TypedInvoiceFilter {
  return {
    number: textOf(query['number'], LENGTHS.key),
    state: textOf(query['state']),
    partner: textOf(query['partner']),
    voucher: textOf(query['voucher']),
    redemption: textOf(query['redemption']),
    run: textOf(query['run']),
  };
}

export function invoiceFilterOf(typed: TypedInvoiceFilter): Omit<PartnerInvoiceFilter, 'beforeId' | 'limit'> {
  return {
    state: PARTNER_INVOICE_STATES.find((one) => one === typed.state) ?? null,
    partnerId: orNull(typed.partner),
    voucherId: idOrNull(typed.voucher),
    redemptionId: idOrNull(typed.redemption),
    number: typed.number,
    runJobId: idOrNull(typed.run),
  };
}

/** The fields of one invoice: its payment, and the reason of a new one. */
export type TypedInvoice = Readonly<Record<'paidOn' | 'reference' | 'reason', string>>;

export function emptyInvoice(today: string, locale: Locale): TypedInvoice {
  return { paidOn: dayInput(today, locale), reference: '', reason: '' };
}

export function typedPayment(body: Readonly<Record<string, unknown>>): TypedInvoice {
  return { paidOn: textOf(body['paidOn']), reference: textOf(body['reference'], MAX_REFERENCE), reason: '' };
}

/** A payment came today or before. */
export function parsePayment(
  typed: Pick<TypedInvoice, 'paidOn' | 'reference'>,
  today: string,
  t: Translate,
): { readonly value: InvoicePayment } | { readonly errors: readonly FormError[] } {
  const day = parsePastDay(typed.paidOn, today);
  return !day.ok
    ? { errors: [{ path: 'paidOn', message: t(`common:${day.error}`) }] }
    : { value: { paidOn: day.value, reference: orNull(typed.reference) } };
}

function orNull(text: string): string | null {
  return text === '' ? null : text;
}
