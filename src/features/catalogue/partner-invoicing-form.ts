import {
  E_INVOICE_FORMATS,
  isCountry,
  isLeitwegId,
  isVatId,
  missingOfBuyer,
  missingOfSeller,
  type InvoiceBuyer,
  type InvoiceSeller,
} from '../../core/books/invoicing/e-invoice.ts';
import { VAT_TREATMENT_NAMES, vatTreatment, type VatTreatment } from '../../core/books/invoicing/vat-treatment.ts';
import type { FormError } from '../../platform/html/form-view.ts';
import type { Translate } from '../../platform/html/i18n.ts';
import { parsePercent } from '../../platform/html/typed-input.ts';
import { buyerOf, DEFAULT_PARTNER_DETAILS, type PartnerDetails } from './partner-service.ts';

export const TYPED_INVOICING = [
  'vatTreatment',
  'exemptionText',
  'invoiceFormat',
  'street',
  'postcode',
  'town',
  'country',
  'vatId',
  'leitwegId',
  'buyerReference',
] as const;
const MAX_RATE = 3000;
/** Where a buyer's data are typed under another name than the invoice has for them. */
const TYPED_AS: Readonly<Partial<Record<keyof InvoiceBuyer, string>>> = { email: 'invoiceEmail' };

export type TypedInvoicing = Readonly<
  Record<(typeof TYPED_INVOICING)[number] | 'vatRate' | 'invoiceEmail' | 'name', string>
>;
type InvoicingDetails = Pick<PartnerDetails, (typeof TYPED_INVOICING)[number] | 'vatRate'>;

/** What makes a partner's document an invoice: complete before it is saved, so that no invoice fails for it later. */
export function parseInvoicing(
  typed: TypedInvoicing,
  seller: InvoiceSeller,
  t: Translate,
): { readonly details: InvoicingDetails; readonly errors: readonly FormError[] } {
  const details = detailsOf(typed);
  return { details, errors: onePerField([...wrongIn(typed, details, t), ...missingIn(typed, details, seller, t)]) };
}

function detailsOf(typed: TypedInvoicing): InvoicingDetails {
  const rate = parsePercent(typed.vatRate === '' ? '0' : typed.vatRate);
  return {
    vatTreatment: treatmentOf(typed) ?? DEFAULT_PARTNER_DETAILS.vatTreatment,
    vatRate: rate.ok ? rate.value : 0,
    exemptionText: typed.exemptionText,
    invoiceFormat: E_INVOICE_FORMATS.find((one) => one === typed.invoiceFormat) ?? 'zugferd',
    street: typed.street,
    postcode: typed.postcode,
    town: typed.town,
    country: typed.country.toUpperCase(),
    vatId: typed.vatId.toUpperCase(),
    leitwegId: typed.leitwegId.toUpperCase(),
    buyerReference: typed.buyerReference,
  };
}

function treatmentOf({ vatTreatment: name }: TypedInvoicing): VatTreatment | undefined {
  return name === '' ? DEFAULT_PARTNER_DETAILS.vatTreatment : VAT_TREATMENT_NAMES.find((one) => one === name);
}

function wrongIn(typed: TypedInvoicing, details: InvoicingDetails, t: Translate): FormError[] {
  const { hasRate, exemptionText } = vatTreatment(details.vatTreatment);
  const rate = parsePercent(typed.vatRate === '' ? '0' : typed.vatRate);
  const isRate = rate.ok && rate.value <= MAX_RATE && (!hasRate || rate.value > 0);
  const judged: readonly (readonly [boolean, string, string])[] = [
    [treatmentOf(typed) !== undefined, 'vatTreatment', 'treatment_wrong'],
    [isRate, 'vatRate', 'vat_rate_wrong'],
    [exemptionText !== 'own' || details.exemptionText !== '', 'exemptionText', 'exemption_text_required'],
    [details.country === '' || isCountry(details.country), 'country', 'country_wrong'],
    [details.vatId === '' || isVatId(details.vatId), 'vatId', 'vat_id_wrong'],
    [details.leitwegId === '' || isLeitwegId(details.leitwegId), 'leitwegId', 'leitweg_wrong'],
  ];
  return judged.flatMap(([isRight, path, key]) => (isRight ? [] : [{ path, message: t(`catalogue:${key}`) }]));
}

function missingIn(typed: TypedInvoicing, details: InvoicingDetails, seller: InvoiceSeller, t: Translate): FormError[] {
  if (vatTreatment(details.vatTreatment).category === null) return [];
  const buyer = buyerOf(typed.name, { ...DEFAULT_PARTNER_DETAILS, ...details, invoiceEmail: typed.invoiceEmail });
  const ofSeller = missingOfSeller(seller, details.vatTreatment).map((field) => t(`settings:invoices.${field}`));
  return [
    ...(ofSeller.length === 0
      ? []
      : [{ path: 'vatTreatment', message: t('catalogue:seller_missing', { fields: ofSeller.join(', ') }) }]),
    ...missingOfBuyer(buyer, details.vatTreatment).map((field) => ({
      path: TYPED_AS[field] ?? field,
      message: t('catalogue:needed_for_invoice'),
    })),
  ];
}

function onePerField(errors: readonly FormError[]): FormError[] {
  return errors.filter(({ path }, index) => errors.findIndex((one) => one.path === path) === index);
}
