import type { Response } from 'express';
import { may } from '../../../core/access.ts';
import { shownCode } from '../../../core/engine/code-mask.ts';
import { formatDay } from '../../../platform/html/format.ts';
import { formView, type FormError } from '../../../platform/html/form-view.ts';
import type { Translate } from '../../../platform/html/i18n.ts';
import { generateToken } from '../../../platform/secrets/tokens.ts';
import { renderPage } from '../../../platform/html/views.ts';
import { secondPersonHint } from '../approvals/approval-asking-form.ts';
import { motifAddress, type Motif } from '../../documents/motifs/motif-service.ts';
import { disputedOrderOf } from '../life/voucher-dispute-service.ts';
import { VOUCHERS_PATH } from '../list/voucher-list-pages.ts';
import { STATUS_TONES } from '../record/voucher-status-view.ts';
import { isEnded, type VoucherView } from '../record/voucher-view-service.ts';
import type { Shell } from '../../../platform/process/feature.ts';
import { fieldsInPageOrder, tabOf } from './form-layout-form.ts';
import { namesWith, readOffers, type FormOffers } from './form-offers-form.ts';
import type { ReadForm } from './read-voucher-form.ts';
import { actionsOf, mayCorrectValue, reachOf } from './voucher-aside-view.ts';
import { carriedFields, fieldsView, fixedFields, labelOfPath } from './voucher-fields-view.ts';
import { bookingHref } from '../history/voucher-ledger-view.ts';
import { storyOf } from '../history/voucher-story-view.ts';
import type { FieldChange } from './voucher-merge-form.ts';

export interface Conflict {
  readonly who: string;
  readonly at: number;
  readonly changes: readonly FieldChange[];
}

export interface FormState {
  readonly form: ReadForm;
  readonly voucher: VoucherView | null;
  readonly errors?: readonly FormError[];
  readonly conflict?: Conflict | null;
  /** What keeps a form that is sent twice from making two vouchers; a new one where there is none. */
  readonly once?: string;
  /** Something to say that is no mistake. */
  readonly notice?: string;
}

export async function renderForm(res: Response, pages: Shell, state: FormState): Promise<void> {
  const { t, user } = res.locals;
  const { voucher, errors = [], conflict = null, notice = '' } = state;
  const { typed, currency, campaign, summary } = state.form;
  const { knex } = pages.database;
  const offers = await readOffers(pages.database, voucher === null);
  const fixed = fixedFields(voucher);
  // A code of a campaign has no rules of its own.
  const showsRules = voucher !== null || typed.campaign === '';
  const nameOf = namesWith(offers, state.form.nameOf);
  renderPage(res, 'vouchers/form/form', {
    title: voucher === null ? t(`vouchers:new_titles.${typed.type}`) : voucher.title,
    breadcrumbs: [{ href: VOUCHERS_PATH, text: t('vouchers:title') }],
    form: formView(typed, errors),
    problems: formView(typed, problemsOf(errors, t)),
    noForm: formView({}),
    typed,
    carried: carriedFields(typed, voucher, showsRules),
    tabs: tabsOf(voucher, showsRules, errors, t),
    showsRules,
    ...fieldsView({ typed, currency, fixed, offers, owner: voucher }, res.locals),
    isStored: typed.type === 'purchase' || typed.type === 'settlement',
    isFollowing: voucher !== null && voucher.campaign !== null,
    motifs: motifChoices(typed.motif, state.form.motifs, t),
    campaigns: campaignChoices(offers, campaign, t),
    today: pages.clock.today(),
    summary,
    conflict,
    notice,
    reach: voucher === null ? [] : reachOf(voucher, campaign, res.locals),
    ...(voucher === null ? newView(state, user) : storedView(voucher, res.locals)),
    dispute: voucher === null ? null : disputeView(await disputedOrderOf(knex, voucher.id), t),
    secondPerson: voucher === null ? '' : await secondPersonHint(knex, voucher.currency, res.locals),
    story: voucher === null ? null : await storyOf(pages, voucher, nameOf, res.locals),
  });
}

type Reader = Response['locals'];

