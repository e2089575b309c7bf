import type { Request, Response, Router } from 'express';
import { isReversible, TENDERS } from '../../../core/sale/till.ts';
import { addFlash } from '../../../platform/html/flash.ts';
import { formView, type FormError } from '../../../platform/html/form-view.ts';
import { formatMoney } from '../../../platform/html/format.ts';
import { renderPage } from '../../../platform/html/views.ts';
import { pageRouter } from '../../../platform/http/page-router.ts';
import { requires } from '../../../platform/http/permissions.ts';
import { actorOf, idOf, markInvalid } from '../../../platform/http/request.ts';
import { appError, rethrowUnexpected } from '../../../platform/process/errors.ts';
import type { Shell } from '../../../platform/process/feature.ts';
import { COUNTER_PATH, sentForm, typedFields, type Typed } from '../till/counter-form.ts';
import { reverseAtCounter } from './counter-reversal-service.ts';
import { tillRefusal } from './counter-voucher-view.ts';
import { entryOfShift, readShift, type Shift, type TillEntry } from '../till/shift-service.ts';
import { isOwnShift } from '../till/shift-view.ts';

const PATH = `${COUNTER_PATH}/shifts/:id/entries/:entryId/reversal`;
const MAX_REASON = 200;

interface Asked {
  readonly shift: Shift;
  readonly entry: TillEntry;
}

/** Storno at the till: what is taken back is shown first, and a reason asked for. */
export function counterReversalPages({ database, clock }: Shell): Router {
  const router = pageRouter();

  router.get(PATH, requires('counter.cancel'), async (req, res) => {
    show(res, await askedOf(req, res), {}, []);
  });

  router.post(PATH, requires('counter.cancel'), async (req, res) => {
    const asked = await askedOf(req, res);
    const typed = typedFields(req, ['reason', 'isConfirmed']);
    const { reason = '' } = typed;
    if (reason === '')
      return show(res, asked, typed, [{ path: 'reason', message: res.locals.t('counter:error.reason') }]);
    const refusal = await reverse(req, res, asked, typed);
    if (refusal !== null) return show(res, asked, typed, [refusal]);
    res.redirect(303, `${COUNTER_PATH}/shifts/${asked.shift.id}`);
  });

  return router;

  async function askedOf(req: Request, res: Response): Promise<Asked> {
    const shift = await readShift(database.knex, idOf(req));
    if (!isOwnShift(shift, res)) throw appError('forbidden');
    return { shift, entry: await entryOfShift(database.knex, shift.id, idOf(req, 'entryId')) };
  }

  /** null: it is done. */
  async function reverse(
    req: Request,
    res: Response,
    { shift, entry }: Asked,
    typed: Typed,
  ): Promise<FormError | null> {
    const { t } = res.locals;
    const sent = { ...sentForm(typed, `reversal ${entry.id}`), shiftId: shift.id };
    const wish = {
      entryId: entry.id,
      reason: (typed['reason'] ?? '').slice(0, MAX_REASON),
      isConfirmed: typed['isConfirmed'] === 'true',
    };
    try {
      const { documentNumber } = await reverseAtCounter(database, sent, wish, {
        actor: actorOf(res),
        moment: clock.moment(),
      });
      addFlash(req, { kind: 'success', text: t('counter:done.reversed', { number: documentNumber ?? '' }) });
      return null;
    } catch (error) {
      rethrowUnexpected(error);
      const [field] = error.details.fields ?? [];
      return { path: field?.path ?? '', message: tillRefusal(error, t) };
    }
  }

  function show(res: Response, { shift, entry }: Asked, typed: Typed, errors: readonly FormError[]): void {
    const { t, locale } = res.locals;
    markInvalid(res, errors);
    const money = (cents: number): string => formatMoney(cents, shift.currency, locale);
    renderPage(res, 'counter/reversal', {
      title: t('counter:reversal.title', { number: entry.documentNumber ?? '' }),
      breadcrumbs: [
        { href: COUNTER_PATH, text: t('counter:title') },
        { href: `${COUNTER_PATH}/shifts/${shift.id}`, text: t('counter:journal.title', { till: shift.till }) },
      ],
      form: formView({ reason: '', isConfirmed: '', entryKey: `storno-${entry.id}`, ...typed }, errors),
      action: `${COUNTER_PATH}/shifts/${shift.id}/entries/${entry.id}/reversal`,
      shift,
      entry,
      event: t(`counter:event.${entry.event}`),
      reference: entry.bookingNumber ?? entry.note ?? '',
      isSale: entry.event === 'sale',
      isPossible: isReversible(entry.event) && shift.closedAt === null,
      back: TENDERS.filter((tender) => entry[tender] !== 0).map((tender) =>
        t(`counter:reversal.back.${tender}`, { amount: money(entry[tender]) }),
      ),
    });
  }
}
