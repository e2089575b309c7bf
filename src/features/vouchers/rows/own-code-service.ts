import { isGuessable, MIN_OWN_CODE } from '../../../core/guessable-code.ts';
import type { VoucherType } from '../../../core/engine/voucher.ts';
import { appError, type FieldError } from '../../../platform/process/errors.ts';

/** Where money is kept, a code a person made up must not be easy to hit upon; a program draws its codes itself. */
export function isWeakOwnCode(actor: string, type: VoucherType, code: string): boolean {
  return actor.startsWith('user:') && (type === 'purchase' || type === 'settlement') && isGuessable(code);
}

/** Throws `rule_broken` at the code. */
export function requireStrongOwnCode(actor: string, type: VoucherType, code: string): void {
  if (isWeakOwnCode(actor, type, code)) throw appError('rule_broken', { fields: [weakCode('code')] });
}

export function weakCode(path: string): FieldError {
  return { path, code: 'guessable_code', text: 'vouchers:refusal.guessable_code', params: { least: MIN_OWN_CODE } };
}
