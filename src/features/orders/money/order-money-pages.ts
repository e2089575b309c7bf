import type { Request, Response, Router } from 'express';
import { may } from '../../../core/access.ts';
import type { Author } from '../../../platform/data/act.ts';
import { addFlash } from '../../../platform/html/flash.ts';
import { formatMoney } from '../../../platform/html/format.ts';
import { parseMoney } from '../../../platform/html/typed-input.ts';
import { renderPage } from '../../../platform/html/views.ts';
import { errorSentence, fieldSentence } from '../../../platform/http/error-sentence.ts';
import { pageRouter } from '../../../platform/http/page-router.ts';
import { requires } from '../../../platform/http/permissions.ts';
import { actorOf, cursorOf, fieldOf, idOf, LENGTHS } from '../../../platform/http/request.ts';
import { AppError } from '../../../platform/process/errors.ts';
import type { Shell } from '../../../platform/process/feature.ts';
import { ORDERS_PATH, ORDER_TONES } from '../record/order-list-pages.ts';
import { moveOrderMoney, refundOrderMoney } from './order-balance-service.ts';
import {
  orderBalances,
  ordersWithWaitingMoney,
  requestPosting,
  type OrderWithBalance,
} from './waiting-money-service.ts';

const PATH = `${ORDERS_PATH}/money`;
const ROWS = 50;
const MAX_TOLD = 1000;

/** Money that came for orders and stands on no voucher, and what buyers owe back: the lists, and what can be done with it. */
export function orderMoneyPages(shell: Shell): Router {
  const { database, clock } = shell;
  const router = pageRouter();
  const authorOf = (res: Response): Author => ({ actor: actorOf(res), moment: clock.moment() });

  router.get(PATH, requires('orders.see'), async (req, res) => {
    await showList(req, res);
  });

  router.post(`${PATH}/posting`, requires('books.change'), async (_req, res) => {
    const id = await requestPosting(database, authorOf(res));
    res.redirect(303, `/admin/jobs/${id}`);
  });

  router.post(`${ORDERS_PATH}/:id/money/refund`, requires('orders.refund'), async (req, res) => {
    const { t, locale } = res.locals;
    await act(req, res, async () => {
      const amount = parseMoney(fieldOf(req, 'amount'));
      if (!amount.ok || amount.value < 1) throw new AppError('conflict');
      const reason = fieldOf(req, 'reason', LENGTHS.reason) || t('orders:money.refund_reason');
      const refund = await refundOrderMoney(shell, authorOf(res), idOf(req), { cents: amount.value, reason });
      const text = formatMoney(amount.value, fieldOf(req, 'currency') || 'EUR', locale);
      return t('orders:money.refund_done', { number: refund.number, amount: text });
    });
  });

  router.post(`${ORDERS_PATH}/:id/money/move`, requires('orders.change'), async (req, res) => {
    const { t, locale } = res.locals;
    await act(req, res, async () => {
      const move = { targetNumber: fieldOf(req, 'targetNumber').toUpperCase(), formKey: fieldOf(req, 'formKey') };
      const { target, cents } = await moveOrderMoney(shell, authorOf(res), idOf(req), move);
      return t('orders:money.move_done', {
        amount: formatMoney(cents, target.currency, locale),
        number: target.number,
        state: t(`orders:state.${target.state}`),
      });
    });
  });

  return router;

  async function act(req: Request, res: Response, work: () => Promise<string>): Promise<void> {
    const { t } = res.locals;
    try {
      addFlash(req, { kind: 'success', text: await work() });
    } catch (error) {
      if (!(error instanceof AppError) || error.code === 'not_found') throw error;
      const [field] = error.details.fields ?? [];
      const said = error.code === 'conflict' ? t('orders:money.overtaken') : errorSentence(error.code, t);
      addFlash(req, { kind: 'danger', text: field === undefined ? said : fieldSentence(field, t) });
    }
    res.redirect(303, `${ORDERS_PATH}/${idOf(req)}`);
  }

  async function showList(req: Request, res: Response): Promise<void> {
    const { t, user } = res.locals;
    const kind = req.query['kind'] === 'claims' ? 'claims' : 'money';
    const beforeId = cursorOf(req);
    const { items, nextCursor } = await orderBalances(database.knex, { kind, beforeId, limit: ROWS });
    const waiting = await ordersWithWaitingMoney(database.knex, '0', MAX_TOLD);
    renderPage(res, 'orders/money/money', {
      title: t('orders:money.title'),
      breadcrumbs: [{ href: ORDERS_PATH, text: t('orders:title') }],
      path: PATH,
      isClaims: kind === 'claims',
      rows: items.map((one) => balanceView(one, res)),
      waiting: waiting.length,
      mayPost: may(user, 'books.change'),
      next: nextCursor === null ? '' : `${PATH}?kind=${kind}&cursor=${nextCursor}`,
      first: beforeId === null ? '' : `${PATH}?kind=${kind}`,
    });
  }
}

function balanceView({ order, balance, refunding }: OrderWithBalance, { locals: { t } }: Response) {
  const isWanted = order.state === 'ordered' || order.state === 'partly_paid';
  const task = isWanted ? 'wanted' : balance < 0 ? 'claim' : balance > refunding ? 'decide' : 'refunding';
  return {
    href: `${ORDERS_PATH}/${order.id}`,
    number: order.number,
    buyer: order.buyerName ?? '–',
    currency: order.currency,
    stateText: t(`orders:state.${order.state}`),
    tone: ORDER_TONES[order.state],
    amount: Math.abs(balance),
    refunding,
    taskText: t(`orders:money.task.${task}`),
  };
}
