import type { Customer, IncludeExclude } from './voucher.ts';

/** (include is empty, or the trip has one of it) and the trip has none of exclude. Source: engine.md section 2. */
export function listPairHolds(pair: IncludeExclude, has: readonly string[]): boolean {
  const isIncluded = pair.include.length === 0 || pair.include.some((id) => has.includes(id));
  return isIncluded && !pair.exclude.some((id) => has.includes(id));
}

/** Ids are compared when both sides have one, else e-mails without regard to case. */
export function isSameCustomer(bound: Customer, own: Customer | null): boolean {
  if (own === null) return false;
  if (hasText(bound.id) && hasText(own.id)) return bound.id === own.id;
  return hasText(bound.email) && hasText(own.email) && foldEmail(bound.email) === foldEmail(own.email);
}

export function isKnownCustomer(customer: Customer | null): boolean {
  return customer !== null && (hasText(customer.id) || hasText(customer.email));
}

/** The form in which two e-mail addresses are compared: foldEmail(' Anna@Example.ORG') = 'anna@example.org'. */
export function foldEmail(email: string): string {
  return email.trim().normalize('NFKC').toLowerCase();
}

function hasText(value: string | null | undefined): value is string {
  return value !== null && value !== undefined && value !== '';
}
