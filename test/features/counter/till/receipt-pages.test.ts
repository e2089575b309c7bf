import { expect } from 'chai';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { textOfPdf } from '../../../support/pdf.ts';
import { SALE, startTill, type TillPages } from '../till-pages.ts';

describeOnBothDatabases('the page of a receipt', (database) => {
  let till: TillPages;

  before(async () => {
    till = await startTill(database());
  });
  after(() => till.server.close());

  it('shows what was sold, prints it once as the original and later as a copy', async () => {
    const { agent } = till;
    await agent.post('/admin/counter/sale', { ...SALE, entryKey: 'sale-1' });
    const row = await database().knex('receipts').where({ kind: 'sale' }).first<{ number: string }>('number');
    const path = `/admin/receipts/${row.number}`;
    expect((await agent.get(path)).html)
      .to.contain('Gutscheinbeleg')
      .and.contain('75,00')
      .and.contain('keine Umsatzsteuer')
      .and.contain('MehrzweckgutscheinKauf');
    expect((await agent.get(`${path}/pdf`)).location).to.equal(path);
    const texts: string[] = [];
    for (let print = 0; print < 2; print++) {
      const { location } = await agent.post(`${path}/print`, {});
      const { type, bytes } = await till.file(location ?? '');
      expect(type).to.equal('application/pdf');
      texts.push(await textOfPdf(bytes));
    }
    expect(texts.map((text) => text.includes('Zweitschrift'))).to.deep.equal([false, true]);
    expect((await agent.get(path)).html).to.contain('2-mal gedruckt');
  }).timeout(60_000);

  it('is not found by a number that is none', async () => {
    for (const number of ['Q-2026-999999', 'nichts', '1'])
      expect((await till.agent.get(`/admin/receipts/${number}`)).status).to.equal(404);
  });
});
