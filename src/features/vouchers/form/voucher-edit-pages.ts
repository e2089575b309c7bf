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
import { changedParts, formPath } from './voucher-body-form.ts';
import { readForm, sentForm, storedForm, type ReadForm } from './read-voucher-form.ts';
import {
  changeRows,
  emptyVoucher,
  takeType,
  tidyRows,
  typedCopy,
  typedVoucher,
  type TypedVoucher,
} from './typed-voucher-form.ts';
import { renderForm, type Conflict, type FormState } from './voucher-form-view.ts';
import { historyOf } from '../record/voucher-history-service.ts';
import { momentOf, VOUCHERS_PATH } from '../list/voucher-list-pages.ts';
import { mergeTyped } from './voucher-merge-form.ts';
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
    const { copy } = req.query;
    if (isId(copy)) {
      const original = await findVoucher(database, copy, momentOf(pages));
      const typed = typedCopy(await storedForm(database, original, res.locals), await preset(res, original.type));
      return show(res, typed, null, { notice: res.locals.t('vouchers:copied_from', { title: original.title }) });
    }
    const type = VOUCHER_TYPES.find((one) => one === req.query['type']) ?? 'discount';
    await show(res, await preset(res, type), null);
  });

  router.post(
    [`${VOUCHERS_PATH}/preview`, `${VOUCHERS_PATH}/:id/preview`],
    requires('vouchers.change'),
    async (req, res) => {
      const voucher = req.params['id'] === undefined ? null : await findVoucher(database, idOf(req), momentOf(pages));
      const { summary } = await read(res, await sentForm(database, req.body, voucher, res.locals), voucher);
      renderFragment(res, 'vouchers/form/summary', { summary });
    },
  );

  router.post(VOUCHERS_PATH, requires('vouchers.change'), async (req, res) => {
    const typed = typedVoucher(req.body);
    const presets = new Map(
      await Promise.all(VOUCHER_TYPES.map(async (type) => [type, await preset(res, type)] as const)),
    );
    const presetOf = (type: VoucherType): TypedVoucher => presets.get(type) ?? typed;
    const action = fieldOf(req, 'do');
    const rearranged = changeRows(typed, action) ?? (action === 'take' ? takeType(typed, presetOf) : null);
    if (rearranged !== null) return show(res, rearranged, null);
    // Somebody without scripts changed the type and saved at once, and has not seen its fields.
    if (typed.type !== typed.shownType)
      return show(res, takeType(typed, presetOf), null, { notice: res.locals.t('vouchers:type_taken') });
    await create(req, res, tidyRows(typed));
  });

  router.get(`${VOUCHERS_PATH}/:id`, requires('vouchers.see'), async (req, res) => {
    const voucher = await findVoucher(database, idOf(req), momentOf(pages));
    await show(res, await storedForm(database, voucher, res.locals), voucher);
  });

  router.post(`${VOUCHERS_PATH}/:id`, requires('vouchers.change'), async (req, res) => {
    const voucher = await findVoucher(database, idOf(req), momentOf(pages));
    const typed = await sentForm(database, req.body, voucher, res.locals);
    const rearranged = changeRows(typed, fieldOf(req, 'do'));
    if (rearranged !== null) return show(res, rearranged, voucher);
    await change(req, res, tidyRows(typed), voucher);
  });

  return router;

  async function preset(res: Response, type: VoucherType): Promise<TypedVoucher> {
    const { currency } = await read(res, null, null);
    return emptyVoucher(type, currency, clock.today(), res.locals.locale);
  }

  function read(res: Response, typed: TypedVoucher | null, voucher: VoucherView | null): Promise<ReadForm> {
    return readForm(pages, typed, voucher, res.locals);
  }

  async function show(
    res: Response,
    typed: TypedVoucher,
    voucher: VoucherView | null,
    more: Partial<FormState> = {},
  ): Promise<void> {
    const form = await read(res, typed, voucher);
    await renderForm(res, pages, {
      typed: form.typed,
      voucher,
      currency: form.currency,
      summary: form.summary,
      campaigns: form.campaigns,
      motifs: form.motifs,
      nameOf: form.nameOf,
      ...more,
    });
  }

  async function create(req: Request, res: Response, typed: TypedVoucher): Promise<void> {
    const form = await read(res, typed, null);
    const isCampaignCode = typed.campaign !== '';
    const errors = isCampaignCode ? form.errors.filter(({ path }) => path === 'code') : form.errors;
    const wanted = isCampaignCode
      ? { campaign: typed.campaign, code: form.body.code ?? null, isActive: typed.active === 'true' }
      : form.body;
    const once = fieldOf(req, 'once', MAX_ONCE);
    const outcome =
      errors.length > 0 ? errors : await attempt(() => createOrAsk(req, res, once, wanted, form.currency), res);
    if (Array.isArray(outcome)) {
      res.status(422);
      // A form that came back from a saved voucher with other contents may be saved as another one.
      const isUsed = outcome.some(({ message }) => message === errorSentence('idempotency_key_reused', res.locals.t));
      const said = isUsed ? [{ path: '', message: res.locals.t('vouchers:sent_twice') }] : outcome;
      return show(res, form.typed, null, { errors: said, once: isUsed ? '' : once });
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
    const form = await read(res, typed, voucher);
    const stored = await storedForm(database, voucher, res.locals);
    const merged =
      Number(typed.version) === voucher.version ? null : mergeTyped(form.typed, stored, form.nameOf, res.locals.t);
    if (merged !== null && merged.changes.length > 0) {
      res.status(412);
      return show(res, merged.typed, voucher, { conflict: await conflictOf(res, voucher, merged.changes) });
    }
    const before = (await read(res, stored, voucher)).body;
    const { code: _code, ...parts } = changedParts(before, form.body);
    const write = async (): Promise<VoucherView> => {
      if (isEnded(voucher) || Object.keys(parts).length === 0) return voucher;
      const author = { actor: actorOf(res), moment: momentOf(pages) };
      return changeVoucher(database, author, voucher.id, { change: parts, ifMatch: voucher.version });
    };
    const outcome = form.errors.length > 0 ? form.errors : await attempt(write, res);
    if (outcome === 'overtaken') {
      // Somebody saved between our look and our write: now it is told like any other change.
      const newest = await findVoucher(database, voucher.id, momentOf(pages));
      if (newest.version === voucher.version) throw new Error('a version that is another and the same');
      return change(req, res, typed, newest);
    }
    if (Array.isArray(outcome)) {
      res.status(422);
      return show(res, form.typed, await findVoucher(database, voucher.id, momentOf(pages)), { errors: outcome });
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
