import { expect } from 'chai';
import { fingerprintOf, idempotently, Refused } from '../../../src/platform/data/idempotency.ts';
import { describeOnBothDatabases } from '../../support/databases.ts';

describeOnBothDatabases('work done once for a key', (database) => {
  let keys = 0;
  const request = (more: object = {}) => ({
    scope: 'client:1',
    key: `key-${++keys}`,
    fingerprint: fingerprintOf({ amount: 1 }),
    ...more,
  });
  /** Leaves a row of the log, as work leaves rows. */
  const noted = (): Promise<unknown[]> => database().knex('audit_log').where({ action: 'test' });
  const note = (trx: { (table: string): { insert(row: object): PromiseLike<unknown> } }) =>
    trx('audit_log').insert({ recorded_at: 1, actor: 'test', action: 'test', entity: 'test', entity_id: '1' });

  before(() => database().knex.raw('drop trigger audit_log_no_delete'));
  beforeEach(() => database().knex('audit_log').where({ action: 'test' }).delete());

  it('tells its first outcome again', async () => {
    const one = request();
    const work = (outcome: number) => idempotently(database(), one, 1, async () => outcome);
    expect(await work(1)).to.deep.equal({ outcome: 1, isReplay: false });
    expect(await work(2)).to.deep.equal({ outcome: 1, isReplay: true });
  });

  it('keeps a "no" that lasts and nothing of what was written before it', async () => {
    const one = request();
    const refuse = () =>
      idempotently(database(), one, 1, async (trx) => {
        await note(trx);
        throw new Refused('no', true);
      });
    expect(await refuse()).to.deep.equal({ outcome: 'no', isReplay: false });
    expect(await refuse()).to.deep.equal({ outcome: 'no', isReplay: true });
    expect(await noted()).to.have.lengthOf(0);
  });

  it('leaves the key free after a "no" that time may change', async () => {
    const one = request();
    const work = (isThere: boolean) =>
      idempotently(database(), one, 1, async (trx) => {
        if (!isThere) throw new Refused('not there yet', false);
        await note(trx);
        return 'done';
      });
    expect(await work(false)).to.deep.equal({ outcome: 'not there yet', isReplay: false });
    expect(await work(true)).to.deep.equal({ outcome: 'done', isReplay: false });
    expect(await work(true)).to.deep.equal({ outcome: 'done', isReplay: true });
    expect(await noted()).to.have.lengthOf(1);
  });

  it('refuses a key that comes with something else', async () => {
    const one = request();
    await idempotently(database(), one, 1, async () => 1);
    const other = { ...one, fingerprint: fingerprintOf({ amount: 2 }) };
    const error = await idempotently(database(), other, 1, async () => 2).catch((caught: unknown) => caught);
    expect(error).to.include({ code: 'idempotency_key_reused' });
  });

  it('knows keys apart by capitals, and by whose they are', async () => {
    const one = request({ key: 'Key-a' });
    const outcomes = [];
    for (const other of [one, { ...one, key: 'key-a' }, { ...one, key: 'KEY-A' }, { ...one, scope: 'client:2' }])
      outcomes.push((await idempotently(database(), other, 1, async () => 1)).isReplay);
    expect(outcomes).to.deep.equal([false, false, false, false]);
  });
});
