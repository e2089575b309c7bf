import { expect } from 'chai';
import { createRateLimiter } from '../../../src/platform/data/rate-limit.ts';
import { describeOnBothDatabases } from '../../support/databases.ts';

describeOnBothDatabases('attempt limit', (database) => {
  it('lets exactly as many pass as it has points, also in parallel', async () => {
    const limiter = createRateLimiter(database(), { name: 'parallel', points: 5, seconds: 60 });
    const answers = await Promise.all(Array.from({ length: 20 }, () => limiter.consume('somebody')));
    expect(answers.filter(({ allowed }) => allowed)).to.have.length(5);
    const refused = answers.find(({ allowed }) => !allowed);
    expect(refused?.retryAfterSeconds).to.be.within(1, 60);
  });

  it('counts keys and limits apart, peeks without counting, and forgets on reset', async () => {
    const one = createRateLimiter(database(), { name: 'one', points: 1, seconds: 60 });
    const other = createRateLimiter(database(), { name: 'other', points: 1, seconds: 60 });
    expect((await one.peek('a')).allowed).to.equal(true);
    expect((await one.consume('a')).allowed).to.equal(true);
    expect((await one.peek('a')).allowed).to.equal(false);
    expect((await one.consume('b')).allowed).to.equal(true);
    expect((await other.consume('a')).allowed).to.equal(true);
    await one.reset('a');
    expect((await one.consume('a')).allowed).to.equal(true);
  });
});
