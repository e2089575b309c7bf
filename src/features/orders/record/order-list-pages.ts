import { rethrowUnexpected } from '../../../platform/process/errors.ts';
import { refusalSentence } from '../../../platform/http/error-sentence.ts';
import type { Request, Response, Router } from 'express';
import { requires } from '../../../platform/http/permissions.ts';
import { may } from '../../../core/access.ts';
import { ORDER_STATES, type OrderState } from '../../../core/sale/order-lifecycle.ts';
import { PAYMENT_METHODS } from '../../../core/books/postings.ts';
import { idOrNull, parameterOf, actorOf, idsOf, LENGTHS, textOf } from '../../../platform/http/request.ts';
import type { Moment } from '../../../platform/process/clock.ts';
import { addFlash, type Flash } from '../../../platform/html/flash.ts';
import { formView } from '../../../platform/html/form-view.ts';
import { dayInput, formatMoney } from '../../../platform/html/format.ts';
import { parsePastDay } from '../../../platform/html/typed-input.ts';
import { renderPage } from '../../../platform/html/views.ts';
import { answerWithJob } from '../../../platform/jobs/job-answer.ts';
import { listByName } from '../../catalogue/catalogue-service.ts';
import { findOrders, type Order } from './order-service.ts';
import {
  MAX_SETTLED,
  requestSettlement,
  type SettledOrders,
  type SettleJobPayload,
} from '../payments/order-settle-service.ts';
import { pageRouter } from '../../../platform/http/page-router.ts';
import type { Shell } from '../../../platform/process/feature.ts';

export const ORDERS_PATH = '/admin/orders';
const ROWS = 50;
const MAX_BRANDS = 100;
const DELIVERIES = ['buyer', 'recipient', 'counter'] as const;

export const ORDER_TONES: Readonly<Record<OrderState, string>> = {
  ordered: 'warn',
  partly_paid: 'warn',
  fulfilled: 'ok',
  cancelled: 'quiet',
  refunded: 'quiet',
};

