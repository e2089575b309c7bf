import { expect } from 'chai';
import { lackingIn, type InvoiceSettings } from '../../../src/features/settings/invoice-settings-service.ts';

const WHOLE: InvoiceSettings = {
  name: 'Nordlicht Reisen GmbH',
  street: 'Hafenweg 1',
  postcode: '23552',
  town: 'Lübeck',
  country: 'DE',
  vatId: 'DE123456789',
  taxNumber: '22/294/12345',
  registration: 'HRB 4711',
  contactName: 'Buchhaltung',
  contactPhone: '0451 1234',
  contactEmail: 'a@nordlicht.example',
};

describe('the details of our invoices', () => {
  it('are saved whole or not at all', () => {
    expect(lackingIn(WHOLE, WHOLE)).to.deep.equal([]);
    expect(lackingIn({ ...WHOLE, street: '', contactPhone: '' }, WHOLE)).to.deep.equal(['street', 'contactPhone']);
  });

  it('never lose a number that partners may be invoiced by', () => {
    const bare = { ...WHOLE, vatId: '' };
    expect(lackingIn(bare, bare)).to.deep.equal([]);
    expect(lackingIn(bare, WHOLE)).to.deep.equal(['vatId']);
    expect(lackingIn({ ...WHOLE, registration: '' }, WHOLE)).to.deep.equal(['registration']);
  });
});
