import { expect } from 'chai';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { startTestServer, type TestServer } from '../../../support/http.ts';
import { signedIn } from '../../../support/pages.ts';

describeOnBothDatabases('the file of debtors', (database) => {
  let server: TestServer;
  before(async () => void (server = await startTestServer({ database: database() })));
  after(() => server.close());

  it('says on the page of the exports why there is none', async () => {
    const admin = await signedIn(server.url);
    const answer = await admin.get('/admin/accounting/debtor-file');
    expect([answer.status, answer.location]).to.deep.equal([303, '/admin/accounting/exports']);
    const page = (await admin.get('/admin/accounting/exports')).html;
    expect(page)
      .to.contain('fehlen Berater- und Mandantennummer')
      .and.to.contain('href="/admin/accounting/debtor-file"');
  });
});
