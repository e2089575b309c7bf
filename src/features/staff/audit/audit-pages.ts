import type { Request, Response, Router } from 'express';
import { requires } from '../../../platform/http/permissions.ts';
import { may } from '../../../core/access.ts';
import type { SignedInUser } from '../../../platform/http/auth.ts';
import { cursorOf, markInvalid } from '../../../platform/http/request.ts';
import { csvStream, type CsvValue } from '../../../platform/files/csv.ts';
import { formatInstant } from '../../../platform/html/format.ts';
import { formView } from '../../../platform/html/form-view.ts';
import type { Locale, Translate } from '../../../platform/html/i18n.ts';
import { renderPage } from '../../../platform/html/views.ts';
import {
  auditPage,
  auditRows,
  changesOf,
  wordsOf,
  type AuditFilter,
  type AuditRow,
  type AuditSearch,
} from './audit-service.ts';
import { readFilter, typedFilter } from './audit-filter-form.ts';
import { namesOfReferences } from './audit-names-service.ts';
import { changeLines, referencesOf, type AuditWords } from './audit-words-view.ts';
import { listUserNames, namesOfActors } from '../people/user-service.ts';
import { pageRouter } from '../../../platform/http/page-router.ts';
import type { Shell } from '../../../platform/process/feature.ts';

const PATH = '/admin/audit';
const PAGE = 50;
const MAX_PEOPLE = 500;
const MAX_RAW_TEXT = 200;
/** Where the record of an entity is shown; others have no page of their own. */
const PAGES: Readonly<Record<string, (id: string) => string>> = {
  voucher: (id) => `/admin/vouchers/${id}`,
  campaign: (id) => `/admin/campaigns/${id}`,
  redemption: (id) => `/admin/redemptions/${id}`,
  order: (id) => `/admin/orders/${id}`,
  user: (id) => `/admin/users/${id}`,
  partner_invoice: (id) => `/admin/partner-invoices/${id}`,
  settings: (id) => (id === 'stacking' ? '/admin/settings/stacking' : '/admin/settings/general'),
  ...Object.fromEntries(
    ['product', 'theme', 'region', 'brand', 'partner'].map((kind) => [
      kind,
      (id: string) => `/admin/catalogue/${kind}s/entries/${encodeURIComponent(id)}`,
    ]),
  ),
};
/** People are for administrators, settings for those who may read them. */
function hrefFor(entity: string, id: string, user: SignedInUser | null): string | null {
  if (entity === 'user' && !may(user, 'people.manage')) return null;
  if (entity === 'settings' && !may(user, 'settings.see')) return null;
  return PAGES[entity]?.(id) ?? null;
}

export const AUDITED_ENTITIES = [
  'voucher',
  'campaign',
  'redemption',
  'order',
  'partner_invoice',
  'accounting',
  'settings',
  'product',
  'theme',
  'region',
  'brand',
  'partner',
  'user',
  'api_key',
  'tidying',
  'approval',
  'derecognition',
  'job',
  'hold',
  'motif',
  'mail',
  'mail_text',
  'statement',
  'till_shift',
  'booking_sample',
] as const;
/** What was done, as the filter offers it; `voucher.` and the like stand before it. */
export const AUDITED_ACTIONS = [
  'create',
  'change',
  'pay',
  'cancel',
  'deactivate',
  'activate',
  'extend',
  'reissue',
  'split',
  'merge',
  'topup',
  'import',
] as const;

type Speech = Pick<AuditWords, 't' | 'locale'>;

