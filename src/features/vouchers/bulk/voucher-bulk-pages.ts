import type { Request, Response, Router } from 'express';
import { requires } from '../../../platform/http/permissions.ts';
import { may } from '../../../core/access.ts';
import { DEFAULT_PAYMENT_METHOD, PAYMENT_METHODS } from '../../../core/books/postings.ts';
import { actorOf, LENGTHS, fieldOf } from '../../../platform/http/request.ts';
import { appError } from '../../../platform/process/errors.ts';
import { addFlash } from '../../../platform/html/flash.ts';
import { formatNumber } from '../../../platform/html/format.ts';
import { formView, type FormError } from '../../../platform/html/form-view.ts';
import { parseDay } from '../../../platform/html/typed-input.ts';
import { renderPage } from '../../../platform/html/views.ts';
import { PRINT_FORMATS } from '../../documents/printing/print-service.ts';
import {
  BULK_ACTIONS,
  MAX_CHOSEN,
  MAX_PRINTED,
  previewBulk,
  BULK_PERMISSIONS,
  startBulk,
  startPrint,
  type BulkAction,
  type BulkOrder,
  type BulkScope,
  type PrintOrder,
} from './voucher-bulk-service.ts';
import { isId } from '../../../platform/data/id.ts';
import { pageRouter } from '../../../platform/http/page-router.ts';
import type { Shell } from '../../../platform/process/feature.ts';
import { options } from '../form/voucher-fields-view.ts';
import { listQueryOf, listUrl, momentOf, readFilter, VOUCHERS_PATH } from '../list/voucher-list-pages.ts';

/** A PDF for each voucher, or one with a page for each. */
export const PRINT_FILES = ['each', 'together'] as const;
/** Not done to the vouchers but read from them: entries of the same menu, and the page that goes on with them. */
export const EXPORT_ACTIONS: ReadonlyMap<string, string> = new Map([
  ['export_list', '/admin/exports/vouchers/preview'],
  ['export_codes', '/admin/exports/codes/preview'],
  ['export_sheet', '/admin/sheets/new/preview'],
]);

/** One action for many vouchers: first how many it meets, then a job. */
export function voucherBulkPages(pages: Shell): Router {
  const { database } = pages;
  const router = pageRouter();

  router.post(`${VOUCHERS_PATH}/bulk`, requires('vouchers.change'), async (req, res) => {
    const page = EXPORT_ACTIONS.get(fieldOf(req, 'action'));
    if (page !== undefined && (fieldOf(req, 'scope') === 'all' || chosenIds(req).length > 0)) {
      // The same form goes on to that page.
      res.redirect(307, page);
      return;
    }
    const asked = readAsked(req, res);
    if (asked === null) {
      addFlash(req, { kind: 'warning', text: res.locals.t('vouchers:bulk.nothing_chosen') });
      res.redirect(303, listUrl(filterOf(req)));
      return;
    }
    await show(req, res, asked, []);
  });

  router.post(`${VOUCHERS_PATH}/bulk/start`, requires('vouchers.change'), async (req, res) => {
    const asked = readAsked(req, res);
    if (asked === null) {
      res.redirect(303, VOUCHERS_PATH);
      return;
    }
    const order = readOrder(req, res, asked.action);
    if (Array.isArray(order)) {
      res.status(422);
      await show(req, res, asked, order);
      return;
    }
    const { count, isMore } = await previewBulk(database, asked.action, asked.scope, momentOf(pages));
    if (order.action === 'print' && count > MAX_PRINTED) {
      res.status(422);
      await show(req, res, asked, [
        {
          path: 'format',
          message: res.locals.t('vouchers:bulk.too_many_prints', {
            most: formatNumber(MAX_PRINTED, res.locals.locale),
          }),
        },
      ]);
      return;
    }
    const payload = { scope: asked.scope, actor: actorOf(res), locale: res.locals.locale };
    const total = isMore ? null : count;
    const now = pages.clock.now();
    const job = await (order.action === 'print'
      ? startPrint(
          database,
          {
            ...payload,
            format: order.format,
            together: order.together,
            logsEach: !may(res.locals.user, 'codes.see'),
          },
          total,
          now,
        )
      : startBulk(database, { ...payload, order }, total, now));
    addFlash(req, { kind: 'success', text: res.locals.t('vouchers:bulk.started') });
    res.redirect(303, `/admin/jobs/${job}`);
  });

  return router;

  async function show(
    req: Request,
    res: Response,
    { action, scope }: Asked,
    errors: readonly FormError[],
  ): Promise<void> {
    const { t, locale } = res.locals;
    const { count, isMore, refused, titles } = await previewBulk(database, action, scope, momentOf(pages));
    const number = formatNumber(count, locale);
    renderPage(res, 'vouchers/bulk/bulk', {
      title: t(`vouchers:bulk.title.${action}`),
      breadcrumbs: [{ href: VOUCHERS_PATH, text: t('vouchers:title') }],
      action,
      isPay: action === 'pay',
      isExtend: action === 'extend',
      isPrint: action === 'print',
      asksReason: action === 'lock' || action === 'unlock' || action === 'extend',
      needsReason: action === 'lock' || action === 'extend',
      isEmpty: count === 0,
      howMany: isMore ? t('vouchers:bulk.more_than', { number }) : t('vouchers:bulk.count', { count, number }),
      refused:
        refused === null || refused === 0
          ? ''
          : t('vouchers:bulk.refused', { count: refused, number: formatNumber(refused, locale) }),
      titles,
      others: refused === null ? 0 : count - titles.length,
      ids: 'ids' in scope ? scope.ids.join(',') : '',
      scope: 'ids' in scope ? 'selected' : 'all',
      query: fieldOf(req, 'query', LENGTHS.text),
      back: listUrl(filterOf(req)),
      form: formView((req.body ?? {}) as Record<string, unknown>, errors),
      problems: formView(
        {},
        errors.map((error) => ({
          ...error,
          message: `${t(`vouchers:${error.path === 'reason' ? 'reason' : `field.${error.path}`}`)}: ${error.message}`,
        })),
      ),
      methods: options(PAYMENT_METHODS, 'method', t),
      formats: PRINT_FORMATS.map((value) => ({ value, label: t(`documents:format.${value}`) })),
      files: PRINT_FILES.map((value) => ({ value, label: t(`vouchers:bulk.files_${value}`) })),
      today: pages.clock.today(),
    });
  }
}

