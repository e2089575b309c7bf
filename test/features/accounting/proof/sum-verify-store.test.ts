import { expect } from 'chai';
import { firstWrongSum } from '../../../../src/features/accounting/proof/sum-verify-store.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';

describeOnBothDatabases('sums of money beside vouchers', (database) => {
  it('are named with their place where the rows below say something else', async () => {
    const { knex } = database();
    expect(await firstWrongSum(knex, 'till_cash')).to.equal(null);
    const [id] = await knex('till_shifts').insert({
      till: 'Kasse 1',
      actor: 'user:1',
      currency: 'EUR',
      opened_on: '2026-06-01',
      opened_at: 1,
      opening_cash: 20_000,
      cash: 20_500,
      touched_at: 1,
    });
    expect(await firstWrongSum(knex, 'till_cash')).to.deep.equal({
      id: String(id),
      name: 'Kasse 1',
      currency: 'EUR',
      expected: 20_000,
      actual: 20_500,
    });
    await knex('till_shifts').where({ id }).update({ cash: 20_000 });
    expect(await firstWrongSum(knex, 'till_cash')).to.equal(null);
    expect(await firstWrongSum(knex, 'order_paid')).to.equal(null);
    expect(await firstWrongSum(knex, 'sum_of_reversal')).to.equal(null);
  });
});