/** Who did what and when: searched, followed to the record, taken along as a list. */
export function auditPages({ database, clock, timeZone, i18n }: Shell): Router {
  const router = pageRouter();
  router.use(PATH, requires('audit.see'));

  router.get(PATH, showLog);

  router.get(`${PATH}/export`, (req, res) => {
    const { t, locale } = res.locals;
    const typed = typedFilter(req);
    const { filter, errors } = readFilter(typed, clock, t);
    if (errors.length > 0) {
      res.redirect(303, PATH);
      return;
    }
    res.attachment(`protokoll-${clock.today()}.csv`).type('text/csv');
    const csv = csvStream(exported(filter, typed.q, t, locale));
    csv.on('error', () => res.destroy());
    res.once('close', () => csv.destroy());
    csv.pipe(res);
  });

  return router;

  /** Names, and the words the page has for what was done, are found too. */
  function searchOf(q: string, names: ReadonlyMap<string, string>, { t, locale }: Speech): AuditSearch {
    const words = { ...speech(t, locale), nameOf: (_kind: string, id: string) => id, currencyOf: () => null };
    return {
      words: wordsOf(q),
      textOf: (row) =>
        [
          whoText(row.actor, names, t),
          actionText(row.action, t),
          recordText(row, t),
          ...changeLines(row, words).flatMap(({ field, before, after }) => [field, before ?? '', after ?? '']),
        ].join(' '),
    };
  }

  async function* exported(
    filter: AuditFilter,
    q: string,
    t: Translate,
    locale: Locale,
  ): AsyncGenerator<readonly CsvValue[]> {
    yield ['when', 'who', 'record', 'id', 'what', 'field', 'before', 'after'].map((column) =>
      t(`staff:audit.column.${column}`),
    );
    const names = new Map((await listUserNames(database, MAX_PEOPLE)).map(({ id, name }) => [`user:${id}`, name]));
    for await (const row of auditRows(database, filter, searchOf(q, names, { t, locale }))) {
      const start = [
        formatInstant(row.at, timeZone, locale),
        whoText(row.actor, names, t),
        row.entity,
        row.entityId,
        row.action,
      ];
      const changes = changesOf(row.changes);
      if (changes.length === 0) yield [...start, '', '', ''];
      for (const { path, before, after } of changes) yield [...start, path, rawText(before), rawText(after)];
    }
  }

  function speech(t: Translate, locale: Locale): Omit<AuditWords, 'nameOf' | 'currencyOf'> {
    return { t, locale, hasText: (key) => i18n.has(key), timeZone };
  }

  function actionText(action: string, t: Translate): string {
    const key = `staff:audit.action.${action.replace('.', '_')}`;
    return i18n.has(key) ? t(key) : action;
  }

  function recordText({ entity, entityId }: AuditRow, t: Translate): string {
    const key = `staff:audit.entity.${entity}`;
    return `${i18n.has(key) ? t(key) : entity} ${entityId}`;
  }

  async function showLog(req: Request, res: Response): Promise<void> {
    const { t, locale } = res.locals;
    const typed = typedFilter(req);
    const { filter, errors } = readFilter(typed, clock, t);
    const beforeId = cursorOf(req);
    const people = await listUserNames(database, MAX_PEOPLE);
    const search = searchOf(typed.q, new Map(people.map(({ id, name }) => [`user:${id}`, name])), { t, locale });
    const { rows, nextCursor, isPartial } =
      errors.length > 0
        ? { rows: [], nextCursor: null, isPartial: false }
        : await auditPage(database, filter, search, beforeId, PAGE);
    const names = await namesOfActors(
      database,
      rows.map(({ actor }) => actor),
    );
    const words = {
      ...speech(t, locale),
      ...(await namesOfReferences(database, referencesOf(rows), clock.moment())),
    };
    const query = new URLSearchParams(Object.entries(typed).filter(([, value]) => value !== ''));
    markInvalid(res, errors);
    renderPage(res, 'staff/audit/audit', {
      title: t('staff:audit.title'),
      form: formView({ ...typed }, errors),
      people: people.map(({ id, name }) => ({ value: `user:${id}`, label: name })),
      actions: AUDITED_ACTIONS.map((value) => ({ value, label: t(`staff:audit.verb.${value}`) })),
      entities: AUDITED_ENTITIES.map((value) => ({ value, label: t(`staff:audit.entity.${value}`) })),
      rows: rows.map((row) => ({
        ...row,
        who: whoText(row.actor, names, t),
        what: actionText(row.action, t),
        record: recordText(row, t),
        href: hrefFor(row.entity, row.entityId, res.locals.user),
        lines: changeLines(row, words),
      })),
      isFiltered: query.size > 0,
      exportHref: `${PATH}/export?${query.toString()}`,
      isPartial,
      next: nextCursor === null ? null : `${PATH}?${query.toString()}&cursor=${nextCursor}`,
      first: beforeId === null ? null : `${PATH}?${query.toString()}`,
      locale,
    });
  }
}

/** What a program reads: values as they are kept. */
function rawText(value: unknown): string {
  if (value === null || value === undefined) return '';
  return (typeof value === 'string' ? value : JSON.stringify(value)).slice(0, MAX_RAW_TEXT);
}

function whoText(actor: string, names: ReadonlyMap<string, string>, t: Translate): string {
  const name = names.get(actor);
  if (name !== undefined) return name;
  const [kind = '', id = ''] = actor.split(':', 2);
  if (kind === 'user' || kind === 'key' || kind === 'job') return t(`staff:audit.actor.${kind}`, { id });
  return t('staff:audit.actor.system');
}
