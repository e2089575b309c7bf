import { expect } from 'chai';
import type { Knex } from 'knex';
import { verifyEverything } from '../../../../src/features/accounting/proof/proof-service.ts';
import { verifySubjects } from '../../../../src/features/accounting/proof/verify-subject-service.ts';
import { apiClient, type ApiClient } from '../../../support/api-client.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { startTestServer, type TestServer } from '../../../support/http.ts';
import { openShop } from '../../../support/shop.ts';

describeOnBothDatabases('the check of what is on no voucher', (database) => {
  let server: TestServer;
  let api: ApiClient;
  let order: { id: string; number: string };
  before(async () => {
    await openShop(database());
    server = await startTestServer({ database: database() });
    api = apiClient(server.url);
    const buyer = { name: 'Petra Muster', email: 'petra@example.org' };
    order = (await api.post('/orders', { amount: 10_000, quantity: 1, buyer })).body as never;
    for (const amount of [3000, 2000])
      await api.post(`/orders/${order.id}/payments`, { amount, method: 'bank_transfer' });
  });
  after(() => server.close());

  it('finds nothing in books nobody touched', async () => {
    expect(await verifySubjects(database().knex)).to.deep.equal({ entries: 2, problem: null });
  });

  const tampered: readonly [
    string,
    string,
    (knex: Knex) => PromiseLike<unknown>,
    (knex: Knex) => PromiseLike<unknown>,
  ][] = [
    [
      'an open item that was changed',
      'open_item',
      (knex) => knex('ledger_subjects').update({ balance: 1 }),
      (knex) => knex('ledger_subjects').update({ balance: 5000 }),
    ],
    [
      'a number of entries that was changed',
      'subject_entries',
      (knex) => knex('ledger_subjects').update({ ledger_count: 3 }),
      (knex) => knex('ledger_subjects').update({ ledger_count: 2 }),
    ],
    [
      'a payment that was changed',
      'order_money',
      (knex) => knex('order_payments').where({ cents: 2000 }).update({ cents: 2001 }),
      (knex) => knex('order_payments').where({ cents: 2001 }).update({ cents: 2000 }),
    ],
    [
      'the end of a chain that was changed',
      'subject_chain',
      (knex) => knex('ledger_subjects').update({ currency: 'EUR', ledger_head: 'f'.repeat(64) }),
      (knex) => knex('ledger_subjects').update({ ledger_head: knex('ledger_entries').max('hash').where('id', -1) }),
    ],
  ];
  for (const [what, check, spoil, mend] of tampered)
    it(`names ${what}`, async () => {
      await spoil(database().knex);
      expect((await verifyEverything(database().knex, 0)).problem?.check).to.equal(check);
      expect((await verifyEverything(database().knex, 0)).problem?.place).to.include({ name: order.number });
      await mend(database().knex);
    });
});
