import { expect } from 'chai';
import * as refunds from '../../migrations/321-refunds.ts';
import * as subjects from '../../migrations/320-ledger-subjects.ts';
import * as bonus from '../../migrations/322-bonus-of-lines.ts';
import * as credits from '../../migrations/323-partner-credits.ts';
import { createVoucher } from '../../src/features/vouchers/life/voucher-create-service.ts';
import { verifyEverything } from '../../src/features/accounting/proof/proof-service.ts';
import { describeOnBothDatabases } from '../support/databases.ts';

describeOnBothDatabases('refunds, and money on no voucher, of a filled database', (database) => {
  it('keep every task and entry on the way up, and go back where nothing new was written', async () => {
    const { knex } = database();
    const day = { today: '2026-06-15', now: Date.parse('2026-06-15T12:00:00Z') };
    const { id } = await createVoucher(
      database(),
      { actor: 'test', moment: day },
      { type: 'purchase', title: 'Alt', paidAt: '2026-06-15', value: { originalValue: 5000 } },
    );
    for (const { down } of [credits, bonus, refunds, subjects]) await knex.transaction((trx) => down(trx));
    const task = { cents: 700, currency: 'EUR', reason: 'Widerruf', created_at: day.now, created_by: 'user:1' };
    await knex('refund_tasks').insert({ id: 17, voucher_id: id, ...task });
    const order = { submit_key: 'a', origin: 'shop', locale: 'de', currency: 'EUR', quantity: 1, delivery: 'buyer' };
    const asked = { amount: 9000, total: 9000, paid: 4000, ordered_on: '2026-06-15', ordered_at: 1, updated_at: 1 };
    await knex('orders').insert({ id: 4, number: 'B-2026-000004', state: 'cancelled', ...order, ...asked });
    const payment = { order_id: 4, cents: 4000, method: 'bank_transfer', source_key: 'x', actor: 'test' };
    await knex('order_payments').insert({ ...payment, paid_on: '2026-06-16', recorded_at: 2 });
    for (const { up } of [subjects, refunds, bonus, credits]) await knex.transaction((trx) => up(trx));
    expect(await knex('refunds').first()).to.include({
      ...{ number: 'E-17', state: 'open', way: 'transfer', origin: 'voucher', reason: 'Widerruf' },
      ...{ decided_by: 'user:1', decided_on: '2026-06-15', voucher_number: 'G-2026-000001' },
    });
    expect(Boolean((await knex('order_payments').first('is_posted')).is_posted)).to.equal(false);
    expect((await verifyEverything(knex, 0)).problem).to.equal(null);
  });
});
