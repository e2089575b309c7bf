import { createHash } from 'node:crypto';
import { expect } from 'chai';
import {
  createTally,
  keyOf,
  rowOfKey,
  sealedOf,
  shapeOf,
} from '../../../../src/features/accounting/records/record-hash-service.ts';

const SHAPE = shapeOf({
  table: 'order_payments',
  key: 'order_id position',
  fixed: 'cents reference',
  state: 'state',
  told: [{ entity: 'order', id: 'buyer' }],
});
const ROW = { order_id: 7, position: 2, cents: 5000, reference: null, state: 'open', buyer: 3 };

describe('the hash of a record', () => {
  it('is read with its key, its columns and what the log finds it by', () => {
    expect(SHAPE.columns).to.deep.equal(['order_id', 'position', 'cents', 'reference', 'state', 'buyer']);
    expect(keyOf(SHAPE, ROW)).to.equal('7 / 2');
    expect(rowOfKey(SHAPE, '7 / 2')).to.deep.equal({ order_id: '7', position: '2' });
  });

  it('is SHA-256 over the JSON of table, key and cells as text', () => {
    const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
    expect(sealedOf(SHAPE, ROW, 4)).to.deep.equal({
      key: '7 / 2',
      sealId: 4,
      fixedHash: sha256('["order_payments","7 / 2","5000",null]'),
      stateHash: sha256('["order_payments","7 / 2","open"]'),
    });
  });

  it('takes a file by its own hash, and a number as both databases tell it', () => {
    expect(sealedOf(SHAPE, { ...ROW, cents: '5000' }, 1)).to.deep.equal(sealedOf(SHAPE, ROW, 1));
    const file = sealedOf(SHAPE, { ...ROW, reference: Buffer.from('a') }, 1);
    expect(file.fixedHash).not.to.equal(sealedOf(SHAPE, { ...ROW, reference: Buffer.from('b') }, 1).fixedHash);
  });

  it('adds up to the same in any order, and to something else with any other record', () => {
    const records = [1, 2, 3].map((position) => sealedOf(SHAPE, { ...ROW, position }, 1));
    const sumOf = (list: readonly (typeof records)[number][]): string => {
      const tally = createTally();
      for (const one of [null, ...list]) tally.add('order_payments', one);
      return `${tally.rows()} ${tally.sum()}`;
    };
    expect(sumOf(records)).to.equal(sumOf(records.toReversed()));
    expect(sumOf(records)).not.to.equal(sumOf(records.slice(1)));
  });

  it('has another form as soon as other columns are hashed', () => {
    expect(shapeOf({ table: 't', key: 'id', fixed: 'a' }).form).not.to.equal(
      shapeOf({ table: 't', key: 'id', fixed: 'a b' }).form,
    );
  });
});
