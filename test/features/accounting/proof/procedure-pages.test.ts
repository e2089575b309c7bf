import { expect } from 'chai';
import { DEFAULT_SETUP } from '../../../../src/core/books/chart-of-accounts.ts';
import { currentSetup, saveSetup } from '../../../../src/features/accounting/ledger/setup-service.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { startTestServer, type TestServer } from '../../../support/http.ts';
import { signedIn, type Visitor } from '../../../support/pages.ts';

describeOnBothDatabases('the description of procedures', (database) => {
  let server: TestServer;
  let visitor: Visitor;
  const PATH = '/admin/accounting/proof/procedure';
  before(async () => {
    server = await startTestServer({ database: database() });
    visitor = await signedIn(server.url);
  });
  after(() => server.close());

  it('is kept in a version for each change of what it names, and every version can be read and downloaded', async () => {
    await visitor.get(PATH);
    expect((await visitor.get(PATH)).html)
      .to.contain(`${PATH}/1`)
      .and.not.contain(`${PATH}/2`);
    const { id } = await currentSetup(database().knex);
    const accounts = { ...DEFAULT_SETUP.accounts, V_KAUF: '1797' };
    await saveSetup(database(), { ...DEFAULT_SETUP, accounts }, id, null, 'user:1', 1);
    const present = await visitor.get(PATH);
    expect(present.html).to.contain('1797').and.contain(`${PATH}/2`);
    const first = await visitor.get(`${PATH}/1`);
    expect(first.html).to.contain('1796').and.contain('Fassung 1').and.not.contain('1797');
    const file = await visitor.get(`${PATH}/1/file`);
    expect(file.headers.get('content-disposition')).to.contain('verfahrensdokumentation-1.json');
    expect((JSON.parse(file.html) as { setup: { accounts: object } }).setup.accounts).to.include({ V_KAUF: '1796' });
    expect((await visitor.get(`${PATH}/9`)).status).to.equal(404);
  });
});