function newView({ once }: FormState, user: Reader['user']) {
  const mayChange = may(user, 'vouchers.change');
  return {
    once: once || generateToken('v'),
    acts: [],
    ...{ draftHref: mayChange ? `${VOUCHERS_PATH}/draft` : '', documentHref: '', familyHref: '', correctionHref: '' },
    ...{ copyHref: '', runHref: '', voucher: null, code: null, action: VOUCHERS_PATH },
    ...{ mayChange, maySave: mayChange, isEnded: false, fixedReason: '', partnerInvoicesHref: null, bookings: [] },
  };
}

function storedView(voucher: VoucherView, reader: Reader) {
  const { t, locale, user } = reader;
  const mayChange = may(user, 'vouchers.change');
  const isOver = isEnded(voucher);
  const here = `${VOUCHERS_PATH}/${voucher.id}`;
  const code = shownCode(user, voucher.code);
  return {
    once: '',
    acts: mayChange ? actionsOf(voucher, user, reader) : [],
    draftHref: mayChange && !isOver ? `${here}/draft` : '',
    documentHref: may(user, 'vouchers.document') ? `${here}/document` : '',
    familyHref: `${here}/family`,
    correctionHref: mayCorrectValue(voucher, user) ? `${here}/correction` : '',
    copyHref: `${VOUCHERS_PATH}/new?copy=${voucher.id}`,
    runHref: voucher.status === 'derecognised' && may(user, 'derecognitions.see') ? `${here}/derecognition` : '',
    voucher: { ...voucher, tone: STATUS_TONES[voucher.status] },
    code: { text: code, isWhole: code === voucher.code },
    action: here,
    mayChange,
    maySave: mayChange && !isOver,
    isEnded: isOver,
    fixedReason: fixedReason(voucher, t, (day) => formatDay(day, locale)),
    partnerInvoicesHref: voucher.type === 'deal' ? `/admin/partner-invoices?voucher=${voucher.id}` : null,
    bookings: voucher.bookingNumbers.map((bookingNumber) => ({ bookingNumber, href: bookingHref(bookingNumber) })),
  };
}

function disputeView(order: { readonly id: string; readonly number: string } | null, t: Translate) {
  return order === null
    ? null
    : { href: `/admin/orders/${order.id}`, text: t('vouchers:disputed', { order: order.number }) };
}

/** The newest campaigns, and the one that is chosen already. */
function campaignChoices({ campaigns }: FormOffers, chosen: ReadForm['campaign'], t: Translate) {
  const isMissing = campaigns.length > 0 && chosen !== null && !campaigns.some(({ id }) => id === chosen.id);
  return [...campaigns, ...(isMissing ? [chosen] : [])].map(({ id, title, type }) => ({
    value: id,
    label: `${title} (${t(`vouchers:type.${type}`)})`,
  }));
}

/** The mistakes as the summary on top tells them, each with the name of its field. */
export function problemsOf(errors: readonly FormError[], t: Translate): FormError[] {
  return errors.map((error) => ({
    ...error,
    message: error.path === '' ? error.message : `${t(labelOfPath(error.path))}: ${error.message}`,
  }));
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

function fixedReason(voucher: VoucherView, t: Translate, day: (day: string) => string): string {
  if (voucher.campaign !== null) return t('vouchers:follows_campaign');
  if (voucher.balance !== null && voucher.paidAt !== null)
    return t('vouchers:fixed_paid', { day: day(voucher.paidAt) });
  return t('vouchers:fixed_created');
}

/** The parts of the form as links to them, and how much is wrong in each. */
function tabsOf(voucher: VoucherView | null, showsRules: boolean, errors: readonly FormError[], t: Translate) {
  const names = [
    'validity',
    ...(showsRules ? ['design', 'invoice', 'products'] : []),
    ...(voucher === null ? [] : ['history']),
  ];
  const fields = fieldsInPageOrder();
  const isIn = (path: string, name: string): boolean => {
    const field = fields.find((one) => one.name === path.split('.')[0]);
    return path !== '' && (field === undefined ? 'validity' : tabOf(field)) === name;
  };
  return names.map((name) => ({
    name,
    label: t(`vouchers:tabs.${name}`),
    wrong: errors.filter(({ path }) => isIn(path, name)).length,
  }));
}
