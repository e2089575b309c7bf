import { hasCheckCharacter, normaliseCode } from './engine/voucher-code.ts';

/** As long as three groups of a printed code. */
export const MIN_OWN_CODE = 12;
const MIN_DIFFERENT = 6;
/** A word, a name or a pile of digits, with a number before or behind it: `KAUF500`, `WEIHNACHTEN2026`, `2026ROM`. */
const WORD_WITH_NUMBER = /^\p{N}{0,6}\p{L}+\p{N}{0,6}$/u;

/**
 * Whether a stranger may hit upon a code that somebody made up, so that it is no place to keep money: it is short, a word
 * with a number, or the same few signs. isGuessable('KAUF-500') = true, isGuessable('WEIHNACHTEN-2026') = true,
 * isGuessable('7K2M-9QXR-T0AB') = false.
 */
export function isGuessable(code: string): boolean {
  const normalised = normaliseCode(code);
  const signs = [...normalised];
  if (signs.length < MIN_OWN_CODE || new Set(signs).size < MIN_DIFFERENT) return true;
  // A code that was drawn has its check character, and may look like a word by chance.
  return WORD_WITH_NUMBER.test(normalised) && !hasCheckCharacter(normalised);
}
