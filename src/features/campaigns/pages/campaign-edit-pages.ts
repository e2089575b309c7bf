import type { Request, Response, Router } from 'express';
import { VOUCHER_TYPES, type VoucherType } from '../../../core/engine/voucher.ts';
import { addFlash } from '../../../platform/html/flash.ts';
import type { FormError } from '../../../platform/html/form-view.ts';
import type { Translate } from '../../../platform/html/i18n.ts';
import { renderFragment } from '../../../platform/html/views.ts';
import { errorSentence, fieldSentence } from '../../../platform/http/error-sentence.ts';
import { pageRouter } from '../../../platform/http/page-router.ts';
import { requires } from '../../../platform/http/permissions.ts';
import { actorOf, fieldOf, idOf } from '../../../platform/http/request.ts';
import { rethrowUnexpected, type AppError } from '../../../platform/process/errors.ts';
import type { Shell } from '../../../platform/process/feature.ts';
import {
  newSubject,
  readForm,
  readTyped,
  storedSubject,
  type FormSubject,
  type ReadTyped,
} from '../../vouchers/form/read-voucher-form.ts';
import { changeRows, takeType, tidyRows } from '../../vouchers/form/typed-rows-form.ts';
import { emptyVoucher, typedFromView, type TypedVoucher } from '../../vouchers/form/typed-voucher-form.ts';
import { formPath } from '../../vouchers/form/voucher-body-form.ts';
import { mergeTyped } from '../../vouchers/form/voucher-merge-form.ts';
import { momentOf } from '../../vouchers/list/voucher-list-pages.ts';
import { changeCampaign, createCampaign, readCampaign, type CampaignView } from '../record/campaign-service.ts';
import {
  asVoucher,
  campaignBody,
  fixedNames,
  storedCampaign,
  typedCampaign,
  withBudget,
  type TypedCampaign,
} from './campaign-form.ts';
import { conflictOf, showCampaignForm, type CampaignForm } from './campaign-form-view.ts';
import { CAMPAIGNS_PATH } from './campaign-tabs-view.ts';

