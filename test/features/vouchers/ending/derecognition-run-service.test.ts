import { expect } from 'chai';
import { verifyBooks } from '../../../../src/features/accounting/proof/verify-service.ts';
import { liabilityReport } from '../../../../src/features/accounting/reports/liability-service.ts';
import { allOpenItems } from '../../../../src/features/accounting/reports/open-item-service.ts';
import {
  acceptDerecognition,
  derecognitionItems,
  derecognitionRun,
  proposeDerecognition,
} from '../../../../src/features/vouchers/ending/derecognition-run-service.ts';
import { decideRun } from '../../../../src/features/vouchers/ending/derecognition-store.ts';
import { inTransaction } from '../../../../src/platform/data/db.ts';
import type { AppError } from '../../../../src/platform/process/errors.ts';
import { apiClient, bookingOf, type ApiClient } from '../../../support/api-client.ts';
import { turningClock } from '../../../support/clock.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { startTestServer, type TestServer } from '../../../support/http.ts';

describeOnBothDatabases('what a run of derecognitions takes', (database) => {
  let server: TestServer;
  let api: ApiClient;
  let instant = '2026-11-06T10:00:00Z';
  const clock = turningClock(() => instant);
  const author = (actor: string) => ({ actor, moment: clock.moment() });

  before(async () => {
    server = await startTestServer({ database: database(), clock });
    api = apiClient(server.url);
  });
  after(() => server.close());
  afterEach(async () => {
    expect((await verifyBooks(database().knex, clock.now())).problem).to.equal(null);
    for (const { check, expected, actual } of (await report(clock.today())).checks)
      expect(actual, check).to.equal(expected);
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
  const redeem = (code: string, tripPrice: number, bookingNumber: string) =>
    api.post('/redemptions', { booking: bookingOf(tripPrice), codes: [code], bookingNumber });
  const report = (on: string) => liabilityReport(database().knex, { from: '2026-01-01', on, knownUntil: null });
  const stateOf = async (on: string, state: string): Promise<number> =>
    (await report(on)).byState.find(({ key }) => key === state)?.cents ?? 0;
  const propose = async (on: string): Promise<{ run: string | null; taken: Map<string, number> }> => {
    const run = await proposeDerecognition(database(), author('user:1'), on);
    const items = run === null ? [] : await derecognitionItems(database().knex, run, '0', 500);
    return { run, taken: new Map(items.map(({ voucherId, cents }) => [voucherId, cents])) };
  };
  const accept = async (run: string | null, postedOn = clock.today()): Promise<object> =>
    (await api.jobEnd(await acceptDerecognition(database(), author('user:2'), run ?? '', postedOn))).body
      .result as object;

  it('is over by both dates: the limitation, and the printed or the extended end', async () => {
    instant = '2026-11-06T10:00:00Z';
    const plain = await sold({ validity: { bookUntil: '2027-11-06' } });
    const endless = await sold();
    const long = await sold({ validity: { bookUntil: '2032-12-31' } });
    const extended = await sold({ validity: { bookUntil: '2027-12-31' } });
    await api.post(`/vouchers/${extended.id}/extend`, { bookUntil: '2033-12-31', reason: 'Kulanz' });
    instant = '2030-01-03T10:00:00Z';
    const { run, taken } = await propose('2030-01-03');
    expect([...taken.keys()]).to.deep.equal([plain.id, endless.id]);
    expect(await stateOf('2030-01-03', 'time_barred')).to.equal(20_000);
    expect(await stateOf('2029-12-31', 'time_barred')).to.equal(0);
    expect(await accept(run)).to.deep.equal({ done: 2, skipped: 0 });
    expect([(await read(plain.id)).status, (await read(long.id)).status]).to.deep.equal(['derecognised', 'active']);
    expect((await redeem(long.code, 4000, 'ENDS-1')).status).to.equal(201);
    instant = '2033-01-03T10:00:00Z';
    expect([...(await propose('2032-12-31')).taken.keys()]).to.deep.equal([]);
    expect([...(await propose('2033-01-03')).taken]).to.deep.equal([[long.id, 6000]]);
  });

  it('lists the items of a day with the last day of their claim', async () => {
    const ends: (string | null)[] = [];
    for await (const { limitationOn } of allOpenItems(database().knex, { day: '2026-12-31', knownUntil: null }))
      ends.push(limitationOn);
    expect(ends).to.deep.equal(['2029-12-31', '2029-12-31', '2032-12-31', '2033-12-31']);
  });

  it('takes the claims of a voucher apart: a younger top-up stays and can be redeemed', async () => {
    instant = '2034-02-01T10:00:00Z';
    const voucher = await sold({ validity: { bookUntil: null } });
    instant = '2036-02-01T10:00:00Z';
    await api.post(`/vouchers/${voucher.id}/topups`, { amount: 5000, method: 'bank_transfer' });
    await redeem(voucher.code, 3000, 'ENDS-2');
    instant = '2038-01-02T10:00:00Z';
    expect(await stateOf('2038-01-02', 'time_barred')).to.be.at.least(7000);
    expect((await report('2038-01-02')).byIssueYear.find(({ key }) => key === '2036')?.cents).to.equal(5000);
    const { run, taken } = await propose('2038-01-02');
    expect(taken.get(voucher.id)).to.equal(7000);
    await accept(run);
    expect(await read(voucher.id)).to.include({ status: 'partly_redeemed', balance: 5000 });
    expect((await redeem(voucher.code, 5000, 'ENDS-3')).status).to.equal(201);
  });

  it('takes forfeited rests, which stand in the report, in the open items and in the check until then', async () => {
    instant = '2038-06-01T10:00:00Z';
    const voucher = await sold({ residual: 'forfeit' });
    await redeem(voucher.code, 8500, 'ENDS-4');
    expect(await stateOf('2038-06-01', 'forfeited')).to.equal(1500);
    const items: [string, number, boolean][] = [];
    for await (const item of allOpenItems(database().knex, { day: '2038-06-01', knownUntil: null }))
      if (item.id === voucher.id) items.push([item.account ?? '', item.cents, item.isForfeited]);
    expect(items).to.deep.equal([['1796', 1500, true]]);
    instant = '2042-01-05T10:00:00Z';
    const { run, taken } = await propose('2042-01-05');
    expect(taken.get(voucher.id)).to.equal(1500);
    const [sum] = (await derecognitionRun(database().knex, run ?? '')).sums;
    expect([sum?.currency, sum?.forfeited]).to.deep.equal(['EUR', 1500]);
    await accept(run);
    expect(await read(voucher.id)).to.include({ status: 'redeemed', balance: 0 });
    expect(await stateOf('2042-01-05', 'forfeited')).to.equal(0);
    expect(await stateOf('2041-12-31', 'forfeited')).to.equal(1500);
    const entries = (await api.get(`/vouchers/${voucher.id}/entries`)).body.items as {
      debit: string;
      credit: string;
      amount: number;
    }[];
    expect(entries.at(-1)).to.include({ debit: 'V_FORFEIT', credit: 'BREAKAGE', amount: 1500 });
  });

  it('is posted on the open day that its acceptance names, and passes over what moved after it', async () => {
    instant = '2042-03-01T10:00:00Z';
    const [quiet, moved] = [await sold(), await sold()];
    instant = '2046-01-03T10:00:00Z';
    await redeem(moved.code, 1000, 'ENDS-5');
    const { run } = await propose('2046-01-03');
    for (const day of ['2046-01-04', '2099-01-01']) {
      const refused = await acceptDerecognition(database(), author('user:2'), run ?? '', day).catch(
        (error: unknown) => error,
      );
      expect((refused as AppError).details.fields?.[0]?.path).to.equal('postedOn');
    }
    expect(await accept(run, '2045-12-31')).to.include({ skipped: 1 });
    expect((await read(moved.id)).balance).to.equal(9000);
    const [posted] = await database()
      .knex('ledger_entries')
      .where({ voucher_id: quiet.id, event: 'derecognition' })
      .select<{ posted_on: string; document_number: string }[]>('posted_on', 'document_number');
    expect([posted?.posted_on, posted?.document_number.slice(0, 8)]).to.deep.equal(['2045-12-31', 'AUS-2045']);
    await accept((await propose('2046-01-03')).run);
    expect((await read(moved.id)).status).to.equal('derecognised');
  });

  it('is free again for another proposal where nobody books the run any more', async () => {
    instant = '2051-03-01T10:00:00Z';
    const voucher = await sold();
    instant = '2055-01-03T10:00:00Z';
    const { run, taken } = await propose('2055-01-03');
    expect(taken.has(voucher.id)).to.equal(true);
    expect((await propose('2055-01-03')).taken.has(voucher.id)).to.equal(false);
    // As where its job was stopped.
    const decision = {
      state: 'accepted',
      actor: 'user:2',
      now: 1,
      documentNumber: null,
      postedOn: clock.today(),
    } as const;
    await inTransaction(database(), (trx) => decideRun(trx, run ?? '', decision));
    expect((await derecognitionRun(database().knex, run ?? '')).state).to.equal('stopped');
    const again = await propose('2055-01-03');
    expect(again.taken.get(voucher.id)).to.equal(10_000);
    await accept(again.run);
    expect((await read(voucher.id)).status).to.equal('derecognised');
    expect((await derecognitionRun(database().knex, again.run ?? '')).state).to.equal('done');
  });

  it('passes over a voucher whose end was put off after the proposal', async () => {
    instant = '2056-03-01T10:00:00Z';
    const voucher = await sold({ validity: { bookUntil: '2057-01-01' } });
    instant = '2060-01-03T10:00:00Z';
    const { run, taken } = await propose('2060-01-03');
    expect(taken.get(voucher.id)).to.equal(10_000);
    await api.post(`/vouchers/${voucher.id}/extend`, { bookUntil: '2061-12-31', reason: 'kommt doch' });
    expect(await accept(run)).to.include({ done: 0 });
    expect(await read(voucher.id)).to.include({ status: 'active', balance: 10_000 });
  });
});
