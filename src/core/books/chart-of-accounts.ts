import { OWN_PROPOSALS, type AccountRole } from './account-role.ts';
import type { ExportSetup } from './export/export-setup.ts';
import type { DiscountMethod } from './postings.ts';
import type { VoucherType } from '../engine/voucher.ts';

export const CHARTS = ['SKR03', 'SKR04', 'EKR', 'KMU'] as const;
export type Chart = (typeof CHARTS)[number];

/** The roles on which value stands that we owe: their sum is the liability of the books. */
export const LIABILITY_ROLES: readonly string[] = ['V_KAUF', 'V_VERR', 'V_CREDIT', 'V_DEAL', 'V_FORFEIT'];

/** The roles on which the value of a single voucher stands. */
export const SINGLE_VALUE_ROLES: readonly string[] = ['V_KAUF', 'V_VERR', 'V_CREDIT', 'V_DEAL'];

/** Where an account is missing in a setup from before the role, its entries stand where they stood until then. */
const ROLE_BEFORE: Readonly<Record<string, string | undefined>> = { V_CREDIT: 'V_VERR', CASH_OFFICE: 'TRANSIT' };

export const VALUE_TYPES = ['purchase', 'settlement', 'deal'] as const satisfies readonly VoucherType[];

/** What the accountant decides, kept in every version. Accounts by `ROLE`, `ROLE/type`, `ROLE//brand`, `ROLE/type/brand`: the most exact holds. */
export interface AccountingSetup {
  readonly chart: Chart;
  readonly accounts: Readonly<Record<string, string>>;
  /** The money account (Geldkonto) that a payment record names, by type; a type that is missing has its voucher account. */
  readonly moneyAccounts: Readonly<Partial<Record<VoucherType, string>>>;
  /** One account for all debtors, or the booking's customer number where it is a debtor's account. */
  readonly debtors: 'collective' | 'customer';
  readonly discountMethod: DiscountMethod;
  readonly datev: DatevSetup;
  readonly company: CompanySetup;
  /** Missing: DATEV. */
  readonly export?: ExportSetup;
}

/** Whose books they are, for documents that leave the house. */
export interface CompanySetup {
  readonly name: string;
  readonly place: string;
  readonly adviser: string;
}

export interface DatevSetup {
  readonly consultant: string;
  readonly client: string;
  /** Digits of a general-ledger account; a debtor's has one more. */
  readonly accountLength: number;
  /** Month in which the fiscal year begins, 1 to 12. */
  readonly fiscalYearMonth: number;
  /** Festschreibung. */
  readonly isLocked: boolean;
  /** `counter`: the accounts change sides. `general`: Generalumkehr. */
  readonly reversal: 'counter' | 'general';
  readonly costCentre: 'none' | 'brand';
}

/** Proposals of accounting.md 1.6; an empty one has no common number and is to be named by the accountant. */
export const CHART_DEFAULTS: Readonly<Record<Chart, Readonly<Record<AccountRole, string>>>> = {
  SKR03: {
    BANK: '1200',
    CASH: '1000',
    TRANSIT: '1360',
    CASH_OFFICE: '1360',
    CASH_DIFFERENCE: '2309',
    DEBITOR: '10000',
    DEBITOR_PARTNER: '10001',
    V_KAUF: '1796',
    V_VERR: '1604',
    V_CREDIT: '1607',
    V_DEAL: '1603',
    V_FORFEIT: '1796',
    DEAL_CLEARING: '1723',
    TRANSFER: '1590',
    RABATT: '8700',
    BREAKAGE: '2700',
    BREAKAGE_REVERSAL: '2020',
    COMMISSION: '4760',
    INPUT_VAT: '1576',
    GOODWILL: '4600',
    OPENING: '9000',
  },
  SKR04: {
    BANK: '1800',
    CASH: '1600',
    TRANSIT: '1460',
    CASH_OFFICE: '1460',
    CASH_DIFFERENCE: '6300',
    DEBITOR: '10000',
    DEBITOR_PARTNER: '10001',
    V_KAUF: '3786',
    V_VERR: '3304',
    V_CREDIT: '3307',
    V_DEAL: '3303',
    V_FORFEIT: '3786',
    DEAL_CLEARING: '3320',
    TRANSFER: '1370',
    RABATT: '4700',
    BREAKAGE: '4830',
    BREAKAGE_REVERSAL: '6960',
    COMMISSION: '6770',
    INPUT_VAT: '1406',
    GOODWILL: '6600',
    OPENING: '9000',
  },
  EKR: {
    BANK: '2800',
    CASH: '2700',
    TRANSIT: '2880',
    CASH_OFFICE: '2880',
    CASH_DIFFERENCE: '',
    DEBITOR: '20000',
    DEBITOR_PARTNER: '20001',
    V_KAUF: '3770',
    V_VERR: '3771',
    V_CREDIT: '3773',
    V_DEAL: '3772',
    V_FORFEIT: '3770',
    DEAL_CLEARING: '2395',
    TRANSFER: '',
    RABATT: '4400',
    BREAKAGE: '4890',
    BREAKAGE_REVERSAL: '',
    COMMISSION: '',
    INPUT_VAT: '2500',
    GOODWILL: '',
    OPENING: '9800',
  },
  KMU: {
    BANK: '1020',
    CASH: '1000',
    TRANSIT: '1090',
    CASH_OFFICE: '1090',
    CASH_DIFFERENCE: '',
    DEBITOR: '1100',
    DEBITOR_PARTNER: '1101',
    V_KAUF: '2035',
    V_VERR: '2036',
    V_CREDIT: '2038',
    V_DEAL: '2037',
    V_FORFEIT: '2035',
    DEAL_CLEARING: '1095',
    TRANSFER: '1099',
    RABATT: '3801',
    BREAKAGE: '3600',
    BREAKAGE_REVERSAL: '',
    COMMISSION: '6640',
    INPUT_VAT: '1171',
    GOODWILL: '6600',
    OPENING: '9100',
  },
};

