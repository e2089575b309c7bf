import type { Response, Router } from 'express';
import { requires } from '../../../platform/http/permissions.ts';
import { MOVEMENT_LINES } from '../../../core/books/liability-report.ts';
import { csvStream, type CsvValue } from '../../../platform/files/csv.ts';
import { currencyDigits, dayInput, formatDay, formatMoney, moneyInput } from '../../../platform/html/format.ts';
import { formView, type FormError } from '../../../platform/html/form-view.ts';
import type { Locale, Translate } from '../../../platform/html/i18n.ts';
import { parseDay, parseMoney } from '../../../platform/html/typed-input.ts';
import { renderPage } from '../../../platform/html/views.ts';
import { actorOf, cursorOf, markInvalid, textOf } from '../../../platform/http/request.ts';
import {
  allOpenItems,
  bookAccounts,
  liabilityReport,
  openItems,
  type AgeingLine,
  type LiabilityColumn,
  type LiabilityQuestion,
} from './liability-service.ts';
import { isReportSlow } from './liability-day-service.ts';
import { wordText, ACCOUNTING_PATH, urlWith } from '../ledger/ledger-request-form.ts';
import { queueWorkbook } from './workbook-service.ts';
import { readPage } from '../../../platform/data/page.ts';
import type { Shell } from '../../../platform/process/feature.ts';
import { pageRouter } from '../../../platform/http/page-router.ts';

const PATH = `${ACCOUNTING_PATH}/liabilities`;
const PAGE = 50;
/** Fields for balances of the general ledger: `gl-1796-EUR`. */
const BOOK = 'gl-';
const BOOK_NAME = /^gl-[A-Z0-9_]{1,30}-[A-Z]{3}$/;
const MAX_BOOKS = 100;

interface Asked {
  readonly typed: { readonly from: string; readonly on: string; readonly known: string };
  /** Balances of the general ledger as typed, by the name of their field. */
  readonly books: Readonly<Record<string, string>>;
  readonly question: LiabilityQuestion | null;
  readonly errors: readonly FormError[];
}

