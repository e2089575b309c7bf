import { randomBytes } from 'node:crypto';
import { isRude } from '../../../core/engine/rude-words.ts';
import type { CodeShape } from '../../../core/engine/voucher.ts';
import { generateCode } from '../../../core/engine/voucher-code.ts';

/** About one draw in ten holds a rude word; a hundred in a row do never. */
const MAX_DRAWS = 100;

/**
 * A random code in its stored form that can stand on a present: one with a rude word is drawn anew. `random` is the first
 * draw's, where many are drawn together.
 */
export function drawCode(shape: CodeShape, random: Uint8Array = randomBytes(shape.length)): string {
  let code = generateCode(random, shape);
  for (let draws = 1; isRude(code.slice(shape.prefix.length)); draws++) {
    if (draws === MAX_DRAWS) throw new Error('only rude codes were drawn');
    code = generateCode(randomBytes(shape.length), shape);
  }
  return code;
}
