import express, { type Request, type Response, type Router } from 'express';
import { PAYMENT_METHODS, type PaymentMethod } from '../../core/postings.ts';
import { VOUCHER_STATUSES } from '../../core/lifecycle.ts';
import { CHANNELS, DEAL_ENTRIES, FUNDINGS, MULTIPLIERS, RESIDUALS, VOUCHER_TYPES } from '../../core/voucher.ts';
import { requireRole, requireUser } from '../../platform/auth.ts';
import type { Clock } from '../../platform/clock.ts';
import { inTransaction, type Database } from '../../platform/db.ts';
import { AppError, appError, errorSentence } from '../../platform/errors.ts';
import { addFlash } from '../../platform/flash.ts';
import { formView, type FormError } from '../../platform/form-view.ts';
import type { Translate } from '../../platform/i18n.ts';
import { parseDay } from '../../platform/typed-input.ts';
import { fieldSentence } from '../../platform/validation.ts';
import { renderFragment, renderPage } from '../../platform/views.ts';
import { listEntries, type CatalogueKind } from '../catalogue/catalogue-service.ts';
import { generalSettings } from '../settings/settings-service.ts';
import { changeRows, emptyVoucher, formPath, parseVoucher, typedFromView, typedVoucher, type TypedVoucher } from './voucher-form-pages.ts';
import { cancelVoucher, historyOf, payVoucher, setDeactivated } from './voucher-lifecycle-service.ts';
import { listRow, shownCode } from './voucher-list-pages.ts';
import { changeVoucher, createVoucher, findVoucher, findVoucherByCode, isCodeFree, listVouchers } from './voucher-service.ts';
import { STATUS_TONES } from './voucher-status-pages.ts';
import { summarise } from './voucher-summary-service.ts';
import type { Moment, VoucherView } from './voucher-view-service.ts';

const PATH = '/admin/vouchers';
const ROWS = 50;
const SORTS = ['-createdAt', 'title', 'balance', '-balance', 'bookUntil'] as const;
/** Entries offered beside a field; more are found by typing an id. */
const MAX_OFFERED = 500;

interface Pages {
  readonly database: Database;
  readonly clock: Clock;
}

