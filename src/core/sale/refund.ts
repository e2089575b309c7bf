import type { PostingRole } from '../books/account-role.ts';
import type { Posting } from '../books/postings.ts';

/** How a refund leaves the house. */
export const REFUND_WAYS = ['transfer', 'provider', 'cash'] as const;
export type RefundWay = (typeof REFUND_WAYS)[number];

/** K8: a refund was really paid. 40,00 transferred: DEBITOR an BANK 40,00; by the provider: an TRANSIT; at the till: an CASH. */
export function postingsOfRefundPaid(
  cents: number,
  way: RefundWay,
  debitRole: 'DEBITOR' | 'DEBITOR_PARTNER' = 'DEBITOR',
): Posting[] {
  return [{ event: 'refund_paid', debitRole, creditRole: ROLE_OF_WAY[way], cents }];
}

const ROLE_OF_WAY: Readonly<Record<RefundWay, PostingRole>> = { transfer: 'BANK', provider: 'TRANSIT', cash: 'CASH' };

/**
 * How the money of a voucher goes back, from the roles it came in on: what came online by the provider, what came in
 * cash, at the till or in the office, in cash, anything else by transfer. Source: accounting.md K8.
 */
export function refundWayOf(incomingRoles: readonly string[]): RefundWay {
  const [role, ...others] = new Set(incomingRoles.map((one) => (one === 'CASH_OFFICE' ? 'CASH' : one)));
  if (others.length > 0) return 'transfer';
  return role === 'CASH' ? 'cash' : role === 'TRANSIT' ? 'provider' : 'transfer';
}
