import type { SubjectKind } from './ledger-event.ts';

/** What the books are recomputed for. `figures`: what is compared; `advice`: what a difference asks its reader to do. */
export const CHECKS = {
  chain_position: { figures: 'count', advice: 'journal' },
  chain_link: { figures: 'hash', advice: 'journal' },
  entry_hash: { figures: 'hash', advice: 'journal' },
  entry_count: { figures: 'count', advice: 'journal' },
  chain_head: { figures: 'hash', advice: 'journal' },
  deal_rest: { figures: 'money', advice: 'voucher' },
  balance: { figures: 'money', advice: 'voucher' },
  overdrawn: { figures: 'money', advice: 'voucher' },
  forfeited: { figures: 'money', advice: 'voucher' },
  bonus: { figures: 'money', advice: 'voucher' },
  bonus_in_ledger: { figures: 'money', advice: 'voucher' },
  held_amount: { figures: 'money', advice: 'voucher' },
  uses: { figures: 'count', advice: 'voucher' },
  uses_with_holds: { figures: 'count', advice: 'voucher' },
  given_back: { figures: 'money', advice: 'redemption' },
  sum_of_lines: { figures: 'money', advice: 'redemption' },
  sum_of_booking: { figures: 'money', advice: 'redemption' },
  line_in_ledger: { figures: 'money', advice: 'redemption' },
  deal_clearing: { figures: 'money', advice: 'redemption' },
  campaign_budget: { figures: 'money', advice: 'campaign' },
  subject_chain: { figures: 'hash', advice: 'journal' },
  subject_entries: { figures: 'count', advice: 'journal' },
  open_item: { figures: 'money', advice: 'journal' },
  order_money: { figures: 'money', advice: 'journal' },
  seal_number: { figures: 'count', advice: 'journal' },
  seal_start: { figures: 'count', advice: 'journal' },
  seal_link: { figures: 'hash', advice: 'journal' },
  seal_entries: { figures: 'count', advice: 'journal' },
  seal_root: { figures: 'hash', advice: 'journal' },
  seal_hash: { figures: 'hash', advice: 'journal' },
  seal_total_entries: { figures: 'count', advice: 'journal' },
  seal_total_sum: { figures: 'sum', advice: 'journal' },
  month_entries: { figures: 'count', advice: 'journal' },
  journal_numbers: { figures: 'count', advice: 'numbers' },
  circle_numbers: { figures: 'count', advice: 'numbers' },
  open_from: { figures: 'hash', advice: 'journal' },
  month_figures: { figures: 'sum', advice: 'journal' },
  file_bytes: { figures: 'hash', advice: 'file' },
  order_paid: { figures: 'money', advice: 'record' },
  till_cash: { figures: 'money', advice: 'record' },
  sum_of_reversal: { figures: 'money', advice: 'redemption' },
  record_changed: { figures: 'hash', advice: 'record' },
  record_missing: { figures: 'hash', advice: 'record' },
  record_added: { figures: 'hash', advice: 'record' },
  record_sum: { figures: 'hash', advice: 'journal' },
  record_seal_number: { figures: 'count', advice: 'journal' },
  record_seal_link: { figures: 'hash', advice: 'journal' },
  record_seal_hash: { figures: 'hash', advice: 'journal' },
} as const satisfies Record<string, { figures: 'count' | 'hash' | 'money' | 'sum'; advice: string }>;

export type Check = keyof typeof CHECKS;

/** Where a difference stands, with the name people know it by: a voucher's number, a booking number, a title, a month. */
export type VerifiedPlace =
  | { readonly kind: 'voucher'; readonly id: string; readonly name: string; readonly entry?: number }
  | { readonly kind: 'redemption'; readonly id: string; readonly name: string; readonly voucher?: string }
  | { readonly kind: 'campaign'; readonly id: string; readonly name: string }
  | { readonly kind: 'subject'; readonly subject: SubjectKind; readonly id: string; readonly name: string }
  | { readonly kind: 'seal'; readonly name: string }
  | { readonly kind: 'month'; readonly name: string }
  | { readonly kind: 'journal' }
  | { readonly kind: 'order'; readonly id: string; readonly name: string }
  | { readonly kind: 'till_shift'; readonly id: string; readonly name: string }
  | { readonly kind: 'file'; readonly id: string; readonly name: string }
  /** A row of a table beside the ledger, by its key. */
  | { readonly kind: 'record'; readonly table: string; readonly name: string }
  | { readonly kind: 'circle'; readonly circle: string; readonly year: number };

/** The first thing that is off. */
export interface Difference {
  readonly check: Check;
  readonly place: VerifiedPlace;
  readonly expected: number | string | null;
  readonly actual: number | string | null;
  /** Of figures that are money. */
  readonly currency: string | null;
}
