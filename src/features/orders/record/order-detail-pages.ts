import { shownCode } from '../../../core/engine/code-mask.ts';
import { canBeEnded } from '../../../core/engine/lifecycle.ts';
import { requires } from '../../../platform/http/permissions.ts';
import { may } from '../../../core/access.ts';
import type { Moment } from '../../../platform/process/clock.ts';
import type { Request, Response, Router } from 'express';
import { isLegalForOrder, type OrderState } from '../../../core/sale/order-lifecycle.ts';
import { PAYMENT_METHODS } from '../../../core/books/postings.ts';
import { readAudit } from '../../../platform/data/audit.ts';
import { rethrowUnexpected } from '../../../platform/process/errors.ts';
import { refusalSentence } from '../../../platform/http/error-sentence.ts';
import { actorOf, idOf, markInvalid, LENGTHS, textOf } from '../../../platform/http/request.ts';
import { addFlash } from '../../../platform/html/flash.ts';
import { formView, type FormError } from '../../../platform/html/form-view.ts';
import { dayInput, formatMoney, moneyInput } from '../../../platform/html/format.ts';
import { generateToken } from '../../../platform/secrets/tokens.ts';
import { amountSentence, parsePastDay, parseMoney } from '../../../platform/html/typed-input.ts';
import { renderPage } from '../../../platform/html/views.ts';
import { readEntry } from '../../catalogue/catalogue-service.ts';
import { heldMails } from '../../documents/mail/mail-hold-service.ts';
import { mailPage } from '../../documents/mail/mail-service.ts';
import { mailBadge } from '../../documents/mail/outbox-pages.ts';
import { namesOfActors } from '../../staff/people/user-service.ts';
import { withDescendants } from '../../vouchers/life/voucher-dispute-service.ts';
import { findVoucher } from '../../vouchers/record/voucher-service.ts';
import { STATUS_TONES } from '../../vouchers/record/voucher-status-view.ts';
import { pictureOf } from '../shop/motif-choice-service.ts';
import { refundsOf } from '../../accounting/refunds/refund-list-service.ts';
import { orderBalance } from '../money/order-balance-service.ts';
import { orderMoneyView } from '../money/order-money-view.ts';
import { chargebacksOf, disputeOf } from '../payments/dispute-figures-service.ts';
import { ORDERS_PATH, ORDER_TONES } from './order-list-pages.ts';
import { payOrder, settleOrder } from '../payments/order-payment-service.ts';
import { refundOrder } from '../payments/order-refund-service.ts';
import { cancelOrder, orderDetails } from './order-service.ts';
import { pageRouter } from '../../../platform/http/page-router.ts';
import type { Shell } from '../../../platform/process/feature.ts';

const MAX_HISTORY = 50;
const MAX_MAILS = 20;
/** Vouchers of an order with all that came of them, as far as they are shown. */
const MAX_VOUCHERS = 200;

