import { createHmac } from 'node:crypto';
import { expect } from 'chai';
import { verifyBooks } from '../../src/features/accounting/proof/verify-service.ts';
import { apiClient, bookingOf, type ApiAnswer, type ApiClient } from '../support/api-client.ts';
import { describeOnBothDatabases } from '../support/databases.ts';
import { startTestServer, type TestServer } from '../support/http.ts';

const SECRET = 'the secret of the payment provider in tests';
const ROUNDS = 12;
const BOOKINGS = 8;
const VALUE = 10_000;
const PRICE = 700;

interface Sold {
  readonly order: string;
  readonly voucherId: string;
  readonly code: string;
}

describeOnBothDatabases('a chargeback amid bookings', (database) => {
  let server: TestServer;
  let api: ApiClient;

  before(async () => {
    server = await startTestServer({ database: database(), env: { PAYMENT_WEBHOOK_SECRET: SECRET } });
    api = apiClient(server.url);
  });
  after(() => server.close());

  const tell = (order: string, type: string): Promise<ApiAnswer> => {
    const event = { type, id: `${type}-${order}`, order, amount: VALUE, currency: 'EUR' };
    const at = Math.floor(Date.now() / 1000);
    const v1 = createHmac('sha256', SECRET)
      .update(`${at}.${JSON.stringify(event)}`)
      .digest('hex');
    return api.post('/payment-events', event, {
      authorization: '',
      headers: { 'reisebon-signature': `t=${at},v1=${v1}` },
    });
  };
  const sell = async (): Promise<Sold> => {
    const { body } = await api.post('/orders', {
      amount: VALUE,
      quantity: 1,
      buyer: { name: 'Petra Muster', email: 'petra@example.org' },
    });
    await tell(body.number as string, 'payment');
    const row = await database()
      .knex('order_vouchers as o')
      .join('vouchers as v', 'v.id', 'o.voucher_id')
      .where('o.order_id', body.id as string)
      .first<{ id: number | string; code: string }>('v.id', 'v.code');
    return { order: body.number as string, voucherId: String(row.id), code: row.code };
  };
  const later = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

  /** After the lock nothing is redeemed, whatever was redeemed before is in the books, and the rest is what it should be. */
  const expectLocked = async ({ order, voucherId, code }: Sold, redeemed: number, price: number): Promise<void> => {
    const { knex } = database();
    const lock = await knex('audit_log')
      .where({ entity: 'voucher', entity_id: voucherId, action: 'voucher.deactivate' })
      .first<{ id: number } | undefined>('id');
    expect(lock, `the lock of ${order}`).not.to.equal(undefined);
    const after = await knex('audit_log')
      .where('id', '>', lock?.id ?? 0)
      .where('action', 'redemption.create')
      .where('changes', 'like', `%"${voucherId}"%`);
    expect(after).to.deep.equal([]);
    const voucher = (await api.get(`/vouchers/${voucherId}`)).body;
    expect([voucher.status, voucher.balance]).to.deep.equal(['deactivated', VALUE - redeemed * price]);
    const again = await api.post('/redemptions', {
      booking: bookingOf(price),
      codes: [code],
      bookingNumber: `late-${order}`,
      expectedPayable: 0,
    });
    expect([409, 422]).to.include(again.status);
    expect((await api.get(`/vouchers/${voucherId}`)).body.balance).to.equal(VALUE - redeemed * price);
  };

  it('lets every booking come before the lock or fail', async function () {
    this.timeout(120_000);
    const outcomes = { redeemed: 0, refused: 0 };
    for (let round = 0; round < ROUNDS; round++) {
      const sold = await sell();
      const redeem = (number: number): Promise<ApiAnswer> =>
        api.post('/redemptions', {
          booking: bookingOf(PRICE),
          codes: [{ code: sold.code, atMost: PRICE }],
          bookingNumber: `${sold.order}-${number}`,
          expectedPayable: 0,
        });
      const charge = later(round * 6).then(() => tell(sold.order, 'chargeback'));
      const answers = await Promise.all(
        Array.from({ length: BOOKINGS }, (_unused, number) => later(number * 8).then(() => redeem(number))),
      );
      expect((await charge).status).to.equal(200);
      const redeemed = answers.filter(({ status }) => status === 201).length;
      expect(
        answers.filter(({ status }) => ![201, 409, 422].includes(status)).map(({ status }) => status),
      ).to.deep.equal([]);
      outcomes.redeemed += redeemed;
      outcomes.refused += BOOKINGS - redeemed;
      await expectLocked(sold, redeemed, PRICE);
    }
    expect(outcomes.redeemed, 'bookings before the lock').to.be.above(0);
    expect(outcomes.refused, 'bookings after the lock').to.be.above(0);
    expect((await verifyBooks(database().knex, Date.now())).problem).to.equal(null);
  });

  it('lets no hold through that is confirmed after the lock, although it was promised', async function () {
    this.timeout(120_000);
    const outcomes = { redeemed: 0, refused: 0 };
    for (let round = 0; round < ROUNDS; round++) {
      const sold = await sell();
      const holds = await Promise.all(
        Array.from({ length: 4 }, (_unused, number) =>
          api.post('/holds', {
            booking: bookingOf(PRICE, { reference: `${sold.order}-${number}` }),
            codes: [{ code: sold.code, atMost: PRICE }],
          }),
        ),
      );
      expect(holds.map(({ status }) => status)).to.deep.equal([201, 201, 201, 201]);
      const charge = later(round * 4).then(() => tell(sold.order, 'chargeback'));
      const answers = await Promise.all(
        holds.map(({ body }, number) =>
          later(number * 12).then(() =>
            api.post('/redemptions', {
              holdId: body.id as string,
              bookingNumber: `h-${sold.order}-${number}`,
              expectedPayable: 0,
            }),
          ),
        ),
      );
      expect((await charge).status).to.equal(200);
      const redeemed = answers.filter(({ status }) => status === 201).length;
      expect(
        answers.filter(({ status }) => ![201, 409, 422].includes(status)).map(({ status, body }) => [status, body]),
      ).to.deep.equal([]);
      outcomes.redeemed += redeemed;
      outcomes.refused += holds.length - redeemed;
      await expectLocked(sold, redeemed, PRICE);
    }
    expect(outcomes.redeemed, 'holds confirmed before the lock').to.be.above(0);
    expect(outcomes.refused, 'holds that came after the lock').to.be.above(0);
    expect((await verifyBooks(database().knex, Date.now())).problem).to.equal(null);
  });

  it('finds the parts of a voucher that is split at the same moment', async function () {
    this.timeout(120_000);
    for (let round = 0; round < ROUNDS; round++) {
      const sold = await sell();
      const [split, charge] = await Promise.all([
        later(round % 2 === 0 ? 0 : 4).then(() =>
          api.post(`/vouchers/${sold.voucherId}/splits`, { parts: [4000, 6000], reason: 'zwei' }),
        ),
        tell(sold.order, 'chargeback'),
      ]);
      expect(charge.status).to.equal(200);
      const parts =
        split.status === 201 ? (split.body.items as { id: string }[]).map(({ id }) => id) : [sold.voucherId];
      const rows: { id: number | string; is_deactivated: number | boolean }[] = await database()
        .knex('vouchers')
        .whereIn('id', parts)
        .select('id', 'is_deactivated');
      expect(rows.map((row) => Boolean(row.is_deactivated))).to.deep.equal(parts.map(() => true));
    }
    expect((await verifyBooks(database().knex, Date.now())).problem).to.equal(null);
  });
});
