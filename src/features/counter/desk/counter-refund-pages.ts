import type { Request, Response, Router } from 'express';
import { addFlash } from '../../../platform/html/flash.ts';
import { formView } from '../../../platform/html/form-view.ts';
import { formatMoney } from '../../../platform/html/format.ts';
import { renderPage } from '../../../platform/html/views.ts';
import { pageRouter } from '../../../platform/http/page-router.ts';
import { requires } from '../../../platform/http/permissions.ts';
import { actorOf, idOf } from '../../../platform/http/request.ts';
import { rethrowUnexpected } from '../../../platform/process/errors.ts';
import type { Shell } from '../../../platform/process/feature.ts';
import { COUNTER_PATH, sentForm, typedFields } from '../till/counter-form.ts';
import { cashRefunds, payRefundAtCounter } from './counter-refund-service.ts';
import { tillRefusal } from './counter-voucher-view.ts';
import { openShiftOf, type Shift } from '../till/shift-service.ts';

const PATH = `${COUNTER_PATH}/refunds`;

/** Refunds that were decided to be paid in cash: out of the drawer of an open till. */
export function counterRefundPages({ database, clock }: Shell): Router {
  const router = pageRouter();

  router.get(PATH, requires('counter.sell'), async (_req, res) => {
    const { t } = res.locals;
    const { items: refunds } = await cashRefunds(database.knex);
    renderPage(res, 'counter/refunds', {
      title: t('counter:refunds.title'),
      breadcrumbs: [{ href: COUNTER_PATH, text: t('counter:title') }],
      shift: await openShiftOf(database.knex, actorOf(res)),
      form: formView({}),
      rows: refunds.map((refund) => ({
        ...refund,
        action: `${PATH}/${refund.id}`,
        entryKey: `refund-${refund.number}`,
      })),
    });
  });

  router.post(`${PATH}/:id`, requires('counter.sell'), async (req, res) => {
    const shift = await openShiftOf(database.knex, actorOf(res));
    if (shift === null) return res.redirect(303, COUNTER_PATH);
    await pay(req, res, shift);
    res.redirect(303, PATH);
  });

  return router;

  async function pay(req: Request, res: Response, shift: Shift): Promise<void> {
    const { t, locale } = res.locals;
    const sent = { ...sentForm(typedFields(req, []), `refund ${idOf(req)}`), shiftId: shift.id };
    try {
      const paid = await payRefundAtCounter(database, sent, idOf(req), { actor: actorOf(res), moment: clock.moment() });
      const amount = formatMoney(-paid.cash, shift.currency, locale);
      const text = t('counter:done.refund_paid', { number: paid.documentNumber ?? '', amount });
      addFlash(req, { kind: 'success', text });
    } catch (error) {
      rethrowUnexpected(error);
      addFlash(req, { kind: 'danger', text: tillRefusal(error, t) });
    }
  }
}
