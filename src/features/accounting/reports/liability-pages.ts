import type { Request, Response, Router } from 'express';
import { requires } from '../../../platform/http/permissions.ts';
import { may } from '../../../core/access.ts';
import { csvStream, type CsvValue } from '../../../platform/files/csv.ts';
import { formatDay, moneyInput } from '../../../platform/html/format.ts';
import { formView } from '../../../platform/html/form-view.ts';
import type { Locale, Translate } from '../../../platform/html/i18n.ts';
import { renderPage } from '../../../platform/html/views.ts';
import { actorOf, cursorOf, markInvalid } from '../../../platform/http/request.ts';
import { asked } from './liability-form.ts';
import { liabilityReport, type LiabilityQuestion } from './liability-service.ts';
import { debtorsView, reportView } from './liability-view.ts';
import { allOpenItems, openItems } from './open-item-service.ts';
import { isReportSlow } from './liability-day-service.ts';
import { keepComparison } from '../closing/comparison-service.ts';
import { ACCOUNTING_PATH, act, urlWith } from '../ledger/ledger-request-form.ts';
import { queueWorkbook } from './workbook-service.ts';
import { readPage } from '../../../platform/data/page.ts';
import type { Shell } from '../../../platform/process/feature.ts';
import { pageRouter } from '../../../platform/http/page-router.ts';

const PATH = `${ACCOUNTING_PATH}/liabilities`;
const PAGE = 50;

/** What is owed to holders of vouchers on any day: the balance sheet's figure, how it came about, and what stands behind it. */
export function liabilityPages(pages: Shell): Router {
  const { database, clock } = pages;
  const router = pageRouter();

  router.get(PATH, requires('books.see'), showReport);

  router.get(`${PATH}/items`, requires('books.see'), showItems);

  router.get(`${PATH}/items.csv`, requires('books.see'), (req, res) => {
    const { question } = asked(req.query, clock, res.locals);
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

  router.post(`${PATH}/items/workbook`, requires('books.see'), (req, res) => startWorkbook('open_items', req, res));

  router.post(`${PATH}/workbook`, requires('books.see'), (req, res) => startWorkbook('liabilities', req, res));

  router.post(`${PATH}/comparison`, requires('books.change'), keepBooks);

  return router;

  async function keepBooks(req: Request, res: Response): Promise<void> {
    const { typed, books, question, errors } = asked(req.body as Readonly<Record<string, unknown>>, clock, res.locals);
    const target = urlWith(PATH, { ...typed, ...books });
    if (question === null || errors.length > 0) return res.redirect(303, target);
    await act(req, res, target, async () => {
      const author = { actor: actorOf(res), moment: clock.moment() };
      return res.locals.t('accounting:liabilities.kept', { count: await keepComparison(database, author, question) });
    });
  }

  async function startWorkbook(report: 'open_items' | 'liabilities', req: Request, res: Response): Promise<void> {
    const { t, locale, user } = res.locals;
    const { typed, books, question } = asked(req.body as Readonly<Record<string, unknown>>, clock, res.locals);
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
      'forfeited',
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
        t(item.isForfeited ? 'common:yes' : 'common:no'),
      ];
    }
  }

  async function showReport(req: Request, res: Response): Promise<void> {
    const { t } = res.locals;
    const { typed, books, question, errors } = asked(req.query, clock, res.locals);
    markInvalid(res, errors);
    const isSlow =
      question !== null && (await isReportSlow(database.knex, { day: question.on, knownUntil: question.knownUntil }));
    const report = question === null || isSlow ? null : await liabilityReport(database.knex, question);
    const shown = reportView(pages, report, res.locals);
    const empty = Object.fromEntries(shown.bookFields.map(({ name }) => [name, '']));
    renderPage(res, 'accounting/reports/liabilities', {
      title: t('accounting:liabilities.title'),
      form: formView({ ...typed, ...empty, ...books }, errors),
      isSlow,
      ...shown,
      columns: shown.columns.map((column) => ({
        ...column,
        href: urlWith(`${ACCOUNTING_PATH}/journal`, {
          account: column.account ?? column.role,
          from: typed.from,
          to: typed.on,
        }),
      })),
      debtors: debtorsView(report, t).map((total) => ({
        ...total,
        href: urlWith(`${PATH}/debtors/${total.kind}`, { ...typed }),
      })),
      mayKeep: may(res.locals.user, 'books.change') && Object.values(books).some((one) => one !== ''),
      days: Object.entries(typed).map(([name, value]) => ({ name, value })),
      itemsHref: urlWith(`${PATH}/items`, { ...typed }),
      csvHref: urlWith(`${PATH}/items.csv`, { ...typed }),
      fields: Object.entries({ ...typed, ...books }).map(([name, value]) => ({ name, value })),
    });
  }

  async function showItems(req: Request, res: Response): Promise<void> {
    const { t } = res.locals;
    const { typed, question, errors } = asked(req.query, clock, res.locals);
    const cursor = cursorOf(req) ?? '0';
    const { items, nextCursor } = await readPage(
      PAGE,
      async (limit) =>
        question === null
          ? []
          : openItems(database.knex, { day: question.on, knownUntil: question.knownUntil }, cursor, limit),
      ({ place }) => place,
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
  }
}
