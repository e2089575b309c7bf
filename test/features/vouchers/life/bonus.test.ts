import { expect } from 'chai';
import { findOpenItems } from '../../../../src/features/accounting/reports/open-item-store.ts';
import { liabilityReport } from '../../../../src/features/accounting/reports/liability-service.ts';
import { listPaymentRecords } from '../../../../src/features/accounting/datev/payment-record-service.ts';
import { verifyBooks } from '../../../../src/features/accounting/proof/verify-service.ts';
import { holderView } from '../../../../src/features/orders/holder/holder-service.ts';
import { fixedClock } from '../../../../src/platform/process/clock.ts';
import { hashPassword } from '../../../../src/platform/secrets/passwords.ts';
import { apiClient, bookingOf, type ApiAnswer, type ApiClient } from '../../../support/api-client.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { startTestServer, type TestServer } from '../../../support/http.ts';
import { signedIn, type Visitor } from '../../../support/pages.ts';

interface Sold {
  readonly id: string;
  readonly code: string;
  readonly balance: number;
  readonly bonusBalance: number;
  readonly issuePrice: number;
  readonly status: string;
}

describeOnBothDatabases('a voucher sold with a bonus: pay 90,00, get 100,00', (database) => {
  let server: TestServer;
  let api: ApiClient;
  let agent: Visitor;
  const clock = fixedClock('2030-01-05T10:00:00Z');

  before(async () => {
    server = await startTestServer({ database: database(), clock });
    api = apiClient(server.url);
    agent = await signedIn(server.url);
  });
  after(() => server.close());
  afterEach(async () => {
    expect((await verifyBooks(database().knex, clock.now())).problem).to.equal(null);
    const report = await liabilityReport(database().knex, { from: '2030-01-01', on: '2030-01-05', knownUntil: null });
    for (const { expected, actual } of report.checks) expect(actual).to.equal(expected);
  });

  const made = (answer: ApiAnswer): Sold => {
    expect(answer.status, JSON.stringify(answer.body)).to.be.within(200, 201);
    return answer.body as Sold;
  };
  const sell = async (more: object = {}): Promise<Sold> =>
    made(
      await api.post('/vouchers', {
        type: 'purchase',
        title: 'Advent',
        paidAt: '2030-01-03',
        issuePrice: 9000,
        value: { originalValue: 10_000 },
        ...more,
      }),
    );
  const read = async (id: string): Promise<Sold> => made(await api.get(`/vouchers/${id}`));
  const owed = async (id: string, day = '2030-01-05'): Promise<number> =>
    (await findOpenItems(database().knex, { day, knownUntil: null }, '0', 500))
      .filter((item) => item.id === id)
      .reduce((sum, { cents }) => sum + cents, 0);
  const entries = async (id: string): Promise<string[]> =>
    (
      (await api.get(`/vouchers/${id}/entries`)).body.items as {
        event: string;
        debit: string;
        credit: string;
        amount: number;
      }[]
    ).map(({ event, debit, credit, amount }) => `${event} ${debit} ${credit} ${amount}`);

  it('owes its price, is worth its value, and gives both back in proportion', async () => {
    const voucher = await sell();
    expect(voucher).to.include({ balance: 10_000, bonusBalance: 1000, issuePrice: 9000 });
    expect([await owed(voucher.id), await owed(voucher.id, '2030-01-02')]).to.deep.equal([9000, 0]);
    const redemption = await api.post('/redemptions', {
      booking: bookingOf(3333),
      codes: [voucher.code],
      bookingNumber: 'B-1',
    });
    expect(redemption.status, JSON.stringify(redemption.body)).to.equal(201);
    expect([
      await read(voucher.id).then(({ balance, bonusBalance }) => [balance, bonusBalance]),
      await owed(voucher.id),
      await owed(voucher.id, '2030-01-04'),
    ]).to.deep.equal([[6667, 667], 6000, 9000]);
    expect(
      (await listPaymentRecords(database().knex, { booking: 'B-1', from: null, to: null }, null, 10)).items.map(
        ({ cents, paid, bonus, valueRole }) => [valueRole, cents, paid, bonus],
      ),
    ).to.deep.equal([['V_KAUF', 3333, 3000, 333]]);
    const told = { amount: 3333, paid: 3000, bonus: 333 };
    expect(redemption.body.payments[0]).to.include(told);
    expect((await api.get(`/redemptions/${redemption.body.id as string}`)).body.payments[0]).to.include(told);
    await api.post(`/redemptions/${redemption.body.id as string}/reversals`, { amount: 1111, reason: 'Storno' });
    await api.post('/redemptions', { booking: bookingOf(7778), codes: [voucher.code], bookingNumber: 'B-2' });
    expect(await read(voucher.id)).to.include({ balance: 0, bonusBalance: 0, status: 'redeemed' });
    expect(await owed(voucher.id)).to.equal(0);
    expect(await entries(voucher.id)).to.deep.equal([
      'sale TRANSIT V_KAUF 9000',
      'sale MEMO_GOODWILL_CONTRA MEMO_GOODWILL 1000',
      'redemption V_KAUF DEBITOR 3000',
      'redemption MEMO_GOODWILL MEMO_GOODWILL_CONTRA 333',
      'redemption RABATT DEBITOR 333',
      'redemption_reversal DEBITOR V_KAUF 1000',
      'redemption_reversal MEMO_GOODWILL_CONTRA MEMO_GOODWILL 111',
      'redemption_reversal DEBITOR RABATT 111',
      'redemption V_KAUF DEBITOR 7000',
      'redemption MEMO_GOODWILL MEMO_GOODWILL_CONTRA 778',
      'redemption RABATT DEBITOR 778',
    ]);
  });

  it('tells goodwill as a price cut of the whole amount, on no money account', async () => {
    const goodwill = made(
      await api.post('/vouchers', {
        type: 'settlement',
        funding: 'goodwill',
        title: 'Kulanz',
        paidAt: '2030-01-02',
        value: { originalValue: 700 },
      }),
    );
    const redemption = await api.post('/redemptions', {
      booking: bookingOf(500),
      codes: [goodwill.code],
      bookingNumber: 'B-K',
    });
    expect(redemption.body.payments[0]).to.include({ amount: 500, paid: 0, bonus: 500 });
    const [record] = (await listPaymentRecords(database().knex, { booking: 'B-K', from: null, to: null }, null, 10))
      .items;
    expect(record).to.include({ cents: 500, paid: 0, bonus: 500, moneyAccount: null });
    expect((await agent.get('/admin/accounting/payments?booking=B-K')).html).to.contain('kein Geldkonto');
  });

  it('shows its holder each move as a whole', async () => {
    const voucher = await sell();
    const redemption = await api.post('/redemptions', {
      booking: bookingOf(3333),
      codes: [voucher.code],
      bookingNumber: 'B-8',
    });
    await api.post(`/redemptions/${redemption.body.id as string}/reversals`, { amount: 1111, reason: 'Storno' });
    const { moves } = await holderView(database(), { id: voucher.id, isHolder: true }, clock.moment());
    expect(moves.map(({ event, change }) => [event, change])).to.deep.equal([
      ['redemption_reversal', 1111],
      ['redemption', -3333],
      ['sale', 10_000],
    ]);
  });

  it('pays out what was paid for the rest, and the bonus lapses', async () => {
    const voucher = await sell();
    await api.post('/redemptions', { booking: bookingOf(6000), codes: [voucher.code], bookingNumber: 'B-3' });
    made(await api.post(`/vouchers/${voucher.id}/cancel`, { refund: true, reason: 'Widerruf' }));
    expect((await entries(voucher.id)).slice(-2)).to.deep.equal([
      'refund V_KAUF DEBITOR 3600',
      'forfeit MEMO_GOODWILL MEMO_GOODWILL_CONTRA 400',
    ]);
    const byBank = await sell({ paidAt: null });
    made(await api.post(`/vouchers/${byBank.id}/pay`, { paidAt: '2030-01-03', method: 'bank_transfer' }));
    made(await api.post(`/vouchers/${byBank.id}/cancel`, { refund: true, reason: 'Widerruf' }));
    expect(
      await database()
        .knex('refunds')
        .where({ voucher_id: byBank.id })
        .first('cents')
        .then((row: { cents: unknown } | undefined) => Number(row?.cents)),
    ).to.equal(9000);
    expect((await agent.get(`/admin/vouchers/${voucher.id}`)).status).to.equal(200);
  });

  it('goes on under a new code, and back to it when a booking of the old one is cancelled', async () => {
    const voucher = await sell();
    const redemption = await api.post('/redemptions', {
      booking: bookingOf(2500),
      codes: [voucher.code],
      bookingNumber: 'B-4',
    });
    const next = made(await api.post(`/vouchers/${voucher.id}/reissue`, { reason: 'verloren' }));
    expect(next).to.include({ balance: 7500, bonusBalance: 750, issuePrice: 9000 });
    expect([await owed(voucher.id), await owed(next.id)]).to.deep.equal([0, 6750]);
    await api.post(`/redemptions/${redemption.body.id as string}/reversals`, { reason: 'Storno' });
    expect([await owed(voucher.id), await owed(next.id), (await read(next.id)).balance]).to.deep.equal([
      0, 9000, 10_000,
    ]);
  });

  it('agrees to the cent with what is passed on, whatever the shares round to', async () => {
    const voucher = await sell({ issuePrice: 3333, value: { originalValue: 10_000 } });
    const redemption = await api.post('/redemptions', {
      booking: bookingOf(1),
      codes: [voucher.code],
      bookingNumber: 'B-5',
    });
    const again = await api.post('/redemptions', {
      booking: bookingOf(1),
      codes: [voucher.code],
      bookingNumber: 'B-6',
    });
    const middle = made(await api.post(`/vouchers/${voucher.id}/reissue`, { reason: 'verloren' }));
    const last = made(await api.post(`/vouchers/${middle.id}/reissue`, { reason: 'wieder verloren' }));
    await api.post('/redemptions', { booking: bookingOf(4998), codes: [last.code], bookingNumber: 'B-7' });
    for (const { body } of [again, redemption]) {
      await api.post(`/redemptions/${body.id as string}/reversals`, { reason: 'Storno' });
      expect((await verifyBooks(database().knex, clock.now())).problem).to.equal(null);
      const ids = [voucher.id, middle.id, last.id];
      const sums = await database()
        .knex('ledger_entries')
        .whereIn('voucher_id', ids)
        .select<{ debit_role: string; credit_role: string; cents: number | string }[]>(
          'debit_role',
          'credit_role',
          'cents',
        );
      expect(
        sums.reduce(
          (sum, row) =>
            sum +
            (row.credit_role === 'TRANSFER' ? Number(row.cents) : 0) -
            (row.debit_role === 'TRANSFER' ? Number(row.cents) : 0),
          0,
        ),
      ).to.equal(0);
    }
    expect(await read(last.id)).to.include({ balance: 5002, bonusBalance: 3335 });
  });

  it('is derecognised with what was paid, and honoured as a whole', async () => {
    const second = { email: 'zweite@example.org', password: 'correct horse battery' };
    await database()
      .knex('users')
      .insert({
        email: second.email,
        name: 'Zweite Person',
        role: 'accountant',
        password_hash: await hashPassword(second.password),
        created_at: 1,
      });
    const other = await signedIn(server.url, second);
    const voucher = await sell({ paidAt: '2026-05-05' });
    await agent.get('/admin/accounting/derecognition');
    const path = (await agent.post('/admin/accounting/derecognition', { barredOn: '05.01.2030' })).location ?? '';
    expect((await agent.get(path)).html)
      .to.contain('90,00')
      .and.not.to.contain('100,00');
    await other.get(path);
    await api.jobEnd(/jobs\/(\d+)/.exec((await other.post(`${path}/acceptance`, {})).location ?? '')?.[1] ?? '');
    expect(await read(voucher.id)).to.include({ status: 'derecognised', balance: 0, bonusBalance: 0 });
    expect(await owed(voucher.id)).to.equal(0);
    await other.get(path);
    await other.post(`${path}/reactivation`, { voucher: voucher.id, reason: 'Kulanz' });
    expect(await read(voucher.id)).to.include({ balance: 10_000, bonusBalance: 1000 });
    expect((await entries(voucher.id)).slice(2)).to.deep.equal([
      'derecognition V_KAUF BREAKAGE 9000',
      'forfeit MEMO_GOODWILL MEMO_GOODWILL_CONTRA 1000',
      'reactivation BREAKAGE V_KAUF 9000',
      'forfeit_reversal MEMO_GOODWILL_CONTRA MEMO_GOODWILL 1000',
    ]);
    expect(await owed(voucher.id)).to.equal(9000);
  });

  it('is sold in the form, which keeps what was typed when the price is wrong', async () => {
    const page = await agent.get('/admin/vouchers/new?type=purchase');
    expect(page.html).to.contain('Ausgabepreis');
    const form = {
      type: 'purchase',
      shownType: 'purchase',
      title: 'Im Formular',
      originalValue: '100,00',
      issuePrice: '110,00',
      residual: 'keep',
      multiplier: 'booking',
      active: 'true',
      channels: ['web'],
      once: 'bonus-form',
      paidAt: '',
    };
    const wrong = await agent.post('/admin/vouchers', form);
    expect([
      wrong.status,
      wrong.html.includes('Der Ausgabepreis kann nicht höher sein als der O-Wert.'),
      wrong.html.includes('value="110,00"'),
    ]).to.deep.equal([422, true, true]);
    const saved = await agent.post('/admin/vouchers', { ...form, issuePrice: '89,90' });
    expect(saved.status, saved.html).to.equal(303);
    const id = /vouchers\/(\d+)/.exec(saved.location ?? '')?.[1] ?? '';
    expect(await read(id)).to.include({ issuePrice: 8990, balance: 0 });
    expect((await agent.get(`/admin/vouchers/${id}`)).html.replace(/\s/g, ' ')).to.contain('89,90 € werden gebucht');
  });

  it('refuses what would part its price from its value, and says what can be done', async () => {
    const voucher = await sell();
    const other = await sell();
    const refused = async (path: string, body: object): Promise<unknown> => {
      const answer = await api.post(path, body);
      return [answer.status, (answer.body as { errors?: { code: string }[] }).errors?.[0]?.code];
    };
    expect([
      await refused(`/vouchers/${voucher.id}/topups`, { amount: 500, method: 'cash' }),
      await refused(`/vouchers/${voucher.id}/splits`, { parts: [5000, 5000], reason: 'teilen' }),
      await refused('/vouchers/merges', { vouchers: [voucher.id, other.id], reason: 'eins' }),
    ]).to.deep.equal([
      [422, 'has_bonus'],
      [422, 'has_bonus'],
      [422, 'has_bonus'],
    ]);
    expect([
      await refused('/vouchers', {
        type: 'purchase',
        title: 'x',
        issuePrice: 10_001,
        value: { originalValue: 10_000 },
      }),
      await refused('/vouchers', {
        type: 'settlement',
        funding: 'refund_conversion',
        title: 'x',
        issuePrice: 9000,
        value: { originalValue: 10_000 },
      }),
      await refused('/vouchers', {
        type: 'purchase',
        title: 'x',
        issuePrice: 9000,
        residual: 'forfeit',
        value: { originalValue: 10_000 },
      }),
    ]).to.deep.equal([
      [422, 'issue_price_too_high'],
      [422, 'issue_price_only_purchase'],
      [422, 'issue_price_residual'],
    ]);
    expect(await read(voucher.id)).to.include({ balance: 10_000, bonusBalance: 1000 });
  });
});
