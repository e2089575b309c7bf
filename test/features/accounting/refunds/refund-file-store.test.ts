import { expect } from 'chai';
import {
  findRefundFile,
  insertRefundFile,
  lockOrderedRefunds,
  readFileContent,
  withdrawRefundFile,
} from '../../../../src/features/accounting/refunds/refund-file-store.ts';
import { inTransaction } from '../../../../src/platform/data/db.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';

describeOnBothDatabases('the rows of payment files', (database) => {
  it('order their refunds, and free those that are not paid when they are withdrawn, once', async () => {
    const row = { origin: 'voucher', way: 'transfer', cents: 1, currency: 'EUR', payee: 'P', iban: '', reason: 'x' };
    const made = { ...row, provider_reference: '', decided_on: '2026-07-03', decided_at: 1, decided_by: 'test' };
    await database()
      .knex('refunds')
      .insert([1, 2].map((id) => ({ ...made, id, number: `ER-${id}`, state: 'open' })));
    const file = { number: 'ZA-1', payments: 2, cents: 2, currency: 'EUR', executionOn: '2026-07-06', content: '<x/>' };
    await inTransaction(database(), async (trx) => {
      const id = await insertRefundFile(trx, { ...file, sha256: 'a', createdAt: 1, createdBy: 'test' }, ['1', '2']);
      expect(await lockOrderedRefunds(trx, id)).to.deep.equal(['1', '2']);
      await trx('refunds').where({ id: 1 }).update({ state: 'paid', paid_on: '2026-07-03' });
      expect(await findRefundFile(trx, id)).to.include({ paid: 1, state: 'live' });
      expect(await readFileContent(trx, id)).to.equal('<x/>');
      expect([
        await withdrawRefundFile(trx, id, 'test', 2),
        await withdrawRefundFile(trx, id, 'test', 3),
      ]).to.deep.equal([true, false]);
    });
    const states = await database().knex('refunds').orderBy('id').pluck('state');
    expect(states).to.deep.equal(['paid', 'open']);
    expect(await readFileContent(database().knex, '99')).to.equal(null);
  });
});