export function voucherPages(pages: Pages): Router {
  const { database, clock } = pages;
  const router = express.Router();
  const moment = (): Moment => ({ now: clock.now(), today: clock.today() });
  const mayChange = requireRole('admin', 'agent');
  router.use(PATH, requireUser);

  router.get('/admin/search', requireUser, async (req, res) => {
    const q = textOf(req.query['q']);
    const voucher = q === '' ? null : ((await findVoucherByCode(database, q, moment())) ?? (/^\d{1,15}$/.test(q) ? await findOrNull(database, q, moment()) : null));
    res.redirect(303, voucher === null ? `${PATH}?q=${encodeURIComponent(q)}` : `${PATH}/${voucher.id}`);
  });

  router.get(PATH, async (req, res) => {
    const { t } = res.locals;
    const filter = {
      type: VOUCHER_TYPES.find((one) => one === req.query['type']),
      status: VOUCHER_STATUSES.find((one) => one === req.query['status']),
      q: textOf(req.query['q']),
      sort: SORTS.find((one) => one === req.query['sort']) ?? '-createdAt',
    };
    const cursor = textOf(req.query['cursor']);
    const { type, status, ...rest } = filter;
    const found = await listVouchers(
      database,
      { ...rest, ...(type === undefined ? {} : { type }), ...(status === undefined ? {} : { status }), limit: ROWS, cursor: cursor === '' ? null : cursor },
      moment(),
    );
    const isFiltered = type !== undefined || status !== undefined || rest.q !== '';
    renderPage(res, 'vouchers/list', {
      title: type === undefined ? t('vouchers:title') : t(`vouchers:titles.${type}`),
      form: formView({ type: type ?? '', status: status ?? '', q: rest.q, sort: rest.sort }),
      types: options(VOUCHER_TYPES, 'type', t),
      statuses: options(VOUCHER_STATUSES, 'status', t),
      sorts: options(SORTS, 'sort', t),
      rows: found.items.map((voucher) => listRow(voucher, res.locals.user, clock.today(), res.locals.locale, t)),
      isFiltered,
      mayChange: res.locals.user?.role === 'admin' || res.locals.user?.role === 'agent',
      newHref: `${PATH}/new${type === undefined ? '' : `?type=${type}`}`,
      first: cursor === '' ? '' : urlWith({ ...filter }),
      next: found.nextCursor === null ? '' : urlWith({ ...filter, cursor: found.nextCursor }),
    });
  });

  router.get(`${PATH}/new`, mayChange, async (req, res) => {
    const type = VOUCHER_TYPES.find((one) => one === req.query['type']) ?? 'discount';
    await renderForm(res, emptyVoucher(type, clock.today(), res.locals.locale), [], null);
  });

  router.get(`${PATH}/code-check`, mayChange, async (req, res) => {
    const code = textOf(req.query['code']);
    const key = code === '' ? 'code_empty' : (await isCodeFree(database, code)) ? 'code_free' : 'code_taken';
    res.json({ isFree: key !== 'code_taken', text: res.locals.t(`vouchers:${key}`) });
  });

  router.post(`${PATH}/preview`, mayChange, async (req, res) => {
    renderFragment(res, 'vouchers/summary', { summary: await summaryOf(res, typedVoucher(req.body)) });
  });

  router.post(PATH, mayChange, async (req, res) => {
    const typed = typedVoucher(req.body);
    const rearranged = changeRows(typed, textOf((req.body as Record<string, unknown>)['do']));
    if (rearranged !== null) return renderForm(res, rearranged, [], null);
    await save(req, res, typed, null, async (body) => createVoucher(database, body, actorOf(res), moment()));
  });

  router.get(`${PATH}/:id`, async (req, res) => {
    const voucher = await findVoucher(database, idOf(req), moment());
    await renderForm(res, typedFromView(voucher, res.locals.locale), [], voucher);
  });

  router.post(`${PATH}/:id`, mayChange, async (req, res) => {
    const voucher = await findVoucher(database, idOf(req), moment());
    const typed: TypedVoucher = { ...typedVoucher(req.body), type: voucher.type, code: voucher.code };
    const rearranged = changeRows(typed, textOf((req.body as Record<string, unknown>)['do']));
    if (rearranged !== null) return renderForm(res, rearranged, [], voucher);
    await save(req, res, typed, voucher, async ({ code: _code, type: _type, paidAt, ...body }) => {
      const isFixed = voucher.balance !== null && voucher.paidAt !== null;
      const change = voucher.campaign === null ? { ...body, ...(isFixed ? {} : { paidAt: paidAt ?? null }) } : { paidAt: paidAt ?? null };
      return changeVoucher(database, voucher.id, change, Number(typed['version']) || 0, actorOf(res), moment());
    });
  });

  router.post(`${PATH}/:id/payments`, mayChange, async (req, res) => {
    const sent = req.body as Record<string, unknown>;
    const day = parseDay(textOf(sent['paidAt']));
    const method = PAYMENT_METHODS.find((one) => one === sent['method']);
    await act(req, res, 'paid', async (id) => {
      if (!day.ok || method === undefined) throw appError('invalid_request');
      const payment: { paidAt: string; method: PaymentMethod; reference: null } = { paidAt: day.value, method, reference: null };
      await inTransaction(database, (trx) => payVoucher(trx, id, payment, actorOf(res), moment()));
    });
  });

  router.post(`${PATH}/:id/lock`, mayChange, async (req, res) => {
    const isLocked = textOf((req.body as Record<string, unknown>)['locked']) === 'true';
    await act(req, res, isLocked ? 'locked' : 'unlocked', async (id) => {
      await setDeactivated(database, id, isLocked, null, actorOf(res), moment());
    });
  });

  router.post(`${PATH}/:id/cancellation`, mayChange, async (req, res) => {
    const refund = textOf((req.body as Record<string, unknown>)['refund']) === 'true';
    if (refund && res.locals.user?.canRefund !== true && res.locals.user?.role !== 'admin') throw appError('forbidden');
    await act(req, res, 'cancelled', async (id) => {
      await inTransaction(database, (trx) => cancelVoucher(trx, id, { refund, reason: res.locals.t('vouchers:cancelled_by_hand') }, actorOf(res), moment()));
    });
  });

  return router;

  async function save(req: Request, res: Response, typed: TypedVoucher, voucher: VoucherView | null, write: (body: ReturnType<typeof parseVoucher>['body']) => Promise<VoucherView>): Promise<void> {
    const { body, errors } = parseVoucher(typed, res.locals.t);
    let problems = errors;
    if (problems.length === 0) {
      try {
        const saved = await write(body);
        addFlash(req, { kind: 'success', text: res.locals.t(voucher === null ? 'vouchers:created' : 'vouchers:saved', { code: shownCode(saved, res.locals.user) }) });
        res.redirect(303, `${PATH}/${saved.id}`);
        return;
      } catch (error) {
        problems = problemsOf(error, res);
      }
    }
    res.status(422);
    const current = voucher === null ? null : await findVoucher(database, voucher.id, moment());
    await renderForm(res, typed, problems, current);
  }

  async function act(req: Request, res: Response, done: string, work: (id: string) => Promise<void>): Promise<void> {
    const id = idOf(req);
    try {
      await work(id);
      addFlash(req, { kind: 'success', text: res.locals.t(`vouchers:done.${done}`) });
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      addFlash(req, { kind: 'danger', text: errorSentence(error.code, res.locals.locale) });
    }
    res.redirect(303, `${PATH}/${id}`);
  }

  async function summaryOf(res: Response, typed: TypedVoucher) {
    const { currency } = await generalSettings(database.knex);
    return summarise(parseVoucher(typed, res.locals.t).body, currency, clock.today(), res.locals.locale, res.locals.t);
  }

  async function renderForm(res: Response, typed: TypedVoucher, errors: readonly FormError[], voucher: VoucherView | null): Promise<void> {
    const { t, user } = res.locals;
    const offered = async (kind: CatalogueKind): Promise<{ value: string; label: string }[]> =>
      (await listEntries(database.knex, kind, { after: null, limit: MAX_OFFERED })).map(({ id, name }) => ({ value: id, label: name }));
    const { currency } = await generalSettings(database.knex);
    const isStored = typed.type === 'purchase' || typed.type === 'settlement';
    renderPage(res, 'vouchers/form', {
      title: voucher === null ? t(`vouchers:new_titles.${typed.type}`) : voucher.title,
      breadcrumbs: [{ href: PATH, text: t('vouchers:title') }],
      form: formView(typed, errors.map((error) => named(error, t))),
      typed,
      voucher: voucher === null ? null : { ...voucher, tone: STATUS_TONES[voucher.status] },
      shownCode: voucher === null ? '' : shownCode(voucher, user),
      action: voucher === null ? PATH : `${PATH}/${voucher.id}`,
      mayChange: user?.role === 'admin' || user?.role === 'agent',
      isStored,
      isDeal: typed.type === 'deal',
      isSettlement: typed.type === 'settlement',
      isFixed: voucher !== null && voucher.paidAt !== null && isStored,
      isPaid: voucher !== null && voucher.paidAt !== null,
      isOver: voucher !== null && ['cancelled', 'refunded', 'replaced', 'derecognised'].includes(voucher.status),
      followsCampaign: voucher !== null && voucher.campaign !== null,
      currency: voucher?.currency ?? currency,
      today: clock.today(),
      types: options(VOUCHER_TYPES, 'type', t),
      multipliers: options(MULTIPLIERS, 'multiplier', t),
      residuals: options(RESIDUALS, 'residual', t),
      fundings: options(FUNDINGS, 'funding', t),
      channels: options(CHANNELS, 'channel', t),
      entries: options(DEAL_ENTRIES, 'entry', t),
      methods: options(PAYMENT_METHODS, 'method', t),
      units: [
        { value: 'percent', label: '%' },
        { value: 'amount', label: voucher?.currency ?? currency },
      ],
      partners: await offered('partner'),
      brands: await offered('brand'),
      lists: [
        { name: 'products', rows: typed.products, offered: await offered('product') },
        { name: 'themes', rows: typed.themes, offered: await offered('theme') },
        { name: 'regions', rows: typed.regions, offered: await offered('region') },
      ],
      summary: await summaryOf(res, typed),
      history: voucher === null ? [] : (await historyOf(database, voucher.id, moment())).slice(0, 8).map((entry) => ({ ...entry, at: Date.parse(entry.at) })),
    });
  }
}

