import type { Request, Response, Router } from 'express';
import { requires } from '../../../platform/http/permissions.ts';
import { may } from '../../../core/access.ts';
import { voucherNumber } from '../../../core/books/ledger-event.ts';
import type { Moment } from '../../../platform/process/clock.ts';
import { inTransaction } from '../../../platform/data/db.ts';
import { appError, rethrowUnexpected } from '../../../platform/process/errors.ts';
import { refusalSentence } from '../../../platform/http/error-sentence.ts';
import { isId } from '../../../platform/data/id.ts';
import { readPage } from '../../../platform/data/page.ts';
import { addFlash } from '../../../platform/html/flash.ts';
import { dayInput } from '../../../platform/html/format.ts';
import { formView, type FormError } from '../../../platform/html/form-view.ts';
import { parseDay } from '../../../platform/html/typed-input.ts';
import { actorOf, idOf, markInvalid, cursorOf, LENGTHS, fieldOf } from '../../../platform/http/request.ts';
import { renderPage } from '../../../platform/html/views.ts';
import { namesOfActors } from '../../staff/people/user-service.ts';
import {
  acceptDerecognition,
  derecognitionItems,
  derecognitionOf,
  excludedFromDerecognition,
  type SummedRun,
  derecognitionRun,
  derecognitionRuns,
  proposeDerecognition,
  rejectDerecognition,
} from './derecognition-run-service.ts';
import { derecognisedCents, reactivateVoucher } from './reactivation-service.ts';
import { doOrAsk } from '../approvals/approval-asking-form.ts';
import { pageRouter } from '../../../platform/http/page-router.ts';
import type { Shell } from '../../../platform/process/feature.ts';
import type { Translate } from '../../../platform/html/i18n.ts';

const PATH = '/admin/accounting/derecognition';
const PAGE = 50;
const TONES = { proposed: 'warn', accepted: 'info', stopped: 'danger', done: 'ok', rejected: 'quiet' } as const;

