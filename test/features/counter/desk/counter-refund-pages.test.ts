import { expect } from 'chai';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { SALE, startTill, type TillPages } from '../till-pages.ts';

describeOnBothDatabases('the page of refunds at the till', (database) => {
  let till: TillPages;
  const PATH = '/admin/counter/refunds';

  before(async () => {
    till = await startTill(database());
  });
  after(() => till.server.close());

  it('lists what is to be paid in cash, pays it once, and shows its slip', async () => {
    const { agent } = till;
    expect((await agent.get(PATH)).html).to.contain('Nichts auszuzahlen');
    await agent.post('/admin/counter/sale', { ...SALE, entryKey: 'sale-1' });
    const { id } = await database().knex('orders').first<{ id: number | string }>('id');
    await agent.get(`/admin/orders/${id}`);
    await agent.post(`/admin/orders/${id}/refund`, { reason: 'Widerruf' });
    const list = (await agent.get(PATH)).html;
    const action = /action="(\/admin\/counter\/refunds\/\d+)"/.exec(list)?.[1] ?? '';
    const entryKey = /name="entryKey" value="([^"]+)"/.exec(list)?.[1] ?? '';
    await Promise.all([1, 2].map(() => agent.post(action, { entryKey })));
    expect((await agent.get(PATH)).html)
      .to.contain('75,00')
      .and.contain('Nichts auszuzahlen');
    const journal = (await agent.get(await till.shiftPath())).html;
    expect(journal)
      .to.contain('Erstattung')
      .and.contain('-75,00')
      .and.match(/\/admin\/receipts\/ER-/);
    expect(journal.match(/\/admin\/receipts\/ER-/g)).to.have.lengthOf(1);
  });

  it('needs an open till', async () => {
    const { agent } = till;
    await agent.post(`${await till.shiftPath()}/closing`, { counted: '200,00', note: '' });
    expect((await agent.get(PATH)).html).to.contain('brauchen Sie eine geöffnete Kasse');
    expect((await agent.post(`${PATH}/1`, { entryKey: 'x' })).location).to.equal('/admin/counter');
  });
});
