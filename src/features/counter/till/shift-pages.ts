import type { Request, Response, Router } from 'express';
import { may } from '../../../core/access.ts';
import type { Author } from '../../../platform/data/act.ts';
import { addFlash } from '../../../platform/html/flash.ts';
import type { FormError } from '../../../platform/html/form-view.ts';
import { formatMoney } from '../../../platform/html/format.ts';
import { parseMoney } from '../../../platform/html/typed-input.ts';
import { renderPage } from '../../../platform/html/views.ts';
import { pageRouter } from '../../../platform/http/page-router.ts';
import { requires } from '../../../platform/http/permissions.ts';
import { actorOf, cursorOf, idOf, markInvalid } from '../../../platform/http/request.ts';
import { appError, rethrowUnexpected } from '../../../platform/process/errors.ts';
import type { Shell } from '../../../platform/process/feature.ts';
import { namesOfActors } from '../../staff/people/user-service.ts';
import { compareCash, shiftInAccount } from './cash-account-service.ts';
import { amountOf, cashSentence, COUNTER_PATH, sentForm, typedFields, type Typed } from './counter-form.ts';
import { tillRefusal } from '../desk/counter-voucher-view.ts';
import {
  closeShift,
  journalOf,
  moveDrawer,
  readShift,
  shiftPage as listOfShifts,
  type Shift,
} from './shift-service.ts';
import { isOwnShift, shiftPage } from './shift-view.ts';

const ROWS = 50;

/** The journals of the tills, money without a customer, and counting the drawer at the end. */
export function shiftPages({ database, clock }: Shell): Router {
  const router = pageRouter();

  router.get(`${COUNTER_PATH}/shifts`, requires('shifts.see'), async (req, res) => {
    await showList(req, res);
  });

  router.get(`${COUNTER_PATH}/shifts/:id`, requires('shifts.see'), async (req, res) => {
    await show(res, idOf(req));
  });

  router.post(`${COUNTER_PATH}/shifts/:id/cash`, requires('counter.sell'), async (req, res) => {
    const { t } = res.locals;
    const typed = typedFields(req, ['amount', 'direction', 'note']);
    const errors: FormError[] = [];
    const cents = amountOf(typed, 'amount', errors, { t, otherwise: t('counter:error.amount') });
    const { direction, note = '' } = typed;
    if (note === '') errors.push({ path: 'note', message: t('counter:error.note') });
    if (cents === null || errors.length > 0) return show(res, idOf(req), typed, errors);
    const move = { cents, isOut: direction === 'out', note: note.slice(0, MAX_NOTE) };
    await act(req, res, { typed, path: 'amount' }, async (author, { id }) => {
      await moveDrawer(database, { ...sentForm(typed, 'cash'), shiftId: id }, move, author);
      addFlash(req, { kind: 'success', text: t('counter:done.cash') });
    });
  });

  router.post(`${COUNTER_PATH}/shifts/:id/closing`, requires('counter.sell'), async (req, res) => {
    const typed = typedFields(req, ['counted', 'note']);
    const counted = parseMoney(typed['counted'] ?? '');
    if (!counted.ok || counted.value < 0)
      return show(res, idOf(req), typed, [{ path: 'counted', message: cashSentence(counted, res.locals.t) }]);
    await act(req, res, { typed, path: 'counted' }, async (author, { id }) => {
      const note = (typed['note'] ?? '') === '' ? null : (typed['note'] ?? '').slice(0, MAX_CLOSING_NOTE);
      tellClosed(req, res, await closeShift(database, id, { countedCash: counted.value, note }, author));
    });
  });

  return router;

  async function act(
    req: Request,
    res: Response,
    sent: { readonly typed: Typed; readonly path: string },
    work: (author: Author, shift: Shift) => Promise<void>,
  ): Promise<void> {
    const shift = await readShift(database.knex, idOf(req));
    if (!isOwnShift(shift, res)) throw appError('forbidden');
    try {
      await work({ actor: actorOf(res), moment: clock.moment() }, shift);
    } catch (error) {
      rethrowUnexpected(error);
      const message = tillRefusal(error, res.locals.t);
      if (error.code === 'rule_broken') return show(res, shift.id, sent.typed, [{ path: sent.path, message }]);
      addFlash(req, { kind: 'danger', text: message });
    }
    res.redirect(303, `${COUNTER_PATH}/shifts/${shift.id}`);
  }

  async function showList(req: Request, res: Response): Promise<void> {
    const { t, user } = res.locals;
    const cursor = cursorOf(req);
    const { items: shifts, nextCursor } = await listOfShifts(database.knex, cursor, ROWS);
    const actors = shifts.map(({ actor }) => actor);
    const names = await namesOfActors(database, actors);
    // The till is for agents; accountants only read what it booked.
    const counterHref = may(user, 'counter.sell') ? COUNTER_PATH : '';
    renderPage(res, 'counter/shifts', {
      title: t('counter:shifts.title'),
      breadcrumbs: counterHref === '' ? [] : [{ href: counterHref, text: t('counter:title') }],
      counterHref,
      compared: await compareCash(database.knex),
      rows: shifts.map((shift) => ({
        ...shift,
        href: `${COUNTER_PATH}/shifts/${shift.id}`,
        who: names.get(shift.actor) ?? '',
        isOpen: shift.closedAt === null,
        expected: shift.cash - (shift.difference ?? 0),
      })),
      first: cursor === null ? '' : `${COUNTER_PATH}/shifts`,
      next: nextCursor === null ? '' : `${COUNTER_PATH}/shifts?cursor=${nextCursor}`,
    });
  }

  async function show(
    res: Response,
    id: string,
    typed: Typed | null = null,
    errors: readonly FormError[] = [],
  ): Promise<void> {
    markInvalid(res, errors);
    const journal = await journalOf(database.knex, id);
    const { actor, closedBy } = journal.shift;
    const names = await namesOfActors(database, [actor, closedBy ?? '']);
    const inAccount = await shiftInAccount(database.knex, id);
    renderPage(res, 'counter/journal', shiftPage({ journal, inAccount, names, typed, errors }, res));
  }
}

const MAX_NOTE = 200;
const MAX_CLOSING_NOTE = 500;

function tellClosed(req: Request, res: Response, { countedCash, difference, currency }: Shift): void {
  const { t, locale } = res.locals;
  const isRight = difference === 0;
  const money = (cents: number | null): string => formatMoney(cents ?? 0, currency, locale);
  addFlash(req, {
    kind: isRight ? 'success' : 'warning',
    text: t(isRight ? 'counter:done.closed' : 'counter:done.closed_difference', {
      counted: money(countedCash),
      difference: money(difference),
    }),
  });
}
