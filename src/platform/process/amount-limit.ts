import { appError } from './errors.ts';

/**
 * The highest single amount that anybody may enter, in minor units: what is above it is a slip of the keyboard. A setting
 * of the operator, which every reader of amounts asks for, whether it reads JSON, a form or a file. A process works on
 * one database, so it is known once in a process; `settings` sets it at the start, at every change and once a minute.
 */
export const USUAL_AMOUNT_LIMIT = 100_000_000;

/** The bounds of the setting: 1.00, and 100,000,000.00, so that no sum of a million such amounts is inexact. */
export const AMOUNT_LIMIT_BOUNDS = { min: 100, max: 10_000_000_000 } as const;

let limit = USUAL_AMOUNT_LIMIT;

export function amountLimit(): number {
  return limit;
}

export function setAmountLimit(cents: number): void {
  limit = cents;
}

/** Throws `rule_broken` where an amount that was worked out, such as a price for several, is above what may be entered. */
export function requireAmount(cents: number, path: string): void {
  if (cents > limit) throw appError('rule_broken', { fields: [{ path, code: 'amount_too_high', params: { limit } }] });
}