/** All orders, and the one click that makes many of them paid and done. */
export function orderListPages({ database, clock }: Shell): Router {
  const router = pageRouter();
  const moment = (): Moment => clock.moment();

  router.get(ORDERS_PATH, requires('orders.see'), async (req, res) => {
    const { t, locale } = res.locals;
    const filter = {
      state: ORDER_STATES.find((one) => one === req.query['state']) ?? null,
      delivery: DELIVERIES.find((one) => one === req.query['delivery']) ?? null,
      brand: orNull(parameterOf(req, 'brand')),
      hasDifference: req.query['difference'] === 'true',
      q: parameterOf(req, 'q'),
    };
    const cursor = parameterOf(req, 'cursor');
    const { items, nextCursor } = await findOrders(database, {
      ...filter,
      beforeId: idOrNull(cursor),
      limit: ROWS,
    });
    const brands = await listByName(database.knex, 'brand', { q: '', archived: false, after: null, limit: MAX_BRANDS });
    const query = queryOf(req);
    renderPage(res, 'orders/record/list', {
      title: t('orders:title'),
      form: formView({
        q: filter.q,
        state: filter.state ?? '',
        delivery: filter.delivery ?? '',
        brand: filter.brand ?? '',
        difference: filter.hasDifference ? 'true' : '',
        paidOn: dayInput(clock.today(), locale),
        method: 'bank_transfer',
      }),
      states: ORDER_STATES.map((value) => ({ value, label: t(`orders:state.${value}`) })),
      deliveries: DELIVERIES.map((value) => ({ value, label: t(`orders:delivery.${value}`) })),
      brands: brands.map(({ id, name }) => ({ value: id, label: name })),
      methods: PAYMENT_METHODS.map((value) => ({ value, label: t(`orders:method.${value}`) })),
      rows: items.map((order) => rowOf(order, brands)),
      isFiltered: query !== '' || cursor !== '',
      query,
      mayChange: may(res.locals.user, 'orders.change'),
      first: cursor === '' ? '' : withQuery(query),
      next: nextCursor === null ? '' : withQuery(query, nextCursor),
    });
  });

  router.post(`${ORDERS_PATH}/settlement`, requires('orders.change'), async (req, res) => {
    const { t } = res.locals;
    const sent = req.body as Record<string, unknown>;
    const ids = idsOf(sent['ids']).slice(0, MAX_SETTLED);
    const day = parsePastDay(textOf(sent['paidOn']), clock.today());
    const method = PAYMENT_METHODS.find((one) => one === sent['method']);
    const back = withQuery(textOf(sent['query'], LENGTHS.text));
    if (ids.length === 0) addFlash(req, { kind: 'warning', text: t('orders:bulk.none') });
    else if (!day.ok || method === undefined) addFlash(req, { kind: 'danger', text: t('orders:bulk.day_wrong') });
    else {
      const order = { ids, settlement: { method, paidOn: day.value }, actor: actorOf(res) };
      return settle(req, res, order, back);
    }
    res.redirect(303, back);
  });

  return router;

  async function settle(req: Request, res: Response, order: SettleJobPayload, back: string): Promise<void> {
    try {
      const id = await requestSettlement(database, order, moment());
      await answerWithJob({ req, res }, database, id, {
        refusedAt: back,
        done: async (result) => ({ href: back, flashes: await settledFlashes(result as SettledOrders, res) }),
      });
    } catch (error) {
      rethrowUnexpected(error);
      addFlash(req, { kind: 'danger', text: refusalSentence(error, res.locals.t) });
      res.redirect(303, back);
    }
  }

  async function settledFlashes(done: SettledOrders, { locals: { t, locale } }: Response): Promise<Flash[]> {
    const { settled: count, vouchers, cents, untouched } = done;
    // The newest order's, as everything is sold in one.
    const { items } = await findOrders(database, { ...NO_FILTER, limit: 1 });
    const sum = formatMoney(cents, items[0]?.currency ?? 'EUR', locale);
    return [
      ...(count === 0 ? [] : [{ kind: 'success' as const, text: t('orders:bulk.done', { count, vouchers, sum }) }]),
      ...(untouched === 0 ? [] : [{ kind: 'info' as const, text: t('orders:bulk.untouched', { count: untouched }) }]),
    ];
  }
}

/** Cents somebody has to decide about: too much, or for an order that is over. */
export function differenceOf({ state, paid, total }: Order): number {
  if (state === 'cancelled') return paid;
  return Math.max(0, paid - total);
}

const NO_FILTER = { state: null, brand: null, delivery: null, hasDifference: false, q: '', beforeId: null } as const;

function rowOf(order: Order, brands: readonly { readonly id: string; readonly name: string }[]) {
  return {
    ...order,
    href: `${ORDERS_PATH}/${order.id}`,
    buyer: order.buyerName ?? '',
    brandName: brands.find(({ id }) => id === order.brand)?.name ?? order.brand ?? '',
    tone: ORDER_TONES[order.state],
    missing: order.state === 'partly_paid' ? order.total - order.paid : 0,
    difference: differenceOf(order),
    isOpen: order.state === 'ordered' || order.state === 'partly_paid',
  };
}

function queryOf(req: Request): string {
  const kept = new URLSearchParams();
  for (const name of ['q', 'state', 'delivery', 'brand', 'difference']) {
    const value = textOf(req.query[name]);
    if (value !== '') kept.set(name, value);
  }
  return kept.toString();
}

/** Only what a list of orders understands goes back into its address. */
function withQuery(query: string, cursor?: string): string {
  const kept = new URLSearchParams(query);
  if (cursor !== undefined) kept.set('cursor', cursor);
  const text = kept.toString();
  return text === '' ? ORDERS_PATH : `${ORDERS_PATH}?${text}`;
}

function orNull(text: string): string | null {
  return text === '' ? null : text;
}
