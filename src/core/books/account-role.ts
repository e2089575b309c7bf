/** The roles that stand for an account of the books, in the order people read them. */
export const ACCOUNT_ROLES = [
  'BANK',
  'CASH',
  'TRANSIT',
  'CASH_OFFICE',
  'CASH_DIFFERENCE',
  'DEBITOR',
  'DEBITOR_PARTNER',
  'V_KAUF',
  'V_VERR',
  'V_CREDIT',
  'V_DEAL',
  'V_FORFEIT',
  'DEAL_CLEARING',
  'TRANSFER',
  'RABATT',
  'BREAKAGE',
  'BREAKAGE_REVERSAL',
  'COMMISSION',
  'INPUT_VAT',
  'GOODWILL',
  'OPENING',
] as const;
export type AccountRole = (typeof ACCOUNT_ROLES)[number];

/** Both sides of value that is shown and owed to nobody. They never leave the sub-ledger and have no account. */
export const MEMO_ROLES = ['MEMO_GOODWILL', 'MEMO_GOODWILL_CONTRA'] as const;
export type MemoRole = (typeof MEMO_ROLES)[number];

/** What a posting moves value between. */
export type PostingRole = AccountRole | MemoRole;

export function isMemoRole(role: string): boolean {
  return role.startsWith('MEMO_');
}
