import type { Request, Response, Router } from 'express';
import { daysBetween } from '../../../core/calendar.ts';
import { formView } from '../../../platform/html/form-view.ts';
import { dayInput } from '../../../platform/html/format.ts';
import type { Translate } from '../../../platform/html/i18n.ts';
import { parseDay } from '../../../platform/html/typed-input.ts';
import { renderPage } from '../../../platform/html/views.ts';
import { pageRouter } from '../../../platform/http/page-router.ts';
import { requires } from '../../../platform/http/permissions.ts';
import { markInvalid, parameterOf } from '../../../platform/http/request.ts';
import type { Shell } from '../../../platform/process/feature.ts';
import { readEntry } from '../../catalogue/catalogue-service.ts';
import { ACCOUNTING_PATH, urlWith } from '../ledger/ledger-request-form.ts';
import { currentSetup } from '../ledger/setup-service.ts';
import { CLAIM_AGES, openDocuments, openPartnerAccounts, type PartnerAccount } from './partner-account-service.ts';

const PATH = `${ACCOUNTING_PATH}/partners`;
/** What stands for deals without a partner in an address. */
const NO_PARTNER = '-';

/** What is open between each partner and us on a day, since when, and by which document. */
export function partnerAccountPages(pages: Shell): Router {
  const { database, clock } = pages;
  const router = pageRouter();

  router.get(PATH, requires('books.see'), async (req, res) => {
    const { t } = res.locals;
    const { form, day, typed } = asked(req, res);
    const { setup } = await currentSetup(database.knex);
    const { accounts, isCut } =
      day === null ? { accounts: [], isCut: false } : await openPartnerAccounts(database.knex, setup, day);
    renderPage(res, 'accounting/partner-accounts/partner-accounts', {
      title: t('accounting:partners.title'),
      form,
      isCut,
      ages: CLAIM_AGES.map((age) => t(`accounting:partners.age.${age}`)),
      rows: accounts.map((account) => rowOf(account, typed, t)),
      sums: sumsOf(accounts),
    });
  });

  router.get(`${PATH}/:partner`, requires('books.see'), showDocuments);

  return router;

  async function showDocuments(req: Request, res: Response): Promise<void> {
    const { t } = res.locals;
    const { form, day, typed } = asked(req, res);
    const id = String(req.params['partner']);
    const partner = id === NO_PARTNER ? null : id;
    const name =
      partner === null ? t('accounting:partners.none') : (await readEntry(database.knex, 'partner', partner)).name;
    const { documents, isCut } =
      day === null ? { documents: [], isCut: false } : await openDocuments(database.knex, partner, day);
    renderPage(res, 'accounting/partner-accounts/partner-documents', {
      title: name,
      breadcrumbs: [{ href: urlWith(PATH, { on: typed }), text: t('accounting:partners.title') }],
      form,
      isCut,
      path: `${PATH}/${encodeURIComponent(id)}`,
      rows: documents.map((document) => ({
        ...document,
        open: document.debit - document.credit,
        days: daysBetween(document.since, day ?? document.since),
        href: document.document === '' ? '' : urlWith(`${ACCOUNTING_PATH}/journal`, { document: document.document }),
      })),
      sums: sumsOf(documents.map(({ debit, credit, currency }) => ({ currency, open: debit - credit }))),
    });
  }

  function asked(req: Request, res: Response) {
    const { t, locale } = res.locals;
    const typed = parameterOf(req, 'on') || dayInput(clock.today(), locale);
    const on = parseDay(typed);
    const errors = on.ok ? [] : [{ path: 'on', message: t(`common:${on.error}`) }];
    markInvalid(res, errors);
    return { form: formView({ on: typed }, errors), day: on.ok ? on.value : null, typed };
  }
}

function rowOf(account: PartnerAccount, on: string, t: Translate) {
  return {
    ...account,
    name: account.partnerId === null ? t('accounting:partners.none') : account.name,
    accountText: account.account ?? t('accounting:balances.no_account'),
    href: urlWith(`${PATH}/${encodeURIComponent(account.partnerId ?? NO_PARTNER)}`, { on }),
    journalHref: account.account === null ? '' : urlWith(`${ACCOUNTING_PATH}/journal`, { account: account.account }),
    cells: CLAIM_AGES.map((age) => ({ cents: account.ages[age], currency: account.currency })),
  };
}

function sumsOf(rows: readonly { readonly currency: string; readonly open: number }[]) {
  const sums = new Map<string, number>();
  for (const { currency, open } of rows) sums.set(currency, (sums.get(currency) ?? 0) + open);
  return [...sums].map(([currency, cents]) => ({ currency, cents }));
}
