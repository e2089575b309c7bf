import { expect } from 'chai';
import { inSnapshot } from '../../../src/platform/data/snapshot.ts';
import { describeOnBothDatabases } from '../../support/databases.ts';

describeOnBothDatabases('a snapshot', (database) => {
  const count = async (knex: ReturnType<typeof database>['knex']): Promise<number> =>
    (await knex('number_circles').select('circle')).length;
  const add = (circle: string) => database().knex('number_circles').insert({ circle, year: 2026, last: 1 });

  it('stays at one moment while others write, who need not wait for it', async () => {
    await add('a');
    const seen = await inSnapshot(database(), async (knex) => {
      const before = await count(knex);
      await add('b');
      return [before, await count(knex), await count(database().knex)];
    });
    expect(seen).to.deep.equal([1, 1, 2]);
    expect(await inSnapshot(database(), count)).to.equal(2);
  });

  it('hands on what went wrong, and leaves the database as usable as before', async () => {
    const failed = await inSnapshot(database(), () => Promise.reject(new Error('no such table'))).catch(
      (error: unknown) => (error as Error).message,
    );
    expect(failed).to.equal('no such table');
    expect(await inSnapshot(database(), count)).to.equal(2);
  });
});
