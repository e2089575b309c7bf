import type { Request, Response, Router } from 'express';
import { requires } from '../../../platform/http/permissions.ts';
import { may } from '../../../core/access.ts';
import { VOUCHER_TYPES, type VoucherType } from '../../../core/engine/voucher.ts';
import { readAudit } from '../../../platform/data/audit.ts';
import { rethrowUnexpected } from '../../../platform/process/errors.ts';
import { errorSentence, fieldSentence } from '../../../platform/http/error-sentence.ts';
import { addFlash } from '../../../platform/html/flash.ts';
import { moneyInput } from '../../../platform/html/format.ts';
import { formView, type FormError } from '../../../platform/html/form-view.ts';
import { parseMoney } from '../../../platform/html/typed-input.ts';
import { idOf, actorOf, markInvalid, fieldOf } from '../../../platform/http/request.ts';
import { renderFragment, renderPage } from '../../../platform/html/views.ts';
import {
  changeCampaign,
  createCampaign,
  readCampaign,
  type CampaignBody,
  type CampaignView,
} from '../record/campaign-service.ts';
import { namesOfActors } from '../../staff/people/user-service.ts';
import { actorName } from '../../vouchers/form/voucher-aside-view.ts';
import { formPath } from '../../vouchers/form/voucher-body-form.ts';
import {
  changeRows,
  emptyVoucher,
  takeType,
  tidyRows,
  typedFromView,
  typedVoucher,
  type TypedVoucher,
} from '../../vouchers/form/typed-voucher-form.ts';
import { readForm } from '../../vouchers/form/read-voucher-form.ts';
import {
  carriedFields,
  labelOfPath,
  motifChoices,
  ruleFields,
  shownFields,
  type Conflict,
} from '../../vouchers/form/voucher-form-view.ts';
import { resolveEntries } from '../../vouchers/form/voucher-choices-view.ts';
import { momentOf, VOUCHERS_PATH } from '../../vouchers/list/voucher-list-pages.ts';
import { baseOf, mergeTyped } from '../../vouchers/form/voucher-merge-form.ts';
import type { VoucherView } from '../../vouchers/record/voucher-view-service.ts';
import { pageRouter } from '../../../platform/http/page-router.ts';
import type { Shell } from '../../../platform/process/feature.ts';

export const CAMPAIGNS_PATH = '/admin/campaigns';

