import type { Request, Response, Router } from 'express';
import { requires } from '../../../platform/http/permissions.ts';
import { VOUCHER_TYPES, type VoucherType } from '../../../core/engine/voucher.ts';
import { rethrowUnexpected } from '../../../platform/process/errors.ts';
import { errorSentence, fieldSentence } from '../../../platform/http/error-sentence.ts';
import { addFlash } from '../../../platform/html/flash.ts';
import type { FormError } from '../../../platform/html/form-view.ts';
import { idOf, actorOf, fieldOf } from '../../../platform/http/request.ts';
import { renderFragment } from '../../../platform/html/views.ts';
import { namesOfActors } from '../../staff/people/user-service.ts';
import { undoOf } from './voucher-action-pages.ts';
import { actorName } from './voucher-aside-view.ts';
import { doOrAsk, type DoneOrAsked } from '../approvals/approval-asking-form.ts';
import { type CampaignCode, createOnce } from '../life/voucher-create-once-service.ts';
import { formPath } from './voucher-body-form.ts';
import {
  newSubject,
  readForm,
  readTyped,
  sentForm,
  storedForm,
  storedSubject,
  type FormSubject,
} from './read-voucher-form.ts';
import { changeRows, takeType, tidyRows } from './typed-rows-form.ts';
import { emptyVoucher, typedCopy, typedFromView, typedVoucher, type TypedVoucher } from './typed-voucher-form.ts';
import { fixedFields } from './voucher-fields-view.ts';
import { renderForm, type Conflict, type FormState } from './voucher-form-view.ts';
import { historyOf } from '../record/voucher-history-service.ts';
import { momentOf, VOUCHERS_PATH } from '../list/voucher-list-pages.ts';
import { changedParts, mergeTyped } from './voucher-merge-form.ts';
import { findVoucher, type VoucherBody } from '../record/voucher-service.ts';
import { changeVoucher } from '../life/voucher-change-service.ts';
import { isTextChange } from '../life/voucher-undo-service.ts';
import { isEnded, type VoucherView } from '../record/voucher-view-service.ts';
import { isId } from '../../../platform/data/id.ts';
import { pageRouter } from '../../../platform/http/page-router.ts';
import type { Shell } from '../../../platform/process/feature.ts';

const MAX_ONCE = 100;

