import { expect } from 'chai';
import { apiClient, bookingOf, type ApiClient } from '../../../support/api-client.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { startTestServer, type TestServer } from '../../../support/http.ts';

describeOnBothDatabases('a redemption', (database) => {
  let server: TestServer;
  let api: ApiClient;

  before(async () => {
    server = await startTestServer({ database: database(), worksInBackground: false });
    api = apiClient(server.url);
  });
  after(() => server.close());

  const rowsOf = (table: string, where: object): Promise<Record<string, unknown>[]> =>
    database().knex(table).where(where).orderBy('id') as unknown as Promise<Record<string, unknown>[]>;

  it('writes its lines, the voucher, the entries, the log and what is to be told, together', async () => {
    const { body: voucher } = await api.post('/vouchers', {
      type: 'purchase',
      title: 'Mit Rest',
      paidAt: '2026-01-02',
      residual: 'forfeit',
      value: { originalValue: 10_000 },
    });
    const { body } = await api.post('/redemptions', {
      booking: bookingOf(9000, { customer: { id: 'K-7', email: 'Anna@Example.org' } }),
      codes: [voucher.code],
      bookingNumber: 'W-1',
    });
    const id = body.id as string;
    const [line] = await rowsOf('redemption_lines', { redemption_id: id });
    expect(line).to.include({ customer_id: 'K-7', customer_email: 'anna@example.org', kind: 'payment' });
    const { body: after } = await api.get(`/vouchers/${voucher.id as string}`);
    expect(after).to.include({ balance: 0, uses: 1 });
    const entries = await rowsOf('ledger_entries', { redemption_id: id });
    expect(entries.map(({ event, cents }) => [event, Number(cents)])).to.deep.equal([
      ['redemption', 9000],
      ['forfeit', 1000],
    ]);
    expect(await rowsOf('audit_log', { action: 'redemption.create', entity_id: id })).to.have.lengthOf(1);
    const told = (await rowsOf('outbox', { event: 'redemption.created' })).map(({ payload }) => payload);
    expect(told).to.deep.equal([JSON.stringify({ redemptionId: id })]);
  });
});
