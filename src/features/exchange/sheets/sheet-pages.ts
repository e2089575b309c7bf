import type { Request, Response, Router } from 'express';
import { requires } from '../../../platform/http/permissions.ts';
import { idOf, actorOf, userOf } from '../../../platform/http/request.ts';
import { appError } from '../../../platform/process/errors.ts';
import { addFlash } from '../../../platform/html/flash.ts';
import { formatNumber } from '../../../platform/html/format.ts';
import { formView } from '../../../platform/html/form-view.ts';
import type { Upload } from '../../../platform/files/uploads.ts';
import { takeTable } from '../import/table-upload-form.ts';
import { renderPage } from '../../../platform/html/views.ts';
import { jobFor } from '../../staff/jobs/job-service.ts';
import { countHits, vouchersById } from '../../vouchers/list/voucher-list-service.ts';
import { listQueryOf, listUrl, readFilter, VOUCHERS_PATH } from '../../vouchers/list/voucher-list-pages.ts';
import { headingKey, sheetColumns } from './sheet-columns-service.ts';
import { checkFigures, diffOf, peopleOf, refusalsOf } from './sheet-view.ts';
import {
  awaitedCheck,
  checkState,
  isAtWork,
  isUploadKept,
  MAX_SHEET_ROWS,
  queueCheck,
  startApply,
  startCheck,
  startSheet,
  type CheckState,
  type SheetReport,
} from './sheet-service.ts';
import { askedOf, filterText, type Asked } from '../export/voucher-export-pages.ts';
import { pageRouter } from '../../../platform/http/page-router.ts';
import type { Shell } from '../../../platform/process/feature.ts';

const PATH = '/admin/sheets';
const CHANGES_PER_PAGE = 50;