/** A new campaign and changing one: the form of a voucher, once for all codes. */
export function campaignEditPages(pages: Shell): Router {
  const { database, clock } = pages;
  const router = pageRouter();

  router.get(`${CAMPAIGNS_PATH}/new`, requires('campaigns.change'), async (req, res) => {
    const type = VOUCHER_TYPES.find((one) => one === req.query['type']) ?? 'discount';
    await show(res, await preset(res, type), null);
  });

  router.post(
    [`${CAMPAIGNS_PATH}/preview`, `${CAMPAIGNS_PATH}/:id/preview`],
    requires('campaigns.change'),
    async (req, res) => {
      const { summary } = await readForm(pages, typedCampaign(req.body), null, res.locals);
      renderFragment(res, 'vouchers/form/summary', { summary });
    },
  );

  router.post(CAMPAIGNS_PATH, requires('campaigns.change'), async (req, res) => {
    const typed = typedCampaign(req.body);
    const presets = new Map(
      await Promise.all(VOUCHER_TYPES.map(async (type) => [type, await preset(res, type)] as const)),
    );
    const presetOf = (type: VoucherType): TypedVoucher => presets.get(type) ?? typed;
    const action = fieldOf(req, 'do');
    const rearranged = changeRows(typed, action) ?? (action === 'take' ? takeType(typed, presetOf) : null);
    if (rearranged !== null) return show(res, withBudget(rearranged, typed), null);
    if (typed.type !== typed.shownType)
      return show(res, withBudget(takeType(typed, presetOf), typed), null, [], res.locals.t('vouchers:type_taken'));
    await save(req, res, withBudget(tidyRows(typed), typed), null);
  });

  router.get(`${CAMPAIGNS_PATH}/:id`, requires('campaigns.see'), async (req, res) => {
    const campaign = await readCampaign(database.knex, campaignId(req));
    await show(res, await stored(res, campaign), campaign);
  });

  router.post(`${CAMPAIGNS_PATH}/:id`, requires('campaigns.change'), async (req, res) => {
    const campaign = await readCampaign(database.knex, campaignId(req));
    const fixed = await stored(res, campaign);
    const sent = typedCampaign(req.body);
    const typed = { ...sent, ...Object.fromEntries(fixedNames(campaign).map((name) => [name, fixed[name]])) };
    const rearranged = changeRows(typed, fieldOf(req, 'do'));
    if (rearranged !== null) return show(res, withBudget(rearranged, typed), campaign);
    await save(req, res, withBudget(tidyRows(typed), typed), campaign);
  });

  router.post(`${CAMPAIGNS_PATH}/:id/state`, requires('campaigns.change'), async (req, res) => {
    const active = fieldOf(req, 'active') === 'true';
    await changeCampaign(database, campaignId(req), { active }, null, actorOf(res), momentOf(pages));
    addFlash(req, { kind: 'success', text: res.locals.t(active ? 'campaigns:resumed' : 'campaigns:paused') });
    res.redirect(303, `${CAMPAIGNS_PATH}/${campaignId(req)}`);
  });

  return router;

  async function preset(res: Response, type: VoucherType): Promise<TypedCampaign> {
    const { currency } = await readForm(pages, null, null, res.locals);
    return withBudget(emptyVoucher(type, currency, clock.today(), res.locals.locale), { budget: '' });
  }

  async function stored(res: Response, campaign: CampaignView): Promise<TypedCampaign> {
    const { t, locale } = res.locals;
    const { typed } = await resolveEntries(database, typedFromView(asVoucher(campaign), locale), t);
    const budget = campaign.budget === null ? '' : moneyInput(campaign.budget, campaign.currency, locale);
    return withBudget({ ...typed, campaign: '', base: baseOf({ ...typed, campaign: '' }) }, { budget });
  }

  async function save(req: Request, res: Response, typed: TypedCampaign, campaign: CampaignView | null): Promise<void> {
    const { t } = res.locals;
    const form = await readForm(pages, typed, null, res.locals);
    const shown = withBudget(form.typed, typed);
    if (campaign !== null && Number(typed.version) !== campaign.version) {
      const merged = mergeTyped(form.typed, await stored(res, campaign), form.nameOf, t);
      if (merged.changes.length > 0) {
        res.status(412);
        return show(
          res,
          withBudget(merged.typed, typed),
          campaign,
          [],
          '',
          await conflictOf(res, campaign, merged.changes),
        );
      }
    }
    const errors = [...form.errors];
    const budget = typed.budget.trim() === '' ? null : parseMoney(typed.budget);
    if (budget !== null && !budget.ok) errors.push({ path: 'budget', message: t(`common:${budget.error}`) });
    if (errors.length > 0) return show(res, shown, campaign, errors);
    const {
      code: _code,
      recipient: _recipient,
      bookingId: _booking,
      invoiceId: _invoice,
      note: _note,
      paymentMethod: _method,
      ...rules
    } = form.body as CampaignBody & Record<string, unknown>;
    const body: CampaignBody = {
      ...(rules as CampaignBody),
      budget: budget === null || !budget.ok ? null : budget.value,
      active: typed.active === 'true',
    };
    try {
      const saved =
        campaign === null
          ? await createCampaign(database, body, actorOf(res), momentOf(pages))
          : await changeCampaign(database, campaign.id, body, campaign.version, actorOf(res), momentOf(pages));
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
      const fields = (error.details.fields ?? []).map((field) => ({
        path: formPath(field.path),
        message: fieldSentence(field, t),
      }));
      await show(
        res,
        shown,
        campaign,
        fields.length > 0 ? fields : [{ path: '', message: errorSentence(error.code, t) }],
      );
    }
  }

  async function conflictOf(res: Response, campaign: CampaignView, changes: Conflict['changes']): Promise<Conflict> {
    const [newest] = await readAudit(database.knex, 'campaign', campaign.id, 1);
    const names = newest === undefined ? new Map<string, string>() : await namesOfActors(database, [newest.actor]);
    return {
      who: newest === undefined ? res.locals.t('vouchers:actor.system') : actorName(newest.actor, names, res.locals.t),
      at: newest?.at ?? Date.parse(campaign.updatedAt),
      changes,
    };
  }

  async function show(
    res: Response,
    typed: TypedCampaign,
    campaign: CampaignView | null,
    errors: readonly FormError[] = [],
    notice = '',
    conflict: Conflict | null = null,
  ): Promise<void> {
    const { t, user } = res.locals;
    const form = await readForm(pages, typed, null, res.locals);
    const shown = withBudget(form.typed, typed);
    const shows = { ...shownFields(shown, null), showsMethod: false, showsIssuePrice: false };
    const fixed = campaign === null ? [] : fixedNames(campaign);
    const named = errors.map((error) => ({
      ...error,
      message:
        error.path === ''
          ? error.message
          : `${t(error.path === 'budget' ? 'campaigns:budget' : labelOfPath(error.path))}: ${error.message}`,
    }));
    markInvalid(res, errors);
    renderPage(res, 'campaigns/form', {
      title: campaign?.title ?? t('campaigns:new'),
      breadcrumbs: [{ href: CAMPAIGNS_PATH, text: t('campaigns:title') }],
      action: campaign === null ? CAMPAIGNS_PATH : `${CAMPAIGNS_PATH}/${campaign.id}`,
      campaign,
      tabs: campaignTabs(campaign, 'rules', res.locals),
      form: formView(shown, errors),
      problems: formView(shown, named),
      typed: shown,
      carried: carriedFields(shown, shows).filter(({ name }) => name !== 'code' && name !== 'campaign'),
      maySave: may(user, 'campaigns.change'),
      // The fields are those of a voucher's form, and so is what is printed.
      draftHref: may(user, 'campaigns.change') ? `${VOUCHERS_PATH}/draft` : '',
      voucher: null,
      isCampaign: true,
      isTypeFixed: fixed.includes('type'),
      campaigns: [],
      motifs: motifChoices(shown.motif, form.motifs, t),
      ...shows,
      isStored: shown.type === 'purchase' || shown.type === 'settlement',
      isFollowing: false,
      isPaidFixed: fixed.includes('paidAt'),
      isValueFixed: fixed.includes('originalValue'),
      isBrandFixed: fixed.includes('brand'),
      ...(await ruleFields(pages, shown, campaign?.currency ?? form.currency, fixed, res.locals)),
      summary: form.summary,
      reach: campaign === null || campaign.codeCount === 0 ? '' : t('campaigns:reach', { count: campaign.codeCount }),
      notice,
      conflict,
    });
  }
}

