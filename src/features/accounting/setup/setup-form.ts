import { ACCOUNT_ROLES } from '../../../core/books/account-role.ts';
import {
  accountKey,
  chartAccounts,
  CHARTS,
  DEFAULT_SETUP,
  VALUE_TYPES,
  type AccountingSetup,
  type Chart,
} from '../../../core/books/chart-of-accounts.ts';
import { DISCOUNT_METHODS } from '../../../core/books/postings.ts';
import { parseExport, typedExport, typedExportOf, type TypedExport } from './export-profile-form.ts';
import type { FormError } from '../../../platform/html/form-view.ts';
import type { Translate } from '../../../platform/html/i18n.ts';
import { LENGTHS, textOf } from '../../../platform/http/request.ts';

/** A row that sends one type or brand to an account of its own. */
export interface TypedException {
  readonly role: string;
  readonly type: string;
  readonly brand: string;
  readonly account: string;
}

/** The form as it was typed; what it says is judged below. */
export interface TypedSetup {
  readonly version: string;
  readonly chart: string;
  readonly accounts: Readonly<Record<string, string>>;
  readonly exceptions: readonly TypedException[];
  readonly money: Readonly<Record<string, string>>;
  readonly debtors: string;
  readonly discountMethod: string;
  readonly datev: Readonly<Record<DatevField, string>>;
  readonly company: Readonly<Record<CompanyField, string>>;
  readonly target: TypedExport;
  readonly note: string;
}

const DATEV_FIELDS = [
  'consultant',
  'client',
  'accountLength',
  'fiscalYearMonth',
  'isLocked',
  'reversal',
  'costCentre',
] as const;
type DatevField = (typeof DATEV_FIELDS)[number];
const COMPANY_FIELDS = ['name', 'place', 'adviser'] as const;
type CompanyField = (typeof COMPANY_FIELDS)[number];

const MAX_EXCEPTIONS = 100;
/** Rows to fill in beside those there are, so that the form works without a script. */
const EMPTY_EXCEPTIONS = 3;
const NO_EXCEPTION: TypedException = { role: '', type: '', brand: '', account: '' };

export function typedFromSetup(setup: AccountingSetup, version: string | null): TypedSetup {
  const exceptions = Object.entries(setup.accounts).flatMap(([key, account]) => {
    const [role = '', type = '', brand = ''] = key.split('/');
    return key === role || account === '' ? [] : [{ role, type, brand, account }];
  });
  return {
    version: version ?? '',
    chart: setup.chart,
    accounts: Object.fromEntries(ACCOUNT_ROLES.map((role) => [role, setup.accounts[role] ?? ''])),
    exceptions: withEmpty(exceptions),
    money: Object.fromEntries(VALUE_TYPES.map((type) => [type, setup.moneyAccounts[type] ?? ''])),
    debtors: setup.debtors,
    discountMethod: setup.discountMethod,
    datev: {
      consultant: setup.datev.consultant,
      client: setup.datev.client,
      accountLength: String(setup.datev.accountLength),
      fiscalYearMonth: String(setup.datev.fiscalYearMonth),
      isLocked: setup.datev.isLocked ? '1' : '0',
      reversal: setup.datev.reversal,
      costCentre: setup.datev.costCentre,
    },
    company: setup.company,
    target: typedExportOf(setup.export),
    note: '',
  };
}

/** The form with the accounts of a chart put in; all else stays. */
export function withChart(typed: TypedSetup, chart: Chart): TypedSetup {
  const proposed = typedFromSetup({ ...DEFAULT_SETUP, chart, accounts: chartAccounts(chart) }, null);
  return { ...typed, chart, accounts: proposed.accounts, exceptions: proposed.exceptions };
}

export function typedSetup(body: unknown): TypedSetup {
  const sent = recordOf(body);
  const rows = Object.values(recordOf(sent['exceptions'])).slice(0, MAX_EXCEPTIONS).map(recordOf);
  const texts = (value: unknown, names: readonly string[]): Record<string, string> => {
    const record = recordOf(value);
    return Object.fromEntries(names.map((name) => [name, textOf(record[name])]));
  };
  return {
    version: textOf(sent['version']),
    chart: textOf(sent['chart']),
    accounts: texts(sent['accounts'], ACCOUNT_ROLES),
    exceptions: withEmpty(
      rows
        .map((row) => ({
          role: textOf(row['role']),
          type: textOf(row['type']),
          brand: textOf(row['brand']),
          account: textOf(row['account']),
        }))
        .filter(isFilled),
    ),
    money: texts(sent['money'], VALUE_TYPES),
    debtors: textOf(sent['debtors']),
    discountMethod: textOf(sent['discountMethod']),
    datev: texts(sent['datev'], DATEV_FIELDS) as Record<DatevField, string>,
    company: texts(sent['company'], COMPANY_FIELDS) as Record<CompanyField, string>,
    target: typedExport(sent),
    note: textOf(sent['note'], LENGTHS.reason),
  };
}

