import { expect } from 'chai';
import { isWeakOwnCode, requireStrongOwnCode } from '../../../../src/features/vouchers/rows/own-code-service.ts';

describe('a code of somebody’s own', () => {
  for (const [actor, type, code, isWeak] of [
    ['user:1', 'purchase', 'KAUF-500', true],
    ['user:1', 'settlement', 'KULANZ-80', true],
    ['user:1', 'purchase', '7K2M-9QXR-T0AB', false],
    ['user:1', 'discount', 'SOMMER10', false],
    ['user:1', 'deal', 'DEAL-1', false],
    ['key:1', 'purchase', 'KAUF-500', false],
    ['system', 'purchase', 'KAUF-500', false],
  ] as const)
    it(`is ${isWeak ? '' : 'not '}too weak as ${code} for a ${type} of ${actor}`, () => {
      expect(isWeakOwnCode(actor, type, code)).to.equal(isWeak);
      const require = (): void => {
        requireStrongOwnCode(actor, type, code);
      };
      if (isWeak) expect(require).to.throw('rule_broken');
      else require();
    });
});
