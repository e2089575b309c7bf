import { expect } from 'chai';
import {
  inTransaction,
  isDuplicateKey,
  writeTogether,
  type Transaction,
  type Write,
} from '../../../src/platform/data/db.ts';
import { describeOnBothDatabases } from '../../support/databases.ts';

describeOnBothDatabases('writes sent together', (database) => {
  const row = (trx: Transaction, key: string, outcome: string | null): Write =>
    trx('idempotency_keys').insert({ scope: 'together', key, request_hash: '0'.repeat(64), outcome, created_at: 1 });
  const stored = (): Promise<object[]> =>
    database().knex('idempotency_keys').where('scope', 'together').orderBy('key').select<object[]>('key', 'outcome');

  it('are all written in their order, each with its own values, as one query', async () => {
    const { knex } = database();
    let sent = 0;
    const count = ({ sql }: { readonly sql: string }): void => {
      if (sql.includes('idempotency_keys')) sent += 1;
    };
    knex.on('query', count);
    await inTransaction(database(), (trx) =>
      writeTogether(trx, [
        row(trx, 'a', 'first'),
        row(trx, 'b', null),
        trx('idempotency_keys').where({ scope: 'together', key: 'a' }).update({ outcome: "what?;\n it's" }),
      ]),
    ).finally(() => knex.removeListener('query', count));
    expect(sent).to.equal(1);
    expect(await stored()).to.deep.equal([
      { key: 'a', outcome: "what?;\n it's" },
      { key: 'b', outcome: null },
    ]);
  });

  it('are written all or none', async () => {
    const before = await stored();
    const doubled = inTransaction(database(), (trx) =>
      writeTogether(trx, [row(trx, 'c', null), row(trx, 'c', null), row(trx, 'd', null)]),
    );
    const error: unknown = await doubled.then(
      () => null,
      (thrown: unknown) => thrown,
    );
    expect(isDuplicateKey(error)).to.equal(true);
    expect(await stored()).to.deep.equal(before);
  });

  it('may be none at all', async () => {
    const before = await stored();
    await inTransaction(database(), (trx) => writeTogether(trx, []));
    expect(await stored()).to.deep.equal(before);
  });
});
