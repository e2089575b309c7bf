import type { Response, Router } from 'express';
import { addFlash } from '../../../platform/html/flash.ts';
import { formView, type FormError } from '../../../platform/html/form-view.ts';
import { formatMoney } from '../../../platform/html/format.ts';
import { parseMoney } from '../../../platform/html/typed-input.ts';
import { renderPage } from '../../../platform/html/views.ts';
import { allowCamera } from '../../../platform/http/security.ts';
import { pageRouter } from '../../../platform/http/page-router.ts';
import { requires } from '../../../platform/http/permissions.ts';
import { actorOf, markInvalid } from '../../../platform/http/request.ts';
import { AppError } from '../../../platform/process/errors.ts';
import type { Shell } from '../../../platform/process/feature.ts';
import { cashSentence, COUNTER_PATH, typedFields, type Typed } from './counter-form.ts';
import { cashRefunds } from '../desk/counter-refund-service.ts';
import { knownTills, OPENING_GAPS, openShift, openShiftOf, type Opening } from './shift-service.ts';

const MAX_TILL = 40;
const MAX_NOTE = 200;

/** The first page of the counter, and opening a till on it. */
export function shiftOpeningPages({ database, clock }: Shell): Router {
  const router = pageRouter();

  router.get(COUNTER_PATH, requires('counter.sell'), async (_req, res) => {
    await show(res, { till: res.locals.t('counter:first_till') });
  });

  router.post(`${COUNTER_PATH}/shifts`, requires('counter.sell'), async (req, res) => {
    const typed = typedFields(req, ['till', 'openingCash', 'gap', 'note']);
    const parsed = parseOpening(typed, res);
    if ('errors' in parsed) return show(res, typed, parsed.errors);
    const refused = await open(res, parsed.value);
    if (refused !== null) return show(res, { ...typed, isAsked: refused.path === 'gap' ? 'yes' : '' }, [refused]);
    addFlash(req, { kind: 'success', text: res.locals.t('counter:done.opened', { till: parsed.value.till }) });
    res.redirect(303, COUNTER_PATH);
  });

  return router;

  /** null: it is open. */
  async function open(res: Response, opening: Opening): Promise<FormError | null> {
    const { t, locale } = res.locals;
    try {
      const outcome = await openShift(database, opening, { actor: actorOf(res), moment: clock.moment() });
      if (outcome.kind === 'opened') return null;
      const money = (cents: number): string => formatMoney(cents, outcome.currency, locale);
      const told = { left: money(outcome.left), change: money(opening.cash - outcome.left) };
      return { path: 'gap', message: t('counter:error.opening_gap', told) };
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'conflict') throw error;
      return { path: 'till', message: t('counter:error.till_open') };
    }
  }

  async function show(res: Response, typed: Typed, errors: readonly FormError[] = []): Promise<void> {
    const { t } = res.locals;
    markInvalid(res, errors);
    allowCamera(res);
    const shift = await openShiftOf(database.knex, actorOf(res));
    renderPage(res, 'counter/home', {
      title: t('counter:title'),
      shift,
      form: formView({ code: '', till: '', openingCash: '', gap: '', note: '', isAsked: '', ...typed }, errors),
      tills: shift === null ? await knownTills(database.knex) : [],
      gaps: OPENING_GAPS.map((value) => ({ value, label: t(`counter:open.gap.${value}`) })),
      refunds: shift === null ? 0 : (await cashRefunds(database.knex)).items.length,
    });
  }
}

function parseOpening(
  { till = '', openingCash = '', gap, note = '' }: Typed,
  { locals: { t } }: Response,
): { readonly value: Opening } | { readonly errors: readonly FormError[] } {
  const cash = openingCash === '' ? { ok: true as const, value: 0 } : parseMoney(openingCash);
  const errors: FormError[] = [];
  if (till === '') errors.push({ path: 'till', message: t('counter:error.till') });
  if (!cash.ok || cash.value < 0) errors.push({ path: 'openingCash', message: cashSentence(cash, t) });
  if (!cash.ok || errors.length > 0) return { errors };
  const named = OPENING_GAPS.find((one) => one === gap) ?? null;
  return {
    value: {
      till: till.slice(0, MAX_TILL),
      cash: cash.value,
      gap: named,
      note: note === '' ? t('counter:open.note') : note.slice(0, MAX_NOTE),
    },
  };
}
