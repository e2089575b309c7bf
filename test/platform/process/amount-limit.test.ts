import { expect } from 'chai';
import { centsField, positiveCentsField } from '../../../src/platform/http/fields.ts';
import { validated } from '../../../src/platform/http/validation.ts';
import {
  amountLimit,
  requireAmount,
  setAmountLimit,
  USUAL_AMOUNT_LIMIT,
} from '../../../src/platform/process/amount-limit.ts';
import { parseMoney } from '../../../src/platform/html/typed-input.ts';

describe('the highest amount of an entry', () => {
  afterEach(() => {
    setAmountLimit(USUAL_AMOUNT_LIMIT);
  });

  it('is a million unless somebody sets another', () => {
    expect(amountLimit()).to.equal(100_000_000);
  });

  it('holds for JSON, for what is typed and for what is worked out, from the moment it is set', () => {
    for (const limit of [USUAL_AMOUNT_LIMIT, 5000]) {
      setAmountLimit(limit);
      for (const field of [centsField, positiveCentsField]) {
        expect(validated(field, limit)).to.equal(limit);
        expect(() => validated(field, limit + 1)).to.throw('invalid_request');
      }
      expect(parseMoney(`${limit / 100}`)).to.deep.equal({ ok: true, value: limit });
      expect(parseMoney(`${limit / 100 + 1}`)).to.deep.equal({ ok: false, error: 'input.too_large' });
      requireAmount(limit, 'total');
      expect(() => {
        requireAmount(limit + 1, 'total');
      }).to.throw('rule_broken');
    }
  });

  for (const value of [-1, 0.5, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY, '5', null, 1e300])
    it(`lets no ${String(value)} through as an amount`, () => {
      expect(() => validated(centsField, value)).to.throw('invalid_request');
    });
});
