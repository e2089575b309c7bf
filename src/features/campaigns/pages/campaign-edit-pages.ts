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
import { changeRows, takeType, tidyRows } from '../../vouchers/form/typed-rows-form.ts';
import {
  emptyVoucher,
  typedFromView,
  typedVoucher,
  type TypedVoucher,
} from '../../vouchers/form/typed-voucher-form.ts';
import {
  newSubject,
  readForm,
  readTyped,
  storedForm,
  storedSubject,
  type FormSubject,
} from '../../vouchers/form/read-voucher-form.ts';
import { readOffers } from '../../vouchers/form/form-offers-form.ts';
import { carriedFields, fieldsView, fixedByCodes, labelOfPath } from '../../vouchers/form/voucher-fields-view.ts';
import { motifChoices, type Conflict } from '../../vouchers/form/voucher-form-view.ts';
import { voucherFields } from '../../vouchers/rules/known-fields.ts';
import { momentOf, VOUCHERS_PATH } from '../../vouchers/list/voucher-list-pages.ts';
import { mergeTyped } from '../../vouchers/form/voucher-merge-form.ts';
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
    const subject = await newSubject(database);
    await show(res, { typed: preset(res, subject, type), campaign: null, subject });
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
    const presetOf = (type: VoucherType): TypedVoucher => preset(res, subject, type);
    const action = fieldOf(req, 'do');
    const rearranged = changeRows(typed, action) ?? (action === 'take' ? takeType(typed, presetOf) : null);
    const form = { typed, campaign: null, subject };
    if (rearranged !== null) return show(res, { ...form, typed: withBudget(rearranged, typed) });
    if (typed.type !== typed.shownType) {
      const taken = withBudget(takeType(typed, presetOf), typed);
      return show(res, { ...form, typed: taken, notice: res.locals.t('vouchers:type_taken') });
    }
    await save(req, res, { ...form, typed: withBudget(tidyRows(typed), typed) });
  });

  router.get(`${CAMPAIGNS_PATH}/:id`, requires('campaigns.see'), async (req, res) => {
    const campaign = await readCampaign(database.knex, campaignId(req));
    await show(res, { typed: stored(res, campaign), campaign, subject: storedSubject(asVoucher(campaign)) });
  });

  router.post(`${CAMPAIGNS_PATH}/:id`, requires('campaigns.change'), async (req, res) => {
    const campaign = await readCampaign(database.knex, campaignId(req));
    const fixed = stored(res, campaign);
    const subject = storedSubject(asVoucher(campaign));
    const sent = typedCampaign(req.body);
    const typed = { ...sent, ...Object.fromEntries(fixedNames(campaign).map((name) => [name, fixed[name]])) };
    const rearranged = changeRows(typed, fieldOf(req, 'do'));
    if (rearranged !== null) return show(res, { typed: withBudget(rearranged, typed), campaign, subject });
    await save(req, res, { typed: withBudget(tidyRows(typed), typed), campaign, subject });
  });

  router.post(`${CAMPAIGNS_PATH}/:id/state`, requires('campaigns.change'), async (req, res) => {
    const active = fieldOf(req, 'active') === 'true';
    await changeCampaign(database, campaignId(req), { active }, null, actorOf(res), momentOf(pages));
    addFlash(req, { kind: 'success', text: res.locals.t(active ? 'campaigns:resumed' : 'campaigns:paused') });
    res.redirect(303, `${CAMPAIGNS_PATH}/${campaignId(req)}`);
  });

  return router;

  function preset(res: Response, { currency }: FormSubject, type: VoucherType): TypedCampaign {
    return withBudget(emptyVoucher(type, clock.today(), { currency, locale: res.locals.locale }), { budget: '' });
  }

  function stored(res: Response, campaign: CampaignView): TypedCampaign {
    const { locale } = res.locals;
    const budget = campaign.budget === null ? '' : moneyInput(campaign.budget, campaign.currency, locale);
    return withBudget(storedForm(asVoucher(campaign), locale), { budget });
  }

  async function save(req: Request, res: Response, form: CampaignForm): Promise<void> {
    const { t, locale } = res.locals;
    const { typed, campaign, subject } = form;
    const read = await readTyped(database, typed, subject, res.locals);
    const shown = { ...form, typed: withBudget(read.typed, typed) };
    if (campaign !== null && Number(typed.version) !== campaign.version) {
      const view = asVoucher(campaign);
      const current = { view, typed: typedFromView(view, locale) };
      const merged = mergeTyped(read, current, { ...{ t, locale, nameOf: read.nameOf }, currency: subject.currency });
      if (merged.changes.length > 0) {
        res.status(412);
        const conflict = await conflictOf(res, campaign, merged.changes);
        return show(res, { ...form, typed: withBudget(merged.typed, typed), conflict });
      }
    }
    const errors = [...read.errors];
    const budget = typed.budget.trim() === '' ? null : parseMoney(typed.budget);
    if (budget !== null && !budget.ok) errors.push({ path: 'budget', message: t(`common:${budget.error}`) });
    if (errors.length > 0) return show(res, { ...shown, errors });
    const body: CampaignBody = {
      ...withoutOwn(read.body),
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
      const said = fields.length > 0 ? fields : [{ path: '', message: errorSentence(error.code, t) }];
      await show(res, { ...shown, errors: said });
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

  async function show(res: Response, form: CampaignForm): Promise<void> {
    const { t, user } = res.locals;
    const { campaign, subject, errors = [], notice = '', conflict = null } = form;
    const read = await readForm(pages, form.typed, subject, res.locals);
    const typed = withBudget(read.typed, form.typed);
    const fixed = campaign === null ? [] : fixedNames(campaign);
    const offers = await readOffers(database, false);
    const mayChange = may(user, 'campaigns.change');
    markInvalid(res, errors);
    renderPage(res, 'campaigns/form', {
      title: campaign?.title ?? t('campaigns:new'),
      breadcrumbs: [{ href: CAMPAIGNS_PATH, text: t('campaigns:title') }],
      action: campaign === null ? CAMPAIGNS_PATH : `${CAMPAIGNS_PATH}/${campaign.id}`,
      campaign,
      tabs: campaignTabs(campaign, 'rules', res.locals),
      form: formView(typed, errors),
      problems: formView(typed, problemsOf(errors, t)),
      typed,
      carried: carriedFields(typed, 'campaign', true).filter(({ name }) => name !== 'code' && name !== 'campaign'),
      maySave: mayChange,
      // The fields are those of a voucher's form, and so is what is printed.
      draftHref: mayChange ? `${VOUCHERS_PATH}/draft` : '',
      voucher: null,
      isCampaign: true,
      isTypeFixed: fixed.includes('type'),
      campaigns: [],
      motifs: motifChoices(typed.motif, read.motifs, t),
      showsRules: true,
      isStored: typed.type === 'purchase' || typed.type === 'settlement',
      isFollowing: false,
      ...fieldsView({ typed, currency: subject.currency, fixed, offers, owner: 'campaign' }, res.locals),
      summary: read.summary,
      reach: campaign === null || campaign.codeCount === 0 ? '' : t('campaigns:reach', { count: campaign.codeCount }),
      notice,
      conflict,
    });
  }
}

interface CampaignForm {
  readonly typed: TypedCampaign;
  /** null: a new one. */
  readonly campaign: CampaignView | null;
  readonly subject: FormSubject;
  readonly errors?: readonly FormError[];
  readonly notice?: string;
  readonly conflict?: Conflict | null;
}

function problemsOf(errors: readonly FormError[], t: Response['locals']['t']): FormError[] {
  const labelOf = (path: string): string => t(path === 'budget' ? 'campaigns:budget' : labelOfPath(path));
  return errors.map(({ path, message }) => ({
    path,
    message: path === '' ? message : `${labelOf(path)}: ${message}`,
  }));
}

/** Without what each voucher has of its own; the day of payment is the campaign's for all its codes. */
function withoutOwn(body: CampaignBody): CampaignBody {
  const own = voucherFields().filter(({ of, name }) => of !== 'rules' && name !== 'paidAt');
  const groups = own.map(({ path }) => path.split('.')[0]);
  return Object.fromEntries(Object.entries(body).filter(([name]) => !groups.includes(name))) as unknown as CampaignBody;
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
  return codeCount + removedCodes === 0 ? [] : fixedByCodes(type, paidAt !== null);
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
