import { expect } from 'chai';
import {
  addressOf,
  buyerParty,
  referenceOf,
  sellerParty,
} from '../../../../src/features/partners/invoices/partner-invoice-party-xml.ts';
import type { InvoiceBuyer, InvoiceSeller, Supply } from '../../../../src/core/books/invoicing/e-invoice.ts';

const PARTY = { name: 'N', street: 'S 1', postcode: '1010', town: 'Wien', country: 'AT', vatId: 'ATU12345678' };
const seller: InvoiceSeller = {
  ...PARTY,
  taxNumber: '12 345/6789',
  registration: '',
  contactName: 'B',
  contactPhone: '123',
  contactEmail: 'b@n.example',
};
const buyer: InvoiceBuyer = { ...PARTY, email: 'r@c.example', leitwegId: '', reference: 'V 1' };
const supply = { treatment: 'standard', seller, buyer } as Supply;

describe('who invoices whom', () => {
  it('stands with street, town and country', () => {
    expect(addressOf(buyer)).to.deep.equal({
      'cbc:StreetName': 'S 1',
      'cbc:CityName': 'Wien',
      'cbc:PostalZone': '1010',
      'cac:Country': { 'cbc:IdentificationCode': 'AT' },
    });
  });

  it('is known by VAT id and tax number, and by no VAT id outside of the scope of VAT', () => {
    expect(sellerParty(supply)).to.have.property('cac:PartyTaxScheme').with.length(2);
    const outside = { ...supply, treatment: 'outside' } as Supply;
    expect(sellerParty(outside)).to.have.deep.property('cac:PartyTaxScheme', [
      { 'cbc:CompanyID': '12 345/6789', 'cac:TaxScheme': { 'cbc:ID': 'FC' } },
    ]);
    expect(buyerParty(outside)).not.to.have.property('cac:PartyTaxScheme');
  });

  it('is reached by mail, or by a Leitweg-ID, which is the reference then', () => {
    expect(buyerParty(supply)).to.include({ 'cbc:EndpointID': 'r@c.example', 'cbc:EndpointID@schemeID': 'EM' });
    const body = { ...buyer, leitwegId: '04011000-1234512345-06' };
    expect(buyerParty({ ...supply, buyer: body })).to.include({ 'cbc:EndpointID@schemeID': '0204' });
    expect([referenceOf(buyer), referenceOf(body)]).to.deep.equal(['V 1', '04011000-1234512345-06']);
  });
});
