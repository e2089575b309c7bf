import { expect } from 'chai';
import { join } from 'node:path';
import { parseInvoicing, type TypedInvoicing } from '../../../src/features/catalogue/partner-invoicing-form.ts';
import type { InvoiceSeller } from '../../../src/core/books/invoicing/e-invoice.ts';
import { createI18n } from '../../../src/platform/html/i18n.ts';

const t = createI18n({ directory: join(import.meta.dirname, '../../../locales'), strict: true }).translator('de');
const SELLER: InvoiceSeller = {
  name: 'Nordlicht Reisen GmbH',
  street: 'Hafenweg 1',
  postcode: '23552',
  town: 'Lübeck',
  country: 'DE',
  vatId: 'DE123456789',
  taxNumber: '',
  registration: '',
  contactName: 'Buchhaltung',
  contactPhone: '0451 1234',
  contactEmail: 'a@nordlicht.example',
};
const NO_SELLER: InvoiceSeller = { ...SELLER, name: '', street: '', vatId: '' };
const TYPED: TypedInvoicing = {
  name: 'Citydeal GmbH',
  invoiceEmail: 're@citydeal.example',
  vatTreatment: 'standard',
  vatRate: '19',
  exemptionText: '',
  invoiceFormat: 'xrechnung',
  street: 'Marktplatz 7',
  postcode: '20095',
  town: 'Hamburg',
  country: 'de',
  vatId: 'atu12345678',
  leitwegId: '',
  buyerReference: 'V 4711',
};
const wrongFields = (typed: Partial<TypedInvoicing>, seller = SELLER): string[] =>
  parseInvoicing({ ...TYPED, ...typed }, seller, t).errors.map(({ path }) => path);

describe('what makes a document to a partner an invoice', () => {
  it('is read as it was typed', () => {
    expect(parseInvoicing(TYPED, SELLER, t)).to.deep.equal({
      errors: [],
      details: {
        vatTreatment: 'standard',
        vatRate: 1900,
        exemptionText: '',
        invoiceFormat: 'xrechnung',
        street: 'Marktplatz 7',
        postcode: '20095',
        town: 'Hamburg',
        country: 'DE',
        vatId: 'ATU12345678',
        leitwegId: '',
        buyerReference: 'V 4711',
      },
    });
  });

  it('needs nothing where there is no supply', () => {
    const nothing = {
      vatTreatment: 'no_supply',
      street: '',
      town: '',
      postcode: '',
      country: '',
      invoiceEmail: '',
      vatId: '',
    };
    expect(wrongFields(nothing, NO_SELLER)).to.deep.equal([]);
    expect(wrongFields({ ...nothing, vatTreatment: '', vatRate: '' }, NO_SELLER)).to.deep.equal([]);
  });

  it('tells at each field what an invoice lacks', () => {
    expect(wrongFields({ street: '', postcode: '', town: '', country: '', invoiceEmail: '' })).to.deep.equal([
      'street',
      'postcode',
      'town',
      'country',
      'invoiceEmail',
    ]);
    expect(wrongFields({ vatTreatment: 'reverse_charge', vatId: '' })).to.deep.equal(['vatId']);
  });

  it('is refused as long as our own details are missing, by their names', () => {
    const [error] = parseInvoicing(TYPED, NO_SELLER, t).errors;
    expect(error).to.deep.equal({
      path: 'vatTreatment',
      message:
        'Für Rechnungen fehlen Angaben zu Ihrer Firma: Firma, Straße und Hausnummer, USt-IdNr., Registernummer. Ergänzen Sie sie zuerst unter Einstellungen, Rechnungsangaben.',
    });
  });

  const wrong: readonly (readonly [string, Partial<TypedInvoicing>])[] = [
    ['vatTreatment', { vatTreatment: 'perhaps' }],
    ['vatRate', { vatRate: '0' }],
    ['vatRate', { vatRate: '31' }],
    ['vatRate', { vatRate: 'viel' }],
    ['exemptionText', { vatTreatment: 'exempt' }],
    ['country', { country: 'XX' }],
    ['vatId', { vatId: '123' }],
    ['leitwegId', { leitwegId: '04011000-1234512345-07' }],
  ];
  for (const [path, typed] of wrong)
    it(`refuses ${JSON.stringify(typed)}, once and at its field`, () => {
      expect(wrongFields(typed)).to.deep.equal([path]);
    });
});