/** The proposals of a chart. A forfeited rest waits on the account it stood on, where the accountant names no other. */
export function chartAccounts(chart: Chart): Record<string, string> {
  const defaults = { ...CHART_DEFAULTS[chart], ...OWN_PROPOSALS[chart] };
  return { ...defaults, 'V_FORFEIT/settlement': defaults.V_VERR };
}

export const DEFAULT_SETUP: AccountingSetup = {
  chart: 'SKR03',
  accounts: { ...CHART_DEFAULTS.SKR03, 'V_FORFEIT/settlement': CHART_DEFAULTS.SKR03.V_VERR },
  moneyAccounts: {},
  debtors: 'collective',
  discountMethod: 'net',
  datev: {
    consultant: '',
    client: '',
    accountLength: 4,
    fiscalYearMonth: 1,
    isLocked: false,
    reversal: 'counter',
    costCentre: 'none',
  },
  company: { name: '', place: '', adviser: '' },
};

/** Proposals that differ between advisers and want a word of one before they are used. */
const UNSURE: readonly AccountRole[] = ['CASH_DIFFERENCE', 'V_CREDIT', 'V_DEAL', 'BREAKAGE', 'GOODWILL', 'OPENING'];
const UNSURE_ABROAD: readonly AccountRole[] = ['V_KAUF', 'V_VERR', 'DEAL_CLEARING', 'RABATT', 'COMMISSION'];
const ALSO_UNSURE: Readonly<Record<Chart, readonly AccountRole[]>> = {
  SKR03: ['BANK', 'V_VERR', 'TRANSFER'],
  SKR04: ['BANK', 'V_VERR', 'TRANSFER'],
  EKR: ['TRANSFER', 'BREAKAGE_REVERSAL', ...UNSURE_ABROAD],
  KMU: ['TRANSFER', 'BREAKAGE_REVERSAL', 'TRANSIT', ...UNSURE_ABROAD],
};

export function isUnsure(chart: Chart, role: AccountRole): boolean {
  return UNSURE.includes(role) || ALSO_UNSURE[chart].includes(role);
}

/** Accounts that make VAT out of every posting by themselves: a voucher's leg on one of them would tax the voucher. */
const AUTOMATIC_VAT: Readonly<Partial<Record<Chart, readonly string[]>>> = {
  SKR03: ['1711', '1718', '8120', '8125', '8300', '8310', '8315', '8336', '8338', '8400', '8449'],
  SKR04: ['3260', '3272', '4120', '4125', '4300', '4310', '4315', '4336', '4338', '4400', '4449'],
};

/** Whether DATEV would add VAT on this account by itself. SKR03 8400 does, 1796 does not. Source: accounting.md 1.6. */
export function hasAutomaticVat(chart: Chart, account: string): boolean {
  return AUTOMATIC_VAT[chart]?.includes(account) ?? false;
}

/** The key of an account: accountKey('V_KAUF', 'purchase', null) = 'V_KAUF/purchase', accountKey('BANK', null, 'sonne') = 'BANK//sonne'. */
export function accountKey(role: string, type: string | null, brand: string | null): string {
  if (brand !== null) return `${role}/${type ?? ''}/${brand}`;
  return type === null ? role : `${role}/${type}`;
}

/**
 * The account of a role for a type and a brand; null: none is named, so nothing can be exported on it. With V_KAUF 1796
 * and V_KAUF//sonne 1797 a purchase of the brand `sonne` stands on 1797, every other one on 1796.
 */
export function accountOf(
  setup: AccountingSetup,
  role: string,
  type: string | null,
  brand: string | null,
): string | null {
  const types = type === null ? [null] : [type, null];
  const keys = (brand === null ? [null] : [brand, null]).flatMap((one) => types.map((of) => accountKey(role, of, one)));
  const key = keys.find((one) => (setup.accounts[one] ?? '') !== '');
  if (key !== undefined) return setup.accounts[key] ?? null;
  if (setup.accounts[role] !== undefined) return null;
  if (role === 'CASH_DIFFERENCE') return CHART_DEFAULTS[setup.chart][role] || null;
  const before = ROLE_BEFORE[role];
  return before === undefined ? null : accountOf(setup, before, type, brand);
}

/** The money account of a payment record: the one named for the type, or the account the voucher's value stands on. */
export function moneyAccountOf(
  setup: AccountingSetup,
  role: string,
  type: VoucherType,
  brand: string | null,
): string | null {
  const own = setup.moneyAccounts[type];
  return own === undefined || own === '' ? accountOf(setup, role, type, brand) : own;
}
