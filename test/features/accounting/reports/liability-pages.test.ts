import { expect } from 'chai';
import fc from 'fast-check';
import { liabilityReport } from '../../../../src/features/accounting/reports/liability-service.ts';
import { openItems } from '../../../../src/features/accounting/reports/open-item-service.ts';
import { closeMonth } from '../../../../src/features/accounting/closing/period-service.ts';
import { sealLedger } from '../../../../src/features/accounting/proof/seal-service.ts';
import { saveSetup } from '../../../../src/features/accounting/ledger/setup-service.ts';
import { DEFAULT_SETUP } from '../../../../src/core/books/chart-of-accounts.ts';
import { apiClient, bookingOf, type ApiClient } from '../../../support/api-client.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { turningClock } from '../../../support/clock.ts';
import { startTestServer, type TestServer } from '../../../support/http.ts';
import { signedIn } from '../../../support/pages.ts';

describeOnBothDatabases('the liabilities on a day', (database) => {
  let server: TestServer;
  let api: ApiClient;
  let day = '2026-01-05';
  // A clock the histories below turn on.
  const clock = turningClock(() => `${day}T10:00:00Z`);

  before(async () => {
    server = await startTestServer({ database: database(), clock });
    api = apiClient(server.url);
  });
  after(() => server.close());

  const report = (from: string, on: string, knownUntil: number | null = null) =>
    liabilityReport(database().knex, { from, on, knownUntil });
  const closing = (columns: readonly { readonly closing: number }[]): number =>
    columns.reduce((sum, one) => sum + one.closing, 0);
  const sell = async (cents: number, more: object = {}): Promise<{ id: string; code: string }> =>
    (
      await api.post('/vouchers', {
        type: 'purchase',
        title: 'Kauf',
        value: { originalValue: cents },
        paidAt: day,
        ...more,
      })
    ).body as { id: string; code: string };

  it('tell the movement equation, and two ways of counting agree on every day', async () => {
    const voucher = await sell(10_000);
    day = '2026-02-10';
    const { body: redemption } = await api.post('/redemptions', {
      booking: bookingOf(6000),
      codes: [voucher.code],
      bookingNumber: 'L-1',
    });
    day = '2026-03-10';
    await api.post(`/redemptions/${redemption.id as string}/reversals`, { amount: 1000, reason: 'Teil' });
    const goodwill = await api.post('/vouchers', {
      type: 'settlement',
      title: 'Kulanz',
      funding: 'goodwill',
      value: { originalValue: 4000 },
      paidAt: day,
    });
    expect(goodwill.status).to.equal(201);
    const march = await report('2026-02-01', '2026-03-31');
    expect(
      march.columns.map(({ role, opening, movements, closing: end }) => ({ role, opening, movements, end })),
    ).to.deep.equal([{ role: 'V_KAUF', opening: 10_000, movements: { redeemed: -6000, given_back: 1000 }, end: 5000 }]);
    expect(march.checks.map(({ check, expected, actual }) => [check, expected, actual])).to.deep.equal([
      ['single_balances', 5000, 5000],
      ['ledger', 5000, 5000],
      ['no_negative', 0, 0],
    ]);
    expect(closing((await report('2026-01-01', '2026-02-28')).columns)).to.equal(4000);
    expect(
      (await openItems(database().knex, { day: '2026-02-28', knownUntil: null }, '0', 10)).map(
        ({ cents, limitationOn }) => [cents, limitationOn],
      ),
    ).to.deep.equal([[4000, '2029-12-31']]);
  });

  it('say what was known on a day, whatever came to be known later', async () => {
    const knownUntil = clock.endOfDay('2026-02-28');
    expect(closing((await report('2026-01-01', '2026-12-31', knownUntil)).columns)).to.equal(4000);
    expect(closing((await report('2026-01-01', '2026-12-31')).columns)).to.equal(5000);
  });

  it('hold for any history: opening and movements make the closing, on every day and also after a seal', async () => {
    const step = fc.record({
      kind: fc.constantFrom('sell', 'redeem', 'reverse', 'topup', 'cancel', 'split', 'reissue', 'seal'),
      cents: fc.integer({ min: 100, max: 20_000 }),
      days: fc.integer({ min: 0, max: 20 }),
      pick: fc.nat(1000),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 14 }), async (steps) => {
        const redemptions: string[] = [];
        for (const { kind, cents, days, pick } of steps) {
          day = new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10);
          const vouchers = (await database()
            .knex('vouchers')
            .where('balance', '>', 0)
            .whereNull('cancelled_at')
            .whereNull('replaced_by_id')
            .orderBy('id')
            .select('id', 'code', 'balance')) as { id: number; code: string; balance: number }[];
          const voucher = vouchers[pick % Math.max(1, vouchers.length)];
          if (kind === 'sell' || voucher === undefined)
            await sell(cents, pick % 2 === 0 ? {} : { issuePrice: cents - (pick % cents) });
          else if (kind === 'redeem') {
            const { body } = await api.post('/redemptions', {
              booking: bookingOf(cents),
              codes: [voucher.code],
              bookingNumber: `P-${pick}`,
            });
            if (typeof body.id === 'string') redemptions.push(body.id);
          } else if (kind === 'reverse' && redemptions.length > 0)
            await api.post(`/redemptions/${redemptions[pick % redemptions.length] ?? ''}/reversals`, {
              amount: 50,
              reason: 'x',
            });
          else if (kind === 'topup')
            await api.post(`/vouchers/${voucher.id}/topups`, { amount: cents, method: 'cash' });
          else if (kind === 'cancel')
            await api.post(`/vouchers/${voucher.id}/cancel`, { refund: pick % 2 === 0, reason: 'x' });
          else if (kind === 'split' && voucher.balance > 1)
            await api.post(`/vouchers/${voucher.id}/splits`, { parts: [1, voucher.balance - 1], reason: 'x' });
          else if (kind === 'reissue') await api.post(`/vouchers/${voucher.id}/reissue`, { reason: 'x' });
          else if (kind === 'seal') await sealLedger(database(), 'test', clock.now());
        }
        for (const on of [day, '2026-02-15', new Date(Date.parse(day) - 15 * 86_400_000).toISOString().slice(0, 10)]) {
          const { columns, checks } = await report('2026-01-01', on);
          for (const { expected, actual } of checks) expect(actual).to.equal(expected);
          for (const { opening, movements, closing: end } of columns)
            expect(opening + Object.values(movements).reduce((sum, one) => sum + one, 0)).to.equal(end);
          const single = (await openItems(database().knex, { day: on, knownUntil: null }, '0', 500)).reduce(
            (sum, { cents }) => sum + cents,
            0,
          );
          expect(single).to.equal(closing(columns.filter(({ role }) => role !== 'V_FORFEIT')));
        }
      }),
      { numRuns: 6 },
    );
  }).timeout(60_000);

  it('are shown on a page with their checks, and go along as a list', async () => {
    const accountant = await signedIn(server.url);
    const page = await accountant.get(`/admin/accounting/liabilities?from=01.01.2026&on=31.03.2026`);
    expect(page.status).to.equal(200);
    expect(page.html).to.contain('Anfangsbestand').and.contain('stimmt').and.not.contain('stimmt nicht');
    expect((await accountant.get('/admin/accounting/liabilities?on=31.02.2026')).html).to.contain('Bitte ein Datum');
    const csv = await accountant.get('/admin/accounting/liabilities/items.csv?on=28.02.2026&from=01.01.2026');
    expect(csv.html).to.contain('Gutschein-Nr.;Typ').and.contain('40,00');
  });

  it('of a closed day stay as they were: a lock, a longer date or another account later change nothing of it', async () => {
    const longer = { ...DEFAULT_SETUP, accounts: { ...DEFAULT_SETUP.accounts, V_KAUF: '1799' } };
    await closeMonth(database(), '2026-01', 'test', clock.moment());
    const midMonth = await report('2026-01-01', '2026-01-20');
    const open = await report('2026-01-01', '2026-02-01');
    const wasBlocked = midMonth.byState[0]?.key === 'blocked';
    await database().knex('vouchers').update({ is_deactivated: !wasBlocked, cancelled_at: null });
    await database().knex('voucher_rules').update({ book_until: '2040-12-31' });
    await saveSetup(database(), longer, null, null, 'test', clock.now());
    for (const [on, before] of [
      ['2026-01-20', midMonth],
      ['2026-01-31', null],
    ] as const) {
      const after = await report('2026-01-01', on);
      expect(after.columns.map(({ account }) => account)).to.deep.equal(['1796']);
      expect(after.byState).to.deep.equal([
        { currency: 'EUR', key: wasBlocked ? 'blocked' : 'redeemable', cents: 10_000, vouchers: 1 },
      ]);
      expect(after.checks.every(({ expected, actual }) => expected === actual)).to.equal(true);
      if (before !== null) expect(after).to.deep.equal(before);
    }
    const later = await report('2026-01-01', '2026-02-01');
    expect(later.columns.map(({ account }) => account)).to.deep.equal(['1796'], 'closed stays where it was closed');
    expect(later.byState).to.not.deep.equal(open.byState);
  });

  it('say of a day on which a balance was below zero that it is wrong, whatever other balances make up for it', async () => {
    day = '2041-05-01';
    await sell(90_000);
    const { id } = await sell(50_000);
    const [last] = await database()
      .knex('ledger_entries')
      .where({ voucher_id: id })
      .select<Record<string, unknown>[]>();
    const { id: _id, ...entry } = last ?? {};
    // As books from before such days were refused: it left the voucher on the 3rd, and came on the 9th.
    await database()
      .knex('ledger_entries')
      .insert([
        {
          ...entry,
          position: 2,
          event: 'refund',
          debit_role: 'V_KAUF',
          credit_role: 'DEBITOR',
          cents: 60_000,
          posted_on: '2041-05-03',
        },
        {
          ...entry,
          position: 3,
          event: 'correction',
          debit_role: 'DEBITOR',
          credit_role: 'V_KAUF',
          cents: 60_000,
          posted_on: '2041-05-09',
        },
      ]);
    const negative = async (on: string, knownUntil: number | null = null): Promise<unknown> =>
      (await report('2041-01-01', on, knownUntil)).checks.find(({ check }) => check === 'no_negative')?.actual;
    expect([await negative('2041-05-02'), await negative('2041-05-03'), await negative('2041-05-09')]).to.deep.equal([
      0, -10_000, 0,
    ]);
    expect(await negative('2041-05-05', clock.now())).to.equal(-10_000);
  });
});