/** A new campaign and changing one: the form of a voucher, once for all codes. */
export function campaignEditPages(pages: Shell): Router {
  const { database, clock } = pages;
  const router = pageRouter();

  router.get(`${CAMPAIGNS_PATH}/new`, requires('campaigns.change'), async (req, res) => {
    const type = VOUCHER_TYPES.find((one) => one === req.query['type']) ?? 'discount';
    const subject = await newSubject(database);
    await showCampaignForm(pages, res, { typed: preset(subject, type, res), campaign: null, subject });
  });

  router.post(
    [`${CAMPAIGNS_PATH}/preview`, `${CAMPAIGNS_PATH}/:id/preview`],
    requires('campaigns.change'),
    async (req, res) => {
      const { summary } = await readForm(pages, typedCampaign(req.body), await newSubject(database), res.locals);
      renderFragment(res, 'vouchers/form/summary', { summary });
    },
  );

  router.post(CAMPAIGNS_PATH, requires('campaigns.change'), async (req, res) => {
    const typed = typedCampaign(req.body);
    const subject = await newSubject(database);
    const presetOf = (type: VoucherType): TypedVoucher => preset(subject, type, res);
    const action = fieldOf(req, 'do');
    const rearranged = changeRows(typed, action) ?? (action === 'take' ? takeType(typed, presetOf) : null);
    const form = { typed, campaign: null, subject };
    if (rearranged !== null) return showCampaignForm(pages, res, { ...form, typed: withBudget(rearranged, typed) });
    if (typed.type !== typed.shownType) {
      const taken = withBudget(takeType(typed, presetOf), typed);
      return showCampaignForm(pages, res, { ...form, typed: taken, notice: res.locals.t('vouchers:type_taken') });
    }
    await save(req, res, { ...form, typed: withBudget(tidyRows(typed), typed) });
  });

  router.get(`${CAMPAIGNS_PATH}/:id`, requires('campaigns.see'), async (req, res) => {
    const campaign = await readCampaign(database.knex, idOf(req));
    await showCampaignForm(pages, res, {
      typed: storedCampaign(campaign, res.locals.locale),
      campaign,
      subject: storedSubject(asVoucher(campaign)),
    });
  });

  router.post(`${CAMPAIGNS_PATH}/:id`, requires('campaigns.change'), async (req, res) => {
    const campaign = await readCampaign(database.knex, idOf(req));
    const fixed = storedCampaign(campaign, res.locals.locale);
    const subject = storedSubject(asVoucher(campaign));
    const sent = typedCampaign(req.body);
    const typed = { ...sent, ...Object.fromEntries(fixedNames(campaign).map((name) => [name, fixed[name]])) };
    const rearranged = changeRows(typed, fieldOf(req, 'do'));
    if (rearranged !== null)
      return showCampaignForm(pages, res, { typed: withBudget(rearranged, typed), campaign, subject });
    await save(req, res, { typed: withBudget(tidyRows(typed), typed), campaign, subject });
  });

  router.post(`${CAMPAIGNS_PATH}/:id/state`, requires('campaigns.change'), async (req, res) => {
    const active = fieldOf(req, 'active') === 'true';
    const author = { actor: actorOf(res), moment: momentOf(pages) };
    await changeCampaign(database, author, { id: idOf(req), ifMatch: null }, { active });
    addFlash(req, { kind: 'success', text: res.locals.t(active ? 'campaigns:resumed' : 'campaigns:paused') });
    res.redirect(303, `${CAMPAIGNS_PATH}/${idOf(req)}`);
  });

  return router;

  function preset({ currency }: FormSubject, type: VoucherType, res: Response): TypedCampaign {
    return withBudget(emptyVoucher(type, clock.today(), { currency, locale: res.locals.locale }), { budget: '' });
  }

  async function save(req: Request, res: Response, form: CampaignForm): Promise<void> {
    const { t } = res.locals;
    const { typed, campaign, subject } = form;
    const read = await readTyped(database, typed, subject, res.locals);
    const shown = { ...form, typed: withBudget(read.typed, typed) };
    const merged = campaign === null ? null : await mergedForm(form, campaign, read, res);
    if (merged !== null) {
      res.status(412);
      return showCampaignForm(pages, res, merged);
    }
    const { body, errors: ownErrors } = campaignBody(read.body, typed, t);
    const errors = [...read.errors, ...ownErrors];
    if (errors.length > 0) return showCampaignForm(pages, res, { ...shown, errors });
    try {
      const author = { actor: actorOf(res), moment: momentOf(pages) };
      const saved =
        campaign === null
          ? await createCampaign(database, author, body)
          : await changeCampaign(database, author, { id: campaign.id, ifMatch: campaign.version }, body);
      addFlash(req, {
        kind: 'success',
        text: t(campaign === null ? 'campaigns:created' : 'campaigns:saved', {
          title: saved.title,
          count: saved.codeCount,
        }),
      });
      res.redirect(303, campaign === null ? `${CAMPAIGNS_PATH}/${saved.id}/codes` : `${CAMPAIGNS_PATH}/${saved.id}`);
    } catch (error) {
      rethrowUnexpected(error, 'not_found');
      await showCampaignForm(pages, res, { ...shown, errors: errorsOf(error, t) });
    }
  }

  /** Where somebody saved the campaign meanwhile and the two have fields in common; null: there is nothing to decide. */
  async function mergedForm(
    form: CampaignForm,
    campaign: CampaignView,
    read: ReadTyped,
    res: Response,
  ): Promise<CampaignForm | null> {
    const { t, locale } = res.locals;
    if (Number(form.typed.version) === campaign.version) return null;
    const view = asVoucher(campaign);
    const current = { view, typed: typedFromView(view, locale) };
    const { currency } = form.subject;
    const merged = mergeTyped(read, current, { t, locale, nameOf: read.nameOf, currency });
    if (merged.changes.length === 0) return null;
    const conflict = await conflictOf(pages, campaign, merged.changes, res.locals);
    return { ...form, typed: withBudget(merged.typed, form.typed), conflict };
  }
}

function errorsOf(error: AppError, t: Translate): FormError[] {
  const fields = error.details.fields ?? [];
  if (fields.length === 0) return [{ path: '', message: errorSentence(error.code, t) }];
  return fields.map((field) => ({ path: formPath(field.path), message: fieldSentence(field, t) }));
}