/** A new voucher, and changing one. */
export function voucherEditPages(pages: Shell): Router {
  const { database, clock } = pages;
  const router = pageRouter();

  router.get(`${VOUCHERS_PATH}/new`, requires('vouchers.change'), async (req, res) => {
    const { t, locale } = res.locals;
    const { copy } = req.query;
    const subject = await newSubject(database);
    if (isId(copy)) {
      const original = await findVoucher(database, copy, momentOf(pages));
      const typed = typedCopy(storedForm(original, locale), preset(res, subject, original.type));
      return show(res, typed, subject, { notice: t('vouchers:copied_from', { title: original.title }) });
    }
    const type = VOUCHER_TYPES.find((one) => one === req.query['type']) ?? 'discount';
    await show(res, preset(res, subject, type), subject);
  });

  router.post(
    [`${VOUCHERS_PATH}/preview`, `${VOUCHERS_PATH}/:id/preview`],
    requires('vouchers.change'),
    async (req, res) => {
      const voucher = req.params['id'] === undefined ? null : await findVoucher(database, idOf(req), momentOf(pages));
      const subject = voucher === null ? await newSubject(database) : storedSubject(voucher);
      const { summary } = await readForm(pages, sentForm(req.body, voucher, res.locals.locale), subject, res.locals);
      renderFragment(res, 'vouchers/form/summary', { summary });
    },
  );

  router.post(VOUCHERS_PATH, requires('vouchers.change'), async (req, res) => {
    const typed = typedVoucher(req.body);
    const subject = await newSubject(database);
    const presetOf = (type: VoucherType): TypedVoucher => preset(res, subject, type);
    const action = fieldOf(req, 'do');
    const rearranged = changeRows(typed, action) ?? (action === 'take' ? takeType(typed, presetOf) : null);
    if (rearranged !== null) return show(res, rearranged, subject);
    // Somebody without scripts changed the type and saved at once, and has not seen its fields.
    if (typed.type !== typed.shownType)
      return show(res, takeType(typed, presetOf), subject, { notice: res.locals.t('vouchers:type_taken') });
    await create(req, res, tidyRows(typed), subject);
  });

  router.get(`${VOUCHERS_PATH}/:id`, requires('vouchers.see'), async (req, res) => {
    const voucher = await findVoucher(database, idOf(req), momentOf(pages));
    await show(res, storedForm(voucher, res.locals.locale), storedSubject(voucher));
  });

  router.post(`${VOUCHERS_PATH}/:id`, requires('vouchers.change'), async (req, res) => {
    const voucher = await findVoucher(database, idOf(req), momentOf(pages));
    const typed = sentForm(req.body, voucher, res.locals.locale);
    const rearranged = changeRows(typed, fieldOf(req, 'do'));
    if (rearranged !== null) return show(res, rearranged, storedSubject(voucher));
    await change(req, res, tidyRows(typed), voucher);
  });

  return router;

  function preset(res: Response, { currency }: FormSubject, type: VoucherType): TypedVoucher {
    return emptyVoucher(type, clock.today(), { currency, locale: res.locals.locale });
  }

  async function show(
    res: Response,
    typed: TypedVoucher,
    subject: FormSubject,
    more: Partial<FormState> = {},
  ): Promise<void> {
    const form = await readForm(pages, typed, subject, res.locals);
    await renderForm(res, pages, { form, voucher: subject.voucher, ...more });
  }

  async function create(req: Request, res: Response, typed: TypedVoucher, subject: FormSubject): Promise<void> {
    const read = await readTyped(database, typed, subject, res.locals);
    const isCampaignCode = typed.campaign !== '';
    const errors = isCampaignCode ? read.errors.filter(({ path }) => path === 'code') : read.errors;
    const wanted = isCampaignCode
      ? { campaign: typed.campaign, code: read.body.code ?? null, isActive: typed.active === 'true' }
      : read.body;
    const once = fieldOf(req, 'once', MAX_ONCE);
    const outcome =
      errors.length > 0 ? errors : await attempt(() => createOrAsk(req, res, once, wanted, subject.currency), res);
    if (Array.isArray(outcome)) {
      res.status(422);
      // A form that came back from a saved voucher with other contents may be saved as another one.
      const isUsed = outcome.some(({ message }) => message === errorSentence('idempotency_key_reused', res.locals.t));
      const said = isUsed ? [{ path: '', message: res.locals.t('vouchers:sent_twice') }] : outcome;
      return show(res, read.typed, subject, { errors: said, once: isUsed ? '' : once });
    }
    if (outcome !== 'overtaken' && 'asked' in outcome) return res.redirect(303, outcome.asked);
    const saved = (outcome as { readonly done: VoucherView }).done;
    // Whoever makes a code sees it once in full, also without the right to see the codes of others.
    addFlash(req, {
      kind: 'success',
      text: res.locals.t('vouchers:created', { title: saved.title }),
      copy: { text: saved.code, label: res.locals.t('vouchers:field.code') },
    });
    res.redirect(303, `${VOUCHERS_PATH}/${saved.id}`);
  }

  function createOrAsk(
    req: Request,
    res: Response,
    once: string,
    wanted: VoucherBody | CampaignCode,
    currency: string,
  ): Promise<DoneOrAsked<VoucherView>> {
    return doOrAsk(database, req, res, {
      work: () => createOnce(database, { actor: actorOf(res), moment: momentOf(pages) }, once, wanted),
      wish: () => {
        if ('campaign' in wanted) throw new Error('a code of a campaign needs no second person');
        return { kind: 'goodwill', body: wanted, currency, once };
      },
      reason: res.locals.t('vouchers:approvals.goodwill_reason'),
      moment: momentOf(pages),
    });
  }

  async function change(req: Request, res: Response, typed: TypedVoucher, voucher: VoucherView): Promise<void> {
    const { t, locale } = res.locals;
    const subject = storedSubject(voucher);
    const read = await readTyped(database, typed, subject, res.locals);
    if (Number(typed.version) !== voucher.version) {
      const current = { view: voucher, typed: typedFromView(voucher, locale) };
      const merged = mergeTyped(read, current, { ...{ t, locale, nameOf: read.nameOf }, currency: voucher.currency });
      if (merged.changes.length > 0) {
        res.status(412);
        return show(res, merged.typed, subject, { conflict: await conflictOf(res, voucher, merged.changes) });
      }
    }
    const parts = changedParts(voucher, read.body, fixedFields(voucher));
    const outcome = read.errors.length > 0 ? read.errors : await attempt(() => write(res, voucher, parts), res);
    if (outcome === 'overtaken') {
      // Somebody saved between our look and our write: now it is told like any other change.
      const newest = await findVoucher(database, voucher.id, momentOf(pages));
      if (newest.version === voucher.version) throw new Error('a version that is another and the same');
      return change(req, res, typed, newest);
    }
    if (Array.isArray(outcome)) {
      res.status(422);
      const newest = await findVoucher(database, voucher.id, momentOf(pages));
      return show(res, read.typed, storedSubject(newest), { errors: outcome });
    }
    const saved = outcome as VoucherView;
    const undo = isTextChange(voucher, saved) ? undoOf(saved) : {};
    addFlash(req, {
      kind: 'success',
      text: res.locals.t(saved === voucher ? 'vouchers:unchanged' : 'vouchers:saved', { title: saved.title }),
      ...undo,
    });
    res.redirect(303, `${VOUCHERS_PATH}/${voucher.id}`);
  }

  async function write(res: Response, voucher: VoucherView, parts: Partial<VoucherBody>): Promise<VoucherView> {
    if (isEnded(voucher) || Object.keys(parts).length === 0) return voucher;
    const act = { actor: actorOf(res), moment: momentOf(pages) };
    return changeVoucher(database, act, voucher.id, { change: parts, ifMatch: voucher.version });
  }

  async function conflictOf(res: Response, voucher: VoucherView, changes: Conflict['changes']): Promise<Conflict> {
    const { t } = res.locals;
    const [newest] = await historyOf(database, voucher.id, momentOf(pages));
    const names = newest === undefined ? new Map<string, string>() : await namesOfActors(database, [newest.actor]);
    return {
      who: newest === undefined ? t('vouchers:actor.system') : actorName(newest.actor, names, t),
      at: Date.parse(newest?.at ?? voucher.updatedAt),
      changes,
    };
  }
}

/** What was written, or why not, each at its field. */
async function attempt<T>(write: () => Promise<T>, res: Response): Promise<T | FormError[] | 'overtaken'> {
  const { t } = res.locals;
  try {
    return await write();
  } catch (error) {
    rethrowUnexpected(error);
    if (error.code === 'version_mismatch') return 'overtaken';
    const { fields = [] } = error.details;
    if (fields.length === 0) return [{ path: '', message: errorSentence(error.code, t) }];
    return fields.map((field) => ({ path: formPath(field.path), message: fieldSentence(field, t) }));
  }
}
