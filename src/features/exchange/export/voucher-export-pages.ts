import type { Request, Response, Router } from 'express';
import { requires } from '../../../platform/http/permissions.ts';
import { may } from '../../../core/access.ts';
import { markInvalid, actorOf, LENGTHS, fieldOf } from '../../../platform/http/request.ts';
import { appError } from '../../../platform/process/errors.ts';
import { addFlash } from '../../../platform/html/flash.ts';
import { formatNumber } from '../../../platform/html/format.ts';
import { formView, type FormError } from '../../../platform/html/form-view.ts';
import { renderPage } from '../../../platform/html/views.ts';
import { chosenIds } from '../../vouchers/bulk/voucher-bulk-pages.ts';
import { FILTER_NAMES, voucherFilter } from '../../vouchers/list/voucher-filter-fields.ts';
import { countHits, vouchersById, type ListQuery } from '../../vouchers/list/voucher-list-service.ts';
import {
  listQueryOf,
  listUrl,
  readFilter,
  VOUCHERS_PATH,
  type Filter,
} from '../../vouchers/list/voucher-list-pages.ts';
import { pageRouter } from '../../../platform/http/page-router.ts';
import type { Shell } from '../../../platform/process/feature.ts';
import { exportColumns, EXPORT_KINDS, type ExportKind } from './voucher-export-columns-service.ts';
import { EXPORT_FORMATS, startExport } from './voucher-export-service.ts';

const PATH = '/admin/exports';
const MAX_COUNTED = 10_000;

/** A file of exactly what the list of vouchers shows: first how much and what stands in it, then a job. */
export function voucherExportPages({ database, clock }: Shell): Router {
  const router = pageRouter();
  router.use(PATH, requires('vouchers.export'));

  router.get(`${PATH}/:what`, async (req, res) => {
    await show(req, res, { filter: readFilter(req.query), ids: null }, UNTYPED, []);
  });

  // What was chosen in the list comes along in the body: it may be too much for an address.
  router.post(`${PATH}/:what/preview`, async (req, res) => {
    await show(req, res, askedOf(req), UNTYPED, []);
  });

  router.post(`${PATH}/:what`, async (req, res) => {
    const { t, user, locale } = res.locals;
    if (user === null) throw appError('forbidden');
    const kind = kindOf(req);
    const asked = askedOf(req);
    const format = EXPORT_FORMATS.find((one) => one === fieldOf(req, 'format')) ?? 'xlsx';
    const isFull = kind === 'codes' && fieldOf(req, 'codes') === 'full';
    if (isFull && !may(user, 'codes.see')) throw appError('forbidden');
    const reason = fieldOf(req, 'reason').slice(0, LENGTHS.reason);
    if (isFull && reason === '') {
      await show(req, res, asked, { format, codes: 'full', reason }, [
        { path: 'reason', message: t('exchange:export.reason_missing') },
      ]);
      return;
    }
    const query = exportQueryOf(asked.filter, user);
    const { count, isMore } = await countOf(asked, res);
    const text = asked.ids === null ? filterText(res, asked.filter) : t('exchange:export.chosen', { count });
    const order = {
      kind,
      format,
      query,
      ids: asked.ids,
      isFull,
      reason: reason === '' ? null : reason,
      userName: user.name,
      filterText: text,
      locale,
    };
    const job = await startExport(database, { ...order, actor: actorOf(res) }, isMore ? null : count, clock.now());
    addFlash(req, { kind: 'success', text: t('exchange:export.started') });
    res.redirect(303, `/admin/jobs/${job}`);
  });

  return router;

  function momentOf() {
    return clock.moment();
  }

  async function countOf(
    { filter, ids }: Asked,
    res: Response,
  ): Promise<{ readonly count: number; readonly isMore: boolean }> {
    if (ids === null) return countHits(database, exportQueryOf(filter, res.locals.user), momentOf(), MAX_COUNTED);
    return { count: (await vouchersById(database, ids, momentOf())).length, isMore: false };
  }

  async function show(
    req: Request,
    res: Response,
    { filter, ids }: Asked,
    typed: Readonly<Record<string, string>>,
    errors: readonly FormError[],
  ): Promise<void> {
    const { t, locale, user } = res.locals;
    const kind = kindOf(req);
    markInvalid(res, errors);
    const { count, isMore } = await countOf({ filter, ids }, res);
    const query = listUrl(filter).split('?')[1] ?? '';
    renderPage(res, 'exchange/export/export', {
      title: t(`exchange:export.title.${kind}`),
      breadcrumbs: [{ href: VOUCHERS_PATH, text: t('vouchers:title') }],
      path: `${PATH}/${kind}`,
      query,
      ids: ids?.join(',') ?? '',
      back: listUrl(filter),
      sheet: may(user, 'vouchers.change')
        ? { href: `/admin/sheets/new${query === '' ? '' : `?${query}`}`, preview: '/admin/sheets/new/preview' }
        : null,
      others: EXPORT_KINDS.filter((one) => one !== kind).map((one) => ({
        href: `${PATH}/${one}${query === '' ? '' : `?${query}`}`,
        preview: `${PATH}/${one}/preview`,
        text: t(`exchange:export.instead.${one}`),
      })),
      howMany: isMore
        ? t('exchange:export.more_than', { number: formatNumber(MAX_COUNTED, locale) })
        : t('exchange:export.count', { count, number: formatNumber(count, locale) }),
      isEmpty: count === 0,
      filterText: ids === null ? filterText(res, filter) : t('exchange:export.only_chosen'),
      columns: exportColumns(kind).map(({ heading }) => t(heading)),
      columnCount: exportColumns(kind).length,
      form: formView(typed, errors),
      formats: EXPORT_FORMATS.map((value) => ({ value, label: t(`exchange:export.format.${value}`) })),
      isCodes: kind === 'codes',
      mayFull: may(user, 'codes.see'),
      codeChoices: ['masked', 'full'].map((value) => ({ value, label: t(`exchange:export.codes.${value}`) })),
    });
  }
}

export interface Asked {
  readonly filter: Filter;
  /** Those chosen one by one; null: all hits of the filter. */
  readonly ids: readonly string[] | null;
}

const UNTYPED = { format: 'xlsx', codes: 'masked', reason: '' };

export function askedOf(req: Request): Asked {
  const ids = chosenIds(req);
  return {
    filter: readFilter(Object.fromEntries(new URLSearchParams(fieldOf(req, 'query', LENGTHS.text)))),
    ids: fieldOf(req, 'scope') === 'all' || ids.length === 0 ? null : ids,
  };
}

function kindOf(req: Request): ExportKind {
  const kind = EXPORT_KINDS.find((one) => one === req.params['what']);
  if (kind === undefined) throw appError('not_found');
  return kind;
}

/** What the archive hides in lists stands in the files. */
function exportQueryOf(filter: Filter, user: Response['locals']['user']): ListQuery {
  return listQueryOf(filter.archive === '' ? { ...filter, archive: 'all' } : filter, user);
}

/** What narrows the list, in words: `Art: Kauf; Status: aktiv`. */
export function filterText(res: Response, filter: Filter): string {
  const { t } = res.locals;
  return FILTER_NAMES.filter((name) => filter[name] !== '')
    .map((name) => {
      const value = voucherFilter(name).values === undefined ? filter[name] : t(`vouchers:${name}.${filter[name]}`);
      return `${t(`exchange:filter.${name}`)}: ${value}`;
    })
    .join('; ');
}
