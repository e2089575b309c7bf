import { expect } from 'chai';
import {
  isLegal,
  VOUCHER_STATUSES,
  type VoucherAction,
  type VoucherStatus,
} from '../../../../src/core/engine/lifecycle.ts';
import { verifyBooks } from '../../../../src/features/accounting/proof/verify-service.ts';
import { liabilityReport } from '../../../../src/features/accounting/reports/liability-service.ts';
import {
  acceptDerecognition,
  proposeDerecognition,
} from '../../../../src/features/vouchers/ending/derecognition-run-service.ts';
import { apiClient, bookingOf, type ApiAnswer, type ApiClient } from '../../../support/api-client.ts';
import { turningClock } from '../../../support/clock.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { startTestServer, type TestServer } from '../../../support/http.ts';
import { signedIn } from '../../../support/pages.ts';

const LONG_AGO = '2026-05-05T10:00:00Z';
const NOW = '2030-02-01T10:00:00Z';
const END = '2031-12-31';

type Voucher = { id: string; code: string; status: VoucherStatus; balance: number; available: number };

/** What the API and the pages do with vouchers that hold value in each of their states. */
describeOnBothDatabases('what is done to a voucher', (database) => {
  let server: TestServer;
  let api: ApiClient;
  let instant = LONG_AGO;
  let bookings = 0;
  const clock = turningClock(() => instant);

  before(async () => {
    server = await startTestServer({ database: database(), clock });
    api = apiClient(server.url);
  });
  after(() => server.close());
  beforeEach(() => {
    instant = LONG_AGO;
  });
  afterEach(async () => {
    expect((await verifyBooks(database().knex, clock.now())).problem).to.equal(null);
    const report = await liabilityReport(database().knex, {
      from: '2026-01-01',
      on: clock.today(),
      knownUntil: null,
    });
    for (const { check, expected, actual } of report.checks) expect(actual, check).to.equal(expected);
  });

  const sold = async (more: object = {}): Promise<Voucher> =>
    (
      await api.post('/vouchers', {
        type: 'purchase',
        title: 'Geschenk',
        paidAt: clock.today(),
        value: { originalValue: 24_000 },
        validity: { bookUntil: END },
        ...more,
      })
    ).body as Voucher;
  const read = async (id: string): Promise<Voucher> => (await api.get(`/vouchers/${id}`)).body as Voucher;
  const redeem = async (code: string, cents: number): Promise<string> =>
    (
      await api.post('/redemptions', {
        booking: bookingOf(cents),
        codes: [code],
        bookingNumber: `LIFE-${++bookings}`,
      })
    ).body.id as string;
  const comeBack = (redemption: string): Promise<ApiAnswer> =>
    api.post(`/redemptions/${redemption}/reversals`, { reason: 'Reise abgesagt' });
  const cancel = (id: string, refund: boolean): Promise<ApiAnswer> =>
    api.post(`/vouchers/${id}/cancel`, { refund, reason: 'Wunsch des Kunden' });
  const entriesOf = async (id: string): Promise<string[]> =>
    (
      (await api.get(`/vouchers/${id}/entries`)).body.items as {
        event: string;
        debit: string;
        credit: string;
        amount: number;
      }[]
    ).map(({ event, debit, credit, amount }) => `${event} ${debit} ${credit} ${amount}`);

  /** Vouchers with value in a state: what a booking gave back where the voucher had ended before. */
  const STATES: Readonly<Partial<Record<VoucherStatus, () => Promise<Voucher>>>> = {
    active: () => sold(),
    partly_redeemed: async () => {
      const voucher = await sold();
      await redeem(voucher.code, 10_000);
      return voucher;
    },
    redeemed: async () => {
      const voucher = await sold({ usage: { maxUses: 1 } });
      await redeem(voucher.code, 10_000);
      return voucher;
    },
    expired: async () => {
      const voucher = await sold({ paidAt: '2026-05-05', validity: { bookUntil: '2026-06-30' } });
      instant = '2026-07-05T10:00:00Z';
      return voucher;
    },
    deactivated: async () => {
      const voucher = await sold();
      await api.post(`/vouchers/${voucher.id}/deactivate`, { reason: 'verloren' });
      return voucher;
    },
    cancelled: () => endedWith((id) => cancel(id, false)),
    refunded: () => endedWith((id) => cancel(id, true)),
    derecognised: () =>
      endedWith(async () => {
        instant = '2032-02-01T10:00:00Z';
        const run = await proposeDerecognition(database(), { actor: 'user:1', moment: clock.moment() }, '2032-02-01');
        const second = { actor: 'user:2', moment: clock.moment() };
        await api.jobEnd(await acceptDerecognition(database(), second, run ?? '', clock.today()));
      }),
  };

  async function endedWith(end: (id: string) => Promise<unknown>): Promise<Voucher> {
    const voucher = await sold();
    const redemption = await redeem(voucher.code, 10_000);
    await end(voucher.id);
    expect((await comeBack(redemption)).status).to.equal(201);
    return voucher;
  }

  const CALLS: Readonly<Partial<Record<VoucherAction, (voucher: Voucher) => Promise<ApiAnswer>>>> = {
    pay: ({ id }) => api.post(`/vouchers/${id}/pay`, { paidAt: clock.today(), method: 'cash' }),
    deactivate: ({ id }) => api.post(`/vouchers/${id}/deactivate`, { reason: 'verloren' }),
    cancel: ({ id }) => cancel(id, false),
    payout: ({ id }) => cancel(id, true),
    reissue: ({ id }) => api.post(`/vouchers/${id}/reissue`, { reason: 'verloren' }),
    topup: ({ id }) => api.post(`/vouchers/${id}/topups`, { amount: 1000, method: 'cash' }),
    split: async ({ id }) => {
      const { balance } = await read(id);
      return api.post(`/vouchers/${id}/splits`, { parts: [balance - 100, 100], reason: 'zwei Enkel' });
    },
    merge: async ({ id }) =>
      api.post('/vouchers/merges', { vouchers: [(await sold()).id, id], reason: 'einer für alle' }),
    extend: ({ id }) => api.post(`/vouchers/${id}/extend`, { bookUntil: '2040-12-31', reason: 'Kulanz' }),
  };
  /** Asked for by the same call where the voucher has not ended, and done in another way where it is done already. */
  const differs = (action: VoucherAction, status: VoucherStatus): boolean =>
    (action === 'payout' && isLegal('cancel', status, true)) ||
    (action === 'deactivate' && status === 'deactivated') ||
    // It is paid already.
    (action === 'pay' && status === 'deactivated') ||
    // It was redeemed as often as it may be.
    (action === 'topup' && status === 'redeemed');

  for (const status of VOUCHER_STATUSES.filter((one) => STATES[one] !== undefined))
    for (const [action, call] of Object.entries(CALLS) as [VoucherAction, (voucher: Voucher) => Promise<ApiAnswer>][]) {
      if (differs(action, status)) continue;
      it(`${isLegal(action, status, true) ? 'does' : 'refuses'} ${action} where it is ${status}, as the table says`, async () => {
        const voucher = (await STATES[status]?.()) as Voucher;
        const before = await read(voucher.id);
        expect([before.status, before.balance > 0]).to.deep.equal([status, true]);
        const answer = await call(voucher);
        if (isLegal(action, status, true)) {
          expect(answer.status, JSON.stringify(answer.body)).to.be.within(200, 299);
        } else {
          expect([answer.status, answer.body.code]).to.deep.equal([409, 'illegal_transition']);
          expect(answer.body.errors[0].code).to.equal(`illegal_${action}`);
          expect(await read(voucher.id)).to.include({ status, balance: before.balance });
        }
      });
    }

  for (const status of ['cancelled', 'refunded', 'derecognised'] as const)
    it(`pays out on the page what came back to a voucher that is ${status}, once`, async () => {
      const voucher = (await STATES[status]?.()) as Voucher;
      const admin = await signedIn(server.url);
      const path = `/admin/vouchers/${voucher.id}/payout`;
      expect((await admin.get(`/admin/vouchers/${voucher.id}`)).html).to.contain('Rest auszahlen');
      expect((await admin.get(path)).html).to.contain('kam');
      expect((await admin.post(path, { reason: '' })).status).to.equal(422);
      const done = await admin.post(path, { reason: 'Reise abgesagt' });
      expect(done.status).to.equal(303);
      expect((await read(voucher.id)).balance).to.equal(0);
      expect((await entriesOf(voucher.id)).at(-1)).to.match(/^refund V_KAUF \w+ \d+$/);
      await admin.get(`/admin/vouchers/${voucher.id}`);
      const again = await admin.post(path, { reason: 'noch einmal' });
      expect(again.status).to.equal(422);
    });

  it('makes the rest of a refunded voucher usable again under a new code', async () => {
    const voucher = await endedWith((id) => cancel(id, true));
    expect(await read(voucher.id)).to.include({ status: 'refunded', available: 10_000 });
    const { body } = await api.post(`/vouchers/${voucher.id}/reissue`, { reason: 'Reise abgesagt' });
    const successor = body as Voucher;
    expect(successor.balance).to.equal(10_000);
    expect(await redeem(successor.code, 10_000)).to.match(/^\d+$/);
  });

  it('says on the pages of a reversal where the value goes, and whose task it is', async () => {
    const voucher = await sold();
    const redemption = await redeem(voucher.code, 10_000);
    await cancel(voucher.id, true);
    const admin = await signedIn(server.url);
    const path = `/admin/redemptions/${redemption}/reversal`;
    const { html } = await admin.get(`${path}?mode=whole`);
    expect(html).to.contain('Der Gutschein ist erstattet').and.contain('Zahlen Sie ihn am Gutschein aus');
    const field = (name: string): string => new RegExp(`name="${name}" value="([^"]*)"`).exec(html)?.[1] ?? '';
    const sent = { mode: 'whole', expected: field('expected'), token: field('token'), reason: 'Reise abgesagt' };
    const done = await admin.post(path, sent);
    expect(done.status).to.equal(303);
    expect((await admin.get(done.location ?? '')).html).to.contain('Was zurückkam, steht auf ihm');
    expect(await read(voucher.id)).to.include({ status: 'refunded', available: 10_000 });
  });

  it('lets value that comes back to a replaced code go on to its successor', async () => {
    const voucher = await sold();
    const redemption = await redeem(voucher.code, 10_000);
    const { body } = await api.post(`/vouchers/${voucher.id}/reissue`, { reason: 'verloren' });
    await comeBack(redemption);
    expect([(await read(voucher.id)).balance, (await read((body as Voucher).id)).balance]).to.deep.equal([0, 24_000]);
  });

  describe('adding money', () => {
    const METHODS = { cash: 'CASH_OFFICE', bank_transfer: 'BANK', online: 'TRANSIT', other: 'TRANSIT' } as const;
    const settled = (funding: string): Promise<Voucher> => sold({ type: 'settlement', funding });
    for (const [method, role] of Object.entries(METHODS))
      for (const [kind, make, value] of [
        ['a purchase', () => sold(), 'V_KAUF'],
        ['a refund claim', () => settled('refund_conversion'), 'V_VERR'],
        ['a legal claim', () => settled('legal_claim'), 'V_VERR'],
        ['a transfer', () => settled('transfer'), 'V_VERR'],
      ] as const)
        it(`posts ${method} on ${kind} as ${role} an ${value}`, async () => {
          const { id } = await make();
          const { status, body } = await api.post(`/vouchers/${id}/topups`, { amount: 5000, method });
          expect([status, body.balance]).to.deep.equal([201, 29_000]);
          expect((await entriesOf(id)).at(-1)).to.equal(`top_up ${role} ${value} 5000`);
        });

    it('refuses goodwill everywhere, and says what to do', async () => {
      const { id } = await sold({ type: 'settlement', funding: 'goodwill', value: { originalValue: 1000 } });
      const { status, body } = await api.post(`/vouchers/${id}/topups`, { amount: 5000, method: 'cash' });
      expect([status, body.errors[0].path, body.errors[0].code]).to.deep.equal([422, 'amount', 'topup_goodwill']);
      const admin = await signedIn(server.url);
      const page = `/admin/vouchers/${id}/family`;
      expect((await admin.get(page)).html).not.to.contain(`${page}/topup`);
      const sent = await admin.post(`${page}/topup`, { amount: '50,00', method: 'cash', once: 'o1' });
      expect([sent.status, sent.html.includes('Verkaufen Sie für den Betrag einen eigenen Gutschein')]).to.deep.equal([
        422,
        true,
      ]);
      expect((await read(id)).balance).to.equal(1000);
    });

    it('refuses what could not be redeemed: past its end, or used as often as it may be', async () => {
      const ended = (await STATES.expired?.()) as Voucher;
      const late = await api.post(`/vouchers/${ended.id}/topups`, { amount: 100, method: 'cash' });
      expect([late.status, late.body.code]).to.deep.equal([409, 'illegal_transition']);
      instant = LONG_AGO;
      const used = (await STATES.redeemed?.()) as Voucher;
      const refused = await api.post(`/vouchers/${used.id}/topups`, { amount: 100, method: 'cash' });
      expect([refused.status, refused.body.errors[0].code]).to.deep.equal([422, 'topup_used_up']);
    });
  });

  it('books a day of payment that names no way as money under way, wherever it is told', async () => {
    const made = await sold();
    expect(await entriesOf(made.id)).to.deep.equal(['sale TRANSIT V_KAUF 24000']);
    const told = await sold({ paymentMethod: 'cash' });
    expect(await entriesOf(told.id)).to.deep.equal(['sale CASH_OFFICE V_KAUF 24000']);
    const later = await sold({ paidAt: null });
    await api.patch(`/vouchers/${later.id}`, { paidAt: clock.today() });
    expect(await entriesOf(later.id)).to.deep.equal(['sale TRANSIT V_KAUF 24000']);
    const wrong = await api.post('/vouchers', {
      type: 'purchase',
      title: 'Geschenk',
      paymentMethod: 'cash',
      value: { originalValue: 100 },
    });
    expect(wrong.status).to.equal(400);
  });

  describe('whose sale is posted on a later day', () => {
    /** As vouchers from before such days were refused. */
    const soldLater = async (): Promise<Voucher> => {
      const voucher = await sold({ paidAt: null });
      instant = '2026-09-01T10:00:00Z';
      await api.post(`/vouchers/${voucher.id}/pay`, { paidAt: clock.today(), method: 'online' });
      instant = LONG_AGO;
      return voucher;
    };
    for (const [what, act] of [
      ['refund', (id: string) => cancel(id, true)],
      ['new code', (id: string) => api.post(`/vouchers/${id}/reissue`, { reason: 'verloren' })],
    ] as const)
      it(`has no ${what} before that day, so that no balance is ever below zero`, async () => {
        const voucher = await soldLater();
        const { status, body } = await act(voucher.id);
        expect([status, body.errors[0].code]).to.deep.equal([422, 'sale_later']);
        instant = NOW;
        expect((await act(voucher.id)).status).to.be.within(200, 201);
      });
  });
});
