import type { Response, Router } from 'express';
import { requires } from '../../../platform/http/permissions.ts';
import { may } from '../../../core/access.ts';
import { ACCOUNT_ROLES } from '../../../core/books/account-role.ts';
import { CHARTS, hasAutomaticVat, isUnsure, VALUE_TYPES, type Chart } from '../../../core/books/chart-of-accounts.ts';
import { DISCOUNT_METHODS } from '../../../core/books/postings.ts';
import { rethrowUnexpected } from '../../../platform/process/errors.ts';
import { errorSentence } from '../../../platform/http/error-sentence.ts';
import { addFlash } from '../../../platform/html/flash.ts';
import { formView, type FormError } from '../../../platform/html/form-view.ts';
import type { Translate } from '../../../platform/html/i18n.ts';
import { renderPage } from '../../../platform/html/views.ts';
import { actorOf, cursorOf, markInvalid } from '../../../platform/http/request.ts';
import { listEntries } from '../../catalogue/catalogue-service.ts';
import { ACCOUNTING_PATH, urlWith, wordText } from '../ledger/ledger-request-form.ts';
import { parseSetup, typedFromSetup, typedSetup, withChart, type TypedSetup } from './setup-form.ts';
import { currentSetup, saveSetup, setupHistory, vatWarnings } from '../ledger/setup-service.ts';
import { pageRouter } from '../../../platform/http/page-router.ts';
import type { Shell } from '../../../platform/process/feature.ts';

const PATH = `${ACCOUNTING_PATH}/accounts`;
const MAX_BRANDS = 500;
const VERSIONS = 25;
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

/** The chart of accounts and how it is exported; every version that ever held is kept. */
export function setupPages(pages: Shell): Router {
  const { database, clock, namesOfActors } = pages;
  const router = pageRouter();

  router.get(PATH, requires('books.see'), async (req, res) => {
    const current = await currentSetup(database.knex);
    const chart = CHARTS.find((one) => one === req.query['chart']);
    const typed = typedFromSetup(current.setup, current.id);
    await show(res, chart === undefined ? typed : withChart(typed, chart), [], chart !== undefined);
  });

  router.get(`${PATH}/history`, requires('books.see'), async (req, res) => {
    const { t } = res.locals;
    const beforeId = cursorOf(req);
    const versions = await setupHistory(database.knex, beforeId, VERSIONS);
    const names = await namesOfActors(versions.map(({ createdBy }) => createdBy));
    renderPage(res, 'accounting/setup/accounts-history', {
      title: t('accounting:setup.history'),
      breadcrumbs: [{ href: PATH, text: t('accounting:setup.title') }],
      versions: versions.map((version) => ({
        ...version,
        by: names.get(version.createdBy) ?? version.createdBy,
        note: version.note ?? '',
        changes: version.changes.map(({ field, before: old, after }) => ({
          field: fieldText(field, t),
          before: old ?? '–',
          after: after ?? '–',
        })),
      })),
      first: beforeId === null ? '' : `${PATH}/history`,
      next: versions.length === VERSIONS ? urlWith(`${PATH}/history`, { cursor: versions.at(-1)?.id ?? null }) : '',
    });
  });

  router.post(PATH, requires('books.change'), async (req, res) => {
    const typed = typedSetup(req.body);
    const { setup, errors } = parseSetup(typed, res.locals.t);
    if (setup === null) return show(res, typed, errors);
    try {
      const saved = await saveSetup(
        database,
        setup,
        typed.version === '' ? null : typed.version,
        typed.note === '' ? null : typed.note,
        actorOf(res),
        clock.now(),
      );
      addFlash(req, { kind: 'success', text: res.locals.t('accounting:setup.saved', { version: saved.id ?? '' }) });
      const warnings = vatWarnings(setup);
      if (warnings.length > 0)
        addFlash(req, {
          kind: 'warning',
          text: res.locals.t('accounting:setup.saved_with_vat', {
            accounts: warnings.map(({ account }) => account).join(', '),
          }),
        });
      res.redirect(303, PATH);
    } catch (error) {
      rethrowUnexpected(error);
      await show(res, typed, [{ path: '', message: errorSentence(error.code, res.locals.t) }]);
    }
  });

  return router;

  async function show(
    res: Response,
    typed: TypedSetup,
    errors: readonly FormError[],
    isProposal = false,
  ): Promise<void> {
    const { t } = res.locals;
    const chart: Chart = CHARTS.find((one) => one === typed.chart) ?? 'SKR03';
    const brands = await listEntries(database.knex, 'brand', { after: null, limit: MAX_BRANDS });
    const options = (values: readonly string[], group: string): { value: string; label: string }[] =>
      values.map((value) => ({ value, label: t(`accounting:setup.${group}.${value}`) }));
    markInvalid(res, errors);
    renderPage(res, 'accounting/setup/accounts', {
      title: t('accounting:setup.title'),
      form: formView(
        { ...typed },
        errors.map(({ path, message }) => ({
          path,
          message: path === '' ? message : `${fieldText(path, t)}: ${message}`,
        })),
      ),
      typed,
      isProposal,
      mayChange: may(res.locals.user, 'books.change'),
      charts: CHARTS.map((value) => ({ value, label: t(`accounting:setup.chart.${value}`) })),
      roles: ACCOUNT_ROLES.map((role) => ({
        role,
        name: `accounts[${role}]`,
        label: t(`accounting:role.${role}`),
        isUnsure: isUnsure(chart, role),
        isAutomatic: VOUCHER_LEGS.has(role) && hasAutomaticVat(chart, typed.accounts[role] ?? ''),
      })),
      exceptions: typed.exceptions.map((_row, index) => ({ index, prefix: `exceptions[${index}]` })),
      roleOptions: ACCOUNT_ROLES.map((role) => ({ value: role, label: wordText(pages, t, 'role', role) })),
      typeOptions: VALUE_TYPES.map((value) => ({ value, label: t(`accounting:type.${value}`) })),
      brandOptions: brands.map(({ id, name }) => ({ value: id, label: name })),
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
    });
  }

  /** `accounts.V_KAUF/purchase/sonne` as people say it. */
  function fieldText(field: string, t: Translate): string {
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
    return t(`accounting:setup.field.${group === 'datev' || group === 'company' ? name : group}`);
  }
}
