import type { InvoiceBuyer, InvoiceSeller, Supply } from '../../../core/books/invoicing/e-invoice.ts';
import { vatTreatment } from '../../../core/books/invoicing/vat-treatment.ts';

/** BT-10. */
export function referenceOf({ leitwegId, reference }: InvoiceBuyer): string {
  return leitwegId === '' ? reference : leitwegId;
}

export function addressOf({ street, town, postcode, country }: InvoiceSeller | InvoiceBuyer): object {
  return {
    'cbc:StreetName': street,
    'cbc:CityName': town,
    'cbc:PostalZone': postcode,
    'cac:Country': { 'cbc:IdentificationCode': country },
  };
}

/** Who invoices. */
export function sellerParty({ seller, treatment }: Supply): object {
  // Outside the scope of VAT no VAT id may stand (BR-O-2).
  const vatId = vatTreatment(treatment).category === 'O' ? '' : seller.vatId;
  const schemes = [
    ...(vatId === '' ? [] : [{ 'cbc:CompanyID': vatId, 'cac:TaxScheme': { 'cbc:ID': 'VAT' } }]),
    ...(seller.taxNumber === '' ? [] : [{ 'cbc:CompanyID': seller.taxNumber, 'cac:TaxScheme': { 'cbc:ID': 'FC' } }]),
  ];
  return {
    'cbc:EndpointID': seller.contactEmail,
    'cbc:EndpointID@schemeID': 'EM',
    'cac:PostalAddress': addressOf(seller),
    ...(schemes.length === 0 ? {} : { 'cac:PartyTaxScheme': schemes }),
    'cac:PartyLegalEntity': {
      'cbc:RegistrationName': seller.name,
      ...(seller.registration === '' ? {} : { 'cbc:CompanyID': seller.registration }),
    },
    'cac:Contact': {
      'cbc:Name': seller.contactName,
      'cbc:Telephone': seller.contactPhone,
      'cbc:ElectronicMail': seller.contactEmail,
    },
  };
}

/** Who is invoiced. */
export function buyerParty({ buyer, treatment }: Supply): object {
  const hasVatId = buyer.vatId !== '' && vatTreatment(treatment).category !== 'O';
  return {
    'cbc:EndpointID': buyer.leitwegId === '' ? buyer.email : buyer.leitwegId,
    'cbc:EndpointID@schemeID': buyer.leitwegId === '' ? 'EM' : '0204',
    'cac:PostalAddress': addressOf(buyer),
    ...(hasVatId
      ? { 'cac:PartyTaxScheme': { 'cbc:CompanyID': buyer.vatId, 'cac:TaxScheme': { 'cbc:ID': 'VAT' } } }
      : {}),
    'cac:PartyLegalEntity': { 'cbc:RegistrationName': buyer.name },
  };
}
