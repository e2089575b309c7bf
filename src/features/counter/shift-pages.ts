import { requires } from '../../platform/http/permissions.ts';
import { TENDERS } from '../../core/sale/till.ts';
import { may } from '../../core/access.ts';
import type { Moment } from '../../platform/process/clock.ts';
import type { Request, Response, Router } from 'express';
import { cursorOf, actorOf, markInvalid, idOf } from '../../platform/http/request.ts';
import { AppError, appError } from '../../platform/process/errors.ts';
import { addFlash } from '../../platform/html/flash.ts';
import { formView, type FormError } from '../../platform/html/form-view.ts';
import { formatMoney } from '../../platform/html/format.ts';
import { generateToken } from '../../platform/secrets/tokens.ts';
import type { Translate } from '../../platform/html/i18n.ts';
import { amountSentence, parseMoney } from '../../platform/html/typed-input.ts';
import { renderPage } from '../../platform/html/views.ts';
import { namesOfActors } from '../staff/people/user-service.ts';
import { amountOf, COUNTER_PATH, sentForm, type Typed, typedFields } from './counter-form.ts';
import { closeShift, journalOf, moveDrawer, openShift, openShiftOf, shiftPage, type Shift } from './shift-service.ts';
import { pageRouter } from '../../platform/http/page-router.ts';
import type { Shell } from '../../platform/process/feature.ts';

const ROWS = 50;

