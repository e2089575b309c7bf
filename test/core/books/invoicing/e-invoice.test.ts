import { invoiceSchema } from '@e-invoice-eu/core';
import { expect } from 'chai';
import {
  isCountry,
  isLeitwegId,
  isVatId,
  missingOfBuyer,
  missingOfSeller,
  type InvoiceBuyer,
  type InvoiceSeller,
} from '../../../../src/core/books/invoicing/e-invoice.ts';

const PARTY = { name: 'N', street: 'S 1', postcode: '1', town: 'T', country: 'DE', vatId: 'DE123456789' };
const SELLER: InvoiceSeller = {
  ...PARTY,
  taxNumber: '22/294/12345',
  registration: 'HRB 4711',
  contactName: 'Buchhaltung',
  contactPhone: '+49 451 1234',
  contactEmail: 'buchhaltung@nordlicht.example',
};
const BUYER: InvoiceBuyer = { ...PARTY, email: 'rechnung@citydeal.example', leitwegId: '', reference: '' };

describe('what an invoice needs', () => {
  it('is there', () => {
    expect(missingOfSeller(SELLER)).to.deep.equal([]);
    expect(missingOfBuyer(BUYER, 'reverse_charge')).to.deep.equal([]);
  });

  for (const field of [
    'name',
    'street',
    'postcode',
    'town',
    'country',
    'contactName',
    'contactPhone',
    'contactEmail',
  ] as const)
    it(`is not, without the seller's ${field}`, () => {
      expect(missingOfSeller({ ...SELLER, [field]: '' })).to.deep.equal([field]);
    });

  for (const field of ['name', 'street', 'postcode', 'town', 'country', 'email'] as const)
    it(`is not, without the buyer's ${field}`, () => {
      expect(missingOfBuyer({ ...BUYER, [field]: '' }, 'standard')).to.deep.equal([field]);
    });

  it('takes a tax number and a register for a VAT id, but not where the tax moves to the buyer', () => {
    const without = { ...SELLER, vatId: '' };
    expect(missingOfSeller(without, 'standard')).to.deep.equal([]);
    expect(missingOfSeller({ ...without, taxNumber: '' }, 'standard')).to.deep.equal(['vatId']);
    expect(missingOfSeller({ ...without, registration: '' }, 'standard')).to.deep.equal(['registration']);
    for (const treatment of ['reverse_charge', 'intra_community', 'export'] as const)
      expect(missingOfSeller(without, treatment), treatment).to.deep.equal(['vatId']);
    for (const treatment of ['reverse_charge', 'intra_community'] as const)
      expect(missingOfBuyer({ ...BUYER, vatId: '' }, treatment), treatment).to.deep.equal(['vatId']);
  });

  it('is a number of the register outside of the scope of VAT, where no VAT id may stand', () => {
    expect(missingOfSeller({ ...SELLER, registration: '' }, 'outside')).to.deep.equal(['registration']);
  });
});

describe('a country', () => {
  it('is one of those an e-invoice knows', () => {
    const known = (invoiceSchema as unknown as { $defs: { codeLists: { ISO3166: { enum: string[] } } } }).$defs
      .codeLists.ISO3166.enum;
    // 1A and XI are Kosovo and Northern Ireland of that list, and no countries of ISO 3166.
    expect(known.filter((one) => !isCountry(one))).to.deep.equal(['1A', 'XI']);
    expect(['XX', 'de', 'DEU', ''].filter(isCountry)).to.deep.equal([]);
  });
});

describe('a VAT id', () => {
  it('begins with its country', () => {
    expect(['DE123456789', 'ATU12345678', 'EL123456789', 'CHE123456789'].filter((one) => !isVatId(one))).to.deep.equal(
      [],
    );
    expect(['123456789', 'XX123456789', 'DE 123456789', 'de123456789', 'DE', ''].filter(isVatId)).to.deep.equal([]);
  });
});

describe('a Leitweg-ID', () => {
  it('fits its check digits', () => {
    expect(isLeitwegId('04011000-1234512345-06')).to.equal(true);
    expect(['04011000-1234512345-07', '04011000-12345', '', 'abc'].filter(isLeitwegId)).to.deep.equal([]);
  });
});
