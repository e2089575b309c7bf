import { expect } from 'chai';
import { HOUSE } from '../../../../src/core/booking-owner.ts';
import { plainBooking } from '../../../../src/core/engine/plain-booking.ts';
import { redeem } from '../../../../src/features/booking/redemptions/redemption-service.ts';
import { createApiKeyService } from '../../../../src/features/staff/api-keys/api-key-service.ts';
import { systemClock } from '../../../../src/platform/process/clock.ts';
import { apiClient, bookingOf, type ApiAnswer, type ApiClient, type CallOptions } from '../../../support/api-client.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { startTestServer, type TestServer } from '../../../support/http.ts';

const RACERS = 8;

describeOnBothDatabases('the redemptions of one booking', (database) => {
  let server: TestServer;
  let api: ApiClient;
  let names = 0;

  before(async () => {
    server = await startTestServer({ database: database() });
    api = apiClient(server.url);
  });
  after(() => server.close());

  const nextNumber = (): string => `R-${++names}`;

  async function purchase(cents: number): Promise<string> {
    const body = { type: 'purchase', title: 'Geschenk', paidAt: '2026-01-02', value: { originalValue: cents } };
    return (await api.post('/vouchers', body)).body.code as string;
  }

  async function discount(cents: number): Promise<string> {
    const value = { tiers: [{ minTripPrice: 0, amount: cents }] };
    const usage = { maxUses: 100 };
    return (await api.post('/vouchers', { type: 'discount', title: 'Rabatt', value, usage })).body.code as string;
  }

  /** Codes with or without a limit. */
  type Codes = readonly (string | { readonly code: string; readonly atMost: number })[];

  interface Wish {
    readonly number: string;
    readonly price: number;
    readonly codes: Codes;
    readonly more?: object;
    readonly currency?: string;
    /** Of the hold; else the number. */
    readonly reference?: string;
  }

  const byCodes = ({ number, price, codes, more = {}, currency = 'EUR' }: Wish, options?: CallOptions) =>
    api.post(
      '/redemptions',
      { booking: bookingOf(price, { currency }), codes, bookingNumber: number, ...more },
      options,
    );

  async function byHold(
    { number, price, codes, more = {}, reference = number }: Wish,
    options?: CallOptions,
  ): Promise<ApiAnswer> {
    const booking = bookingOf(price, { reference });
    const hold = await api.post('/holds', { booking, codes }, options);
    return api.post('/redemptions', { holdId: hold.body.id as string, bookingNumber: number, ...more }, options);
  }

  /** As the till and the demo do it: the house itself, without a key. */
  async function byHouse({ number, price, codes }: Wish): Promise<string> {
    const entries = codes.map((one) => (typeof one === 'string' ? { code: one, atMost: null } : one));
    const source = { booking: plainBooking('EUR', price, ['adult']), codes: entries };
    const request = { scope: 'test', key: `once-${++names}`, fingerprint: '' };
    const moment = systemClock('Europe/Berlin').moment();
    const input = { source, owner: HOUSE, bookingNumber: number, expectedPayable: null, isAdditional: false };
    const { outcome } = await redeem(database(), input, request, 'test', moment);
    return outcome.kind === 'redeemed' ? 'redeemed' : outcome.code;
  }

  async function redeemedOf(number: string): Promise<number> {
    const rows = await database()
      .knex('redemptions as d')
      .join('redemption_lines as l', 'l.redemption_id', 'd.id')
      .whereRaw('lower(d.booking_number) = ?', [number.toLowerCase()])
      .select<{ applied: number | string; reversed: number | string }[]>('l.applied', 'l.reversed');
    return rows.reduce((sum, { applied, reversed }) => sum + Number(applied) - Number(reversed), 0);
  }

  /** The row says what its redemptions say. */
  async function expectBooking(number: string, price: number, redeemed: number): Promise<void> {
    expect(await redeemedOf(number)).to.equal(redeemed);
    const rows = await database()
      .knex('bookings')
      .where({ number_key: number.toLowerCase() })
      .select<{ price: number | string; redeemed: number | string }[]>('price', 'redeemed');
    expect(rows.map((row) => [Number(row.price), Number(row.redeemed)])).to.deep.equal([[price, redeemed]]);
  }

  for (const [way, redeemBy] of [
    ['codes', byCodes],
    ['a hold', byHold],
  ] as const)
    describe(`by ${way}`, () => {
      it('take no more than its price together, and a second voucher pays what is left', async () => {
        const number = nextNumber();
        const [first, second] = [await purchase(15_000), await purchase(20_000)];
        const paid = await redeemBy({ number, price: 20_000, codes: [first] });
        expect(paid.body.booking).to.deep.equal({ price: 20_000, redeemed: 15_000, left: 5000 });
        const tooMuch = await redeemBy({ number, price: 20_000, codes: [second] });
        expect([tooMuch.status, tooMuch.body.code]).to.deep.equal([422, 'exceeds_booking']);
        expect(tooMuch.body.booking).to.deep.equal({ price: 20_000, redeemed: 15_000, left: 5000 });
        expect(tooMuch.body.redemptions).to.have.lengthOf(1);
        expect(tooMuch.body.redemptions[0]).to.include({ id: paid.body.id, applied: 15_000, remaining: 15_000 });
        expect(tooMuch.body.detail).to.contain('150,00').and.contain('50,00').and.contain(paid.body.id);
        await expectBooking(number, 20_000, 15_000);
        const rest = await redeemBy({ number, price: 20_000, codes: [{ code: second, atMost: 5000 }] });
        expect(rest.body.booking).to.deep.equal({ price: 20_000, redeemed: 20_000, left: 0 });
        await expectBooking(number, 20_000, 20_000);
      });

      it('are told what was done before where the same codes come with a new key', async () => {
        const number = nextNumber();
        const code = await purchase(50_000);
        const first = await redeemBy({ number, price: 20_000, codes: [code] });
        const again = await redeemBy({ number, price: 20_000, codes: [code] });
        expect([again.status, again.body.code]).to.deep.equal([409, 'already_redeemed']);
        expect(again.body.redemptions[0].id).to.equal(first.body.id);
        expect(again.body.detail).to.contain('additional').and.contain(code);
        await expectBooking(number, 20_000, 20_000);
      });

      it('take the same voucher once more where that is said, up to the price', async () => {
        const number = nextNumber();
        const code = await purchase(50_000);
        const part = { code, atMost: 8000 };
        expect((await redeemBy({ number, price: 20_000, codes: [part] })).status).to.equal(201);
        const more = { additional: true };
        expect((await redeemBy({ number, price: 20_000, codes: [part], more })).status).to.equal(201);
        expect((await redeemBy({ number, price: 20_000, codes: [part], more })).body.code).to.equal('exceeds_booking');
        await expectBooking(number, 20_000, 16_000);
      });

      it('count the use of a discount once, whatever is said', async () => {
        const number = nextNumber();
        const code = await discount(1000);
        expect((await redeemBy({ number, price: 20_000, codes: [code] })).status).to.equal(201);
        for (const more of [{}, { additional: true }]) {
          const again = await redeemBy({ number, price: 20_000, codes: [code], more });
          expect([again.status, again.body.code]).to.deep.equal([409, 'already_redeemed']);
        }
        expect((await api.get(`/vouchers/by-code/${code}`)).body.uses).to.equal(1);
        await expectBooking(number, 20_000, 1000);
      });
    });

  it('are one booking however the number is written', async () => {
    const number = nextNumber();
    const code = await purchase(50_000);
    await byCodes({ number, price: 20_000, codes: [code] });
    const again = await byCodes({
      number: `${number.toLowerCase().replace('-', '- ')}\u200b`,
      price: 20_000,
      codes: [code],
    });
    expect(again.body.code).to.equal('already_redeemed');
    const [seen] = (await api.get(`/redemptions?bookingNumber=${number.toLowerCase()}`)).body.items;
    expect(seen.bookingNumber).to.equal(number);
  });

  it('follow the price that was told last, upwards and downwards', async () => {
    const number = nextNumber();
    const [first, second] = [await purchase(15_000), await purchase(15_000)];
    await byCodes({ number, price: 15_000, codes: [first] });
    expect((await byCodes({ number, price: 14_999, codes: [{ code: second, atMost: 1 }] })).body.code).to.equal(
      'exceeds_booking',
    );
    expect((await byCodes({ number, price: 17_000, codes: [{ code: second, atMost: 2000 }] })).status).to.equal(201);
    await expectBooking(number, 17_000, 17_000);
  });

  it('have room again for what was given back', async () => {
    const number = nextNumber();
    const code = await purchase(20_000);
    const { body } = await byCodes({ number, price: 20_000, codes: [code] });
    await api.post(`/redemptions/${body.id as string}/reversals`, { amount: 12_000, reason: 'Umbuchung' });
    await expectBooking(number, 20_000, 8000);
    expect((await byCodes({ number, price: 20_000, codes: [code] })).body.code).to.equal('already_redeemed');
    await api.post(`/redemptions/${body.id as string}/reversals`, { reason: 'Umbuchung' });
    await expectBooking(number, 20_000, 0);
    expect((await byCodes({ number, price: 20_000, codes: [code] })).status).to.equal(201);
    await expectBooking(number, 20_000, 20_000);
  });

  it('have one currency while something is redeemed', async () => {
    const number = nextNumber();
    await byCodes({ number, price: 20_000, codes: [await purchase(5000)] });
    const francs = await api.post('/vouchers', {
      type: 'purchase',
      title: 'Franken',
      paidAt: '2026-01-02',
      currency: 'CHF',
      value: { originalValue: 5000 },
    });
    const other = await byCodes({ number, price: 20_000, codes: [francs.body.code as string], currency: 'CHF' });
    expect([other.status, other.body.code]).to.deep.equal([422, 'other_currency']);
  });

  it('are counted together over API, till and demo', async () => {
    const number = nextNumber();
    const [first, second] = [await purchase(15_000), await purchase(20_000)];
    expect(await byHouse({ number, price: 20_000, codes: [first] })).to.equal('redeemed');
    expect((await byCodes({ number, price: 20_000, codes: [first] })).body.code).to.equal('already_redeemed');
    const refused = await byHold({ number, price: 20_000, codes: [second] });
    expect(refused.body.code).to.equal('exceeds_booking');
    // The sum is of all; what others redeemed is not named.
    expect([refused.body.booking.redeemed, refused.body.redemptions]).to.deep.equal([15_000, []]);
    expect((await byHold({ number, price: 20_000, codes: [{ code: second, atMost: 5000 }] })).status).to.equal(201);
    expect(await byHouse({ number, price: 20_000, codes: [second] })).to.equal('already_redeemed');
    await expectBooking(number, 20_000, 20_000);
  });

  it('are the same for another key of the client, and its idempotency keys too', async () => {
    const keys = createApiKeyService(database(), systemClock('Europe/Berlin'));
    const client = {
      name: 'Strecke',
      channel: 'web',
      otherChannels: [],
      rights: ['booking'],
      origins: [],
      hasOwnBookingNumbers: false,
    } as const;
    const old = await keys.create(client, 'test');
    const rolled = await keys.roll(old.key.id, systemClock('Europe/Berlin').today(), 'test');
    const [before, after] = [old.token, rolled.token].map((token) => ({ authorization: `Bearer ${token}` }));
    const number = nextNumber();
    const wish = { number, price: 20_000, codes: [await purchase(50_000)] };
    const first = await byCodes(wish, { ...before, idempotencyKey: 'rolled' });
    const replay = await byCodes(wish, { ...after, idempotencyKey: 'rolled' });
    expect(replay.headers.get('idempotency-replayed')).to.equal('true');
    expect(replay.body).to.deep.equal(first.body);
    expect((await byCodes(wish, after)).body.redemptions[0].id).to.equal(first.body.id);
    await expectBooking(number, 20_000, 20_000);
  });

  it('are another booking for a client with numbers of its own', async () => {
    const keys = createApiKeyService(database(), systemClock('Europe/Berlin'));
    const portal = await keys.create(
      {
        name: 'Portal',
        channel: 'partner',
        otherChannels: ['web'],
        rights: ['booking'],
        origins: [],
        hasOwnBookingNumbers: true,
      },
      'test',
    );
    const number = nextNumber();
    const [ours, theirs] = [await purchase(20_000), await purchase(20_000)];
    const options = { authorization: `Bearer ${portal.token}` };
    expect((await byCodes({ number, price: 20_000, codes: [ours] })).status).to.equal(201);
    expect((await byCodes({ number, price: 20_000, codes: [theirs] }, options)).status).to.equal(201);
    expect((await byCodes({ number, price: 20_000, codes: [theirs] }, options)).body.code).to.equal('already_redeemed');
  });

  it(`stay within the price when ${RACERS} vouchers come at once`, async () => {
    const number = nextNumber();
    const codes = await Promise.all(Array.from({ length: RACERS }, () => purchase(3000)));
    const ways = [byCodes, byHold];
    const answers = await Promise.all(
      codes.map((code, index) =>
        (ways[index % 2] ?? byCodes)({ number, price: 10_000, codes: [code], reference: code }),
      ),
    );
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).to.deep.equal([201, 201, 201, 422, 422, 422, 422, 422]);
    await expectBooking(number, 10_000, 9000);
  });

  it(`happen once when the same codes come ${RACERS} times at once with keys of their own`, async () => {
    for (const [code, applied] of [
      [await purchase(50_000), 10_000],
      [await discount(500), 500],
    ] as const) {
      const number = nextNumber();
      const answers = await Promise.all(
        Array.from({ length: RACERS }, () => byCodes({ number, price: 10_000, codes: [code] })),
      );
      expect(answers.filter(({ status }) => status === 201)).to.have.lengthOf(1);
      expect(answers.filter(({ body }) => body.code === 'already_redeemed')).to.have.lengthOf(RACERS - 1);
      expect((await api.get(`/vouchers/by-code/${code}`)).body.uses).to.equal(1);
      await expectBooking(number, 10_000, applied);
    }
  });

  it(`happen once when one key comes ${RACERS} times at once`, async () => {
    const number = nextNumber();
    const wish = { number, price: 10_000, codes: [await purchase(50_000)] };
    const send = () => byCodes(wish, { idempotencyKey: `race-${number}` });
    const answers = await Promise.all(Array.from({ length: RACERS }, send));
    for (const { status, headers, body } of answers) {
      if (status === 409)
        expect([body.code, headers.get('retry-after')]).to.deep.equal(['idempotency_in_progress', '1']);
      else expect(status).to.equal(201);
    }
    expect((await send()).headers.get('idempotency-replayed')).to.equal('true');
    await expectBooking(number, 10_000, 10_000);
  });
});