/** Opening a till, its journal of the day, and counting the drawer at the end. */
export function shiftPages({ database, clock }: Shell): Router {
  const router = pageRouter();
  const moment = (): Moment => clock.moment();

  router.post(`${COUNTER_PATH}/shifts`, requires('counter.sell'), async (req, res) => {
    const { t } = res.locals;
    const typed = typedFields(req, ['till', 'openingCash']);
    const till = (typed['till'] ?? '').slice(0, 40);
    const cash =
      (typed['openingCash'] ?? '') === '' ? { ok: true as const, value: 0 } : parseMoney(typed['openingCash'] ?? '');
    const errors: FormError[] = [];
    if (till === '') errors.push({ path: 'till', message: t('counter:error.till') });
    if (!cash.ok || cash.value < 0) errors.push({ path: 'openingCash', message: cashSentence(cash, t) });
    if (errors.length === 0 && cash.ok) {
      try {
        await openShift(database, till, cash.value, actorOf(res), moment());
        addFlash(req, { kind: 'success', text: t('counter:done.opened', { till }) });
        return res.redirect(303, COUNTER_PATH);
      } catch (error) {
        if (!(error instanceof AppError) || error.code !== 'conflict') throw error;
        errors.push({ path: 'till', message: t('counter:error.till_open') });
      }
    }
    res.status(422);
    renderPage(res, 'counter/home', {
      title: t('counter:title'),
      shift: await openShiftOf(database.knex, actorOf(res)),
      form: formView({ code: '', ...typed }, errors),
    });
  });

  router.get(`${COUNTER_PATH}/shifts`, requires('shifts.see'), async (req, res) => {
    const cursor = cursorOf(req);
    const { items: shifts, nextCursor } = await shiftPage(database.knex, cursor, ROWS);
    const names = await namesOfActors(
      database,
      shifts.map(({ actor }) => actor),
    );
    renderPage(res, 'counter/shifts', {
      title: res.locals.t('counter:shifts.title'),
      // The till is for agents; accountants only read what it booked.
      breadcrumbs: may(res.locals.user, 'counter.sell')
        ? [{ href: COUNTER_PATH, text: res.locals.t('counter:title') }]
        : [],
      counterHref: may(res.locals.user, 'counter.sell') ? COUNTER_PATH : '',
      rows: shifts.map((shift) => ({
        ...shift,
        href: `${COUNTER_PATH}/shifts/${shift.id}`,
        who: names.get(shift.actor) ?? '',
        isOpen: shift.closedAt === null,
        difference: (shift.countedCash ?? shift.cash) - shift.cash,
      })),
      first: cursor === null ? '' : `${COUNTER_PATH}/shifts`,
      next: nextCursor === null ? '' : `${COUNTER_PATH}/shifts?cursor=${nextCursor}`,
    });
  });

  router.get(`${COUNTER_PATH}/shifts/:id`, requires('shifts.see'), async (req, res) => {
    await show(res, idOf(req));
  });

  router.post(`${COUNTER_PATH}/shifts/:id/cash`, requires('counter.sell'), async (req, res) => {
    const { t } = res.locals;
    const typed = typedFields(req, ['amount', 'direction', 'note']);
    const errors: FormError[] = [];
    const cents = amountOf(typed, 'amount', errors, { t, otherwise: t('counter:error.amount') });
    if ((typed['note'] ?? '') === '') errors.push({ path: 'note', message: t('counter:error.note') });
    if (cents === null || errors.length > 0) return show(res, idOf(req), typed, errors);
    await own(req, res);
    const sent = { ...sentForm(typed, 'cash'), shiftId: idOf(req) };
    const move = { cents, isOut: typed['direction'] === 'out', note: (typed['note'] ?? '').slice(0, 200) };
    await moveDrawer(database, sent, move, { actor: actorOf(res), moment: moment() });
    addFlash(req, { kind: 'success', text: t('counter:done.cash') });
    res.redirect(303, `${COUNTER_PATH}/shifts/${idOf(req)}`);
  });

  router.post(`${COUNTER_PATH}/shifts/:id/closing`, requires('counter.sell'), async (req, res) => {
    const { t, locale } = res.locals;
    const typed = typedFields(req, ['counted', 'note']);
    const counted = parseMoney(typed['counted'] ?? '');
    if (!counted.ok || counted.value < 0)
      return show(res, idOf(req), typed, [{ path: 'counted', message: cashSentence(counted, t) }]);
    await own(req, res);
    try {
      const note = (typed['note'] ?? '') === '' ? null : (typed['note'] ?? '').slice(0, 500);
      const shift = await closeShift(database, idOf(req), counted.value, note, actorOf(res), moment());
      const difference = counted.value - shift.cash;
      const money = (cents: number): string => formatMoney(cents, shift.currency, locale);
      addFlash(req, {
        kind: difference === 0 ? 'success' : 'warning',
        text: t(difference === 0 ? 'counter:done.closed' : 'counter:done.closed_difference', {
          counted: money(counted.value),
          difference: money(difference),
        }),
      });
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'conflict') throw error;
      addFlash(req, { kind: 'danger', text: t('counter:error.shift_closed') });
    }
    res.redirect(303, `${COUNTER_PATH}/shifts/${idOf(req)}`);
  });

  return router;

  /** A drawer is moved and counted by whom it belongs to, or by an administrator. */
  async function own(req: Request, res: Response): Promise<Shift> {
    const { shift } = await journalOf(database.knex, idOf(req));
    if (shift.actor !== actorOf(res) && !may(res.locals.user, 'shifts.close_any')) throw appError('forbidden');
    return shift;
  }

  async function show(
    res: Response,
    id: string,
    typed: Typed | null = null,
    errors: readonly FormError[] = [],
  ): Promise<void> {
    const { t, user } = res.locals;
    markInvalid(res, errors);
    const { shift, entries, sums } = await journalOf(database.knex, id);
    const names = await namesOfActors(database, [shift.actor, shift.closedBy ?? '']);
    renderPage(res, 'counter/journal', {
      title: t('counter:journal.title', { till: shift.till }),
      breadcrumbs: [
        { href: COUNTER_PATH, text: t('counter:title') },
        { href: `${COUNTER_PATH}/shifts`, text: t('counter:shifts.title') },
      ],
      form: formView(
        { amount: '', direction: 'in', note: '', counted: '', entryKey: generateToken(''), ...typed },
        errors,
      ),
      shift,
      who: names.get(shift.actor) ?? '',
      closedBy: shift.closedBy === null ? '' : (names.get(shift.closedBy) ?? ''),
      isOpen: shift.closedAt === null,
      difference: shift.countedCash === null ? 0 : shift.countedCash - shift.cash,
      tenders: TENDERS.map((tender) => t(`counter:tender.${tender}`)),
      sums: { ...sums, tenders: TENDERS.map((tender) => sums[tender]) },
      entries: entries.map((entry) => ({
        ...entry,
        tenders: TENDERS.map((tender) => entry[tender]),
        text: t(`counter:event.${entry.event}`),
        types: entry.businessTypes.join(', '),
        reference: entry.bookingNumber ?? entry.note ?? '',
        href:
          entry.orderId !== null
            ? `/admin/orders/${entry.orderId}`
            : entry.voucherId === null
              ? ''
              : `/admin/vouchers/${entry.voucherId}`,
      })),
      directions: (['in', 'out'] as const).map((value) => ({ value, label: t(`counter:direction.${value}`) })),
      mayChange:
        shift.closedAt === null && user !== null && (shift.actor === actorOf(res) || may(user, 'shifts.close_any')),
    });
  }
}

function cashSentence(cash: ReturnType<typeof parseMoney>, t: Translate): string {
  return amountSentence(cash, t, t('counter:error.cash'));
}
