import { expect } from 'chai';
import { columnsIn, isSealed } from '../../../../src/features/accounting/records/record-coverage-field.ts';

describe('what is said of a covered table', () => {
  it('names columns in a text, over several lines as well', () => {
    expect(columnsIn('a b\n   c')).to.deep.equal(['a', 'b', 'c']);
    expect(columnsIn(undefined)).to.deep.equal([]);
  });

  it('seals a table of which any column is hashed', () => {
    expect(isSealed({ table: 't', key: 'id', fixed: 'a' })).to.equal(true);
    expect(isSealed({ table: 't', key: 'id', state: 'a' })).to.equal(true);
    expect(isSealed({ table: 't', key: 'id', elsewhere: { a: 'balance' } })).to.equal(false);
  });
});
