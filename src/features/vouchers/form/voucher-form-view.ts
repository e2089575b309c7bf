import type { Locals, Response } from 'express';
import { shownCode } from '../../../core/engine/code-mask.ts';
import { may } from '../../../core/access.ts';
import { PAYMENT_METHODS } from '../../../core/books/postings.ts';
import {
  CHANNELS,
  CHOOSABLE_FUNDINGS,
  DEAL_ENTRIES,
  MULTIPLIERS,
  RESIDUALS,
  VOUCHER_TYPES,
} from '../../../core/engine/voucher.ts';
import { AppError } from '../../../platform/process/errors.ts';
import { currencySymbol, formatDay } from '../../../platform/html/format.ts';
import { formView, type FormError } from '../../../platform/html/form-view.ts';
import type { Translate } from '../../../platform/html/i18n.ts';
import { generateToken } from '../../../platform/secrets/tokens.ts';
import { renderPage } from '../../../platform/html/views.ts';
import { listCampaigns, readCampaign, type CampaignView } from '../../campaigns/record/campaign-service.ts';
import { disputedOrderOf } from '../life/voucher-dispute-service.ts';
import { listByName, type CatalogueKind } from '../../catalogue/catalogue-service.ts';
import { secondPersonHint } from '../approvals/approval-asking-form.ts';
import { actionsOf, mayCorrectValue, reachOf } from './voucher-aside-view.ts';
import { labelOf } from './voucher-choices-view.ts';
import { motifAddress, type Motif } from '../../documents/motifs/motif-service.ts';
import {
  LIST_FIELDS,
  RESTRICTION_KINDS,
  TEXT_FIELDS,
  type RestrictionKind,
  type TypedVoucher,
} from './typed-voucher-form.ts';
import { bookingHref, storyOf } from './voucher-history-pages.ts';
import { VOUCHERS_PATH } from '../list/voucher-list-pages.ts';
import { labelKey, type FieldChange } from './voucher-merge-form.ts';
import { STATUS_TONES } from '../record/voucher-status-view.ts';
import type { VoucherSummary } from './voucher-summary-service.ts';
import { isEnded, type VoucherView } from '../record/voucher-view-service.ts';
import { isId } from '../../../platform/data/id.ts';
import type { Shell } from '../../../platform/process/feature.ts';

export interface Conflict {
  readonly who: string;
  readonly at: number;
  readonly changes: readonly FieldChange[];
}

export interface FormState {
  readonly typed: TypedVoucher;
  readonly voucher: VoucherView | null;
  readonly currency: string;
  readonly summary: VoucherSummary;
  readonly campaigns: readonly CampaignView[];
  readonly motifs: readonly Motif[];
  readonly nameOf: (kind: string, id: string) => string;
  readonly errors?: readonly FormError[];
  readonly conflict?: Conflict | null;
  /** What keeps a form that is sent twice from making two vouchers; a new one where there is none. */
  readonly once?: string;
  /** Something to say that is no mistake. */
  readonly notice?: string;
}

/** Entries offered beside a field at once; the others come while somebody types. */
const MAX_OFFERED = 500;
const MAX_LISTED = 200;