/** What is owed to holders of vouchers on any day: the balance sheet's figure, how it came about, and what stands behind it. */
export function liabilityPages(pages: Shell): Router {
  const { database, clock } = pages;
  const router = pageRouter();

  router.get(PATH, requires('books.see'), async (req, res) => {
    const { t, locale } = res.locals;
    const { typed, books, question, errors } = asked(req.query, res);
    markInvalid(res, errors);
    const isSlow =
      question !== null && (await isReportSlow(database.knex, { day: question.on, knownUntil: question.knownUntil }));
    const report = question === null || isSlow ? null : await liabilityReport(database.knex, question);
    const accounts = bookAccounts(report?.columns ?? []);
    const empty = Object.fromEntries(accounts.map(({ key }) => [BOOK + key, '']));
    renderPage(res, 'accounting/reports/liabilities', {
      title: t('accounting:liabilities.title'),
      form: formView({ ...typed, ...empty, ...books }, errors),
      isSlow,
      hasReport: report !== null && report.columns.length > 0,
      currency: report?.columns[0]?.currency ?? 'EUR',
      columns: (report?.columns ?? []).map((column) => ({ ...column, name: columnName(column, t) })),
      lines: report === null ? [] : equation(report.columns, t),
      checks: (report?.checks ?? []).map((check) => ({
        ...check,
        label: t(`accounting:liabilities.check.${check.check}`, { account: check.account ?? '' }),
        difference: check.actual - check.expected,
        isRight: check.actual === check.expected,
      })),
      bookFields: accounts.map(({ key, account, currency, closing }) => ({
        name: `${BOOK}${key}`,
        label: t('accounting:liabilities.book_of', { account, currency }),
        hint: t('accounting:liabilities.book_hint', { closing: formatMoney(closing, currency, locale) }),
      })),
      days: Object.entries(typed).map(([name, value]) => ({ name, value })),
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
      itemsHref: urlWith(`${PATH}/items`, { ...typed }),
      csvHref: urlWith(`${PATH}/items.csv`, { ...typed }),
      fields: Object.entries({ ...typed, ...books }).map(([name, value]) => ({ name, value })),
    });
  });

  router.get(`${PATH}/items`, requires('books.see'), async (req, res) => {
    const { t } = res.locals;
    const { typed, question, errors } = asked(req.query, res);
    const cursor = cursorOf(req) ?? '0';
    const { items, nextCursor } = await readPage(PAGE, async (limit) =>
      question === null
        ? []
        : openItems(database.knex, { day: question.on, knownUntil: question.knownUntil }, cursor, limit),
    );
    markInvalid(res, errors);
    renderPage(res, 'accounting/reports/open-items', {
      title: t('accounting:liabilities.items'),
      breadcrumbs: [{ href: urlWith(PATH, { ...typed }), text: t('accounting:liabilities.title') }],
      form: formView(typed, errors),
      on: question?.on ?? clock.today(),
      rows: items.map((item) => ({
        ...item,
        href: `/admin/vouchers/${item.id}`,
        typeText: t(`vouchers:type.${item.type}`),
      })),
      next: nextCursor === null ? null : urlWith(`${PATH}/items`, { ...typed, cursor: nextCursor }),
      first: cursor === '0' ? null : urlWith(`${PATH}/items`, { ...typed }),
      csvHref: urlWith(`${PATH}/items.csv`, { ...typed }),
      fields: Object.entries(typed).map(([name, value]) => ({ name, value })),
    });
  });

  router.get(`${PATH}/items.csv`, requires('books.see'), (req, res) => {
    const { question } = asked(req.query, res);
    if (question === null) {
      res.redirect(303, PATH);
      return;
    }
    res.attachment(`offene-posten-${question.on}.csv`).type('text/csv');
    const csv = csvStream(itemRows(question, res.locals.t, res.locals.locale));
    csv.on('error', () => res.destroy());
    res.once('close', () => csv.destroy());
    csv.pipe(res);
  });

  for (const [path, report] of [
    ['items/workbook', 'open_items'],
    ['workbook', 'liabilities'],
  ] as const)
    router.post(`${PATH}/${path}`, requires('books.see'), async (req, res) => {
      const { t, locale, user } = res.locals;
      const { typed, books, question } = asked(req.body as Readonly<Record<string, unknown>>, res);
      if (question === null) {
        res.redirect(303, urlWith(PATH, { ...typed, ...books }));
        return;
      }
      const filterText = [
        ...(report === 'liabilities' ? [[t('accounting:liabilities.from'), typed.from]] : []),
        [t('accounting:liabilities.on'), typed.on],
        [t('accounting:liabilities.known'), typed.known || t('accounting:liabilities.known_now')],
      ]
        .map((pair) => pair.join(': '))
        .join('; ');
      const id = await queueWorkbook(
        database,
        { report, question, locale, filterText, userName: user?.name ?? '' },
        actorOf(res),
        clock.now(),
      );
      res.redirect(303, `/admin/jobs/${id}`);
    });

  return router;

  function asked(fields: Readonly<Record<string, unknown>>, res: Response): Asked {
    const { t, locale } = res.locals;
    const today = clock.today();
    const typed = {
      from: textOf(fields['from']) || dayInput(`${today.slice(0, 4)}-01-01`, locale),
      on: textOf(fields['on']) || dayInput(today, locale),
      known: textOf(fields['known']),
    };
    const errors: FormError[] = [];
    const day = (path: 'from' | 'on' | 'known'): string | null => {
      const parsed = parseDay(typed[path]);
      if (parsed.ok) return parsed.value;
      errors.push({ path, message: t(`common:${parsed.error}`) });
      return null;
    };
    const [from, on] = [day('from'), day('on')];
    const known = typed.known === '' ? null : day('known');
    if (from !== null && on !== null && from > on)
      errors.push({ path: 'on', message: t('accounting:journal.days_reversed') });
    const books = Object.fromEntries(
      Object.entries(fields)
        .filter(([name]) => BOOK_NAME.test(name))
        .slice(0, MAX_BOOKS)
        .map(([name, value]) => [name, textOf(value)]),
    );
    const balances: Record<string, number> = {};
    for (const [name, text] of Object.entries(books).filter(([, one]) => one !== '')) {
      const parsed = parseMoney(text, currencyDigits(name.slice(-3)));
      if (parsed.ok) balances[name.slice(BOOK.length)] = parsed.value;
      else errors.push({ path: name, message: t(`common:${parsed.error}`) });
    }
    if (from === null || on === null || (known === null && typed.known !== '') || from > on)
      return { typed, books, question: null, errors };
    // Known on a day is what was known when it ended. A balance that cannot be read leaves the report as it is.
    return {
      typed,
      books,
      errors,
      question: { from, on, knownUntil: known === null ? null : clock.endOfDay(known) - 1, books: balances },
    };
  }

  function columnName({ account, role, type, brand }: LiabilityColumn, t: Translate): string {
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

  async function* itemRows(
    { on, knownUntil }: LiabilityQuestion,
    t: Translate,
    locale: Locale,
  ): AsyncGenerator<readonly CsvValue[]> {
    yield [
      'number',
      'type',
      'title',
      'brand',
      'issued',
      'until',
      'limitation',
      'account',
      'blocked',
      'currency',
      'balance',
    ].map((name) => t(`accounting:liabilities.column.${name}`));
    const day = (value: string | null): string => (value === null ? '' : formatDay(value, locale));
    for await (const item of allOpenItems(database.knex, { day: on, knownUntil })) {
      yield [
        item.label,
        t(`vouchers:type.${item.type}`),
        item.title,
        item.brand,
        day(item.paidOn),
        day(item.bookUntil),
        day(item.limitationOn),
        item.account,
        t(item.isBlocked ? 'common:yes' : 'common:no'),
        item.currency,
        moneyInput(item.cents, item.currency, locale),
      ];
    }
  }
}

/** The movement equation as rows over the accounts; a line that nothing moved is left out. */
function equation(
  columns: readonly LiabilityColumn[],
  t: Translate,
): { label: string; isSum: boolean; cells: { cents: number; currency: string }[] }[] {
  const row = (label: string, isSum: boolean, of: (column: LiabilityColumn) => number) => ({
    label,
    isSum,
    cells: columns.map((column) => ({ cents: of(column), currency: column.currency })),
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
