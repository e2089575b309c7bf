import { expect } from 'chai';
import { findOpenItems } from '../../../../src/features/accounting/reports/open-item-store.ts';
import { apiClient, bookingOf, type ApiClient } from '../../../support/api-client.ts';
import { turningClock } from '../../../support/clock.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { startTestServer, type TestServer } from '../../../support/http.ts';

describeOnBothDatabases('the open items of a day', (database) => {
  let server: TestServer;
  let api: ApiClient;
  let instant = '2026-05-05T10:00:00Z';

  before(async () => {
    server = await startTestServer({ database: database(), clock: turningClock(() => instant) });
    api = apiClient(server.url);
  });
  after(() => server.close());

  it('name a balance and a rest that lapsed apart, and lose none where a page ends between them', async () => {
    const ids: string[] = [];
    for (const residual of ['keep', 'forfeit', 'keep']) {
      const { body } = await api.post('/vouchers', {
        type: 'purchase',
        title: 'Alt',
        paidAt: '2026-05-05',
        value: { originalValue: 10_000 },
        residual,
      });
      ids.push(body.id as string);
      await api.post('/redemptions', {
        booking: bookingOf(8500),
        codes: [body.code],
        bookingNumber: `OPEN-${ids.length}`,
      });
    }
    instant = '2026-05-06T10:00:00Z';
    await api.post(`/vouchers/${ids[1] ?? ''}/topups`, { amount: 2000, method: 'cash' });
    const cut = { day: '2026-05-06', knownUntil: null };
    const all = await findOpenItems(database().knex, cut, '0', 500);
    expect(all.map(({ id, isForfeited, cents }) => [id, isForfeited, cents])).to.deep.equal([
      [ids[0], false, 1500],
      [ids[1], false, 2000],
      [ids[1], true, 1500],
      [ids[2], false, 1500],
    ]);
    const one: string[] = [];
    for (let place = '0'; ;) {
      const [item] = await findOpenItems(database().knex, cut, place, 1);
      if (item === undefined) break;
      one.push(item.place);
      place = item.place;
    }
    expect(one).to.deep.equal(all.map(({ place }) => place));
    const before = await findOpenItems(database().knex, { ...cut, day: '2026-05-05' }, '0', 500);
    expect(before.map(({ id, cents }) => [id, cents])).to.deep.equal([
      [ids[0], 1500],
      [ids[1], 1500],
      [ids[2], 1500],
    ]);
    expect(await findOpenItems(database().knex, { ...cut, day: '2026-05-04' }, '0', 500)).to.deep.equal([]);
  });
});