export async function renderForm(res: Response, pages: Shell, state: FormState): Promise<void> {
  const { t, locale, user } = res.locals;
  const { typed, voucher, currency, errors = [], conflict = null, notice = '' } = state;
  const named = errors.map((error) => ({
    ...error,
    message: error.path === '' ? error.message : `${t(labelOfPath(error.path))}: ${error.message}`,
  }));
  const mayChange = may(user, 'vouchers.change');
  const isOver = voucher !== null && isEnded(voucher);
  const fixed = fixedFields(voucher);
  const shows = shownFields(typed, voucher);
  const acts = voucher === null || !mayChange ? [] : actionsOf(voucher, user, res.locals);
  const campaign = state.campaigns.find(({ id }) => id === typed.campaign) ?? null;
  const dispute = voucher === null ? null : await disputedOrderOf(pages.database.knex, voucher.id);
  renderPage(res, 'vouchers/form/form', {
    dispute:
      dispute === null
        ? null
        : { href: `/admin/orders/${dispute.id}`, text: t('vouchers:disputed', { order: dispute.number }) },
    title: voucher === null ? t(`vouchers:new_titles.${typed.type}`) : voucher.title,
    breadcrumbs: [{ href: VOUCHERS_PATH, text: t('vouchers:title') }],
    form: formView(typed, errors),
    problems: formView(typed, named),
    typed,
    once: voucher === null ? state.once || generateToken('v') : '',
    carried: carriedFields(typed, shows),
    tabs: tabsOf(voucher, shows.showsRules, errors, t),
    acts,
    secondPerson: voucher === null ? '' : await secondPersonHint(pages.database.knex, voucher.currency, res.locals),
    motifs: motifChoices(typed.motif, state.motifs, t),
    draftHref: mayChange && !isOver ? `${VOUCHERS_PATH}${voucher === null ? '' : `/${voucher.id}`}/draft` : '',
    documentHref: voucher !== null && may(user, 'vouchers.document') ? `${VOUCHERS_PATH}/${voucher.id}/document` : '',
    familyHref: voucher === null ? '' : `${VOUCHERS_PATH}/${voucher.id}/family`,
    correctionHref:
      voucher !== null && mayCorrectValue(voucher, user) ? `${VOUCHERS_PATH}/${voucher.id}/correction` : '',
    copyHref: voucher === null ? '' : `${VOUCHERS_PATH}/new?copy=${voucher.id}`,
    voucher: voucher === null ? null : { ...voucher, tone: STATUS_TONES[voucher.status] },
    code:
      voucher === null
        ? null
        : { text: shownCode(user, voucher.code), isWhole: shownCode(user, voucher.code) === voucher.code },
    action: voucher === null ? VOUCHERS_PATH : `${VOUCHERS_PATH}/${voucher.id}`,
    mayChange,
    maySave: mayChange && !isOver,
    isEnded: isOver,
    ...shows,
    isStored: typed.type === 'purchase' || typed.type === 'settlement',
    isFollowing: voucher !== null && voucher.campaign !== null,
    noForm: formView({}),
    isPaidFixed: fixed.includes('paidAt'),
    isValueFixed: fixed.includes('originalValue'),
    isBrandFixed: fixed.includes('brand'),
    fixedReason: fixedReason(voucher, t, (day) => formatDay(day, locale)),
    campaign,
    reach: voucher === null ? [] : reachOf(voucher, campaign, res.locals),
    campaigns: state.campaigns.map(({ id, title, type }) => ({
      value: id,
      label: `${title} (${t(`vouchers:type.${type}`)})`,
    })),
    today: pages.clock.today(),
    ...(await ruleFields(pages, typed, currency, fixed, res.locals)),
    summary: state.summary,
    conflict,
    notice,
    story: voucher === null ? null : await storyOf(pages, voucher, state.nameOf, res.locals),
    partnerInvoicesHref: voucher?.type === 'deal' ? `/admin/partner-invoices?voucher=${voucher.id}` : null,
    bookings: (voucher?.bookingNumbers ?? []).map((bookingNumber) => ({
      bookingNumber,
      href: bookingHref(bookingNumber),
    })),
  });
}

