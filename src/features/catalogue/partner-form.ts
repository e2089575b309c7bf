import { E_INVOICE_FORMATS, type InvoiceSeller } from '../../core/books/invoicing/e-invoice.ts';
import { EXPIRED_DEALS } from '../../core/books/deal-sale.ts';
import { DEAL_MODELS } from '../../core/books/partner-model.ts';
import { VAT_TREATMENT_NAMES } from '../../core/books/invoicing/vat-treatment.ts';
import { percentInput } from '../../platform/html/format.ts';
import type { FormError } from '../../platform/html/form-view.ts';
import type { Locale, Translate } from '../../platform/html/i18n.ts';
import { parseCount, parsePercent } from '../../platform/html/typed-input.ts';
import { linesOf, textOf } from '../../platform/http/request.ts';
import { parseInvoicing, TYPED_INVOICING } from './partner-invoicing-form.ts';
import { INVOICE_TIMINGS, type PartnerDetails } from './partner-service.ts';

export const DEAL_MODEL_OPTIONS = DEAL_MODELS;
export const INVOICE_TIMING_OPTIONS = INVOICE_TIMINGS;
export const EXPIRED_DEALS_OPTIONS = EXPIRED_DEALS;
export const VAT_TREATMENT_OPTIONS = VAT_TREATMENT_NAMES;
export const INVOICE_FORMAT_OPTIONS = E_INVOICE_FORMATS;

const TEXTS = [
  'invoiceAddress',
  'invoiceText',
  'invoiceEmail',
  'debtorAccount',
  'contactName',
  'contactEmail',
  'contactPhone',
] as const;
const LINES: readonly string[] = ['invoiceAddress', 'invoiceText'];
const FIELDS = [
  'dealModel',
  'commission',
  'invoiceTiming',
  'expiredDeals',
  'paymentDays',
  'vatRate',
  ...TYPED_INVOICING,
  ...TEXTS,
] as const;
const MAX_TEXT = 1000;
const MAX_COMMISSION = 10_000;
const MAX_PAYMENT_DAYS = 365;

/** Every field of the form as text, just as it was typed. */
export type TypedPartner = Readonly<Record<(typeof FIELDS)[number], string>>;

export function typedPartner(body: Readonly<Record<string, unknown>>): TypedPartner {
  return Object.fromEntries(
    FIELDS.map((name) => [name, (LINES.includes(name) ? linesOf : textOf)(body[name], MAX_TEXT)]),
  ) as TypedPartner;
}

export function typedPartnerOf(details: PartnerDetails, locale: Locale): TypedPartner {
  const { dealModel, commissionBasisPoints, invoiceTiming, expiredDeals, paymentDays, vatRate } = details;
  const texts = Object.fromEntries([...TYPED_INVOICING, ...TEXTS].map((name) => [name, details[name]])) as Record<
    (typeof TYPED_INVOICING)[number] | (typeof TEXTS)[number],
    string
  >;
  return {
    dealModel,
    commission: percentInput(commissionBasisPoints, locale),
    invoiceTiming,
    expiredDeals,
    paymentDays: String(paymentDays),
    vatRate: percentInput(vatRate, locale),
    ...texts,
  };
}

export function parsePartner(
  typed: TypedPartner & { readonly name: string },
  seller: InvoiceSeller,
  t: Translate,
): { readonly details: PartnerDetails | null; readonly errors: readonly FormError[] } {
  const errors: FormError[] = [];
  const dealModel = DEAL_MODELS.find((one) => one === typed.dealModel);
  if (dealModel === undefined) errors.push({ path: 'dealModel', message: t('catalogue:deal_model_required') });
  const invoiceTiming = INVOICE_TIMINGS.find((one) => one === typed.invoiceTiming) ?? 'at_once';
  const expiredDeals = EXPIRED_DEALS.find((one) => one === typed.expiredDeals) ?? 'ours';
  const commission = parsePercent(typed.commission === '' ? '0' : typed.commission);
  if (!commission.ok || commission.value > MAX_COMMISSION)
    errors.push({ path: 'commission', message: t('catalogue:commission_wrong') });
  const days = parseCount(typed.paymentDays === '' ? '0' : typed.paymentDays);
  if (!days.ok || days.value > MAX_PAYMENT_DAYS)
    errors.push({ path: 'paymentDays', message: t('catalogue:payment_days_wrong') });
  for (const name of ['invoiceEmail', 'contactEmail'] as const) {
    if (typed[name] !== '' && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(typed[name]))
      errors.push({ path: name, message: t('catalogue:email_wrong') });
  }
  if (typed.debtorAccount !== '' && !/^\d{1,9}$/.test(typed.debtorAccount))
    errors.push({ path: 'debtorAccount', message: t('catalogue:debtor_wrong') });
  const invoicing = parseInvoicing(typed, seller, t);
  errors.push(...invoicing.errors);
  if (errors.length > 0 || dealModel === undefined || !commission.ok || !days.ok) return { details: null, errors };
  const texts = Object.fromEntries(TEXTS.map((name) => [name, typed[name]])) as Record<(typeof TEXTS)[number], string>;
  return {
    details: {
      dealModel,
      commissionBasisPoints: commission.value,
      invoiceTiming,
      expiredDeals,
      paymentDays: days.value,
      ...invoicing.details,
      ...texts,
    },
    errors,
  };
}
