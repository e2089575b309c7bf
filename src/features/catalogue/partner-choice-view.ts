import type { Translate } from '../../platform/html/i18n.ts';
import {
  DEAL_MODEL_OPTIONS,
  EXPIRED_DEALS_OPTIONS,
  INVOICE_FORMAT_OPTIONS,
  INVOICE_TIMING_OPTIONS,
  VAT_TREATMENT_OPTIONS,
} from './partner-form.ts';

/** What can be agreed with a partner, each choice with its explanation. */
export function partnerChoices(t: Translate) {
  return {
    dealModels: DEAL_MODEL_OPTIONS.map((value) => ({
      value,
      label: t(`catalogue:deal_model.${value}`),
      hint: t(`catalogue:deal_model_hint.${value}`),
    })),
    expiredDeals: EXPIRED_DEALS_OPTIONS.map((value) => ({
      value,
      label: t(`catalogue:expired_deals.${value}`),
      hint: t(`catalogue:expired_deals_hint.${value}`),
    })),
    vatTreatments: VAT_TREATMENT_OPTIONS.map((value) => ({
      value,
      label: t(`catalogue:vat_treatment.${value}`),
      hint: t(`catalogue:vat_treatment_hint.${value}`),
    })),
    invoiceFormats: INVOICE_FORMAT_OPTIONS.map((value) => ({
      value,
      label: t(`catalogue:invoice_format.${value}`),
      hint: t(`catalogue:invoice_format_hint.${value}`),
    })),
    invoiceTimings: INVOICE_TIMING_OPTIONS.map((value) => ({
      value,
      label: t(`catalogue:invoice_timing.${value}`),
      hint: t(`catalogue:invoice_timing_hint.${value}`),
    })),
  };
}
