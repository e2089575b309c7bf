import { expect } from 'chai';
import { accountRows, sumsOf } from '../../../../src/features/accounting/reports/balance-service.ts';
import { paymentRecords } from '../../../../src/features/accounting/reports/payment-sheet-service.ts';
import { apiClient, bookingOf } from '../../../support/api-client.ts';
import { turningClock } from '../../../support/clock.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { startTestServer, type TestServer } from '../../../support/http.ts';
import { jobsDone } from '../../../support/jobs-done.ts';
import { signedIn } from '../../../support/pages.ts';

describeOnBothDatabases('the trial balance', (database) => {
  let server: TestServer;

  before(async () => {
    server = await startTestServer({ database: database(), clock: turningClock(() => '2026-03-10T10:00:00Z') });
    const api = apiClient(server.url);
    const value = { originalValue: 10_000 };
    const { body } = await api.post('/vouchers', { type: 'purchase', title: 'Kauf', value, paidAt: '2026-02-01' });
    const booking = { booking: bookingOf(2500), codes: [String(body.code)], bookingNumber: 'S-1' };
    const { body: redemption } = await api.post('/redemptions', booking);
    await api.post(`/redemptions/${String(redemption.id)}/reversals`, { amount: 500, reason: 'Teil' });
  });
  after(() => server.close());

  it('has what each account had before, what moved and what it has, with equal sums', async () => {
    const rows = await accountRows(database().knex, { from: '2026-03-01', to: '2026-03-31' });
    expect(
      rows.map(({ account, opening, debit, credit, closing }) => [account, opening, debit, credit, closing]),
    ).to.have.deep.members([
      ['10000', 0, 500, 2500, -2000],
      ['1360', 10_000, 0, 0, 10_000],
      ['1796', -10_000, 2500, 500, -8000],
    ]);
    expect(sumsOf(rows)).to.deep.equal([
      { currency: 'EUR', opening: 0, debit: 3000, credit: 3000, closing: 0, isEven: true },
    ]);
  });

  it('and payment records are files in which amounts are numbers', async () => {
    const admin = await signedIn(server.url);
    const balances = await admin.get('/admin/accounting/balances.csv?from=01.03.2026&to=31.03.2026');
    expect(balances.html)
      .to.contain('Konto;Bezeichnung;Währung;Anfangsbestand;Soll;Haben;Endbestand\r\n')
      .and.contain(';EUR;-100,00;25,00;5,00;-80,00\r\n');
    const payments = await admin.get('/admin/accounting/payments.csv?from=01.03.2026&to=31.03.2026');
    expect(payments.html).to.contain('S-1;10.03.2026;1796;Kauf;').and.contain(';EUR;-5,00\r\n');
    expect((await admin.get('/admin/accounting/balances.csv?from=31.03.2026&to=01.03.2026')).status).to.equal(303);
    for (const report of ['balances', 'payments']) {
      const asked = await admin.post(`/admin/accounting/${report}/workbook`, { from: '01.03.2026', to: '31.03.2026' });
      expect(asked.location).to.match(/^\/admin\/jobs\/\d+$/);
      await jobsDone(database());
      expect((await admin.get(asked.location ?? '')).html).to.contain('.xlsx');
    }
  });

  it('is reached from the report of a day: each account with its entries, and a sum over all', async () => {
    const admin = await signedIn(server.url);
    const { html } = await admin.get('/admin/accounting/liabilities?from=01.03.2026&on=31.03.2026');
    expect(html).to.contain('Summe EUR').and.contain('>1796 · Kauf</a>');
    const href = /href="([^"]*journal[^"]*account[^"]*)"/
      .exec(html)?.[1]
      ?.replaceAll('&amp;', '&')
      .replaceAll('&#x3D;', '=');
    expect((await admin.get(href ?? '')).html).to.contain('S-1');
  });

  it('leaves no record out, some at a time', async () => {
    const cents: number[] = [];
    for await (const records of paymentRecords(database().knex, { booking: 'S-1', from: null, to: null }))
      cents.push(...records.map((record) => record.cents));
    expect(cents).to.deep.equal([-500, 2500]);
  });
});