/** The yearly run over time-barred vouchers: proposed by one person, accepted by another. */
export function derecognitionPages({ database, clock }: Shell): Router {
  const router = pageRouter();
  const moment = (): Moment => clock.moment();

  router.get(PATH, requires('derecognitions.see'), async (_req, res) => {
    await show(res, { barredOn: dayInput(clock.today(), res.locals.locale) });
  });

  router.post(PATH, requires('derecognitions.decide'), async (req, res) => {
    const { t } = res.locals;
    const barredOn = fieldOf(req, 'barredOn');
    const day = parseDay(barredOn);
    if (!day.ok || day.value > clock.today())
      return show(res, { barredOn }, [
        { path: 'barredOn', message: day.ok ? t('vouchers:refunds.future') : t(`common:${day.error}`) },
      ]);
    const run = await proposeDerecognition(database, { actor: actorOf(res), moment: moment() }, day.value);
    addFlash(
      req,
      run === null
        ? { kind: 'info', text: t('accounting:derecognition.none') }
        : { kind: 'success', text: t('accounting:derecognition.proposed') },
    );
    res.redirect(303, run === null ? PATH : `${PATH}/${run}`);
  });

  router.get('/admin/vouchers/:id/derecognition', requires('derecognitions.see'), async (req, res) => {
    res.redirect(303, `${PATH}/${await derecognitionOf(database.knex, idOf(req))}`);
  });

  router.get(`${PATH}/:id`, requires('derecognitions.see'), (req, res) => showRun(req, res, {}));

  router.post(`${PATH}/:id/acceptance`, requires('derecognitions.decide'), async (req, res) => {
    const postedOn = fieldOf(req, 'postedOn');
    const day = postedOn === '' ? { ok: true as const, value: clock.today() } : parseDay(postedOn);
    if (!day.ok)
      return showRun(req, res, { postedOn }, [{ path: 'postedOn', message: res.locals.t(`common:${day.error}`) }]);
    await orTell(req, res, async () => {
      const author = { actor: actorOf(res), moment: moment() };
      res.redirect(303, `/admin/jobs/${await acceptDerecognition(database, author, idOf(req), day.value)}`);
    });
  });

  router.post(`${PATH}/:id/rejection`, requires('derecognitions.decide'), async (req, res) => {
    await orTell(req, res, async () => {
      await rejectDerecognition(database, { actor: actorOf(res), moment: moment() }, idOf(req));
      addFlash(req, { kind: 'success', text: res.locals.t('accounting:derecognition.rejected') });
      res.redirect(303, `${PATH}/${idOf(req)}`);
    });
  });

  router.post(`${PATH}/:id/reactivation`, requires('derecognitions.decide'), async (req, res) => {
    await orTell(req, res, async () => {
      const voucher = fieldOf(req, 'voucher');
      const reason = fieldOf(req, 'reason', LENGTHS.reason);
      if (!isId(voucher)) throw appError('not_found');
      if (reason === '')
        throw appError('invalid_request', {
          fields: [
            {
              path: 'reason',
              code: 'required',
              text: 'vouchers:refusal.reason_required',
            },
          ],
        });
      const outcome = await doOrAsk(database, req, res, {
        work: () =>
          inTransaction(database, (trx) =>
            reactivateVoucher({ trx, actor: actorOf(res), moment: moment() }, voucher, reason),
          ),
        wish: async () => ({
          kind: 'reactivation',
          voucherId: voucher,
          cents: await derecognisedCents(database.knex, voucher, clock.today()),
        }),
        reason,
        moment: moment(),
      });
      if ('asked' in outcome) return res.redirect(303, outcome.asked);
      addFlash(req, { kind: 'success', text: res.locals.t('accounting:derecognition.reactivated') });
      res.redirect(303, `/admin/vouchers/${voucher}`);
    });
  });

  return router;

  async function showRun(
    req: Request,
    res: Response,
    typed: Record<string, unknown>,
    errors: readonly FormError[] = [],
  ): Promise<void> {
    const { t } = res.locals;
    const run = await derecognitionRun(database.knex, idOf(req));
    const cursor = cursorOf(req) ?? '0';
    const { items, nextCursor } = await readPage(
      PAGE,
      (limit) => derecognitionItems(database.knex, run.id, cursor, limit),
      ({ voucherId }) => voucherId,
    );
    const names = await namesOfActors(database, [run.proposedBy, run.decidedBy ?? '']);
    markInvalid(res, errors);
    renderPage(res, 'vouchers/ending/derecognition-run', {
      title: t('accounting:derecognition.run', { id: run.id }),
      breadcrumbs: [{ href: PATH, text: t('accounting:derecognition.title') }],
      path: `${PATH}/${run.id}`,
      run: { ...listed(run, names, t), decided: names.get(run.decidedBy ?? '') ?? run.decidedBy ?? '' },
      excluded: (await excludedFromDerecognition(database.knex, run.barredOn, PAGE)).map((voucher) => ({
        ...voucher,
        label: voucherNumber(voucher.number, voucher.id),
      })),
      ...offered(run, res),
      form: formView({ postedOn: dayInput(clock.today(), res.locals.locale), ...typed }, errors),
      rows: items.map((item) => ({
        ...item,
        label: voucherNumber(item.number, item.voucherId),
        outcomeText: t(`accounting:derecognition.outcome.${item.outcome}`),
        mayReactivate: may(res.locals.user, 'derecognitions.decide') && item.outcome === 'derecognised',
      })),
      next: nextCursor === null ? null : `${PATH}/${run.id}?cursor=${nextCursor}`,
      first: cursor === '0' ? null : `${PATH}/${run.id}`,
    });
  }

  async function show(
    res: Response,
    values: Record<string, unknown>,
    errors: readonly FormError[] = [],
  ): Promise<void> {
    const { t, user } = res.locals;
    const runs = await derecognitionRuns(database.knex);
    const names = await namesOfActors(
      database,
      runs.map(({ proposedBy }) => proposedBy),
    );
    markInvalid(res, errors);
    renderPage(res, 'vouchers/ending/derecognition', {
      title: t('accounting:derecognition.title'),
      form: formView(values, errors),
      mayPropose: may(user, 'derecognitions.decide'),
      rows: runs.map((run) => ({ ...listed(run, names, t), href: `${PATH}/${run.id}` })),
    });
  }

  /** A refusal is told on the run's page. */
  async function orTell(req: Request, res: Response, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      rethrowUnexpected(error, 'not_found');
      const text =
        error.code === 'conflict'
          ? res.locals.t('accounting:derecognition.decided_already')
          : refusalSentence(error, res.locals.t);
      addFlash(req, { kind: 'danger', text });
      res.redirect(303, `${PATH}/${idOf(req)}`);
    }
  }
}

function listed(run: SummedRun, names: ReadonlyMap<string, string>, t: Translate) {
  return {
    ...run,
    tone: TONES[run.state],
    stateText: t(`accounting:derecognition.state.${run.state}`),
    by: names.get(run.proposedBy) ?? run.proposedBy,
    isBooked: run.state === 'done' || run.state === 'stopped',
  };
}

/** Who proposed a run may take it back, and somebody else accepts or rejects it. */
function offered(run: SummedRun, res: Response) {
  const isOpen = may(res.locals.user, 'derecognitions.decide') && run.state === 'proposed';
  const isProposer = run.proposedBy === actorOf(res);
  return {
    mayReject: isOpen,
    rejectText: res.locals.t(`accounting:derecognition.${isProposer ? 'withdraw' : 'reject'}`),
    mayAccept: isOpen && !isProposer,
    needsOther: isOpen && isProposer,
  };
}