/** What the fields of the rules offer: the same for a voucher and for a campaign. */
export async function ruleFields(
  pages: Shell,
  typed: TypedVoucher,
  currency: string,
  fixed: readonly string[],
  { t, locale }: Pick<Locals, 't' | 'locale'>,
) {
  const offered = (kind: CatalogueKind, limit = MAX_OFFERED) =>
    listByName(pages.database.knex, kind, { q: '', archived: false, after: null, limit });
  const list = async (name: RestrictionKind, kind: CatalogueKind) => ({
    name,
    isFixed: fixed.includes(name),
    kind,
    rows: typed[name],
    offered: (await offered(kind, MAX_LISTED)).map(labelOf),
  });
  return {
    currencySign: currencySymbol(currency, locale),
    types: options(VOUCHER_TYPES, 'type', t),
    multipliers: options(MULTIPLIERS, 'multiplier', t),
    residuals: options(RESIDUALS, 'residual', t),
    fundings: options(typed.funding === 'credit' ? ['credit'] : CHOOSABLE_FUNDINGS, 'funding', t),
    channels: options(CHANNELS, 'channel', t),
    entries: options(DEAL_ENTRIES, 'entry', t),
    methods: options(PAYMENT_METHODS, 'method', t),
    units: [
      { value: 'percent', label: '%' },
      { value: 'amount', label: currencySymbol(currency, locale) },
    ],
    partners: selectable(await offered('partner'), typed.partner),
    brands: selectable(await offered('brand'), typed.brand),
    lists: [await list('products', 'product'), await list('themes', 'theme'), await list('regions', 'region')],
  };
}

/** Fields of a stored voucher that no form changes any more; a disabled field is not sent, so its value is put back. */
export function fixedFields(voucher: VoucherView | null): readonly string[] {
  if (voucher === null) return [];
  const isStored = voucher.balance !== null;
  const paid = isStored && voucher.paidAt !== null ? ['paidAt', 'originalValue', 'funding', 'brand'] : [];
  // Locking is done by its own button, which asks why.
  const always = ['type', 'shownType', 'code', 'campaign', 'residual', 'issuePrice', 'active', ...paid];
  if (voucher.campaign === null) return always;
  const own = ['paidAt', 'method', 'version', 'base', ...SALE_FIELDS];
  return [...always, ...[...TEXT_FIELDS, ...LIST_FIELDS].filter((name) => !own.includes(name))];
}

export function options(values: readonly string[], group: string, t: Translate): { value: string; label: string }[] {
  return values.map((value) => ({ value, label: t(`vouchers:${group}.${value.replace(/^-/, 'desc_')}`) }));
}

/** The standard motif first; one that is offered no more stays while a voucher has it. */
export function motifChoices(chosen: string, motifs: readonly Motif[], t: Translate) {
  const known = motifs.map((motif) => ({
    value: motif.id,
    label: motif.name,
    image: motifAddress(motif, 'thumbnail'),
  }));
  const isGone = chosen !== '' && !known.some(({ value }) => value === chosen);
  return [
    { value: '', label: t('vouchers:motif_standard'), image: '' },
    ...known,
    ...(isGone ? [{ value: chosen, label: t('vouchers:motif_gone', { id: chosen }), image: '' }] : []),
  ];
}

interface Shows {
  /** A code of a campaign has no rules of its own. */
  readonly showsRules: boolean;
  readonly showsValue: boolean;
  /** Not for a code of a campaign: each has its full value booked. */
  readonly showsIssuePrice: boolean;
  readonly showsFunding: boolean;
  readonly showsDeal: boolean;
  readonly showsMethod: boolean;
}

export function shownFields({ type, campaign }: TypedVoucher, voucher: VoucherView | null): Shows {
  const showsRules = voucher !== null || campaign === '';
  const isStored = type === 'purchase' || type === 'settlement';
  return {
    showsRules,
    showsValue: showsRules && isStored,
    showsIssuePrice: showsRules && type === 'purchase' && (voucher === null || voucher.campaign === null),
    showsFunding: showsRules && type === 'settlement',
    showsDeal: showsRules && type === 'deal',
    showsMethod: showsRules && type === 'purchase' && (voucher === null || voucher.paidAt === null),
  };
}

const VALUE_FIELDS = ['originalValue', 'residual'];
const DEAL_FIELDS = ['paysInFull', 'entry', 'invoicePartner', 'partnerPrice'];
const OWN_FIELDS = ['code', 'campaign', 'active'];
/** What belongs to one code also where its campaign sets the rules. */
const SALE_FIELDS: readonly string[] = ['recipientName', 'recipientEmail', 'bookingId', 'invoiceId', 'note'];

