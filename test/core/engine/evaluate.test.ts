import { expect } from 'chai';
import { evaluate } from '../../../src/core/engine/evaluate.ts';
import { bookingOf, entries, evaluated, policyOf, purchase, TODAY, voucherOf } from './vouchers.ts';

describe('an evaluation', () => {
  it('tells malformed, twice the same, mistyped and unknown codes apart', () => {
    const { rejected } = evaluate(
      policyOf(),
      [voucherOf()],
      bookingOf(),
      entries('SOMMER10', 'sommer 10', '-–-', 'NOPE', '0123456789ABCDEF', 'A'.repeat(65)),
      TODAY,
    );
    expect(rejected.map(({ code, reason }) => `${code.slice(0, 9)} ${reason}`)).to.deep.equal([
      'sommer 10 duplicate_code',
      '-–- malformed_code',
      'NOPE unknown_code',
      '012345678 mistyped_code',
      'AAAAAAAAA malformed_code',
    ]);
  });

  it('spends no more of a voucher than the traveller wants to', () => {
    const { accepted, payable } = evaluate(
      policyOf(),
      [purchase('KAUF', 50_000)],
      bookingOf(),
      [{ code: 'KAUF', atMost: 12_345 }],
      TODAY,
    );
    expect([accepted[0]?.applied, accepted[0]?.availableAfter, payable]).to.deep.equal([12_345, 37_655, 117_555]);
  });

  it('explains each step, and of the caps only the one that holds the amount down', () => {
    expect(evaluated([voucherOf({ maxAmount: 5000 })]).accepted[0]?.explanation).to.deep.equal([
      { key: 'tier', minTripPrice: 0, basisPoints: 1000 },
      { key: 'base', amount: 129_900 },
      { key: 'worth', amount: 12_990 },
      { key: 'maxAmount', amount: 5000 },
      { key: 'applied', amount: 5000 },
    ]);
  });
});
