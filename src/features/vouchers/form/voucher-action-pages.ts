import type { Request, Response, Router } from 'express';
import { requires } from '../../../platform/http/permissions.ts';
import { may } from '../../../core/access.ts';
import { DEFAULT_PAYMENT_METHOD, PAYMENT_METHODS } from '../../../core/books/postings.ts';
import { inTransaction } from '../../../platform/data/db.ts';
import { appError, rethrowUnexpected } from '../../../platform/process/errors.ts';
import { errorSentence, fieldSentence } from '../../../platform/http/error-sentence.ts';
import { addFlash, type Flash } from '../../../platform/html/flash.ts';
import { formView, type FormError } from '../../../platform/html/form-view.ts';
import { parseDay, parsePastDay } from '../../../platform/html/typed-input.ts';
import { idOf, actorOf, LENGTHS, fieldOf } from '../../../platform/http/request.ts';
import { renderPage } from '../../../platform/html/views.ts';
import { actionsOf, type VoucherAct } from './voucher-aside-view.ts';
import { doOrAsk, secondPersonHint } from '../approvals/approval-asking-form.ts';
import type { ApprovalWish } from '../approvals/approval-service.ts';
import { options } from './voucher-fields-view.ts';
import { cancelVoucher, payOutRest, payVoucher, setDeactivated } from '../life/voucher-lifecycle-service.ts';
import { momentOf, VOUCHERS_PATH } from '../list/voucher-list-pages.ts';
import { findVoucher } from '../record/voucher-service.ts';
import { undoLast, UNDO_SECONDS } from '../life/voucher-undo-service.ts';
import type { VoucherView } from '../record/voucher-view-service.ts';
import { pageRouter } from '../../../platform/http/page-router.ts';
import type { Shell } from '../../../platform/process/feature.ts';

interface Act {
  /** What of the form cannot be taken. */
  readonly check: (req: Request, res: Response) => FormError[];
  readonly run: (id: string, req: Request, res: Response) => Promise<unknown>;
  /** What is asked for where a second person has to accept it. */
  readonly wish?: (id: string, req: Request) => ApprovalWish;
}

