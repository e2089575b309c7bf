import type { CodeShape } from './voucher.ts';

/** Crockford's base 32: no I, L, O and U, so that nothing read aloud or from paper is mistaken. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
export const MAX_CODE_LENGTH = 64;
/** Check weights repeat after 31 places; up to there every exchange of two places is found. */
export const MAX_GENERATED_LENGTH = 31;
export const MIN_GENERATED_LENGTH = 8;

/** 15 random characters (75 bits) and the check character, without a prefix. */
export const DEFAULT_CODE_SHAPE: CodeShape = { prefix: '', length: 16 };

/**
 * The form in which codes are stored, compared and unique: NFKC, upper case, letters and digits only.
 * Source: engine.md section 1. normaliseCode(' sommer-10 ') = 'SOMMER10'.
 */
export function normaliseCode(typed: string): string {
  return typed
    .normalize('NFKC')
    .toUpperCase()
    .normalize('NFKC')
    .replace(/[^\p{L}\p{N}]/gu, '');
}

/** Nothing left after normalising, or more than 64 characters. */
export function isMalformedCode(typed: string): boolean {
  const normalised = normaliseCode(typed);
  return normalised === '' || [...normalised].length > MAX_CODE_LENGTH;
}

/**
 * The stored forms to look for, the exact one first: where the text has the shape of a generated code, also with the
 * look-alikes read (O as 0, I and L as 1) in its generated part. A malformed code has none.
 * lookupKeys('7k2m-oooo-…') finds the code that was printed with zeros.
 */
export function lookupKeys(typed: string, shapes: readonly CodeShape[]): string[] {
  if (isMalformedCode(typed)) return [];
  const normalised = normaliseCode(typed);
  const readings = shapes.flatMap((shape) => readingIn(normalised, shape) ?? []);
  return [...new Set([normalised, ...readings])];
}

/** Whether the text has the shape of a generated code, but with a check character that its other characters do not give. */
export function isMistyped(typed: string, shapes: readonly CodeShape[]): boolean {
  const normalised = normaliseCode(typed);
  const parts = shapes.flatMap((shape) => readingIn(normalised, shape)?.slice(shape.prefix.length) ?? []);
  return parts.length > 0 && parts.every((part) => checkCharacter(part.slice(0, -1)) !== part.slice(-1));
}

/**
 * A code of this shape from `shape.length - 1` random bytes, in its stored form: prefix, random part, check character.
 * Five bits of each byte are used, so that every character is equally likely. RangeError for too few bytes.
 */
export function generateCode(randomBytes: Uint8Array, shape: CodeShape = DEFAULT_CODE_SHAPE): string {
  const { length } = shape;
  if (length < MIN_GENERATED_LENGTH || length > MAX_GENERATED_LENGTH)
    throw new RangeError('a generated part has 8 to 31 characters');
  if (randomBytes.length < length - 1) throw new RangeError('too few random bytes for this shape');
  let part = '';
  for (let index = 0; index < length - 1; index++) part += ALPHABET[(randomBytes[index] ?? 0) & 31] ?? '';
  return shape.prefix + part + checkCharacter(part);
}

/**
 * The code as it is printed: each `X` of the mask takes the next character of the generated part, other characters stay;
 * the prefix stands before, with a dash. formatCode('KAUF7K2M…', { prefix: 'KAUF', length: 16 }, 'XXXX-XXXX-XXXX-XXXX').
 */
export function formatCode(normalised: string, shape: CodeShape, mask: string): string {
  const part = normalised.slice(shape.prefix.length);
  let next = 0;
  const body = [...mask].map((character) => (character === 'X' ? (part[next++] ?? '') : character)).join('');
  return (shape.prefix === '' ? '' : `${shape.prefix}-`) + body + part.slice(next);
}

/** How many codes of this shape there are for one that exists: '1 in N' for somebody who guesses. `issued` > 0. */
export function guessOdds(shape: CodeShape, issued: number): bigint {
  return 32n ** BigInt(shape.length - 1) / BigInt(issued);
}

/** Whether a text ends as a generated code without a prefix does. hasCheckCharacter('KAUF500') = false. */
export function hasCheckCharacter(normalised: string): boolean {
  const part = normalised.slice(0, -1);
  return [...part].every((one) => ALPHABET.includes(one)) && checkCharacter(part) === normalised.slice(-1);
}

/**
 * The check character over the other characters of a generated part: a sum over GF(32) in which each place has its own
 * weight, so that every single slip and every exchange of two places gives another character.
 */
export function checkCharacter(part: string): string {
  let sum = 0;
  // Horner's rule from the left: the place before the check character has weight a, the one before it a², and so on.
  for (const character of part) sum = timesPrimitive(sum ^ valueOf(character));
  return ALPHABET[sum] ?? '';
}

function valueOf(character: string): number {
  const value = ALPHABET.indexOf(character);
  if (value === -1) throw new RangeError('not a character of a generated code');
  return value;
}

/** Times the primitive element in GF(32) with x⁵ + x² + 1. */
function timesPrimitive(value: number): number {
  const doubled = value << 1;
  return doubled > 31 ? doubled ^ 0b100101 : doubled;
}

/** The stored form if the text has this shape, look-alikes read; null if it has not. */
function readingIn(normalised: string, shape: CodeShape): string | null {
  if (normalised.length !== shape.prefix.length + shape.length || !normalised.startsWith(shape.prefix)) return null;
  const part = normalised.slice(shape.prefix.length).replaceAll('O', '0').replaceAll(/[IL]/g, '1');
  return [...part].every((character) => ALPHABET.includes(character)) ? shape.prefix + part : null;
}
