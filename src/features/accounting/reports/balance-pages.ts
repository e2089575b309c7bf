import type { Request, Response, Router } from 'express';
import { requires } from '../../../platform/http/permissions.ts';
import { addDays } from '../../../core/calendar.ts';
import { formView, type FormError } from '../../../platform/html/form-view.ts';
import { dayInput } from '../../../platform/html/format.ts';
import { parseDay } from '../../../platform/html/typed-input.ts';
import { renderPage } from '../../../platform/html/views.ts';
import { markInvalid, parameterOf } from '../../../platform/http/request.ts';
import { firstDayOf, lastDayOf, monthOf } from '../../../core/month.ts';
import { wordText, ACCOUNTING_PATH, urlWith } from '../ledger/ledger-request-form.ts';
import { accountBalances, accountVersions } from '../ledger/account-version-service.ts';
import type { Shell } from '../../../platform/process/feature.ts';
import { pageRouter } from '../../../platform/http/page-router.ts';
import type { AccountBalance } from '../../../core/books/ledger-sums.ts';

const PATH = `${ACCOUNTING_PATH}/balances`;

interface Row {
  readonly account: string | null;
  readonly role: string;
  readonly currency: string;
  readonly opening: number;
  readonly debit: number;
  readonly credit: number;
  readonly closing: number;
}

/** Sums and balances of every account over some days; debit and credit are always the same. */
export function balancePages(pages: Shell): Router {
  const { database, clock } = pages;
  const router = pageRouter();

  router.get(PATH, requires('books.see'), showBalances);

  return router;

  async function showBalances(req: Request, res: Response): Promise<void> {
    const { t, locale } = res.locals;
    const month = monthOf(clock.today());
    const typed = {
      from: parameterOf(req, 'from') || dayInput(firstDayOf(month), locale),
      to: parameterOf(req, 'to') || dayInput(lastDayOf(month), locale),
    };
    const [from, to] = [parseDay(typed.from), parseDay(typed.to)];
    const errors: FormError[] = [];
    if (!from.ok) errors.push({ path: 'from', message: t(`common:${from.error}`) });
    if (!to.ok) errors.push({ path: 'to', message: t(`common:${to.error}`) });
    if (from.ok && to.ok && from.value > to.value)
      errors.push({ path: 'to', message: t('accounting:journal.days_reversed') });
    markInvalid(res, errors);
    const span = from.ok && to.ok && errors.length === 0 ? { from: from.value, to: to.value } : null;
    const versions = await accountVersions(database.knex);
    const rows =
      span === null
        ? []
        : merged(
            await accountBalances(database.knex, versions, { from: null, to: addDays(span.from, -1) }),
            await accountBalances(database.knex, versions, span),
          );
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
    });
  }
}

function merged(before: readonly AccountBalance[], moved: readonly AccountBalance[]): Row[] {
  const keyOf = (one: AccountBalance): string => `${one.account ?? `~${one.role}`} ${one.currency}`;
  const rows = new Map<string, Row>();
  for (const one of before) {
    const opening = one.debit - one.credit;
    rows.set(keyOf(one), {
      account: one.account,
      role: one.role,
      currency: one.currency,
      opening,
      debit: 0,
      credit: 0,
      closing: opening,
    });
  }
  for (const one of moved) {
    const opening = rows.get(keyOf(one))?.opening ?? 0;
    rows.set(keyOf(one), {
      account: one.account,
      role: one.role,
      currency: one.currency,
      opening,
      debit: one.debit,
      credit: one.credit,
      closing: opening + one.debit - one.credit,
    });
  }
  return [...rows.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
}

function sumsOf(
  rows: readonly Row[],
): { currency: string; opening: number; debit: number; credit: number; closing: number; isEven: boolean }[] {
  return [...new Set(rows.map(({ currency }) => currency))].map((currency) => {
    const own = rows.filter((row) => row.currency === currency);
    const sum = (pick: (row: Row) => number): number => own.reduce((total, row) => total + pick(row), 0);
    const [debit, credit] = [sum((row) => row.debit), sum((row) => row.credit)];
    return {
      currency,
      opening: sum((row) => row.opening),
      debit,
      credit,
      closing: sum((row) => row.closing),
      isEven: debit === credit,
    };
  });
}
