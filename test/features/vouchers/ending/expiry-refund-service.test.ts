import { expect } from 'chai';
import { verifyBooks } from '../../../../src/features/accounting/proof/verify-service.ts';
import { queueExpiryRefunds, refundExpired } from '../../../../src/features/vouchers/ending/expiry-refund-service.ts';
import { proposeDerecognition } from '../../../../src/features/vouchers/ending/derecognition-run-service.ts';
import { inTransaction } from '../../../../src/platform/data/db.ts';
import { apiClient, bookingOf, type ApiClient } from '../../../support/api-client.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { turningClock } from '../../../support/clock.ts';
import { startTestServer, type TestServer } from '../../../support/http.ts';
import { signedIn, type Visitor } from '../../../support/pages.ts';

describeOnBothDatabases('vouchers whose rest is paid out at their end', (database) => {
  let server: TestServer;
  let api: ApiClient;
  let visitor: Visitor;
  let nights = 0;
  let instant = '2026-07-03T10:00:00Z';
  const clock = turningClock(() => instant);
  const moment = () => clock.moment();

  before(async () => {
    server = await startTestServer({ database: database(), clock });
    api = apiClient(server.url);
    visitor = await signedIn(server.url);
  });
  after(() => server.close());

  const made = async (more: object): Promise<{ id: string; code: string; refundOnExpiry: boolean }> =>
    (
      await api.post('/vouchers', {
        type: 'settlement',
        title: 'Umbuchung',
        paidAt: '2026-07-01',
        value: { originalValue: 10_000 },
        validity: { bookUntil: '2026-07-31' },
        ...more,
      })
    ).body as never;
  const read = async (id: string): Promise<{ status: string; balance: number }> =>
    (await api.get(`/vouchers/${id}`)).body as never;
  const night = async (): Promise<unknown> =>
    (await api.jobEnd((await queueExpiryRefunds(database(), clock.now(), `night-${++nights}`)) ?? '')).body.result;

  it('become a task once, in the night after the last day, and nothing before', async () => {
    const converted = await made({ funding: 'refund_conversion', refundOnExpiry: true });
    const chosenNot = await made({ funding: 'refund_conversion' });
    const goodwill = await made({ funding: 'goodwill', refundOnExpiry: true });
    const purchase = await made({ type: 'purchase' });
    const chosen = await made({ type: 'purchase', refundOnExpiry: true });
    const used = await made({ funding: 'refund_conversion', refundOnExpiry: true });
    expect(
      [converted, chosenNot, goodwill, purchase, chosen].map(({ refundOnExpiry }) => refundOnExpiry),
    ).to.deep.equal([true, false, false, false, true]);
    await api.post('/redemptions', { booking: bookingOf(10_000), codes: [used.code], bookingNumber: 'E-1' });
    instant = '2026-07-31T20:00:00Z';
    expect(await night()).to.include({ done: 0 });
    instant = '2026-08-01T01:10:00Z';
    expect(await night()).to.include({ done: 2 });
    expect(await night()).to.include({ done: 0 });
    expect(
      [await queueExpiryRefunds(database(), 1, 'same'), await queueExpiryRefunds(database(), 2, 'same')][1],
    ).to.equal(null);
    expect(await read(converted.id)).to.include({ status: 'refunded', balance: 0 });
    expect([
      (await read(chosenNot.id)).balance,
      (await read(goodwill.id)).balance,
      (await read(purchase.id)).balance,
    ]).to.deep.equal([10_000, 10_000, 10_000]);
    const entries = (await api.get(`/vouchers/${chosen.id}/entries`)).body.items as {
      event: string;
      debit: string;
      credit: string;
      amount: number;
    }[];
    expect(entries.map(({ event, debit, credit, amount }) => `${event} ${debit} ${credit} ${amount}`)).to.deep.equal([
      'sale TRANSIT V_KAUF 10000',
      'refund V_KAUF DEBITOR 10000',
    ]);
    expect((await visitor.get('/admin/refunds')).html).to.contain('Auszahlung vereinbart');
    expect(await database().knex('refunds').whereIn('voucher_id', [converted.id, chosen.id])).to.have.length(2);
  });

  it('are paid once however many processes ask at the same moment', async () => {
    instant = '2026-07-03T10:00:00Z';
    const { id } = await made({ funding: 'refund_conversion', refundOnExpiry: true });
    instant = '2026-08-02T01:10:00Z';
    const done = await Promise.all(
      [1, 2, 3].map(() =>
        inTransaction(database(), (trx) => refundExpired({ trx, actor: 'system', moment: moment() }, id)),
      ),
    );
    expect(done.filter((one) => one === 'paid')).to.have.length(1);
    expect(await database().knex('refunds').where({ voucher_id: id })).to.have.length(1);
  });

  it('are proposed to a second person from the limit on, once, and not paid by themselves', async () => {
    instant = '2026-07-03T10:00:00Z';
    const big = await made({ funding: 'refund_conversion', refundOnExpiry: true, value: { originalValue: 50_000 } });
    instant = '2026-08-03T01:10:00Z';
    await night();
    expect(await read(big.id)).to.include({ status: 'expired', balance: 50_000 });
    const open = { voucher_id: big.id, kind: 'refund', state: 'open', requested_by: 'system' };
    expect(await database().knex('approvals').where(open)).to.have.length(1);
    await night();
    expect(await database().knex('approvals').where({ voucher_id: big.id })).to.have.length(1);
  });

  it('are not paid out by themselves once they are time-barred', async () => {
    instant = '2026-07-03T10:00:00Z';
    const old = await made({ funding: 'refund_conversion', refundOnExpiry: true, paidAt: '2021-03-15' });
    instant = '2026-08-04T01:10:00Z';
    await night();
    expect(await read(old.id)).to.include({ status: 'expired', balance: 10_000 });
  });

  it('are in no derecognition, and the run says why', async () => {
    instant = '2026-07-03T10:00:00Z';
    const kept = await made({ funding: 'refund_conversion', refundOnExpiry: true, validity: {} });
    const plain = await made({ type: 'purchase', title: 'Altes Geschenk', validity: {} });
    instant = '2030-01-05T10:00:00Z';
    const run = await proposeDerecognition(database(), { actor: 'user:99', moment: moment() }, '2030-01-05');
    expect(
      await database()
        .knex('derecognition_items')
        .whereIn('voucher_id', [kept.id, plain.id])
        .pluck('voucher_id')
        .then((ids: unknown[]) => ids.map(String)),
    ).to.deep.equal([plain.id]);
    expect((await visitor.get(`/admin/accounting/derecognition/${run ?? ''}`)).html)
      .to.contain('Nicht im Lauf')
      .and.contain(`/admin/vouchers/${kept.id}`);
    expect((await verifyBooks(database().knex, clock.now())).problem).to.equal(null);
  });
});
