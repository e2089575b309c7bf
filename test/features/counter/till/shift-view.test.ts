import { expect } from 'chai';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { SALE, startTill, type TillPages } from '../till-pages.ts';

describeOnBothDatabases('the journal of a shift', (database) => {
  let till: TillPages;

  before(async () => {
    till = await startTill(database());
  });
  after(() => till.server.close());

  it('shows drawer and account side by side, receipts, and what can be cancelled', async () => {
    const { agent } = till;
    await agent.post('/admin/counter/sale', { ...SALE, entryKey: 'sale-1' });
    const path = await till.shiftPath();
    const { html } = await agent.get(path);
    expect(html).to.contain('275,00').and.contain('stimmen für diese Schicht überein');
    expect(html.match(/\/admin\/receipts\/Q-/g)).to.have.lengthOf(2);
    expect(html.match(/\/reversal"/g)).to.have.lengthOf(2);
  });

  it('says where a part of it was before the books followed the till', async () => {
    const path = await till.shiftPath();
    const [id] = path.split('/').slice(-1);
    await database().knex('till_entries').where({ shift_id: id, event: 'sale' }).update({ document_number: null });
    expect((await till.agent.get(path)).html).to.contain('vor der Buchung im Konto Kasse');
  });
});