/** What the type at hand has no field for, kept so that changing the type back and forth loses nothing. */
export function carriedFields(typed: TypedVoucher, shows: Shows): { name: string; value: string }[] {
  const isHidden = (name: string): boolean => {
    if (!shows.showsRules) return !OWN_FIELDS.includes(name);
    if (VALUE_FIELDS.includes(name)) return !shows.showsValue;
    if (DEAL_FIELDS.includes(name)) return !shows.showsDeal;
    if (name === 'issuePrice') return !shows.showsIssuePrice;
    if (name === 'funding') return !shows.showsFunding;
    return name === 'method' && !shows.showsMethod;
  };
  const texts = TEXT_FIELDS.filter(isHidden).map((name) => ({ name, value: typed[name] }));
  if (shows.showsRules) return texts;
  const rows = [...RESTRICTION_KINDS, 'tiers' as const].flatMap((list) =>
    (typed[list] as readonly object[]).flatMap((row, index) =>
      Object.entries(row).map(([name, value]) => ({ name: `${list}[${index}][${name}]`, value: String(value) })),
    ),
  );
  return [
    { name: 'type', value: typed.type },
    ...texts,
    ...rows,
    ...typed.channels.map((value) => ({ name: 'channels', value })),
  ];
}

function fixedReason(voucher: VoucherView | null, t: Translate, day: (day: string) => string): string {
  if (voucher === null) return '';
  if (voucher.campaign !== null) return t('vouchers:follows_campaign');
  if (voucher.balance !== null && voucher.paidAt !== null)
    return t('vouchers:fixed_paid', { day: day(voucher.paidAt) });
  return t('vouchers:fixed_created');
}

function selectable(
  entries: readonly { readonly id: string; readonly name: string }[],
  chosen: string,
): { value: string; label: string }[] {
  const known = entries.map(({ id, name }) => ({ value: id, label: name }));
  return chosen === '' || known.some(({ value }) => value === chosen)
    ? known
    : [...known, { value: chosen, label: chosen }];
}

/** A sentence in the summary on top must also make sense away from its field. */
export function labelOfPath(path: string): string {
  const [field = '', , part] = path.split('.');
  return part === 'minTripPrice' || part === 'worth' ? `vouchers:field.${part}` : labelKey(field);
}

/** The newest campaigns, and the one that is chosen already. */
export async function offeredCampaigns(pages: Shell, chosen: string): Promise<CampaignView[]> {
  const campaigns = await listCampaigns(pages.database, { beforeId: null, limit: MAX_OFFERED });
  if (!isId(chosen) || campaigns.some(({ id }) => id === chosen)) return campaigns;
  try {
    return [...campaigns, await readCampaign(pages.database.knex, chosen)];
  } catch (error) {
    if (error instanceof AppError && error.code === 'not_found') return campaigns;
    throw error;
  }
}

const TAB_OF: Readonly<Record<string, string>> = {
  motif: 'design',
  message: 'design',
  recipientName: 'design',
  recipientEmail: 'design',
  bookingId: 'invoice',
  invoiceId: 'invoice',
  note: 'invoice',
  products: 'products',
  themes: 'products',
  regions: 'products',
};

/** The parts of the form as links to them, and how much is wrong in each. */
function tabsOf(voucher: VoucherView | null, showsRules: boolean, errors: readonly FormError[], t: Translate) {
  const names = [
    'validity',
    ...(showsRules ? ['design', 'invoice', 'products'] : []),
    ...(voucher === null ? [] : ['history']),
  ];
  return names.map((name) => ({
    name,
    label: t(`vouchers:tabs.${name}`),
    wrong: errors.filter(({ path }) => path !== '' && (TAB_OF[path.split('.')[0] ?? ''] ?? 'validity') === name).length,
  }));
}
