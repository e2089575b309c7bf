import { MOVEMENT_LINES } from '../../../core/books/liability-report.ts';
import { formatMoney } from '../../../platform/html/format.ts';
import type { Locale, Translate } from '../../../platform/html/i18n.ts';
import type { Shell } from '../../../platform/process/feature.ts';
import { wordText } from '../ledger/ledger-request-form.ts';
import { BOOK } from './liability-form.ts';
import { bookAccounts, type AgeingLine, type LiabilityColumn, type LiabilityReport } from './liability-service.ts';

/** The report as the page shows it; null: there is none to show. */
export function reportView(
  pages: Pick<Shell, 'i18n'>,
  report: LiabilityReport | null,
  { t, locale }: { readonly t: Translate; readonly locale: Locale },
) {
  return {
    hasReport: report !== null && report.columns.length > 0,
    currency: report?.columns[0]?.currency ?? 'EUR',
    columns: (report?.columns ?? []).map((column) => ({ ...column, name: columnName(pages, column, t) })),
    ...movementsView(report?.columns ?? [], t),
    checks: (report?.checks ?? []).map((check) => ({
      ...check,
      label: t(`accounting:liabilities.check.${check.check}`, { account: check.account ?? '' }),
      difference: check.actual - check.expected,
      isRight: check.actual === check.expected,
    })),
    bookFields: bookAccounts(report?.columns ?? []).map(({ key, account, currency, closing }) => ({
      name: `${BOOK}${key}`,
      label: t('accounting:liabilities.book_of', { account, currency }),
      hint: t('accounting:liabilities.book_hint', { closing: formatMoney(closing, currency, locale) }),
    })),
    ageings:
      report === null
        ? []
        : [
            {
              title: t('accounting:liabilities.by_year'),
              rows: named(report.byIssueYear, (key) => (key === '' ? t('accounting:liabilities.no_year') : key)),
            },
            {
              title: t('accounting:liabilities.by_state'),
              rows: named(report.byState, (key) => t(`accounting:liabilities.state.${key}`)),
            },
            {
              title: t('accounting:liabilities.by_life'),
              rows: named(report.byRemainingLife, (key) => t(`accounting:liabilities.life.${key}`)),
            },
          ],
  };
}

/** What stands with debtors beside bookings, each kind with its name. */
export function debtorsView(report: LiabilityReport | null, t: Translate) {
  return (report?.debtors ?? []).map((total) => ({ ...total, label: t(`accounting:debtors.${total.kind}`) }));
}

function columnName(pages: Pick<Shell, 'i18n'>, { account, role, type, brand }: LiabilityColumn, t: Translate): string {
  const isLapsed = role === 'V_FORFEIT' && account !== null;
  return [
    account ?? wordText(pages, t, 'role', role),
    t(`vouchers:type.${type}`),
    brand,
    isLapsed ? t('accounting:liabilities.line.forfeited') : null,
  ]
    .filter((part) => part !== null)
    .join(' · ');
}

interface Amount {
  readonly cents: number;
  readonly currency: string;
}

function currenciesOf(columns: readonly LiabilityColumn[]): string[] {
  return [...new Set(columns.map(({ currency }) => currency))].sort();
}

/** The movements with a column for the sum of each currency. */
function movementsView(columns: readonly LiabilityColumn[], t: Translate) {
  return { totals: currenciesOf(columns), lines: columns.length === 0 ? [] : equation(columns, t) };
}

/** The movement equation as rows over the accounts; a line that nothing moved is left out. */
function equation(
  columns: readonly LiabilityColumn[],
  t: Translate,
): { label: string; isSum: boolean; cells: Amount[]; totals: Amount[] }[] {
  const row = (label: string, isSum: boolean, of: (column: LiabilityColumn) => number) => ({
    label,
    isSum,
    cells: columns.map((column) => ({ cents: of(column), currency: column.currency })),
    totals: currenciesOf(columns).map((currency) => ({
      currency,
      cents: columns.filter((one) => one.currency === currency).reduce((sum, one) => sum + of(one), 0),
    })),
  });
  return [
    row(t('accounting:liabilities.opening'), true, ({ opening }) => opening),
    ...MOVEMENT_LINES.filter((line) => columns.some(({ movements }) => movements[line] !== undefined)).map((line) =>
      row(t(`accounting:liabilities.line.${line}`), false, ({ movements }) => movements[line] ?? 0),
    ),
    row(t('accounting:liabilities.closing'), true, ({ closing }) => closing),
  ];
}

function named(lines: readonly AgeingLine[], nameOf: (key: string) => string): (AgeingLine & { name: string })[] {
  return lines.map((line) => ({ ...line, name: nameOf(line.key) }));
}
