import { expect } from 'chai';
import { accountOf, DEFAULT_SETUP } from '../../../../src/core/books/chart-of-accounts.ts';
import { liabilityReport } from '../../../../src/features/accounting/reports/liability-service.ts';
import { currentSetup } from '../../../../src/features/accounting/ledger/setup-service.ts';
import { changeReversalSettings } from '../../../../src/features/settings/reversal-settings-service.ts';
import { verifyBooks } from '../../../../src/features/accounting/proof/verify-service.ts';
import { apiClient, bookingOf, type ApiClient } from '../../../support/api-client.ts';
import { formatDay } from '../../../../src/platform/html/format.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { startTestServer, type TestServer } from '../../../support/http.ts';
import { signedIn } from '../../../support/pages.ts';

describeOnBothDatabases('a voucher that becomes others', (database) => {
  let server: TestServer;
  let api: ApiClient;

  before(async () => {
    server = await startTestServer({ database: database() });
    api = apiClient(server.url);
  });
  after(() => server.close());
  afterEach(async () => {
    expect((await verifyBooks(database().knex, Date.now())).problem).to.equal(null);
  });

  type Voucher = {
    id: string;
    code: string;
    balance: number;
    status: string;
    version: number;
    validity: { bookUntil: string | null };
  };
  const sold = async (cents: number, more: object = {}): Promise<Voucher> => {
    const { method = 'other', ...rest } = more as { method?: string };
    const { body } = await api.post('/vouchers', {
      type: 'purchase',
      title: 'Geschenk',
      value: { originalValue: cents },
      ...rest,
    });
    await api.post(`/vouchers/${body.id as string}/pay`, { paidAt: '2026-01-10', method });
    return read(body.id as string);
  };
  const read = async (id: string): Promise<Voucher> => (await api.get(`/vouchers/${id}`)).body as Voucher;
  const redeem = (code: string, tripPrice: number, bookingNumber: string, more: object = {}) =>
    api.post('/redemptions', { booking: { ...bookingOf(tripPrice), ...more }, codes: [code], bookingNumber });
  const entriesOf = async (id: string): Promise<string[]> =>
    (
      (await api.get(`/vouchers/${id}/entries`)).body.items as {
        event: string;
        debit: string;
        credit: string;
        amount: number;
      }[]
    ).map(({ event, debit, credit, amount }) => `${event} ${debit} ${credit} ${amount}`);

  it('is split into parts that add up to its rest, and is replaced', async () => {
    const voucher = await sold(30_000);
    const wrong = await api.post(`/vouchers/${voucher.id}/splits`, { parts: [10_000, 10_000], reason: 'drei Enkel' });
    expect([wrong.status, wrong.body.errors[0].code]).to.deep.equal([422, 'parts_sum']);
    const { status, body } = await api.post(`/vouchers/${voucher.id}/splits`, {
      parts: [10_000, 10_000, 10_000],
      reason: 'drei Enkel',
    });
    expect(status).to.equal(201);
    expect((body.items as Voucher[]).map(({ balance, status: state }) => [balance, state])).to.deep.equal([
      [10_000, 'active'],
      [10_000, 'active'],
      [10_000, 'active'],
    ]);
    expect(await read(voucher.id)).to.include({ balance: 0, status: 'replaced' });
    expect((await redeem(voucher.code, 5000, 'B-1')).body.code).to.equal('codes_rejected');
    expect((await redeem((body.items as Voucher[])[1]?.code ?? '', 4000, 'B-1')).status).to.equal(201);
    const family = (await api.get(`/vouchers/${(body.items as Voucher[])[2]?.id ?? ''}/family`)).body;
    expect([
      family.members.length,
      family.links.map((link: { kind: string; amount: number }) => `${link.kind} ${link.amount}`),
    ]).to.deep.equal([4, ['split 10000', 'split 10000', 'split 10000']]);
  });

  it('is merged with others that are alike, and with no others', async () => {
    const [a, b] = [
      await sold(2000, { validity: { bookUntil: '2028-01-01' } }),
      await sold(3000, { validity: { bookUntil: '2029-01-01' } }),
    ];
    const bound = await sold(500, { restrictions: { minTravellers: 2 } });
    const refused = await api.post('/vouchers/merges', { vouchers: [a.id, bound.id], reason: 'Reste' });
    expect([refused.status, refused.body.errors[0].path, refused.body.errors[0].code]).to.deep.equal([
      422,
      'vouchers.1',
      'not_alike',
    ]);
    const { body } = await api.post('/vouchers/merges', { vouchers: [a.id, b.id], reason: 'Reste' });
    expect(body).to.include({ balance: 5000, status: 'active' });
    expect(body.validity.bookUntil).to.equal('2029-01-01');
    expect([(await read(a.id)).status, (await read(b.id)).status]).to.deep.equal(['replaced', 'replaced']);
  });

  it('does not change hands while a booking holds a part of it', async () => {
    const voucher = await sold(10_000);
    await api.post('/holds', { booking: { ...bookingOf(4000), reference: 'open-1' }, codes: [voucher.code] });
    const refused = await api.post(`/vouchers/${voucher.id}/splits`, { parts: [5000, 5000], reason: 'x' });
    expect([refused.status, refused.body.errors[0].code]).to.deep.equal([422, 'held']);
  });

  it('gets a later end after it has expired, and holds again', async () => {
    const voucher = await sold(10_000, { validity: { bookUntil: '2026-02-01' } });
    expect(voucher.status).to.equal('expired');
    const earlier = await api.post(`/vouchers/${voucher.id}/extend`, { bookUntil: '2026-01-01', reason: 'Kulanz' });
    expect([earlier.status, earlier.body.errors[0].code]).to.deep.equal([422, 'not_later']);
    const { body } = await api.post(`/vouchers/${voucher.id}/extend`, { bookUntil: '2030-12-31', reason: 'Kulanz' });
    expect([body.status, body.validity.bookUntil]).to.deep.equal(['active', '2030-12-31']);
    expect((await redeem(voucher.code, 5000, 'B-2')).status).to.equal(201);
  });

  it('keeps its uses under a new code', async () => {
    const { body: discount } = await api.post('/vouchers', {
      type: 'discount',
      title: 'R',
      value: { tiers: [{ minTripPrice: 0, percent: 5 }] },
      usage: { maxUses: 2 },
    });
    await redeem(discount.code as string, 10_000, 'B-3');
    const { body: fresh } = await api.post(`/vouchers/${discount.id as string}/reissue`, { reason: 'verloren' });
    expect(fresh.uses).to.equal(1);
    await redeem(fresh.code as string, 10_000, 'B-4');
    expect((await redeem(fresh.code as string, 10_000, 'B-5')).body.evaluation.rejected[0].reason).to.equal('used_up');
  });

  for (const [method, role, way] of [
    ['online', 'TRANSIT', 'provider'],
    ['cash', 'CASH_OFFICE', 'cash'],
    ['bank_transfer', 'BANK', 'transfer'],
  ] as const) {
    it(`paid by ${method}, is owed until somebody has refunded it by ${way}, once`, async () => {
      const voucher = await sold(5000, { method });
      const { body } = await api.post(`/vouchers/${voucher.id}/cancel`, { refund: true, reason: 'Widerruf' });
      expect(body).to.include({ status: 'refunded', balance: 0 });
      expect(await entriesOf(voucher.id)).to.deep.equal([`sale ${role} V_KAUF 5000`, 'refund V_KAUF DEBITOR 5000']);
      const [open, ...others] = await database()
        .knex('refunds')
        .where({ voucher_id: voucher.id })
        .select<{ id: number | string; way: string; number: string }[]>('id', 'way', 'number');
      expect([open?.way, others.length]).to.deep.equal([way, 0]);
      const agent = await signedIn(server.url);
      expect((await agent.get('/admin/refunds')).html)
        .to.contain(open?.number)
        .and.contain('50,00');
      const path = `/admin/refunds/${String(open?.id)}/payment`;
      expect((await agent.post(path, { paidOn: '', reference: '' })).html).to.contain('31.12.2026');
      const today = formatDay(new Date().toISOString().slice(0, 10), 'de');
      await Promise.all([1, 2].map(() => agent.post(path, { paidOn: today, reference: 'SEPA 4711' })));
      const paid = await database()
        .knex('ledger_entries')
        .where({ document_number: open?.number, event: 'refund_paid' })
        .select<{ debit_role: string; credit_role: string; cents: number | string }[]>();
      expect(paid.map((one) => [one.debit_role, one.credit_role, Number(one.cents)])).to.deep.equal(
        // Cash leaves by the till alone.
        way === 'cash' ? [] : [['DEBITOR', role, 5000]],
      );
    });
  }

  it('lets its rest lapse by its rule, and has it again when the booking is cancelled as a whole', async () => {
    const voucher = await sold(10_000, { residual: 'forfeit' });
    const { body: redemption } = await redeem(voucher.code, 8500, 'B-6');
    expect(await read(voucher.id)).to.include({ balance: 0, status: 'redeemed' });
    expect(await entriesOf(voucher.id)).to.include('forfeit V_KAUF V_FORFEIT 1500');
    await api.post(`/redemptions/${redemption.id as string}/reversals`, { amount: 500, reason: 'Teil' });
    expect((await read(voucher.id)).balance).to.equal(500);
    await api.post(`/redemptions/${redemption.id as string}/reversals`, { reason: 'Storno' });
    expect(await read(voucher.id)).to.include({ balance: 10_000, status: 'active' });
  });

  it('puts its rest on a new voucher, or on the credit of the customer, by its rule', async () => {
    const reissued = await sold(10_000, { residual: 'reissue' });
    await redeem(reissued.code, 7000, 'B-7');
    expect(await read(reissued.id)).to.include({ balance: 0, status: 'redeemed' });
    const { members } = (await api.get(`/vouchers/${reissued.id}/family`)).body as { members: Voucher[] };
    expect(members.map(({ balance, status }) => [balance, status])).to.deep.equal([
      [0, 'redeemed'],
      [3000, 'active'],
    ]);

    const credited = await sold(10_000, { residual: 'credit' });
    await redeem(credited.code, 9000, 'B-8', { customer: { email: 'Anna@Example.org' } });
    const family = (await api.get(`/vouchers/${credited.id}/family`)).body as {
      members: (Voucher & { type: string; restrictions: { customer: { email: string } } })[];
    };
    expect(family.members[1]).to.include({ type: 'settlement', balance: 1000 });
    expect(family.members[1]?.restrictions.customer.email).to.equal('Anna@Example.org');
    const stranger = await redeem(family.members[1]?.code ?? '', 500, 'B-9', {
      customer: { email: 'bert@example.org' },
    });
    expect(stranger.body.evaluation.rejected[0].reason).to.equal('wrong_customer');
  });

  it('keeps a customer’s credit on an account of its own, which pays where the settings let it', async () => {
    const owed = async (): Promise<Record<string, number>> => {
      const { setup } = await currentSetup(database().knex);
      const { columns, checks } = await liabilityReport(database().knex, {
        from: '2026-01-01',
        on: '2099-12-31',
        knownUntil: null,
      });
      expect(checks.every(({ expected, actual }) => expected === actual)).to.equal(true);
      expect(columns.find(({ role }) => role === 'V_CREDIT')?.account).to.equal(
        accountOf(setup, 'V_CREDIT', 'settlement', null),
      );
      return Object.fromEntries(columns.map(({ role, closing }) => [role, closing]));
    };
    const before = await owed();
    const source = await sold(20_000, { residual: 'credit' });
    const customer = { id: 'K-77', email: 'clara@example.org' };
    await redeem(source.code, 12_000, 'B-20', { customer });
    const { members } = (await api.get(`/vouchers/${source.id}/family`)).body as {
      members: (Voucher & { funding: string })[];
    };
    const credit = members[1];
    if (credit === undefined) throw new Error('no credit');
    expect(credit).to.include({ funding: 'credit', balance: 8000 });
    expect(await entriesOf(source.id)).to.include('transfer_out V_KAUF TRANSFER 8000');
    expect(await entriesOf(credit.id)).to.deep.equal(['transfer_in TRANSFER V_CREDIT 8000']);
    expect((await owed())['V_CREDIT']).to.equal((before['V_CREDIT'] ?? 0) + 8000);
    await changeReversalSettings(
      database(),
      { feeBearer: 'voucher_last', graceDays: 30, creditChannels: ['counter'] },
      'test',
      1,
    );
    expect((await redeem(credit.code, 3000, 'B-21', { customer })).body.evaluation.rejected[0].reason).to.equal(
      'wrong_channel',
    );
    await changeReversalSettings(
      database(),
      { feeBearer: 'voucher_last', graceDays: 30, creditChannels: ['web', 'counter'] },
      'test',
      1,
    );
    const { body: paid } = await redeem(credit.code, 3000, 'B-22', { customer });
    expect(await entriesOf(credit.id)).to.include('redemption V_CREDIT DEBITOR 3000');
    await api.post(`/redemptions/${paid.id as string}/reversals`, { reason: 'Storno' });
    expect((await owed())['V_CREDIT']).to.equal((before['V_CREDIT'] ?? 0) + 8000);
    const byHand = await api.post('/vouchers', {
      type: 'settlement',
      title: 'Guthaben',
      funding: 'credit',
      value: { originalValue: 1000 },
    });
    expect([byHand.status, byHand.body.errors[0].path]).to.deep.equal([422, 'funding']);
    const agent = await signedIn(server.url);
    expect((await agent.get(`/admin/vouchers/${credit.id}`)).html).to.contain('Guthaben (Rest eines Gutscheins)');
    const settings = await agent.get('/admin/settings/reversals');
    expect(settings.html).to.contain('Guthaben gilt');
    const none = await agent.post('/admin/settings/reversals', { feeBearer: 'voucher_last', graceDays: '30' });
    expect(none.status).to.equal(422);
    expect(none.html).to.contain('Bitte wählen Sie mindestens einen Weg.');
  });

  it('names an account for credit also where the accounts were set before there was one', () => {
    const { V_CREDIT: _credit, ...accounts } = DEFAULT_SETUP.accounts;
    expect(accountOf({ ...DEFAULT_SETUP, accounts }, 'V_CREDIT', 'settlement', null)).to.equal('1604');
    expect(accountOf(DEFAULT_SETUP, 'V_CREDIT', 'settlement', null)).to.equal('1607');
  });
});
