import type { Request, Response, Router } from 'express';
import { csvStream, type CsvValue } from '../../../platform/files/csv.ts';
import { formatDay, moneyInput } from '../../../platform/html/format.ts';
import { formView } from '../../../platform/html/form-view.ts';
import { renderPage } from '../../../platform/html/views.ts';
import { pageRouter } from '../../../platform/http/page-router.ts';
import { requires } from '../../../platform/http/permissions.ts';
import { cursorOf, markInvalid } from '../../../platform/http/request.ts';
import type { Shell } from '../../../platform/process/feature.ts';
import { ACCOUNTING_PATH, urlWith } from '../ledger/ledger-request-form.ts';
import { allDebtorItems, DEBTOR_KINDS, debtorItems, type DebtorItem, type DebtorKind } from './debtor-item-service.ts';
import { asked } from './liability-form.ts';
import type { LiabilityQuestion } from './liability-service.ts';

const REPORT = `${ACCOUNTING_PATH}/liabilities`;
const PATH = `${REPORT}/debtors`;
const PAGE = 50;

/** The single items behind what stands with debtors on a day: payments without a voucher, open refunds, claims. */
export function debtorItemPages({ database, clock }: Shell): Router {
  const router = pageRouter();

  router.get(`${PATH}/:kind`, requires('books.see'), async (req, res) => {
    await showItems(req, res, kindOf(req));
  });

  router.get(`${PATH}/:kind/csv`, requires('books.see'), (req, res) => {
    const { question } = asked(req.query, clock, res.locals);
    if (question === null) {
      res.redirect(303, REPORT);
      return;
    }
    res.attachment(`debitoren-${question.on}.csv`).type('text/csv');
    const csv = csvStream(rows(question, kindOf(req), res));
    csv.on('error', () => res.destroy());
    res.once('close', () => csv.destroy());
    csv.pipe(res);
  });

  return router;

  async function* rows(
    { on, knownUntil }: LiabilityQuestion,
    kind: DebtorKind,
    { locals: { t, locale } }: Response,
  ): AsyncGenerator<readonly CsvValue[]> {
    yield ['number', 'payee', 'since', 'currency', 'amount'].map((name) => t(`accounting:debtors.column.${name}`));
    for await (const item of allDebtorItems(database.knex, kind, { day: on, knownUntil })) {
      const { number, payee, since, currency, cents } = item;
      yield [number, payee, formatDay(since, locale), currency, moneyInput(cents, currency, locale)];
    }
  }

  async function showItems(req: Request, res: Response, kind: DebtorKind): Promise<void> {
    const { t } = res.locals;
    const { typed, question, errors } = asked(req.query, clock, res.locals);
    const afterId = cursorOf(req);
    const page = { afterId: afterId ?? '0', limit: PAGE };
    const { items, nextCursor } =
      question === null
        ? { items: [], nextCursor: null }
        : await debtorItems(database.knex, kind, { day: question.on, knownUntil: question.knownUntil }, page);
    markInvalid(res, errors);
    const path = `${PATH}/${kind}`;
    renderPage(res, 'accounting/reports/debtor-items', {
      title: t(`accounting:debtors.${kind}`),
      breadcrumbs: [{ href: urlWith(REPORT, { ...typed }), text: t('accounting:liabilities.title') }],
      path,
      explained: t(`accounting:debtors.explained.${kind}`),
      hasPayee: kind === 'refunds',
      form: formView(typed, errors),
      rows: items.map((item) => ({ ...item, href: hrefOf(kind, item) })),
      csvHref: urlWith(`${path}/csv`, { ...typed }),
      next: nextCursor === null ? '' : urlWith(path, { ...typed, cursor: nextCursor }),
      first: afterId === null ? '' : urlWith(path, { ...typed }),
    });
  }
}

function kindOf(req: Request): DebtorKind {
  return DEBTOR_KINDS.find((one) => one === req.params['kind']) ?? 'payments';
}

function hrefOf(kind: DebtorKind, { id }: DebtorItem): string {
  return kind === 'refunds' ? `/admin/refunds/${id}` : `/admin/orders/${id}`;
}