/** What is done to one voucher besides changing its fields; each has a page of its own for those who open no dialog. */
export function voucherActionPages(pages: Shell): Router {
  const { database } = pages;
  const router = pageRouter();
  const lock = (isLocked: boolean): Act => ({
    check: (req, res) => (isLocked ? needed(req, res, 'reason') : []),
    run: (id, req, res) =>
      setDeactivated(database, { actor: actorOf(res), moment: momentOf(pages) }, id, isLocked, reasonOf(req) || null),
  });
  const acts: Readonly<Record<VoucherAct, Act>> = {
    lock: lock(true),
    unlock: lock(false),
    pay: {
      check: (req, res) => {
        const day = parsePastDay(fieldOf(req, 'paidAt'), pages.clock.today());
        return day.ok ? [] : [{ path: 'paidAt', message: res.locals.t(`common:${day.error}`) }];
      },
      run: (id, req, res) => {
        const day = parseDay(fieldOf(req, 'paidAt'));
        const method = PAYMENT_METHODS.find((one) => one === fieldOf(req, 'method'));
        if (!day.ok || method === undefined) throw appError('invalid_request');
        return inTransaction(database, (trx) =>
          payVoucher({ trx, actor: actorOf(res), moment: momentOf(pages) }, id, {
            paidAt: day.value,
            method,
            reference: null,
          }),
        );
      },
      wish: (voucherId, req) => {
        const day = parseDay(fieldOf(req, 'paidAt'));
        if (!day.ok) throw appError('invalid_request');
        return {
          kind: 'issue',
          voucherId,
          paidAt: day.value,
          method: PAYMENT_METHODS.find((one) => one === fieldOf(req, 'method')) ?? DEFAULT_PAYMENT_METHOD,
        };
      },
    },
    cancel: {
      check: (req, res) => needed(req, res, 'reason'),
      run: (id, req, res) => {
        const refund = fieldOf(req, 'refund') === 'true';
        if (refund && !may(res.locals.user, 'vouchers.refund')) throw appError('forbidden');
        return inTransaction(database, (trx) =>
          cancelVoucher({ trx, actor: actorOf(res), moment: momentOf(pages) }, id, { refund, reason: reasonOf(req) }),
        );
      },
      wish: (voucherId) => ({ kind: 'refund', voucherId }),
    },
    payout: {
      check: (req, res) => needed(req, res, 'reason'),
      run: (id, req, res) => {
        if (!may(res.locals.user, 'vouchers.refund')) throw appError('forbidden');
        return inTransaction(database, (trx) =>
          payOutRest({ trx, actor: actorOf(res), moment: momentOf(pages) }, id, reasonOf(req)),
        );
      },
      wish: (voucherId) => ({ kind: 'refund', voucherId }),
    },
  };

  for (const [name, { check, run, wish }] of Object.entries(acts) as [VoucherAct, Act][]) {
    const path = `${VOUCHERS_PATH}/:id/${name}`;
    router.get(path, requires('vouchers.change'), async (req, res) => {
      const voucher = await findVoucher(database, idOf(req), momentOf(pages));
      await renderAct(res, pages, voucher, name, {}, []);
    });
    router.post(path, requires('vouchers.change'), async (req, res) => {
      const id = idOf(req);
      const errors = check(req, res);
      const work = async (): Promise<string | null> => {
        if (wish === undefined) {
          await run(id, req, res);
          return null;
        }
        const reason = reasonOf(req) || res.locals.t('vouchers:approvals.goodwill_reason');
        const done = await doOrAsk(database, req, res, {
          work: () => run(id, req, res),
          wish: () => wish(id, req),
          reason,
          moment: momentOf(pages),
        });
        return 'asked' in done ? done.asked : null;
      };
      const outcome = errors.length > 0 ? errors : await attempt(work, res);
      if (Array.isArray(outcome)) {
        res.status(422);
        await renderAct(
          res,
          pages,
          await findVoucher(database, id, momentOf(pages)),
          name,
          req.body as Record<string, unknown>,
          outcome,
        );
        return;
      }
      if (outcome !== null) {
        res.redirect(303, outcome);
        return;
      }
      const done = name === 'cancel' && fieldOf(req, 'refund') === 'true' ? 'refund' : name;
      const undo = name === 'lock' || name === 'unlock' ? undoOf(await findVoucher(database, id, momentOf(pages))) : {};
      addFlash(req, { kind: 'success', text: res.locals.t(`vouchers:done.${done}`), ...undo });
      res.redirect(303, `${VOUCHERS_PATH}/${id}`);
    });
  }

  router.post(`${VOUCHERS_PATH}/:id/undo`, requires('vouchers.change'), async (req, res) => {
    const version = fieldOf(req, 'version');
    const outcome = /^\d{1,9}$/.test(version)
      ? await undoLast(database, { actor: actorOf(res), moment: momentOf(pages) }, idOf(req), Number(version))
      : 'overtaken';
    const isDone = outcome !== 'too_late' && outcome !== 'overtaken';
    addFlash(req, { kind: isDone ? 'success' : 'warning', text: res.locals.t(`vouchers:undone.${outcome}`) });
    res.redirect(303, `${VOUCHERS_PATH}/${idOf(req)}`);
  });
  return router;
}

/** What a flash carries so that a lock or a change of texts can be taken back for ten seconds. */
export function undoOf({ id, version }: VoucherView): Pick<Flash, 'undo'> {
  return { undo: { action: `${VOUCHERS_PATH}/${id}/undo`, version, seconds: UNDO_SECONDS } };
}

function reasonOf(req: Request): string {
  return fieldOf(req, 'reason', LENGTHS.reason);
}

function needed(req: Request, res: Response, name: string): FormError[] {
  return fieldOf(req, name) === '' ? [{ path: name, message: res.locals.t('common:input.required') }] : [];
}

async function attempt(work: () => Promise<string | null>, res: Response): Promise<string | null | FormError[]> {
  try {
    return await work();
  } catch (error) {
    rethrowUnexpected(error, 'not_found', 'forbidden');
    const { t } = res.locals;
    const [field] = error.details.fields ?? [];
    return [{ path: '', message: field === undefined ? errorSentence(error.code, t) : fieldSentence(field, t) }];
  }
}

async function renderAct(
  res: Response,
  { clock, database }: Shell,
  voucher: VoucherView,
  name: VoucherAct,
  typed: Readonly<Record<string, unknown>>,
  errors: readonly FormError[],
): Promise<void> {
  const { t, user } = res.locals;
  const act = actionsOf(voucher, user, res.locals).find((one) => one.name === name) ?? null;
  renderPage(res, 'vouchers/form/action', {
    title: t(`vouchers:do_title.${name}`),
    breadcrumbs: [
      { href: VOUCHERS_PATH, text: t('vouchers:title') },
      { href: `${VOUCHERS_PATH}/${voucher.id}`, text: voucher.title },
    ],
    back: `${VOUCHERS_PATH}/${voucher.id}`,
    act,
    form: formView(typed, errors),
    methods: options(PAYMENT_METHODS, 'method', t),
    today: clock.today(),
    secondPerson: await secondPersonHint(database.knex, voucher.currency, res.locals),
  });
}
