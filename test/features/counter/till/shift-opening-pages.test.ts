import { expect } from 'chai';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { startTill, type TillPages } from '../till-pages.ts';

describeOnBothDatabases('opening a till', (database) => {
  let till: TillPages;

  before(async () => {
    till = await startTill(database());
  });
  after(() => till.server.close());

  it('says what is wrong and keeps what was typed', async () => {
    const { agent } = till;
    await agent.post(`${await till.shiftPath()}/closing`, { counted: '200,00', note: '' });
    const refused = await agent.post('/admin/counter/shifts', { till: '', openingCash: 'viel' });
    expect(refused.status).to.equal(422);
    expect(refused.html).to.contain('einen Namen').and.contain('value="viel"');
  });

  it('asks where the rest is, and posts what was said', async () => {
    const { agent } = till;
    const opening = { till: 'Kasse 1', openingCash: '50,00' };
    const asked = await agent.post('/admin/counter/shifts', opening);
    expect(asked.status).to.equal(422);
    expect(asked.html).to.contain('Zuletzt blieben 200,00').and.contain('-150,00').and.contain('name="gap"');
    const answer = await agent.post('/admin/counter/shifts', { ...opening, gap: 'transit', note: 'Abschöpfung' });
    expect(answer.status).to.equal(303);
    expect((await agent.get(await till.shiftPath())).html)
      .to.contain('Entnahme')
      .and.contain('Abschöpfung')
      .and.contain('stimmen für diese Schicht überein');
  });
});
