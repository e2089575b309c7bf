import { expect } from 'chai';
import { down, up } from '../../migrations/260-credit-is-a-funding.ts';
import { describeOnBothDatabases } from '../support/databases.ts';

describeOnBothDatabases('the funding of a credit', (database) => {
  const rules = { type: 'settlement', currency: 'EUR', multiplier: 'booking', channels: '["web"]', residual: 'keep' };
  const stored = (...columns: string[]): Promise<unknown[]> =>
    database()
      .knex('voucher_rules')
      .orderBy('id')
      .select(...columns);

  it('becomes a word of its own, and goes back to a mark on a transfer', async () => {
    const { knex } = database();
    const fundings = ['credit', 'transfer', 'goodwill', null];
    await knex('voucher_rules').insert(fundings.map((funding) => ({ ...rules, title: String(funding), funding })));
    const before = await stored('*');
    await knex.transaction((trx) => down(trx));
    expect(await stored('funding', 'is_credit', 'funding_kind')).to.deep.equal([
      { funding: 'transfer', is_credit: 1, funding_kind: 'credit' },
      { funding: 'transfer', is_credit: 0, funding_kind: 'transfer' },
      { funding: 'goodwill', is_credit: 0, funding_kind: 'goodwill' },
      { funding: null, is_credit: 0, funding_kind: null },
    ]);
    await knex.transaction((trx) => up(trx));
    expect(await stored('*')).to.deep.equal(before);
  });
});
