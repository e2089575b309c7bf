import { expect } from 'chai';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { startTestServer } from '../../../support/http.ts';
import { signedIn } from '../../../support/pages.ts';

describeOnBothDatabases('setting off a credit that is not there', (database) => {
  it('says what is wrong and changes nothing', async () => {
    const server = await startTestServer({ database: database() });
    const agent = await signedIn(server.url);
    await agent.get('/admin/partner-settlements');
    const answer = await agent.post('/admin/partner-settlements/lines/credits/7', { partner: '-', invoiceNumber: 'x' });
    expect(answer.status).to.equal(303);
    expect((await agent.get('/admin/partner-settlements')).html).to.contain('gibt es nicht');
    await server.close();
  });
});
