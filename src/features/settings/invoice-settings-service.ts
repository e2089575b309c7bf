import { isCountry, isVatId, missingOfSeller, type InvoiceSeller } from '../../core/books/invoicing/e-invoice.ts';
import { defineSetting, text, usualOf, type SettingsOf } from './setting-service.ts';

const MAX_LENGTH = 200;
const MAX_NUMBER = 40;
const line = (maxLength = MAX_LENGTH) => text('', { maxLength });
const isEmptyOr =
  (isSound: (typed: string) => boolean) =>
  (typed: string): boolean =>
    typed === '' || isSound(typed);

/** Who invoices are from, as the law and EN 16931 ask for it; the bank account is that of the shop. */
export const INVOICE_FIELDS = {
  name: line(),
  street: line(),
  postcode: line(MAX_NUMBER),
  town: line(),
  country: text('DE', { maxLength: 2, isUpperCase: true, isSound: isEmptyOr(isCountry) }),
  vatId: text('', { maxLength: 20, isUpperCase: true, isSound: isEmptyOr(isVatId) }),
  taxNumber: line(MAX_NUMBER),
  registration: line(MAX_NUMBER),
  contactName: line(),
  contactPhone: text('', {
    maxLength: MAX_NUMBER,
    isSound: isEmptyOr((typed) => (typed.match(/\d/g) ?? []).length >= 3),
  }),
  contactEmail: text('', {
    maxLength: 254,
    isSound: isEmptyOr((typed) => /^[^\s@.][^\s@]*@[^\s@]+\.[^\s@]+$/.test(typed)),
  }),
};

export type InvoiceSettings = SettingsOf<typeof INVOICE_FIELDS> & InvoiceSeller;

export const { read: invoiceSettings, change: changeInvoiceSettings } = defineSetting<InvoiceSettings>(
  'invoices',
  usualOf(INVOICE_FIELDS),
);

/**
 * What cannot be saved so: what every invoice needs and is missing, and what was there and is gone, because partners may be
 * invoiced by it.
 */
export function lackingIn(after: InvoiceSettings, before: InvoiceSettings): (keyof InvoiceSeller)[] {
  const gone = (['vatId', 'registration'] as const).filter((field) => after[field] === '' && before[field] !== '');
  return [...new Set([...missingOfSeller(after), ...gone])];
}
