import { expect } from 'chai';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { startTill, type TillPages } from '../till-pages.ts';

describeOnBothDatabases('the page of drawers and account', (database) => {
  let till: TillPages;
  const PATH = '/admin/counter/account';

  before(async () => {
    till = await startTill(database());
  });
  after(() => till.server.close());

  it('says that they agree', async () => {
    const { html } = await till.agent.get(PATH);
    expect(html).to.contain('Stimmen überein').and.contain('200,00').and.not.contain('Übernahme buchen');
  });

  it('offers the step where they do not, asks for a reason, and names the document afterwards', async () => {
    const { agent } = till;
    await database().knex('till_shifts').where({ till: 'Kasse 1' }).update({ opening_cash: 30_000, cash: 30_000 });
    expect((await agent.get('/admin/counter/shifts')).html).to.contain('unterscheiden sich um 100,00');
    expect((await agent.get(PATH)).html).to.contain('Übernahme buchen');
    const wish = { currency: 'EUR', expected: '10000' };
    expect((await agent.post(PATH, { ...wish, reason: '' })).status).to.equal(422);
    await agent.post(PATH, { ...wish, expected: '1', reason: 'Zählung' });
    expect((await agent.get(PATH)).html)
      .to.contain('inzwischen ein anderer')
      .and.contain('Übernahme buchen');
    await agent.post(PATH, { ...wish, reason: 'Zählung' });
    expect((await agent.get(PATH)).html)
      .to.contain('Stimmen überein seit der Übernahme')
      .and.match(/Q-\d{4}-\d{6}/);
  });
});
