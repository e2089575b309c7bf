import { expect } from 'chai';
import { verifyBooks } from '../../../../src/features/accounting/proof/verify-service.ts';
import { liabilityReport } from '../../../../src/features/accounting/reports/liability-service.ts';
import { fixedClock } from '../../../../src/platform/process/clock.ts';
import { hashPassword } from '../../../../src/platform/secrets/passwords.ts';
import { apiClient, bookingOf, type ApiClient } from '../../../support/api-client.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { startTestServer, type TestServer } from '../../../support/http.ts';
import { signedIn, type Visitor } from '../../../support/pages.ts';

describeOnBothDatabases('the derecognition of time-barred vouchers', (database) => {
  let server: TestServer;
  let api: ApiClient;
  let first: Visitor;
  let second: Visitor;
  const clock = fixedClock('2030-01-05T10:00:00Z');

  before(async () => {
    server = await startTestServer({ database: database(), clock });
    api = apiClient(server.url);
    const login = { email: 'zweite@example.org', password: 'correct horse battery' };
    await database()
      .knex('users')
      .insert({
        email: login.email,
        name: 'Zweite Person',
        role: 'accountant',
        password_hash: await hashPassword(login.password),
        created_at: 1,
      });
    first = await signedIn(server.url);
    second = await signedIn(server.url, login);
  });
  after(() => server.close());

  const sold = async (paidAt: string, cents: number): Promise<{ id: string; code: string }> =>
    (await api.post('/vouchers', { type: 'purchase', title: 'Alt', paidAt, value: { originalValue: cents } })).body as {
      id: string;
      code: string;
    };
  const read = async (id: string): Promise<{ status: string; balance: number }> =>
    (await api.get(`/vouchers/${id}`)).body as { status: string; balance: number };

  it('takes what is time-barred and owed, needs two people, and can be undone one by one', async () => {
    const [barred, partly, young, toppedUp, goodwill] = [
      await sold('2026-05-05', 10_000),
      await sold('2026-12-31', 5000),
      await sold('2027-01-01', 7000),
      await sold('2026-03-03', 1000),
      await api.post('/vouchers', {
        type: 'settlement',
        funding: 'goodwill',
        title: 'G',
        paidAt: '2026-01-01',
        value: { originalValue: 900 },
      }),
    ];
    await api.post('/redemptions', { booking: bookingOf(2000), codes: [partly.code], bookingNumber: 'V-1' });
    await api.post(`/vouchers/${toppedUp.id}/topups`, { amount: 500, method: 'cash' });
    await first.get('/admin/accounting/derecognition');
    const proposed = await first.post('/admin/accounting/derecognition', { barredOn: '05.01.2030' });
    const path = proposed.location ?? '';
    const page = await first.get(path);
    expect([...page.html.matchAll(/admin\/vouchers\/(\d+)"/g)].map(([, id]) => id)).to.deep.equal([
      barred.id,
      partly.id,
      toppedUp.id,
    ]);
    expect(page.html).to.contain('140,00').and.contain('Zurückziehen').and.not.contain('Freigeben und ausbuchen');
    await first.post(`${path}/acceptance`, {});
    expect((await first.get(path)).html).to.contain('Vier-Augen-Prinzip');
    expect((await read(barred.id)).balance).to.equal(10_000);
    // Something happens to one of them between the proposal and its acceptance.
    await api.post('/redemptions', { booking: bookingOf(1000), codes: [partly.code], bookingNumber: 'V-2' });
    expect((await second.get(path)).html)
      .to.contain('Freigeben und ausbuchen')
      .and.contain('Ablehnen');
    const accepted = await second.post(`${path}/acceptance`, {});
    const job = await api.jobEnd(/jobs\/(\d+)/.exec(accepted.location ?? '')?.[1] ?? '');
    expect(job.body.result).to.deep.equal({ done: 2, skipped: 1 });
    expect(await read(barred.id)).to.include({ status: 'derecognised', balance: 0 });
    const runOf = `/admin/vouchers/${barred.id}/derecognition`;
    expect((await second.get(`/admin/vouchers/${barred.id}`)).html).to.contain(runOf);
    expect((await second.get(runOf)).location).to.equal(path);
    expect([
      (await read(partly.id)).balance,
      (await read(young.id)).balance,
      (await read(toppedUp.id)).balance,
      (await read(goodwill.body.id as string)).balance,
    ]).to.deep.equal([2000, 7000, 500, 900]);
    expect(
      (await api.post('/quotes', { booking: bookingOf(5000), codes: [barred.code] })).body.rejected[0].reason,
    ).to.equal('cancelled');
    await second.get(path);
    expect((await second.post(`${path}/acceptance`, {})).location).to.equal(path);
    await second.post(`${path}/reactivation`, { voucher: barred.id, reason: 'Kulanz' });
    expect(await read(barred.id)).to.include({ balance: 10_000 });
    expect(
      (await api.post('/redemptions', { booking: bookingOf(4000), codes: [barred.code], bookingNumber: 'V-3' })).status,
    ).to.equal(201);
    const entries = (await api.get(`/vouchers/${barred.id}/entries`)).body.items as {
      event: string;
      debit: string;
      credit: string;
      amount: number;
    }[];
    expect(
      entries.map(({ event, debit, credit, amount }) => `${event} ${debit} ${credit} ${amount}`).slice(1, 3),
    ).to.deep.equal(['derecognition V_KAUF BREAKAGE 10000', 'reactivation BREAKAGE V_KAUF 10000']);
    const report = await liabilityReport(database().knex, { from: '2030-01-01', on: '2030-01-05', knownUntil: null });
    for (const { expected, actual } of report.checks) expect(actual).to.equal(expected);
    expect((await verifyBooks(database().knex, clock.now())).problem).to.equal(null);
  });

  it('says so when nothing is time-barred', async () => {
    await first.get('/admin/accounting/derecognition');
    await first.post('/admin/accounting/derecognition', { barredOn: '01.01.2020' });
    expect((await first.get('/admin/accounting/derecognition')).html).to.contain('ist nichts verjährt');
    expect((await first.post('/admin/accounting/derecognition', { barredOn: '01.01.2099' })).html).to.contain(
      'liegt in der Zukunft',
    );
  });
});