interface Asked {
  readonly action: BulkAction;
  readonly scope: BulkScope;
}

/** null: nothing is chosen, or no such action. */
function readAsked(req: Request, res: Response): Asked | null {
  const action = BULK_ACTIONS.find((one) => one === fieldOf(req, 'action'));
  if (action === undefined) return null;
  if (!may(res.locals.user, BULK_PERMISSIONS[action])) throw appError('forbidden');
  if (fieldOf(req, 'scope') === 'all') return { action, scope: { query: listQueryOf(filterOf(req), res.locals.user) } };
  const ids = chosenIds(req);
  return ids.length === 0 ? null : { action, scope: { ids } };
}

/** What is ticked in the list, at most 500. */
export function chosenIds(req: Request): string[] {
  return [...new Set(idsOf((req.body as Record<string, unknown>)['ids']))].slice(0, MAX_CHOSEN);
}

/** Check boxes of one name come as a text, a list or, when there are many, an object. */
function idsOf(value: unknown): string[] {
  const parts = typeof value === 'object' && value !== null ? Object.values(value) : [value];
  return parts.flatMap((part) => (typeof part === 'string' ? part.split(',') : [])).filter((id) => isId(id));
}

function filterOf(req: Request) {
  return readFilter(Object.fromEntries(new URLSearchParams(fieldOf(req, 'query', LENGTHS.text))));
}

function readOrder(req: Request, res: Response, action: BulkAction): BulkOrder | PrintOrder | FormError[] {
  const { t } = res.locals;
  const reason = fieldOf(req, 'reason', LENGTHS.reason);
  const required = { path: 'reason', message: t('common:input.required') };
  const dayAt = (path: string) => {
    const day = parseDay(fieldOf(req, path));
    return day.ok ? { day: day.value, errors: [] } : { day: '', errors: [{ path, message: t(`common:${day.error}`) }] };
  };
  switch (action) {
    case 'pay': {
      const { day, errors } = dayAt('paidAt');
      const method = PAYMENT_METHODS.find((one) => one === fieldOf(req, 'method')) ?? DEFAULT_PAYMENT_METHOD;
      return errors.length > 0 ? errors : { action, paidAt: day, method };
    }
    case 'extend': {
      const { day, errors } = dayAt('bookUntil');
      const all = reason === '' ? [...errors, required] : errors;
      return all.length > 0 ? all : { action, bookUntil: day, reason };
    }
    case 'lock':
      return reason === '' ? [required] : { action, reason };
    case 'mail':
      return { action };
    case 'print':
      return {
        action,
        format: PRINT_FORMATS.find((one) => one === fieldOf(req, 'format')) ?? 'a4',
        together: fieldOf(req, 'files') === 'together',
      };
    case 'unlock':
      return { action, reason: reason || null };
  }
}