type TypedCampaign = TypedVoucher & { readonly budget: string };

export function campaignId(req: Request): string {
  const id = idOf(req);
  return id;
}

/** The parts of a campaign, as links on each of its pages. */
export function campaignTabs(
  campaign: CampaignView | null,
  current: 'rules' | 'codes' | 'report',
  { t, user }: Pick<Response['locals'], 't' | 'user'>,
): { href: string; label: string; current: boolean }[] {
  if (campaign === null) return [];
  const path = `${CAMPAIGNS_PATH}/${campaign.id}`;
  return [
    { href: path, label: t('campaigns:tab.rules'), current: current === 'rules' },
    { href: `${path}/codes`, label: t('campaigns:tab.codes'), current: current === 'codes' },
    { href: `${path}/report`, label: t('campaigns:tab.report'), current: current === 'report' },
    ...(may(user, 'audit.see')
      ? [
          {
            href: `/admin/audit?entity=campaign&entityId=${campaign.id}`,
            label: t('campaigns:tab.history'),
            current: false,
          },
        ]
      : []),
  ];
}

function typedCampaign(body: unknown): TypedCampaign {
  const { budget } = (typeof body === 'object' && body !== null ? body : {}) as { readonly budget?: unknown };
  return withBudget(
    { ...typedVoucher(body), campaign: '', code: '' },
    { budget: typeof budget === 'string' ? budget.slice(0, 100) : '' },
  );
}

function withBudget(typed: TypedVoucher, { budget }: { readonly budget: string }): TypedCampaign {
  return { ...typed, budget };
}

/** What the codes stand on: fixed as soon as there are some. */
function fixedNames({ codeCount, removedCodes, paidAt, type }: CampaignView): readonly string[] {
  if (codeCount + removedCodes === 0) return [];
  const isStored = type === 'purchase' || type === 'settlement';
  const booked = isStored ? ['originalValue', 'funding', 'residual', ...(paidAt === null ? [] : ['paidAt'])] : [];
  return ['type', 'shownType', ...(type === 'discount' ? [] : ['brand']), ...booked];
}

/** The campaign in the shape the form's fields are read from. */
export function asVoucher(campaign: CampaignView): VoucherView {
  return {
    ...campaign,
    code: '',
    campaign: null,
    recipient: null,
    bookingId: null,
    invoiceId: null,
    note: null,
    status: campaign.active ? 'active' : 'deactivated',
    available: null,
    balance: null,
    issuePrice: null,
    bonusBalance: 0,
    held: 0,
    uses: 0,
    bookingNumbers: [],
  };
}
