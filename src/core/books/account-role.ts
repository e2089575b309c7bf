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

/**
 * What is proposed to whoever begins now, in place of numbers that lie among DATEV's trade payables, or on a bank account that the
 * general ledger books from its statements as well. A setup that is saved keeps its own. Source: accounting.md 9 (accounts).
 */
export const OWN_PROPOSALS: Readonly<Record<string, Readonly<Partial<Record<AccountRole, string>>>>> = {
  SKR03: { BANK: '1361', V_VERR: '1797', V_CREDIT: '1798', V_DEAL: '1799' },
  SKR04: { BANK: '1461', V_VERR: '3787', V_CREDIT: '3788', V_DEAL: '3789' },
};

const BANK_ACCOUNTS: Readonly<Record<string, string | undefined>> = {
  SKR03: '1200',
  SKR04: '1800',
  EKR: '2800',
  KMU: '1020',
};

/** Whether an account is the bank itself, on which a statement that is booked elsewhere would stand a second time. SKR03 1200 is. */
export function isBankItself(chart: string, account: string): boolean {
  return BANK_ACCOUNTS[chart] === account;
}
