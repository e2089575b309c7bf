import type { Response } from 'express';
import { may } from '../../../core/access.ts';
import { readAudit } from '../../../platform/data/audit.ts';
import { formView, type FormError } from '../../../platform/html/form-view.ts';
import { renderPage } from '../../../platform/html/views.ts';
import { markInvalid } from '../../../platform/http/request.ts';
import type { Shell } from '../../../platform/process/feature.ts';
import { namesOfActors } from '../../staff/people/user-service.ts';
import { readOffers } from '../../vouchers/form/form-offers-form.ts';
import { readForm, type FormSubject } from '../../vouchers/form/read-voucher-form.ts';
import { actorName } from '../../vouchers/form/voucher-aside-view.ts';
import { carriedFields, fieldsView, labelOfPath } from '../../vouchers/form/voucher-fields-view.ts';
import { motifChoices, type Conflict } from '../../vouchers/form/voucher-form-view.ts';
import { VOUCHERS_PATH } from '../../vouchers/list/voucher-list-pages.ts';
import type { CampaignView } from '../record/campaign-service.ts';
import { fixedNames, withBudget, type TypedCampaign } from './campaign-form.ts';
import { CAMPAIGNS_PATH, campaignTabs } from './campaign-tabs-view.ts';

export interface CampaignForm {
  readonly typed: TypedCampaign;
  /** null: a new one. */
  readonly campaign: CampaignView | null;
  readonly subject: FormSubject;
  readonly errors?: readonly FormError[];
  readonly notice?: string;
  readonly conflict?: Conflict | null;
}

/** The form with what was typed into it, and what is wrong with that. */
export async function showCampaignForm(pages: Shell, res: Response, form: CampaignForm): Promise<void> {
  const { t, user } = res.locals;
  const { campaign, subject, errors = [], notice = '', conflict = null } = form;
  const read = await readForm(pages, form.typed, subject, res.locals);
  const typed = withBudget(read.typed, form.typed);
  const fixed = campaign === null ? [] : fixedNames(campaign);
  const offers = await readOffers(pages.database, false);
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

/** Who saved the campaign meanwhile, and what of it this form would undo. */
export async function conflictOf(
  { database }: Shell,
  campaign: CampaignView,
  changes: Conflict['changes'],
  { t }: Pick<Response['locals'], 't'>,
): Promise<Conflict> {
  const [newest] = await readAudit(database.knex, 'campaign', campaign.id, 1);
  const names = newest === undefined ? new Map<string, string>() : await namesOfActors(database, [newest.actor]);
  return {
    who: newest === undefined ? t('vouchers:actor.system') : actorName(newest.actor, names, t),
    at: newest?.at ?? Date.parse(campaign.updatedAt),
    changes,
  };
}

function problemsOf(errors: readonly FormError[], t: Response['locals']['t']): FormError[] {
  const labelOf = (path: string): string => t(path === 'budget' ? 'campaigns:budget' : labelOfPath(path));
  return errors.map(({ path, message }) => ({
    path,
    message: path === '' ? message : `${labelOf(path)}: ${message}`,
  }));
}