export function parseSetup(
  typed: TypedSetup,
  t: Translate,
): { readonly setup: AccountingSetup | null; readonly errors: readonly FormError[] } {
  const errors: FormError[] = [];
  const wrong: Wrong = (path, key) => void errors.push({ path, message: t(`accounting:setup.wrong.${key}`) });
  const chart = CHARTS.find((one) => one === typed.chart);
  if (chart === undefined) wrong('chart', 'chart');
  const accounts = parseAccounts(typed, wrong);
  for (const [type, account] of Object.entries(typed.money))
    if (account !== '' && !isAccount(account)) wrong(`money.${type}`, 'account');
  const datev = parseDatev(typed.datev, wrong);
  const target = parseExport(typed.target, wrong);
  const discountMethod = DISCOUNT_METHODS.find((one) => one === typed.discountMethod);
  if (discountMethod === undefined) wrong('discountMethod', 'choose');
  if (errors.length > 0 || chart === undefined || discountMethod === undefined) return { setup: null, errors };
  return {
    errors,
    setup: {
      chart,
      accounts,
      moneyAccounts: Object.fromEntries(Object.entries(typed.money).filter(([, account]) => account !== '')),
      debtors: typed.debtors === 'customer' ? 'customer' : 'collective',
      discountMethod,
      datev,
      company: typed.company,
      export: target,
    },
  };
}

/** Notes a field that cannot be as it is, with the key of the sentence. */
type Wrong = (path: string, key: string) => void;

function parseAccounts(typed: TypedSetup, wrong: Wrong): Record<string, string> {
  const accounts = Object.fromEntries(Object.entries(typed.accounts).filter(([, account]) => account !== ''));
  for (const [role, account] of Object.entries(accounts)) if (!isAccount(account)) wrong(`accounts.${role}`, 'account');
  typed.exceptions.forEach((row, index) => {
    if (!isFilled(row)) return;
    const path = `exceptions.${index}`;
    if (!(ACCOUNT_ROLES as readonly string[]).includes(row.role)) wrong(`${path}.role`, 'role');
    if (row.type === '' && row.brand === '') wrong(`${path}.type`, 'exception');
    if (!isAccount(row.account)) wrong(`${path}.account`, 'account');
    const key = accountKey(row.role, row.type === '' ? null : row.type, row.brand === '' ? null : row.brand);
    if (key === row.role) return;
    if (key in accounts) wrong(`${path}.role`, 'twice');
    accounts[key] = row.account;
  });
  return accounts;
}

function parseDatev(datev: TypedSetup['datev'], wrong: Wrong): AccountingSetup['datev'] {
  if (datev.consultant !== '' && !(/^\d{4,7}$/.test(datev.consultant) && Number(datev.consultant) >= 1001))
    wrong('datev.consultant', 'consultant');
  if (datev.client !== '' && !(/^\d{1,5}$/.test(datev.client) && Number(datev.client) >= 1))
    wrong('datev.client', 'client');
  const accountLength = Number(datev.accountLength);
  if (!/^[4-8]$/.test(datev.accountLength)) wrong('datev.accountLength', 'account_length');
  const fiscalYearMonth = Number(datev.fiscalYearMonth);
  if (!Number.isInteger(fiscalYearMonth) || fiscalYearMonth < 1 || fiscalYearMonth > 12)
    wrong('datev.fiscalYearMonth', 'month');
  return {
    consultant: datev.consultant,
    client: datev.client,
    accountLength,
    fiscalYearMonth,
    isLocked: datev.isLocked === '1',
    reversal: datev.reversal === 'general' ? 'general' : 'counter',
    costCentre: datev.costCentre === 'brand' ? 'brand' : 'none',
  };
}

function isAccount(text: string): boolean {
  return /^\d{1,9}$/.test(text) && Number(text) > 0;
}

function isFilled({ role, type, brand, account }: TypedException): boolean {
  return role !== '' || type !== '' || brand !== '' || account !== '';
}

function withEmpty(rows: readonly TypedException[]): TypedException[] {
  return [...rows, ...Array.from({ length: EMPTY_EXCEPTIONS }, () => NO_EXCEPTION)];
}

function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