function problemsOf(error: unknown, res: Response): FormError[] {
  if (!(error instanceof AppError) || error.status >= 500) throw error;
  const { locale } = res.locals;
  const { fields } = error.details;
  if (fields === undefined || fields.length === 0) return [{ path: '', message: errorSentence(error.code, locale) }];
  return fields.map((field) => ({ path: formPath(field.path), message: fieldSentence(field, locale) }));
}

/** A sentence that also makes sense in the summary on top, away from its field. */
function named({ path, message }: FormError, t: Translate): FormError {
  const field = path.startsWith('tiers') ? (path.endsWith('minTripPrice') ? 'minTripPrice' : path === 'tiers' ? 'tiers' : 'worth') : path;
  if (path === '') return { path, message };
  const isList = ['products', 'themes', 'regions'].includes(field);
  return { path, message: `${t(isList ? `vouchers:restriction.${field}` : `vouchers:field.${field}`)}: ${message}` };
}

function options(values: readonly string[], group: string, t: Translate): { value: string; label: string }[] {
  return values.map((value) => ({ value, label: t(`vouchers:${group}.${value.replace(/^-/, 'desc_')}`) }));
}

function urlWith(params: Readonly<Record<string, string | undefined>>): string {
  const query = new URLSearchParams(Object.entries(params).flatMap(([name, value]) => (value === undefined || value === '' ? [] : [[name, value]])));
  return `${PATH}?${query.toString()}`;
}

async function findOrNull(database: Database, id: string, moment: Moment): Promise<VoucherView | null> {
  try {
    return await findVoucher(database, id, moment);
  } catch (error) {
    if (error instanceof AppError && error.code === 'not_found') return null;
    throw error;
  }
}

function idOf(req: Request): string {
  const id = String(req.params['id']);
  if (!/^\d{1,18}$/.test(id)) throw appError('not_found');
  return id;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.trim().slice(0, 200) : '';
}

function actorOf(res: Response): string {
  if (res.locals.user === null) throw new Error('a page for signed-in people without one');
  return `user:${res.locals.user.id}`;
}

