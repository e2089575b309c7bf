import { expect } from 'chai';
import { verifyEverything } from '../../../../src/features/accounting/proof/proof-service.ts';
import { apiClient, type ApiClient } from '../../../support/api-client.ts';
import { turningClock } from '../../../support/clock.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { postedUnder } from '../reports/debtor-books.ts';
import { startTestServer, type TestServer } from '../../../support/http.ts';
import { signedIn, type Visitor } from '../../../support/pages.ts';

describeOnBothDatabases('refunds', (database) => {
  let server: TestServer;
  let api: ApiClient;
  let agent: Visitor;
  const clock = turningClock(() => '2026-07-03T10:00:00Z');

  before(async () => {
    server = await startTestServer({ database: database(), clock });
    api = apiClient(server.url);
    agent = await signedIn(server.url);
  });
  after(() => server.close());

  const refunded = async (method: string, recipient: string | null = null): Promise<{ id: string; number: string }> => {
    const body = { type: 'purchase', title: 'Reise', value: { originalValue: 5000 }, paidAt: null };
    const { id } = (await api.post('/vouchers', { ...body, ...(recipient ? { recipient: { name: recipient } } : {}) }))
      .body as { id: string };
    await api.post(`/vouchers/${id}/pay`, { paidAt: '2026-07-01', method });
    await api.post(`/vouchers/${id}/cancel`, { refund: true, reason: 'Widerruf' });
    const row = await database().knex('refunds').where({ voucher_id: id }).first('id', 'number');
    return { id: String(row.id), number: row.number as string };
  };
  const stateOf = async (id: string): Promise<string> =>
    (await database().knex('refunds').where({ id }).first('state')).state as string;

  it('name payee, sum, way and what is missing in a list that is filtered', async () => {
    const [transfer, provider] = [await refunded('bank_transfer', 'Anna Müller'), await refunded('online')];
    const list = (await agent.get('/admin/refunds')).html;
    expect(list)
      .to.contain(transfer.number)
      .and.contain('Anna Müller')
      .and.contain('IBAN fehlt')
      .and.contain('Zahlung beim Anbieter fehlt')
      .and.contain('2 Erstattungen, 100,00');
    expect((await agent.get('/admin/refunds?way=provider')).html)
      .to.contain(provider.number)
      .and.not.contain(transfer.number);
    expect((await agent.get('/admin/refunds?text=m%C3%BCller')).html)
      .to.contain(transfer.number)
      .and.not.contain(provider.number);
    expect((await agent.get('/admin/refunds?state=paid')).html).to.contain('Nichts gefunden');
  });

  it('are linked from the entry of their voucher', async () => {
    const { id, number } = await refunded('bank_transfer');
    const { voucher_id: voucherId } = await database().knex('refunds').where({ id }).first('voucher_id');
    const href = `/admin/refunds?state=all&text=${number}`;
    expect((await agent.get(`/admin/vouchers/${voucherId}/ledger`)).html).to.contain(
      href.replaceAll('=', '&#x3D;').replace('&text', '&amp;text'),
    );
    expect((await agent.get(href)).html).to.contain(`/admin/refunds/${id}"`);
  });

  it('take payee and IBAN, and keep what was typed beside a sentence where the check digits are wrong', async () => {
    const { id } = await refunded('bank_transfer');
    await agent.get(`/admin/refunds/${id}`);
    const target = { way: 'transfer', payee: 'Petra Muster', providerReference: '' };
    const wrong = await agent.post(`/admin/refunds/${id}/target`, { ...target, iban: 'DE89 3704 0044 0532 0130 01' });
    expect(wrong.status).to.equal(422);
    expect(wrong.html).to.contain('Prüfziffer').and.contain('DE89 3704 0044 0532 0130 01');
    await agent.post(`/admin/refunds/${id}/target`, { ...target, iban: 'de89 3704 0044 0532 0130 00' });
    expect(await database().knex('refunds').where({ id }).first()).to.include({
      payee: 'Petra Muster',
      iban: 'DE89370400440532013000',
    });
  });

  it('are paid once, on a day between the decision and today, and never in cash from the office', async () => {
    const { id, number } = await refunded('bank_transfer');
    const path = `/admin/refunds/${id}/payment`;
    await agent.get(`/admin/refunds/${id}`);
    for (const [paidOn, sentence] of [
      ['04.07.2026', 'liegt in der Zukunft'],
      ['02.07.2026', 'noch nicht entschieden'],
      ['gestern', '31.12.2026'],
    ] as const)
      expect((await agent.post(path, { paidOn, reference: '' })).html).to.contain(sentence);
    await Promise.all([1, 2].map(() => agent.post(path, { paidOn: '03.07.2026', reference: 'SEPA 7' })));
    expect(await postedUnder(database().knex, number)).to.deep.equal([
      'refund V_KAUF DEBITOR 5000 2026-07-03',
      'refund_paid DEBITOR BANK 5000 2026-07-03',
    ]);
    const cash = await refunded('cash');
    await agent.get(`/admin/refunds/${cash.id}`);
    const refusal = await agent.post(`/admin/refunds/${cash.id}/payment`, { paidOn: '03.07.2026', reference: '' });
    expect([refusal.html.includes('an der Kasse'), await stateOf(cash.id)]).to.deep.equal([true, 'open']);
  });

  it('of what came online are confirmed with the number the provider gave', async () => {
    const { id, number } = await refunded('online');
    await agent.get(`/admin/refunds/${id}`);
    const path = `/admin/refunds/${id}/payment`;
    expect((await agent.post(path, { paidOn: '03.07.2026', reference: '' })).html).to.contain('Zahlungsanbieter');
    await agent.post(path, { paidOn: '03.07.2026', reference: 're_42' });
    expect(await postedUnder(database().knex, number)).to.include('refund_paid DEBITOR TRANSIT 5000 2026-07-03');
  });

  it('leave books that add up', async () => {
    expect((await verifyEverything(database().knex, clock.now())).problem).to.equal(null);
  });
});
