import { expect } from 'chai';
import { verifyEverything } from '../../../../src/features/accounting/proof/proof-service.ts';
import { apiClient, type ApiClient } from '../../../support/api-client.ts';
import { turningClock } from '../../../support/clock.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { startTestServer, type TestServer } from '../../../support/http.ts';
import { signedIn, type Visitor } from '../../../support/pages.ts';
import { openShop } from '../../../support/shop.ts';
import { balanceOfRole, debtorsOn } from '../reports/debtor-books.ts';
import { readPaymentFile } from './pain-001.ts';

describeOnBothDatabases('files of payments for the bank', (database) => {
  let server: TestServer;
  let api: ApiClient;
  let agent: Visitor;
  const clock = turningClock(() => '2026-07-03T10:00:00Z');
  const FILES = '/admin/refunds/files';

  before(async () => {
    await openShop(database());
    server = await startTestServer({ database: database(), clock });
    api = apiClient(server.url);
    agent = await signedIn(server.url);
  });
  after(() => server.close());

  const refund = async (cents: number, payee: string, iban = 'DE02120300000000202051'): Promise<string> => {
    const body = { type: 'purchase', title: 'Reise', value: { originalValue: cents }, paidAt: null };
    const { id } = (await api.post('/vouchers', body)).body as { id: string };
    await api.post(`/vouchers/${id}/pay`, { paidAt: '2026-07-01', method: 'bank_transfer' });
    await api.post(`/vouchers/${id}/cancel`, { refund: true, reason: 'Widerruf' });
    const row = await database().knex('refunds').where({ voucher_id: id }).first('id');
    await agent.get(`/admin/refunds/${row.id}`);
    const target = { way: 'transfer', payee, iban, providerReference: '' };
    await agent.post(`/admin/refunds/${row.id}/target`, target);
    return String(row.id);
  };
  const order = async (ids: readonly string[], executionOn = '06.07.2026') => {
    await agent.get('/admin/refunds');
    return agent.post(FILES, { ids, executionOn });
  };

  it('hold several chosen refunds, in the structure that banks read', async () => {
    const ids = [await refund(5000, 'Petra Müller'), await refund(12_345, 'Söhne & Töchter GmbH')];
    const made = await order(ids);
    expect(made.location).to.match(/^\/admin\/refunds\/files\/\d+$/);
    const page = await agent.get(made.location ?? '');
    expect(page.html).to.contain('173,45').and.contain('Noch nicht ganz gezahlt');
    const file = await agent.get(`${made.location ?? ''}/download`);
    expect(readPaymentFile(file.html)).to.deep.equal({
      messageId: 'ZA-2026-000001',
      payments: [
        { endToEndId: 'ER-2026-000001', amount: '50.00', payee: 'Petra Mueller', iban: 'DE02120300000000202051' },
        {
          endToEndId: 'ER-2026-000002',
          amount: '123.45',
          payee: 'Soehne + Toechter GmbH',
          iban: 'DE02120300000000202051',
        },
      ],
    });
    expect((await agent.get('/admin/refunds?state=ordered')).html).to.contain('ZA-2026-000001');
    expect(await debtorsOn(database().knex, '2026-07-03'), 'ordered is not paid').to.deep.equal({ refunds: 17_345 });
    expect(await balanceOfRole(database().knex, 'BANK', '2026-07-03')).to.equal(17_345);

    await agent.post(`${made.location ?? ''}/payment`, { paidOn: '03.07.2026', reference: 'Auszug 7' });
    expect(await debtorsOn(database().knex, '2026-07-03')).to.deep.equal({});
    expect(await balanceOfRole(database().knex, 'BANK', '2026-07-03')).to.equal(0);
    expect((await agent.get(made.location ?? '')).html)
      .to.contain('Gezahlt')
      .and.not.contain('/withdrawal');
  });

  it('are taken back as long as nothing is paid, and their refunds go into another one', async () => {
    const id = await refund(700, 'Anna');
    const first = await order([id]);
    expect((await order([id])).location, 'in one file at most').to.equal('/admin/refunds');
    await agent.get(first.location ?? '');
    await agent.post(`${first.location ?? ''}/withdrawal`, {});
    expect(await database().knex('refunds').where({ id }).first()).to.include({ state: 'open', file_id: null });
    const second = await order([id]);
    expect(second.location)
      .to.match(/files\/\d+$/)
      .and.not.equal(first.location);
    expect((await agent.get(FILES)).html)
      .to.contain('Zurückgenommen')
      .and.contain('ZA-2026-000003');
  });

  it('refuse what they cannot hold, with a sentence that says what to do', async () => {
    const [bare, whole] = [await refund(100, ''), await refund(200, 'Petra')];
    for (const [ids, executionOn, sentence] of [
      [[], '06.07.2026', 'mindestens eine'],
      [[bare], '06.07.2026', 'fehlen Empfänger oder IBAN'],
      [[whole], '02.07.2026', 'ist vorbei'],
      [[whole], 'bald', '31.12.2026'],
    ] as const) {
      await order(ids, executionOn);
      expect((await agent.get('/admin/refunds')).html).to.contain(sentence);
    }
    await openShop(database(), { iban: '' });
    await order([whole]);
    expect((await agent.get('/admin/refunds')).html).to.contain('eigene Konto');
    await openShop(database());
  });

  it('leave books that add up', async () => {
    expect((await verifyEverything(database().knex, clock.now())).problem).to.equal(null);
  });
});
