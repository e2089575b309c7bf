/**
 * a * b / c, rounded half up, exact on integers.
 *
 * All three are safe integers, a and b >= 0, c > 0; the result must be safe too.
 * Source: engine.md ("computed exactly on integers, never in floating point").
 * 129900 cents at 1250 basis points: roundHalfUp(129900, 1250, 10000) = 16238 (16237.5 rounds up).
 */
export function roundHalfUp(a: number, b: number, c: number): number {
  requireWhole(a);
  requireWhole(b);
  if (!Number.isSafeInteger(c) || c <= 0) throw new RangeError('the divisor must be a positive integer');
  const product = a * b;
  if (product <= Number.MAX_SAFE_INTEGER / 2) {
    const rest = product % c;
    return (product - rest) / c + (2 * rest >= c ? 1 : 0);
  }
  const exact = (2n * BigInt(a) * BigInt(b) + BigInt(c)) / (2n * BigInt(c));
  if (exact > BigInt(Number.MAX_SAFE_INTEGER)) throw new RangeError('the amount is too large to be exact');
  return Number(exact);
}

function requireWhole(value: number): void {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError('an amount must be a whole number, not below 0');
}

/**
 * a * b / c rounded down, with the rest in units of 1/c: the whole and the fraction that the largest-remainder method
 * compares. Safe integers, a and b >= 0, c > 0. roundDownWithRest(1000, 3334, 10000) = { whole: 333, rest: 4000 }.
 */
export function roundDownWithRest(a: number, b: number, c: number): { readonly whole: number; readonly rest: number } {
  requireWhole(a);
  requireWhole(b);
  if (!Number.isSafeInteger(c) || c <= 0) throw new RangeError('the divisor must be a positive integer');
  const product = BigInt(a) * BigInt(b);
  return { whole: Number(product / BigInt(c)), rest: Number(product % BigInt(c)) };
}