/** Vouchers out to Excel, changed there, and back: first what would change and what may not, then all of it or nothing. */
export function sheetPages({ database, clock, files }: Shell): Router {
  const router = pageRouter();
  router.use(PATH, requires('vouchers.change'));

  router.get(PATH, (_req, res) => {
    showUpload(res, null);
  });

  router.post(PATH, async (req, res) => {
    const check = async (file: Upload): Promise<string | null> => {
      const id = await startCheck(database, files, file, actorOf(res), clock.now());
      return id === null ? null : `${PATH}/checks/${id}`;
    };
    await takeTable(req, res, check, (sentence) => {
      showUpload(res, sentence);
    });
  });

  router.get(`${PATH}/new`, async (req, res) => {
    await showNew(res, { filter: readFilter(req.query), ids: null });
  });

  // What was chosen in the list comes along in the body: it may be too much for an address.
  router.post(`${PATH}/new/preview`, async (req, res) => {
    await showNew(res, askedOf(req));
  });

  router.post(`${PATH}/new`, async (req, res) => {
    const { t, locale } = res.locals;
    const asked = askedOf(req);
    const count = await countOf(asked, res);
    if (count === 0 || count > MAX_SHEET_ROWS) return showNew(res.status(422), asked);
    const query = listQueryOf(asked.filter, res.locals.user);
    const text = asked.ids === null ? filterText(res, asked.filter) : t('exchange:export.chosen', { count });
    const job = await startSheet(
      database,
      { query, ids: asked.ids, userName: userOf(res).name, filterText: text, actor: actorOf(res), locale },
      count,
      clock.now(),
    );
    addFlash(req, { kind: 'success', text: t('exchange:sheet.started') });
    res.redirect(303, `/admin/jobs/${job}`);
  });

  router.get(`${PATH}/checks/:id`, async (req, res) => {
    const found = await checkOf(req, res, true);
    if (isAtWork(found)) return showWait(req, res, found);
    if (found.report === null)
      return showUpload(
        res,
        res.locals.t(found.error === null ? 'exchange:sheet.gone' : `jobs:error.${found.error}`, {
          most: formatNumber(MAX_SHEET_ROWS, res.locals.locale),
        }),
        200,
      );
    await showCheck(req, res, found, found.report);
  });

  router.post(`${PATH}/checks/:id`, async (req, res) => {
    const { report, payload } = await checkOf(req, res, false);
    const id = idOf(req);
    if (report === null) throw appError('not_found');
    if (report.refused === 0 && report.changes.length > 0)
      await startApply(database, { checkId: id, ...payload, actor: actorOf(res) }, report.changes.length, clock.now());
    res.redirect(303, `${PATH}/checks/${id}`);
  });

  router.post(`${PATH}/checks/:id/again`, async (req, res) => {
    const { payload } = await checkOf(req, res, false);
    if (!(await isUploadKept(files, payload))) return showUpload(res, res.locals.t('exchange:sheet.gone'));
    const id = await queueCheck(database, { ...payload, actor: actorOf(res) }, clock.now());
    res.redirect(303, `${PATH}/checks/${id}`);
  });

  return router;

  async function checkOf(req: Request, res: Response, isAwaited: boolean): Promise<CheckState> {
    const id = idOf(req);
    await jobFor(database, id, userOf(res));
    const found = await (isAwaited ? awaitedCheck : checkState)(database, files, id);
    if (found === null) throw appError('not_found');
    return found;
  }

  async function countOf({ filter, ids }: Asked, res: Response): Promise<number> {
    const moment = clock.moment();
    if (ids !== null) return (await vouchersById(database, ids, moment)).length;
    return (await countHits(database, listQueryOf(filter, res.locals.user), moment, MAX_SHEET_ROWS + 1)).count;
  }

  async function showNew(res: Response, asked: Asked): Promise<void> {
    const { t, locale } = res.locals;
    const count = await countOf(asked, res);
    const most = formatNumber(MAX_SHEET_ROWS, locale);
    const isTooMany = count > MAX_SHEET_ROWS;
    renderPage(res, 'exchange/sheets/sheet-new', {
      title: t('exchange:sheet.title'),
      breadcrumbs: [{ href: VOUCHERS_PATH, text: t('vouchers:title') }],
      path: `${PATH}/new`,
      uploadHref: PATH,
      query: listUrl(asked.filter).split('?')[1] ?? '',
      ids: asked.ids?.join(',') ?? '',
      back: listUrl(asked.filter),
      howMany: isTooMany
        ? t('exchange:export.more_than', { number: most })
        : t('exchange:export.count', { count, number: formatNumber(count, locale) }),
      tooMany: isTooMany ? t('exchange:sheet.too_many', { most }) : '',
      mayStart: count > 0 && !isTooMany,
      filterText: asked.ids === null ? filterText(res, asked.filter) : t('exchange:export.only_chosen'),
      open: sheetColumns()
        .filter(({ isOpen }) => isOpen)
        .map(({ name }) => t(headingKey(name))),
    });
  }

  function showWait(req: Request, res: Response, { apply }: CheckState): void {
    const { t } = res.locals;
    const jobId = apply?.jobId ?? idOf(req);
    renderPage(res, 'exchange/sheets/sheet-wait', {
      title: t('exchange:sheet.check_title'),
      breadcrumbs: [{ href: PATH, text: t('exchange:sheet.upload_title') }],
      text: t(apply === null ? 'exchange:import.checking' : 'exchange:sheet.applying'),
      here: `${PATH}/checks/${idOf(req)}`,
      jobHref: `/admin/jobs/${jobId}`,
    });
  }

  async function showCheck(
    req: Request,
    res: Response,
    { payload, apply }: CheckState,
    report: SheetReport,
  ): Promise<void> {
    const { t, locale } = res.locals;
    const here = `${PATH}/checks/${idOf(req)}`;
    const start = startOf(req, report.changes.length);
    const outcome = apply === null ? null : apply.state;
    const isApplied = outcome === 'done';
    const isStale = outcome === 'failed' || outcome === 'cancelled';
    const count = report.changes.length;
    const shown = report.changes.slice(start, start + CHANGES_PER_PAGE);
    const pageHref = (first: number): string => (first === 0 ? here : `${here}?from=${first}`);
    renderPage(res, 'exchange/sheets/sheet-check', {
      title: t('exchange:sheet.check_title'),
      breadcrumbs: [{ href: PATH, text: t('exchange:sheet.upload_title') }],
      fileName: payload.fileName,
      figures: checkFigures(report, res.locals),
      isApplied,
      isStale,
      isBlocked: report.refused > 0,
      isNothing: report.refused === 0 && count === 0,
      mayApply: outcome === null && report.refused === 0 && count > 0,
      mayCheckAgain: !isApplied && (isStale || report.refused > 0) && (await isUploadKept(files, payload)),
      applied: t('exchange:sheet.applied', { count, number: formatNumber(count, locale) }),
      applyLabel: t('exchange:sheet.apply', { count, number: formatNumber(count, locale) }),
      warnings: report.changes.some(({ shortEnd }) => shortEnd !== null),
      ignored: report.ignored.join(', '),
      refusals: refusalsOf(report, await peopleOf(database, report), res.locals),
      moreRefusals: report.refused - report.refusals.length,
      changes: diffOf(shown, res.locals),
      range:
        count === 0
          ? ''
          : t('exchange:sheet.range', {
              first: formatNumber(start + 1, locale),
              last: formatNumber(start + shown.length, locale),
              count: formatNumber(count, locale),
            }),
      isPaged: count > CHANGES_PER_PAGE,
      previous: start === 0 ? '' : pageHref(Math.max(0, start - CHANGES_PER_PAGE)),
      next: start + CHANGES_PER_PAGE >= count ? '' : pageHref(start + CHANGES_PER_PAGE),
      here,
      path: PATH,
      listHref: VOUCHERS_PATH,
    });
  }
}

function showUpload(res: Response, error: string | null, status = 422): void {
  const { t, locale } = res.locals;
  if (error !== null) res.status(status);
  renderPage(res, 'exchange/sheets/sheet-upload', {
    title: t('exchange:sheet.upload_title'),
    path: PATH,
    newHref: `${PATH}/new`,
    listHref: VOUCHERS_PATH,
    most: formatNumber(MAX_SHEET_ROWS, locale),
    form: formView({}, error === null ? [] : [{ path: 'file', message: error }]),
  });
}

function startOf(req: Request, count: number): number {
  const from = req.query['from'];
  const start = typeof from === 'string' && /^\d{1,5}$/.test(from) ? Number(from) : 0;
  return start < count ? start - (start % CHANGES_PER_PAGE) : 0;
}
