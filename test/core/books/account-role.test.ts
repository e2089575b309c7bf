import { expect } from 'chai';
import { ACCOUNT_ROLES, isMemoRole, MEMO_ROLES } from '../../../src/core/books/account-role.ts';

describe('the roles of postings', () => {
  it('tell value that is no liability by its name', () => {
    expect(MEMO_ROLES.filter(isMemoRole)).to.deep.equal([...MEMO_ROLES]);
    expect(ACCOUNT_ROLES.filter(isMemoRole)).to.deep.equal([]);
  });
});
