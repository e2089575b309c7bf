import { expect } from 'chai';
import { invoiceSettings } from '../../../src/features/settings/invoice-settings-service.ts';
import { describeOnBothDatabases } from '../../support/databases.ts';
import { startTestServer, type TestServer } from '../../support/http.ts';
import { signedIn, type Visitor } from '../../support/pages.ts';

const PATH = '/admin/settings/invoices';
const TYPED = {
  name: 'Nordlicht Reisen GmbH',
  street: 'Hafenweg 1',
  postcode: '23552',
  town: 'Lübeck',
  country: 'de',
  vatId: 'de123456789',
  taxNumber: '',
  registration: '',
  contactName: 'Buchhaltung',
  contactPhone: '0451 1234',
  contactEmail: 'a@nordlicht.example',
};

describeOnBothDatabases('the page of our invoice details', (database) => {
  let server: TestServer;
  let admin: Visitor;
  before(async () => {
    server = await startTestServer({ database: database() });
    admin = await signedIn(server.url);
  });
  after(() => server.close());

  it('keeps what was typed and says what is missing, and saves nothing half', async () => {
    const refused = await admin.post(PATH, { ...TYPED, street: '', contactPhone: '1', country: 'XX' });
    expect(refused.status).to.equal(422);
    const text = refused.html;
    expect(text)
      .to.contain('Nordlicht Reisen GmbH')
      .and.to.contain('mit zwei Buchstaben')
      .and.to.contain('drei Ziffern');
    expect((await admin.post(PATH, { ...TYPED, street: '' })).status).to.equal(422);
    expect((await invoiceSettings(database().knex)).name).to.equal('');
  });

  it('saves them whole', async () => {
    expect((await admin.post(PATH, TYPED)).status).to.equal(303);
    expect(await invoiceSettings(database().knex)).to.deep.equal({ ...TYPED, country: 'DE', vatId: 'DE123456789' });
  });
});
