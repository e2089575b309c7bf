import { refusalSentence } from '../../../platform/http/error-sentence.ts';
import type { Response, Router } from 'express';
import { requires } from '../../../platform/http/permissions.ts';
import { may } from '../../../core/access.ts';
import { actorOf, cursorOf, idOf, markInvalid, textOf } from '../../../platform/http/request.ts';
import { readPage } from '../../../platform/data/page.ts';
import { rethrowUnexpected } from '../../../platform/process/errors.ts';
import { addFlash } from '../../../platform/html/flash.ts';
import { formView, type FormError } from '../../../platform/html/form-view.ts';
import { dayInput } from '../../../platform/html/format.ts';
import { parsePastDay } from '../../../platform/html/typed-input.ts';
import { renderPage } from '../../../platform/html/views.ts';
import { namesOfActors } from '../../staff/people/user-service.ts';
import { refundTasks, settleRefund } from '../life/voucher-refund-service.ts';
import { pageRouter } from '../../../platform/http/page-router.ts';
import type { Shell } from '../../../platform/process/feature.ts';

const PATH = '/admin/refunds';
const PAGE = 50;
const MAX_REFERENCE = 140;

/** Refunds that a person has to transfer: what is open, what was done. */
export function voucherRefundPages({ database, clock }: Shell): Router {
  const router = pageRouter();

  router.get(PATH, requires('refunds.see'), async (req, res) => {
    const isDone = req.query['state'] === 'done';
    const cursor = cursorOf(req);
    await show(res, { isDone, cursor }, null, { paidOn: dayInput(clock.today(), res.locals.locale), reference: '' });
  });

  router.post(`${PATH}/:id/payment`, requires('refunds.pay'), async (req, res) => {
    const id = idOf(req);
    const body = req.body as Record<string, unknown>;
    const text = (name: string): string => textOf(body[name], MAX_REFERENCE);
    const typed = { paidOn: text('paidOn'), reference: text('reference') };
    const { t } = res.locals;
    const wrong = (message: string): Promise<void> =>
      show(res, { isDone: false, cursor: null }, id, typed, [{ path: 'paidOn', message }]);
    const day = parsePastDay(typed.paidOn, clock.today());
    if (!day.ok) return wrong(t(`common:${day.error}`));
    try {
      const payment = { paidOn: day.value, reference: typed.reference === '' ? null : typed.reference };
      await settleRefund(database, { actor: actorOf(res), moment: clock.moment() }, id, payment);
      addFlash(req, { kind: 'success', text: t('vouchers:refunds.done') });
    } catch (error) {
      rethrowUnexpected(error, 'not_found');
      if (error.code !== 'conflict') return wrong(refusalSentence(error, t));
      addFlash(req, { kind: 'info', text: t('vouchers:refunds.already') });
    }
    res.redirect(303, PATH);
  });

  return router;

  async function show(
    res: Response,
    { isDone, cursor }: { readonly isDone: boolean; readonly cursor: string | null },
    open: string | null,
    values: Record<string, unknown>,
    errors: readonly FormError[] = [],
  ): Promise<void> {
    const { items: tasks, nextCursor } = await readPage(PAGE, (limit) =>
      refundTasks(database, { isDone, after: cursor, limit }),
    );
    const names = await namesOfActors(
      database,
      tasks.flatMap(({ createdBy, doneBy }) => [createdBy, doneBy ?? '']),
    );
    const state = isDone ? '&state=done' : '';
    markInvalid(res, errors);
    renderPage(res, 'vouchers/form/refunds', {
      title: res.locals.t('vouchers:refunds.title'),
      isDone,
      rows: tasks.map((task) => ({
        ...task,
        createdByName: names.get(task.createdBy) ?? task.createdBy,
        doneByName: names.get(task.doneBy ?? '') ?? '',
        isOpen: task.id === open,
      })),
      form: formView(values, errors),
      mayPay: mayPay(res),
      next: nextCursor === null ? null : `${PATH}?cursor=${nextCursor}${state}`,
      first: cursor === null ? null : `${PATH}?${state.slice(1)}`,
    });
  }
}

function mayPay(res: Response): boolean {
  const { user } = res.locals;
  return may(user, 'refunds.pay');
}