/** One order: what, for whom, what was paid, its vouchers, and what can be done with it. */
export function orderDetailPages(shell: Shell): Router {
  const { database, clock } = shell;
  const router = pageRouter();
  const moment = (): Moment => clock.moment();

  router.get(`${ORDERS_PATH}/:id`, requires('orders.see'), async (req, res) => {
    await show(res, idOf(req));
  });

  router.post(`${ORDERS_PATH}/:id/settlement`, requires('orders.change'), async (req, res) => {
    const sent = req.body as Record<string, unknown>;
    const day = parsePastDay(textOf(sent['paidOn']), clock.today());
    const method = PAYMENT_METHODS.find((one) => one === sent['method']);
    if (!day.ok || method === undefined) {
      const message = res.locals.t(day.ok ? 'orders:error.paid_on' : `common:${day.error}`);
      return show(res, idOf(req), typedPayment(sent), [{ path: 'paidOn', message }]);
    }
    await act(req, res, async (t) => {
      const { order, isRepeated } = await settleOrder(shell, { actor: actorOf(res), moment: moment() }, idOf(req), {
        method,
        paidOn: day.value,
      });
      return isRepeated
        ? t('orders:done.settled_before')
        : t('orders:done.settled', { count: order.quantity, mail: order.buyerEmail ?? '' });
    });
  });

  router.post(`${ORDERS_PATH}/:id/payments`, requires('orders.change'), async (req, res) => {
    const { t, locale } = res.locals;
    const sent = req.body as Record<string, unknown>;
    const typed = typedPayment(sent);
    const errors: FormError[] = [];
    const cents = parseMoney(typed.amount);
    const day = parsePastDay(typed.paidOn, clock.today());
    const method = PAYMENT_METHODS.find((one) => one === typed.method);
    const amountWrong = amountSentence(cents, t, t('orders:error.amount'));
    if (!cents.ok || cents.value < 1) errors.push({ path: 'amount', message: amountWrong });
    if (!day.ok) errors.push({ path: 'paidOn', message: t(`common:${day.error}`) });
    if (!cents.ok || !day.ok || method === undefined || errors.length > 0) return show(res, idOf(req), typed, errors);
    const payment = {
      cents: cents.value,
      method,
      paidOn: day.value,
      sourceKey: `form:${typed.paymentKey}`,
      reference: typed.reference === '' ? null : typed.reference,
    };
    await act(req, res, async () => {
      const author = { actor: actorOf(res), moment: moment() };
      const { order, missing, excess } = await payOrder(shell, author, idOf(req), payment);
      const money = (value: number): string => formatMoney(value, order.currency, locale);
      if (missing > 0) return t('orders:done.part_paid', { paid: money(order.paid), missing: money(missing) });
      return excess > 0
        ? t('orders:done.overpaid', { excess: money(excess) })
        : t('orders:done.settled', { count: order.quantity, mail: order.buyerEmail ?? '' });
    });
  });

  router.post(`${ORDERS_PATH}/:id/cancellation`, requires('orders.change'), async (req, res) => {
    const tellsBuyer = (req.body as Record<string, unknown>)['tellsBuyer'] === 'true';
    await act(req, res, async (t) => {
      await cancelOrder(database, { actor: actorOf(res), moment: moment() }, idOf(req), tellsBuyer);
      return t(tellsBuyer ? 'orders:done.cancelled_told' : 'orders:done.cancelled');
    });
  });

  router.post(`${ORDERS_PATH}/:id/refund`, requires('orders.refund'), async (req, res) => {
    const sent = req.body as Record<string, unknown>;
    const { t, locale } = res.locals;
    await act(req, res, async () => {
      const refund = {
        reason: textOf(sent['reason'], LENGTHS.reason) || t('orders:refund_reason'),
        tellsBuyer: sent['tellsBuyer'] === 'true',
      };
      const { order, cents } = await refundOrder(
        database,
        { actor: actorOf(res), moment: moment() },
        idOf(req),
        refund,
      );
      return t('orders:done.refunded', { sum: formatMoney(cents, order.currency, locale) });
    });
  });

  return router;

  async function act(
    req: Request,
    res: Response,
    work: (t: Response['locals']['t']) => Promise<string>,
  ): Promise<void> {
    try {
      addFlash(req, { kind: 'success', text: await work(res.locals.t) });
    } catch (error) {
      rethrowUnexpected(error);
      addFlash(req, {
        kind: 'danger',
        text:
          error.code === 'illegal_transition'
            ? res.locals.t('orders:error.state')
            : refusalSentence(error, res.locals.t),
      });
    }
    res.redirect(303, `${ORDERS_PATH}/${idOf(req)}`);
  }

  async function show(
    res: Response,
    id: string,
    typed: Readonly<Record<string, string>> | null = null,
    errors: readonly FormError[] = [],
  ): Promise<void> {
    const { t, locale, user } = res.locals;
    const { order, payments, voucherIds } = await orderDetails(database.knex, id);
    markInvalid(res, errors);
    const familyIds = (await withDescendants(database.knex, voucherIds)).slice(0, MAX_VOUCHERS);
    const vouchers = await Promise.all(familyIds.map((one) => findVoucher(database, one, moment())));
    const history = await readAudit(database.knex, 'order', id, MAX_HISTORY);
    const names = await namesOfActors(
      database,
      history.map(({ actor }) => actor),
    );
    const missing = Math.max(0, order.total - order.paid);
    const {
      items: chargebacks,
      disputed: { total: disputed },
    } = await chargebacksOf(database.knex, id);
    const dispute = await disputeOf(database.knex, id);
    const refunds = await refundsOf(database.knex, { orderId: id });
    const account = orderMoneyView(order, await orderBalance(database.knex, order), { payments, refunds }, res);
    const open = vouchers.filter(({ status, balance }) => canBeEnded(status, balance));
    const left = open.reduce((sum, one) => sum + (one.balance ?? 0), 0);
    const { items: mails } = await mailPage(database, {
      state: null,
      event: null,
      recipient: null,
      entity: 'order',
      entityId: id,
      beforeId: null,
      limit: MAX_MAILS,
    });
    const held = await heldMails(
      database.knex,
      mails.map((mail) => mail.id),
    );
    renderPage(res, 'orders/record/detail', {
      title: order.number,
      breadcrumbs: [{ href: ORDERS_PATH, text: t('orders:title') }],
      order,
      tone: ORDER_TONES[order.state],
      stateText: t(`orders:state.${order.state}`),
      brandName: order.brand === null ? '' : (await readEntry(database.knex, 'brand', order.brand)).name,
      motifText: (await pictureOf(database.knex, order.motif)).name || '–',
      form: formView(
        typed ?? {
          amount: moneyInput(missing, order.currency, locale),
          paidOn: dayInput(clock.today(), locale),
          method: 'bank_transfer',
          reference: '',
          paymentKey: generateToken(''),
        },
        errors,
      ),
      methods: PAYMENT_METHODS.map((value) => ({ value, label: t(`orders:method.${value}`) })),
      account,
      missing,
      chargebacks: chargebacks.map((one) => ({ ...one, kindText: t(`orders:chargeback.${one.kind}`) })),
      disputed,
      disputedText: DISPUTED_TEXTS[order.state],
      vouchers: vouchers.map((one) => ({
        href: `/admin/vouchers/${one.id}`,
        code: shownCode(user, one.code),
        balance: one.balance ?? 0,
        statusText: t(`vouchers:status.${one.status}`),
        tone: STATUS_TONES[one.status],
      })),
      left,
      dispute,
      ending: open.length,
      paidOut: Math.max(0, left - dispute.covered),
      today: dayInput(clock.today(), locale),
      history: history.map((one) => ({
        at: one.at,
        actor: names.get(one.actor) ?? t('orders:someone'),
        text: t(`orders:action.${one.action.replace('order.', '')}`),
      })),
      mayChange: may(user, 'orders.change'),
      maySettle: isLegalForOrder('settle', order.state),
      mayCancel: isLegalForOrder('cancel', order.state),
      mayWin: disputed > 0 && may(user, 'chargebacks.win'),
      mayRefund: isLegalForOrder('refund', order.state, left > 0) && may(user, 'orders.refund'),
      mails: mails.map((mail) => ({
        href: `/admin/outbox/${mail.id}`,
        subject: mail.subject,
        recipient: mail.recipient,
        ...mailBadge(mail, held.has(mail.id), res),
        at: mail.sentAt ?? mail.sendAfter,
      })),
    });
  }
}

const DISPUTED_TEXTS: Readonly<Record<OrderState, string>> = {
  ordered: 'orders:disputed_before',
  partly_paid: 'orders:disputed_before',
  fulfilled: 'orders:disputed',
  cancelled: 'orders:disputed_after',
  refunded: 'orders:disputed_after',
};

function typedPayment(sent: Record<string, unknown>) {
  return {
    amount: textOf(sent['amount']),
    paidOn: textOf(sent['paidOn']),
    method: textOf(sent['method']),
    reference: textOf(sent['reference'], 140),
    paymentKey: textOf(sent['paymentKey'], LENGTHS.key) || generateToken(''),
  };
}
