import { expect } from 'chai';
import { tillRefusal } from '../../../../src/features/counter/desk/counter-voucher-view.ts';
import { appError } from '../../../../src/platform/process/errors.ts';

const t = (key: string): string => key;

describe('what the till says when it is refused', () => {
  for (const [error, sentence] of [
    [appError('conflict'), 'counter:error.shift_closed'],
    [appError('idempotency_key_reused'), 'counter:error.sent_before'],
    [appError('illegal_transition'), 'errors:code.illegal_transition'],
    [appError('rule_broken', { fields: [{ path: 'amount', code: 'too_high' }] }), 'errors:field.too_high'],
  ] as const)
    it(`is ${sentence} for ${error.code}`, () => {
      expect(tillRefusal(error, t)).to.equal(sentence);
    });
});
