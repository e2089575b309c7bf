import { expect } from 'chai';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { SALE, startTill, type TillPages } from '../till-pages.ts';

describeOnBothDatabases('the page of a Storno', (database) => {
  let till: TillPages;

  before(async () => {
    till = await startTill(database());
  });
  after(() => till.server.close());

  const pathOfLast = async (): Promise<string> => {
    const paths = (await till.agent.get(await till.shiftPath())).html.match(
      /\/admin\/counter\/shifts\/\d+\/entries\/\d+\/reversal/g,
    );
    return paths?.at(-1) ?? '';
  };

  it('shows what goes back, asks for a reason, and names both documents', async () => {
    const { agent } = till;
    await agent.post('/admin/counter/sale', { ...SALE, entryKey: 'sale-1' });
    const path = await pathOfLast();
    expect((await agent.get(path)).html).to.contain('Bar zurück: 75,00');
    const refused = await agent.post(path, { reason: '', entryKey: 'storno-1' });
    expect([refused.status, refused.html.includes('einen Grund')]).to.deep.equal([422, true]);
    const done = await agent.post(path, { reason: 'Käufer will nicht', entryKey: 'storno-1' });
    expect(done.location).to.equal(await till.shiftPath());
    expect((await agent.get(await till.shiftPath())).html)
      .to.match(/Storniert. Beleg Q-/)
      .and.contain('Storno Verkauf');
    const again = await agent.post(path, { reason: 'noch einmal', entryKey: 'storno-2' });
    expect([again.status, again.html.includes('schon storniert')]).to.deep.equal([422, true]);
    const { number } = await database()
      .knex('receipts')
      .where({ kind: 'sale_reversal' })
      .first<{ number: string }>('number');
    expect((await agent.get(`/admin/receipts/${number}`)).html).to.contain('Storno zu Beleg Q-');
  });

  it('asks for a word with the buyer where the voucher was mailed, and keeps the reason', async () => {
    const { agent } = till;
    await agent.post('/admin/counter/sale', { ...SALE, email: 'petra@example.org', entryKey: 'sale-2' });
    const path = await pathOfLast();
    const asked = await agent.post(path, { reason: 'vertippt', entryKey: 'storno-3' });
    expect([asked.status, asked.html.includes('per E-Mail'), asked.html.includes('value="vertippt"')]).to.deep.equal([
      422,
      true,
      true,
    ]);
    expect((await agent.post(path, { reason: 'vertippt', isConfirmed: 'true', entryKey: 'storno-3' })).status).to.equal(
      303,
    );
  });

  it('is none of an entry of another shift', async () => {
    expect((await till.agent.get(`${await till.shiftPath()}/entries/999/reversal`)).status).to.equal(404);
  });
});
