import type { Request, Response, Router } from 'express';
import { requires } from '../../../platform/http/permissions.ts';
import { formView, type FormError } from '../../../platform/html/form-view.ts';
import { dayInput, moneyInput } from '../../../platform/html/format.ts';
import { parseDay } from '../../../platform/html/typed-input.ts';
import { renderPage } from '../../../platform/html/views.ts';
import { actorOf, markInvalid, textOf } from '../../../platform/http/request.ts';
import { firstDayOf, lastDayOf, monthOf } from '../../../core/month.ts';
import { wordText, ACCOUNTING_PATH, urlWith } from '../ledger/ledger-request-form.ts';
import { accountRows, sumsOf } from './balance-service.ts';
import type { Shell } from '../../../platform/process/feature.ts';
import { csvStream } from '../../../platform/files/csv.ts';
import { queueWorkbook } from './workbook-service.ts';
import { pageRouter } from '../../../platform/http/page-router.ts';

const PATH = `${ACCOUNTING_PATH}/balances`;
const BALANCE_COLUMNS = ['account', 'name', 'currency', 'opening', 'debit_sum', 'credit_sum', 'closing'] as const;

type Fields = Readonly<Record<string, unknown>>;

/** Sums and balances of every account over some days; debit and credit are always the same. */
export function balancePages(pages: Shell): Router {
  const { database, clock } = pages;
  const router = pageRouter();

  router.get(PATH, requires('books.see'), showBalances);
  router.get(`${PATH}.csv`, requires('books.see'), sendCsv);
  router.post(`${PATH}/workbook`, requires('books.see'), startWorkbook);

  return router;

  async function startWorkbook(req: Request, res: Response): Promise<void> {
    const { t, locale, user } = res.locals;
    const { typed, span } = asked(req.body as Fields, res);
    if (span === null) return res.redirect(303, urlWith(PATH, typed));
    const filterText = `${t('accounting:journal.from')}: ${typed.from}; ${t('accounting:journal.to')}: ${typed.to}`;
    const payload = { report: 'balances', question: span, locale, filterText, userName: user?.name ?? '' } as const;
    res.redirect(303, `/admin/jobs/${await queueWorkbook(database, payload, actorOf(res), clock.now())}`);
  }

  async function sendCsv(req: Request, res: Response): Promise<void> {
    const { t, locale } = res.locals;
    const { typed, span } = asked(req.query, res);
    if (span === null) return res.redirect(303, urlWith(PATH, typed));
    const rows = await accountRows(database.knex, span);
    const cells = rows.map(({ currency, ...row }) => [
      row.account ?? '',
      wordText(pages, t, 'role', row.role),
      currency,
      ...[row.opening, row.debit, row.credit, row.closing].map((cents) => moneyInput(cents, currency, locale)),
    ]);
    const headings = BALANCE_COLUMNS.map((name) => t(`accounting:workbook.column.${name}`));
    res.attachment(`summen-und-salden-${span.to}.csv`).type('text/csv');
    csvStream([headings, ...cells]).pipe(res);
  }

  function asked(fields: Fields, res: Response) {
    const { t, locale } = res.locals;
    const month = monthOf(clock.today());
    const typed = {
      from: textOf(fields['from']) || dayInput(firstDayOf(month), locale),
      to: textOf(fields['to']) || dayInput(lastDayOf(month), locale),
    };
    const [from, to] = [parseDay(typed.from), parseDay(typed.to)];
    const errors: FormError[] = [];
    if (!from.ok) errors.push({ path: 'from', message: t(`common:${from.error}`) });
    if (!to.ok) errors.push({ path: 'to', message: t(`common:${to.error}`) });
    if (from.ok && to.ok && from.value > to.value)
      errors.push({ path: 'to', message: t('accounting:journal.days_reversed') });
    const span = from.ok && to.ok && errors.length === 0 ? { from: from.value, to: to.value } : null;
    return { typed, errors, span };
  }

  async function showBalances(req: Request, res: Response): Promise<void> {
    const { t } = res.locals;
    const { typed, errors, span } = asked(req.query, res);
    markInvalid(res, errors);
    const rows = span === null ? [] : await accountRows(database.knex, span);
    renderPage(res, 'accounting/reports/balances', {
      title: t('accounting:balances.title'),
      form: formView(typed, errors),
      rows: rows.map((row) => ({
        ...row,
        name: wordText(pages, t, 'role', row.role),
        accountText: row.account ?? t('accounting:balances.no_account'),
        href:
          span === null
            ? ''
            : urlWith(`${ACCOUNTING_PATH}/journal`, { account: row.account ?? row.role, from: span.from, to: span.to }),
      })),
      sums: sumsOf(rows),
      csvHref: urlWith(`${PATH}.csv`, typed),
      fields: Object.entries(typed).map(([name, value]) => ({ name, value })),
    });
  }
}
