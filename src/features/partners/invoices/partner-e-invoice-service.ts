import { documentName } from '../../../core/books/invoicing/partner-document.ts';
import { invoiceAmounts } from '../../../core/books/invoicing/vat-treatment.ts';
import { formatDay, formatMoney } from '../../../platform/html/format.ts';
import type { EInvoice } from './partner-invoice-xml.ts';
import type { PartnerInvoice } from './partner-invoice-service.ts';

/** A document over a supply in the terms of its data; null: it is none. `counterpart` is what a cancellation takes back. */
export function eInvoiceOf(
  invoice: PartnerInvoice,
  counterpart: PartnerInvoice | null,
  texts: { readonly item: string; readonly difference: string; readonly terms: string },
): EInvoice | null {
  const { document, number, currency, issuedOn, dueOn, owed } = invoice;
  const { supply } = document;
  if (supply === undefined || supply === null) return null;
  const isCancellation = invoice.state === 'cancellation';
  if (isCancellation && counterpart === null) throw new Error('a cancellation without what it takes back');
  const buyer = {
    ...supply.buyer,
    reference: supply.buyer.reference === '' ? document.voucherNumber : supply.buyer.reference,
  };
  return {
    number,
    issuedOn,
    dueOn: isCancellation ? null : dueOn,
    currency,
    supply: { ...supply, buyer },
    amounts: invoiceAmounts(owed, supply.rateBasisPoints),
    takesBack:
      isCancellation && counterpart !== null ? { number: counterpart.number, issuedOn: counterpart.issuedOn } : null,
    deliveredOn: document.redeemedOn,
    item: { name: texts.item, description: breakdownOf(invoice, texts.difference) },
    note: document.text.trim(),
    bank: document.bank,
    paymentTerms: texts.terms,
  };
}

/** How the amount comes about, as the printed page says it. */
function breakdownOf({ redeemed, difference, currency, document }: PartnerInvoice, differenceText: string): string {
  const money = (cents: number): string => formatMoney(cents, currency, 'de');
  const title = `${document.voucherTitle}, ${document.voucherNumber}, ${formatDay(document.redeemedOn, 'de')}`;
  return difference === 0
    ? `${title}: ${money(redeemed)}`
    : `${title}: ${money(redeemed)}, ${differenceText} ${money(difference)}`;
}

export function titleOfInvoice({ document, state, number }: PartnerInvoice): string {
  return `${documentName(document.supply, state === 'cancellation')} ${number}`;
}
