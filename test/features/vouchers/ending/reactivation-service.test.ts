import { expect } from 'chai';
import { verifyBooks } from '../../../../src/features/accounting/proof/verify-service.ts';
import {
  acceptDerecognition,
  proposeDerecognition,
} from '../../../../src/features/vouchers/ending/derecognition-run-service.ts';
import { reactivateVoucher } from '../../../../src/features/vouchers/ending/reactivation-service.ts';
import { inTransaction } from '../../../../src/platform/data/db.ts';
import type { AppError } from '../../../../src/platform/process/errors.ts';
import { apiClient, bookingOf, type ApiClient } from '../../../support/api-client.ts';
import { turningClock } from '../../../support/clock.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { startTestServer, type TestServer } from '../../../support/http.ts';

describeOnBothDatabases('a voucher that is honoured after its derecognition', (database) => {
  let server: TestServer;
  let api: ApiClient;
  let instant = '2026-05-05T10:00:00Z';
  const clock = turningClock(() => instant);

  before(async () => {
    server = await startTestServer({ database: database(), clock });
    api = apiClient(server.url);
  });
  after(() => server.close());
  afterEach(async () => {
    expect((await verifyBooks(database().knex, clock.now())).problem).to.equal(null);
  });

  type Voucher = { id: string; code: string; status: string; balance: number };
  const sold = async (more: object = {}): Promise<Voucher> =>
    (
      await api.post('/vouchers', {
        type: 'purchase',
        title: 'Alt',
        paidAt: clock.today(),
        value: { originalValue: 10_000 },
        ...more,
      })
    ).body as Voucher;
  const read = async (id: string): Promise<Voucher> => (await api.get(`/vouchers/${id}`)).body as Voucher;
  const entriesOf = async (id: string): Promise<string[]> =>
    (
      (await api.get(`/vouchers/${id}/entries`)).body.items as {
        event: string;
        debit: string;
        credit: string;
        amount: number;
      }[]
    ).map(({ event, debit, credit, amount }) => `${event} ${debit} ${credit} ${amount}`);
  const derecognise = async (): Promise<void> => {
    const run = await proposeDerecognition(database(), { actor: 'user:1', moment: clock.moment() }, clock.today());
    const author = { actor: 'user:2', moment: clock.moment() };
    await api.jobEnd(await acceptDerecognition(database(), author, run ?? '', clock.today()));
  };
  const reactivate = (id: string): Promise<void> =>
    inTransaction(database(), (trx) =>
      reactivateVoucher({ trx, actor: 'user:3', moment: clock.moment() }, id, 'kommt doch noch'),
    );

  it('gets its forfeited rest back with it, against the income of its year, and once', async () => {
    instant = '2026-05-05T10:00:00Z';
    const voucher = await sold({ residual: 'forfeit' });
    await api.post('/redemptions', { booking: bookingOf(8500), codes: [voucher.code], bookingNumber: 'R-1' });
    instant = '2030-01-05T10:00:00Z';
    await derecognise();
    instant = '2031-02-01T10:00:00Z';
    await reactivate(voucher.id);
    expect(await read(voucher.id)).to.include({ status: 'partly_redeemed', balance: 1500 });
    expect((await entriesOf(voucher.id)).slice(-2)).to.deep.equal([
      'derecognition V_FORFEIT BREAKAGE 1500',
      'reactivation BREAKAGE_REVERSAL V_KAUF 1500',
    ]);
    const refused = await reactivate(voucher.id).catch((error: unknown) => error);
    expect((refused as AppError).code).to.equal('illegal_transition');
    expect((await read(voucher.id)).balance).to.equal(1500);
  });

  it('gets a rest that a run took back when the booking that forfeited it is cancelled', async () => {
    instant = '2032-05-05T10:00:00Z';
    const voucher = await sold({ residual: 'forfeit' });
    const redeemed = await api.post('/redemptions', {
      booking: bookingOf(8500),
      codes: [voucher.code],
      bookingNumber: 'R-2',
    });
    instant = '2036-01-05T10:00:00Z';
    await derecognise();
    await api.post(`/redemptions/${redeemed.body.id as string}/reversals`, { reason: 'Reise abgesagt' });
    expect((await read(voucher.id)).balance).to.equal(10_000);
    expect((await entriesOf(voucher.id)).slice(-2)).to.deep.equal([
      'redemption_reversal DEBITOR V_KAUF 8500',
      'reactivation BREAKAGE V_KAUF 1500',
    ]);
  });
});
