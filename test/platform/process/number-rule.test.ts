import { expect } from 'chai';
import { setFittingNumbersOnly, takesFittingNumbersOnly } from '../../../src/platform/process/number-rule.ts';

describe('the rule for booking numbers', () => {
  afterEach(() => {
    setFittingNumbersOnly(false);
  });

  it('takes every number unless the operator wants only fitting ones', () => {
    expect(takesFittingNumbersOnly()).to.equal(false);
    setFittingNumbersOnly(true);
    expect(takesFittingNumbersOnly()).to.equal(true);
  });
});
