import { expect } from 'chai';
import fc from 'fast-check';
import { evaluate } from '../../../src/core/engine/evaluate.ts';
import { cases, today } from './arbitraries.ts';
import { referenceEvaluate } from './reference-engine.ts';

describe('evaluate, for any vouchers, policy and booking', () => {
  const run = (numRuns: number, check: (one: typeof cases extends fc.Arbitrary<infer T> ? T : never) => void) => {
    fc.assert(fc.property(cases, check), { numRuns });
  };

  it('says what the plain reference says: every subset applied from the start, nothing pruned', () => {
    run(4000, ({ policy, vouchers, booking, codes }) => {
      const own = evaluate(policy, vouchers, booking, codes, today);
      const reference = referenceEvaluate(policy, vouchers, booking, codes, today);
      expect({
        accepted: own.accepted.map(({ code, applied }) => ({ code, applied })),
        rejected: own.rejected.map(({ code, reason, conflictsWith }) => ({ code, reason, conflictsWith })),
        discount: own.discount,
        payment: own.payment,
        payable: own.payable,
        storedValueUsed: own.storedValueUsed,
        alternatives: own.alternatives,
      }).to.deep.equal(reference);
    });
  });

  it('never loses a cent: the trip price is discount, payment and payable, and the parts of each code add up', () => {
    run(1000, ({ policy, vouchers, booking, codes }) => {
      const { discount, payment, payable, tripPrice, accepted } = evaluate(policy, vouchers, booking, codes, today);
      expect(discount + payment + payable).to.equal(tripPrice);
      expect(payable).to.be.at.least(0);
      expect(discount).to.be.at.most(booking.tripPrice - booking.nonDiscountable);
      for (const { applied, allocation, availableBefore } of accepted) {
        expect(allocation.reduce((sum, { amount }) => sum + amount, 0)).to.equal(applied);
        if (availableBefore !== undefined) expect(applied).to.be.at.most(availableBefore);
      }
    });
  });

  it('does not care in which order the codes were typed (best)', () => {
    run(1000, ({ policy, vouchers, booking, codes }) => {
      const best = { ...policy, strategy: 'best' as const };
      const distinct = codes.filter(
        (one, index) =>
          codes.findIndex(
            (other) =>
              other.code.trim().toUpperCase().replace('-', '') === one.code.trim().toUpperCase().replace('-', ''),
          ) === index,
      );
      const forwards = evaluate(best, vouchers, booking, distinct, today);
      const backwards = evaluate(best, vouchers, booking, [...distinct].reverse(), today);
      expect(backwards.accepted).to.deep.equal(forwards.accepted);
      expect(backwards.alternatives).to.deep.equal(forwards.alternatives);
    });
  });

  it('never asks for more because a code was added (best)', () => {
    run(1000, ({ policy, vouchers, booking, codes }) => {
      const best = { ...policy, strategy: 'best' as const };
      const fewer = evaluate(best, vouchers, booking, codes.slice(0, -1), today);
      expect(evaluate(best, vouchers, booking, codes, today).payable).to.be.at.most(fewer.payable);
    });
  });
});
