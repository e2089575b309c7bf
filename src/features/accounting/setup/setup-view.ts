import { ACCOUNT_ROLES, isBankItself } from '../../../core/books/account-role.ts';
import { CHARTS, hasAutomaticVat, isUnsure, VALUE_TYPES, type Chart } from '../../../core/books/chart-of-accounts.ts';
import { DISCOUNT_METHODS } from '../../../core/books/postings.ts';
import type { Translate } from '../../../platform/html/i18n.ts';
import type { Shell } from '../../../platform/process/feature.ts';
import { wordText } from '../ledger/ledger-request-form.ts';
import { exportChoices } from './export-profile-form.ts';
import type { TypedSetup } from './setup-form.ts';

const VOUCHER_LEGS = new Set<string>([
  'V_KAUF',
  'V_VERR',
  'V_CREDIT',
  'V_DEAL',
  'V_FORFEIT',
  'DEAL_CLEARING',
  'TRANSFER',
  'BREAKAGE',
]);

/** What can be chosen in the form, and what each account is for. */
export function choicesView(pages: Pick<Shell, 'i18n'>, typed: TypedSetup, t: Translate) {
  const chart: Chart = CHARTS.find((one) => one === typed.chart) ?? 'SKR03';
  const options = (values: readonly string[], group: string): { value: string; label: string }[] =>
    values.map((value) => ({ value, label: t(`accounting:setup.${group}.${value}`) }));
  return {
    ...exportChoices(t),
    charts: CHARTS.map((value) => ({ value, label: t(`accounting:setup.chart.${value}`) })),
    roles: ACCOUNT_ROLES.map((role) => ({
      role,
      name: `accounts[${role}]`,
      label: t(`accounting:role.${role}`),
      isUnsure: isUnsure(chart, role),
      isBank: role === 'BANK' && isBankItself(chart, typed.accounts[role] ?? ''),
      isAutomatic: VOUCHER_LEGS.has(role) && hasAutomaticVat(chart, typed.accounts[role] ?? ''),
    })),
    exceptions: typed.exceptions.map((_row, index) => ({ index, prefix: `exceptions[${index}]` })),
    roleOptions: ACCOUNT_ROLES.map((role) => ({ value: role, label: wordText(pages, t, 'role', role) })),
    typeOptions: VALUE_TYPES.map((value) => ({ value, label: t(`accounting:type.${value}`) })),
    moneyTypes: VALUE_TYPES.map((type) => ({ name: `money[${type}]`, label: t(`accounting:type.${type}`) })),
    debtors: options(['collective', 'customer'], 'debtors'),
    methods: options(DISCOUNT_METHODS, 'discount_method'),
    locks: options(['0', '1'], 'lock'),
    reversals: options(['counter', 'general'], 'reversal'),
    costCentres: options(['none', 'brand'], 'cost_centre'),
    months: Array.from({ length: 12 }, (_unused, index) => ({
      value: String(index + 1),
      label: t(`accounting:month.${index + 1}`),
    })),
    lengths: ['4', '5', '6', '7', '8'].map((value) => ({ value, label: value })),
  };
}

/** `accounts.V_KAUF/purchase/sonne` as people say it. */
export function fieldText(pages: Pick<Shell, 'i18n'>, field: string, t: Translate): string {
  const [group = ''] = field.split('.');
  const name = field.slice(field.indexOf('.') + 1);
  if (group === 'accounts') {
    const [role = '', type = '', brand = ''] = name.split('/');
    return [wordText(pages, t, 'role', role), type === '' ? '' : t(`accounting:type.${type}`), brand]
      .filter((part) => part !== '')
      .join(', ');
  }
  if (group === 'exceptions') return t('accounting:setup.exception', { row: Number(name.split('.')[0]) + 1 });
  if (group === 'money' || group === 'moneyAccounts')
    return `${t('accounting:setup.money_account')} ${t(`accounting:type.${name}`)}`;
  if (group === 'own') return t(`accounting:setup.own_field.${name}`);
  return t(`accounting:setup.field.${group === 'datev' || group === 'company' ? name : group}`);
}
