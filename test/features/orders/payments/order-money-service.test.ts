import { expect } from 'chai';
import { verifyEverything } from '../../../../src/features/accounting/proof/proof-service.ts';
import {
  orderMove,
  paymentMoves,
  postWaitingPayments,
} from '../../../../src/features/orders/payments/order-money-service.ts';
import { readOrder } from '../../../../src/features/orders/record/order-service.ts';
import { inTransaction } from '../../../../src/platform/data/db.ts';
import { apiClient } from '../../../support/api-client.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { startTestServer, type TestServer } from '../../../support/http.ts';
import { openShop } from '../../../support/shop.ts';

describeOnBothDatabases('the open item of an order', (database) => {
  let server: TestServer;
  before(async () => {
    await openShop(database());
    server = await startTestServer({ database: database() });
  });
  after(() => server.close());

  it('gets each payment on its own day, under the number of the order', async () => {
    const buyer = { name: 'Petra Muster', email: 'petra@example.org' };
    const { id } = (await apiClient(server.url).post('/orders', { amount: 10_000, quantity: 1, buyer })).body as {
      id: string;
    };
    const order = await readOrder(database().knex, id);
    const payments = [
      { cents: 100, method: 'cash', paidOn: '2026-11-02' },
      { cents: 200, method: 'online', paidOn: '2026-11-03' },
    ] as const;
    expect(
      paymentMoves(order, payments).map(({ postings: [posting], postedOn, documentNumber }) => [
        posting?.debitRole,
        posting?.cents,
        postedOn,
        documentNumber,
      ]),
    ).to.deep.equal([
      ['CASH_OFFICE', 100, '2026-11-02', order.number],
      ['TRANSIT', 200, '2026-11-03', order.number],
    ]);
    const posting = { event: 'payment_in', debitRole: 'BANK', creditRole: 'DEBITOR', cents: 1 } as const;
    expect(orderMove(order, posting, { paidOn: '2026-11-04' }).postedOn).to.equal('2026-11-04');
    const moment = { today: '2026-11-30', now: Date.parse('2026-11-30T12:00:00Z') };
    const nothing = await inTransaction(database(), (trx) =>
      postWaitingPayments({ trx, actor: 'test', moment }, order),
    );
    expect(nothing).to.equal(0);
    expect((await verifyEverything(database().knex, 0)).problem).to.equal(null);
  });
});
