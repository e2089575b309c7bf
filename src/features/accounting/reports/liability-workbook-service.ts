import { MOVEMENT_LINES } from '../../../core/books/liability-report.ts';
import type { Translate } from '../../../platform/html/i18n.ts';
import type { SmallSheet, WorkbookColumn, WorkbookValue } from '../../../platform/files/workbook-writer.ts';
import type { LiabilityReport } from './liability-service.ts';

type Column = Omit<WorkbookColumn, 'heading'> & { readonly name: string };

const text = (name: string, width: number): Column => ({ name, kind: 'text', width });
const money = (name: string): Column => ({ name, kind: 'money', width: 15 });

/** An account a row, the movement equation from left to right: opening + movements = closing. */
export const LIABILITY_COLUMNS: readonly Column[] = [
  text('account', 12),
  text('role', 30),
  text('type', 13),
  text('brand', 18),
  text('currency', 9),
  ...['opening', ...MOVEMENT_LINES.map((line) => `line_${line}`), 'closing'].map((name) => ({
    ...money(name),
    isSummed: true,
  })),
];

export function equationRows(
  { columns }: LiabilityReport,
  t: Translate,
  roleText: (role: string) => string,
): WorkbookValue[][] {
  return columns.map(({ account, role, type, brand, currency, opening, movements, closing }) => [
    account,
    roleText(role),
    t(`accounting:type.${type}`),
    brand,
    currency,
    opening,
    ...MOVEMENT_LINES.map((line) => movements[line] ?? 0),
    closing,
  ]);
}

/** What stands below the equation on the page: the check lines and the ageing. */
export function liabilitySheets(report: LiabilityReport, t: Translate): SmallSheet[] {
  const columns = (list: readonly Column[]): WorkbookColumn[] => headed(list, t);
  const ageings = [
    ['by_year', report.byIssueYear, (key: string) => (key === '' ? t('accounting:liabilities.no_year') : key)],
    ['by_state', report.byState, (key: string) => t(`accounting:liabilities.state.${key}`)],
    ['by_life', report.byRemainingLife, (key: string) => t(`accounting:liabilities.life.${key}`)],
  ] as const;
  return [
    {
      sheet: t('accounting:liabilities.checks'),
      columns: columns([
        text('check', 60),
        text('currency', 9),
        money('expected'),
        money('actual'),
        money('difference'),
        text('verdict', 16),
      ]),
      rows: report.checks.map(({ check, account, currency, expected, actual }) => [
        t(`accounting:liabilities.check.${check}`, { account: account ?? '' }),
        currency,
        expected,
        actual,
        actual - expected,
        t(actual === expected ? 'accounting:liabilities.right' : 'accounting:liabilities.wrong'),
      ]),
    },
    debtorSheet(report, t, columns),
    {
      sheet: t('accounting:workbook.ageing'),
      columns: columns([
        text('grouping', 24),
        text('group', 30),
        text('currency', 9),
        { name: 'vouchers', kind: 'number', width: 12 },
        money('balance'),
      ]),
      rows: ageings.flatMap(([title, lines, nameOf]) =>
        lines.map(({ key, currency, vouchers, cents }) => [
          t(`accounting:liabilities.${title}`),
          nameOf(key),
          currency,
          vouchers,
          cents,
        ]),
      ),
    },
  ];
}

function debtorSheet(
  { debtors }: LiabilityReport,
  t: Translate,
  columns: (list: readonly Column[]) => WorkbookColumn[],
): SmallSheet {
  return {
    sheet: t('accounting:debtors.sheet'),
    columns: columns([
      text('group', 40),
      text('currency', 9),
      { name: 'items', kind: 'number', width: 12 },
      money('amount'),
    ]),
    rows: debtors.map(({ kind, currency, items, cents }) => [t(`accounting:debtors.${kind}`), currency, items, cents]),
  };
}

function headed(list: readonly Column[], t: Translate): WorkbookColumn[] {
  return list.map(({ name, ...column }) => ({ ...column, heading: t(`accounting:workbook.column.${name}`) }));
}
