import { expect } from 'chai';
import { refundSource, refundWayOfOrder } from '../../../../src/features/accounting/refunds/refund-source-service.ts';
import {
  findOrderOf,
  findParents,
  findSource,
} from '../../../../src/features/accounting/refunds/refund-source-store.ts';
import { apiClient, type ApiClient } from '../../../support/api-client.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { startTestServer, type TestServer } from '../../../support/http.ts';
import { openShop } from '../../../support/shop.ts';

describeOnBothDatabases('the way back of money', (database) => {
  let server: TestServer;
  let api: ApiClient;
  before(async () => {
    await openShop(database());
    server = await startTestServer({ database: database() });
    api = apiClient(server.url);
  });
  after(() => server.close());

  const knex = () => database().knex;
  const ordered = async (...payments: (readonly [number, string])[]): Promise<{ id: string; vouchers: string[] }> => {
    const buyer = { name: 'Petra Muster', email: 'petra@example.org' };
    const { id } = (await api.post('/orders', { amount: 5000, quantity: 1, buyer })).body as { id: string };
    for (const [amount, method] of payments) await api.post(`/orders/${id}/payments`, { amount, method });
    const vouchers = await knex()('order_vouchers').where({ order_id: id }).pluck<(number | string)[]>('voucher_id');
    return { id, vouchers: vouchers.map(String) };
  };

  for (const [name, payments, way] of [
    ['by bank', [[5000, 'bank_transfer']], 'transfer'],
    [
      'online in two parts',
      [
        [2000, 'online'],
        [3000, 'online'],
      ],
      'provider',
    ],
    ['in cash', [[5000, 'cash']], 'cash'],
    [
      'in cash and by bank',
      [
        [2000, 'cash'],
        [3000, 'bank_transfer'],
      ],
      'transfer',
    ],
  ] as const)
    it(`of an order paid ${name} is ${way}, to its buyer, also under a new code`, async () => {
      const order = await ordered(...payments);
      const [first = ''] = order.vouchers;
      const { id: again } = (await api.post(`/vouchers/${first}/reissue`, { reason: 'verloren' })).body as {
        id: string;
      };
      for (const id of [first, again]) {
        const source = await refundSource(knex(), id);
        expect(source).to.include({ way, payee: 'Petra Muster', iban: '' });
        expect(source.order?.id).to.equal(order.id);
      }
      expect((await refundWayOfOrder(knex(), order.id)).way).to.equal(way);
    });

  it('of a voucher nobody ordered goes to who got it', async () => {
    const { id } = (
      await api.post('/vouchers', {
        type: 'settlement',
        funding: 'refund_conversion',
        title: 'Statt Geld',
        paidAt: '2026-01-02',
        value: { originalValue: 5000 },
        recipient: { name: 'Anna Müller' },
      })
    ).body as { id: string };
    expect(await refundSource(knex(), id)).to.include({ way: 'transfer', payee: 'Anna Müller', order: null });
  });

  it('is found in one look, and over ancestors step by step', async () => {
    const { id, vouchers } = await ordered([5000, 'online']);
    const [first = ''] = vouchers;
    expect(await findSource(knex(), first)).to.deep.include({
      roles: ['TRANSIT'],
      hasAncestor: false,
      buyer: 'Petra Muster',
    });
    expect(await findParents(knex(), [first])).to.deep.equal([]);
    expect((await findOrderOf(knex(), [first]))?.id).to.equal(id);
    expect(await findOrderOf(knex(), [])).to.equal(null);
  });
});
