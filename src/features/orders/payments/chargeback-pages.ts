import { refusalSentence } from '../../../platform/http/error-sentence.ts';
import type { Router } from 'express';
import { requires } from '../../../platform/http/permissions.ts';
import { LENGTHS, actorOf, cursorOf, textOf } from '../../../platform/http/request.ts';
import { appError, rethrowUnexpected } from '../../../platform/process/errors.ts';
import { addFlash } from '../../../platform/html/flash.ts';
import { formatMoney } from '../../../platform/html/format.ts';
import { parsePastDay } from '../../../platform/html/typed-input.ts';
import { renderPage } from '../../../platform/html/views.ts';
import { bookWonByHand } from './chargeback-service.ts';
import { disputes } from './dispute-figures-service.ts';
import { ORDER_TONES, ORDERS_PATH } from '../record/order-list-pages.ts';
import { readPage } from '../../../platform/data/page.ts';
import { isId } from '../../../platform/data/id.ts';
import { pageRouter } from '../../../platform/http/page-router.ts';
import type { Shell } from '../../../platform/process/feature.ts';

const PATH = '/admin/chargebacks';
const PAGE = 25;
const MAX_REFERENCE = 140;

/** Orders whose money was taken back: what somebody has to decide, what was decided, and what is lost. */
export function chargebackPages({ database, clock, i18n }: Shell): Router {
  const router = pageRouter();

  router.get(PATH, requires('orders.see'), async (req, res) => {
    const { t } = res.locals;
    const isOpen = req.query['state'] !== 'done';
    const beforeId = cursorOf(req);
    const { items: rows, nextCursor } = await readPage(
      PAGE,
      (limit) => disputes(database.knex, { isOpen, beforeId, limit }),
      ({ order }) => order.id,
    );
    const query = isOpen ? '' : 'state=done&';
    renderPage(res, 'orders/payments/chargebacks', {
      title: t('orders:disputes.title'),
      isOpen,
      rows: rows.map(({ order, openedAt, disputed, covered, redeemed, lost }) => ({
        href: `${ORDERS_PATH}/${order.id}`,
        orderNumber: order.number,
        buyer: order.buyerName ?? '',
        currency: order.currency,
        openedAt,
        disputed,
        covered,
        redeemed,
        lost,
        stateText: isOpen
          ? t('orders:disputes.open')
          : disputed === 0
            ? t('orders:disputes.won')
            : t(`orders:state.${order.state}`),
        tone: isOpen ? 'warn' : disputed === 0 ? 'ok' : ORDER_TONES[order.state],
      })),
      next: nextCursor === null ? null : `${PATH}?${query}cursor=${nextCursor}`,
      first: beforeId === null ? null : `${PATH}?${query}`,
    });
  });

  router.post(`${ORDERS_PATH}/:id/won`, requires('chargebacks.win'), async (req, res) => {
    const { t, locale } = res.locals;
    const id = req.params['id'] as string;
    if (!isId(id)) throw appError('not_found');
    const sent = req.body as Record<string, unknown>;
    const day = parsePastDay(textOf(sent['wonOn']), clock.today());
    const cents = Number(textOf(sent['disputed']));
    const reference = textOf(sent['reference'], MAX_REFERENCE);
    if (!day.ok) {
      addFlash(req, { kind: 'danger', text: t(`common:${day.error}`) });
    } else {
      try {
        const won = {
          cents,
          happenedOn: day.value,
          reference: reference === '' ? null : reference,
          formKey: textOf(sent['wonKey'], LENGTHS.key),
        };
        const order = await bookWonByHand({ database, i18n }, { actor: actorOf(res), moment: clock.moment() }, id, won);
        const amount = formatMoney(cents, order.currency, locale);
        addFlash(req, { kind: 'success', text: t('orders:done.won', { amount }) });
      } catch (error) {
        rethrowUnexpected(error, 'not_found');
        const text = error.code === 'conflict' ? t('orders:error.won_overtaken') : refusalSentence(error, t);
        addFlash(req, { kind: 'warning', text });
      }
    }
    res.redirect(303, `${ORDERS_PATH}/${id}`);
  });

  return router;
}
