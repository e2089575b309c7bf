import type { Router } from 'express';
import { shownCode } from '../../../core/engine/code-mask.ts';
import { requires } from '../../../platform/http/permissions.ts';
import { may } from '../../../core/access.ts';
import type { SignedInUser } from '../../../platform/http/auth.ts';
import { parameterOf, textOf } from '../../../platform/http/request.ts';
import type { Moment } from '../../../platform/process/clock.ts';
import { isId } from '../../../platform/data/id.ts';
import { formatMoney, formatPercent } from '../../../platform/html/format.ts';
import { formView } from '../../../platform/html/form-view.ts';
import type { Locale, Translate } from '../../../platform/html/i18n.ts';
import { renderPage } from '../../../platform/html/views.ts';
import { listEntries } from '../../catalogue/catalogue-service.ts';
import { offeredMotifs } from '../../documents/motifs/motif-service.ts';
import { campaignChoice } from './campaign-filter-view.ts';
import { BULK_ACTIONS, BULK_PERMISSIONS } from '../bulk/voucher-bulk-service.ts';
import { FILTER_NAMES, voucherFilter, type FilterName } from './voucher-filter-fields.ts';
import { listVouchers, type ListQuery } from './voucher-list-service.ts';
import { listSaved } from '../bulk/voucher-saved-list-service.ts';
import { STATUS_TONES } from '../record/voucher-status-view.ts';
import type { VoucherView } from '../record/voucher-view-service.ts';
import { pageRouter } from '../../../platform/http/page-router.ts';
import type { Shell } from '../../../platform/process/feature.ts';

export const VOUCHERS_PATH = '/admin/vouchers';
const ROWS = 50;
const SORTS = ['-createdAt', 'title', '-title', 'balance', '-balance', 'bookUntil', '-bookUntil'] as const;
/** Partners and brands offered as filters. */
const MAX_OFFERED = 500;

export function voucherListPages(pages: Shell): Router {
  const router = pageRouter();

  router.get(VOUCHERS_PATH, requires('vouchers.see'), async (req, res) => {
    const { t, locale, user } = res.locals;
    const chosen = await campaignChoice(pages.database, parameterOf(req, 'campaign'), res);
    // No campaign has the number 0: what is not clear finds nothing.
    const filter = { ...readFilter(req.query), campaign: chosen.error === null ? (chosen.id ?? '') : '0' };
    if (chosen.error !== null) res.status(422);
    const cursor = parameterOf(req, 'cursor');
    const found = await listVouchers(
      pages.database,
      { ...listQueryOf(filter, user), limit: ROWS, cursor: cursor === '' ? null : cursor },
      momentOf(pages),
    );
    const { sort: _sort, type, q, state, ...narrowing } = filter;
    const partners = await offered(pages, 'partner');
    const names = new Map(partners.map(({ value, label }) => [value, label]));
    const today = pages.clock.today();
    const here = listUrl(filter);
    const isNarrowed = [q, state, ...Object.values(narrowing)].some((value) => value !== '');
    renderPage(res, 'vouchers/list/list', {
      title: type === '' ? t('vouchers:title') : t(`vouchers:titles.${type}`),
      form: formView({ ...filter, campaign: chosen.text }, chosen.error === null ? [] : [chosen.error]),
      offered: chosen.offered,
      types: filterChoices('type', t),
      statuses: filterChoices('status', t),
      sorts: choices(SORTS, 'sort', t),
      states: filterChoices('state', t),
      expiring: filterChoices('expiring', t),
      archive: filterChoices('archive', t),
      yesNo: filterChoices('paid', t),
      redeemed: filterChoices('redeemed', t),
      partners,
      motifs: (await offeredMotifs(pages.database.knex)).map(({ id, name }) => ({ value: id, label: name })),
      brands: await offered(pages, 'brand'),
      areMoreOpen: Object.values(narrowing).some((value) => value !== ''),
      columns: sortableColumns(filter, t),
      rows: found.items.map((voucher) =>
        listRow(voucher, { user, today, locale, t, partnerName: (id) => names.get(id) ?? id }),
      ),
      isNarrowed,
      isPartial: found.isPartial,
      emptyTitle: type === '' ? t('vouchers:empty_title') : t(`vouchers:empty_titles.${type}`),
      mayChange: may(user, 'vouchers.change'),
      newHref: `${VOUCHERS_PATH}/new${type === '' ? '' : `?type=${type}`}`,
      newLabel: type === '' ? t('vouchers:new') : t(`vouchers:new_titles.${type}`),
      allHref: listUrl({ type }),
      saved: (await listSaved(pages.database, user?.id ?? 0)).map((one) => ({
        ...one,
        href: `${VOUCHERS_PATH}${one.query === '' ? '' : `?${one.query}`}`,
        isHere: here === `${VOUCHERS_PATH}${one.query === '' ? '' : `?${one.query}`}`,
      })),
      query: here.split('?')[1] ?? '',
      bulkActions: choices(
        [
          ...BULK_ACTIONS.filter((one) => may(user, BULK_PERMISSIONS[one])),
          'export_list',
          'export_codes',
          'export_sheet',
        ],
        'bulk',
        t,
      ),
      count: t('vouchers:on_page', { count: found.items.length }),
      first: cursor === '' ? '' : here,
      next: found.nextCursor === null ? '' : listUrl({ ...filter, cursor: found.nextCursor }),
    });
  });

  return router;
}

export function momentOf({ clock }: Shell): Moment {
  return clock.moment();
}

/** The filter of the list as its address has it; '' where nothing is chosen. */
export type Filter = Readonly<Record<FilterName | 'sort', string>>;

/** What is no such filter counts as not given. */
export function readFilter(query: Readonly<Record<string, unknown>>): Filter {
  const filters = FILTER_NAMES.map((name) => [name, filterValue(name, query[name])] as const);
  const sort = SORTS.find((one) => one === query['sort']) ?? '-createdAt';
  return { ...(Object.fromEntries(filters) as Record<FilterName, string>), sort };
}

function filterValue(name: FilterName, value: unknown): string {
  const { values, isId: isNumber } = voucherFilter(name);
  if (values !== undefined) return values.find((one) => one === value) ?? '';
  const text = textOf(value);
  return isNumber === true && !isId(text) ? '' : text;
}

/** The filter as the service takes it, for what this person may find. */
export function listQueryOf(filter: Filter, user: SignedInUser | null): ListQuery {
  const { archive, ...rest } = filter;
  // Whoever searches, or looks at one campaign, wants to find what is in the archive as well.
  const isHidden = archive === '' && filter.q === '' && filter.campaign === '';
  return {
    ...Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== '')),
    ...(archive === 'only' ? { archive } : isHidden ? { archive: 'hidden' as const } : {}),
    isWholeCodeOnly: !may(user, 'codes.see'),
  };
}

export function listUrl(params: Readonly<Record<string, string>>): string {
  const query = new URLSearchParams(
    Object.entries(params).filter(([name, value]) => value !== '' && !(name === 'sort' && value === '-createdAt')),
  );
  return query.size === 0 ? VOUCHERS_PATH : `${VOUCHERS_PATH}?${query.toString()}`;
}

/** The heads of columns that sort; a second click turns the order round. */
function sortableColumns(filter: Filter, t: Translate) {
  const column = (name: string, first: string, second: string) => {
    const isFirst = filter.sort === first;
    const isSorted = isFirst || filter.sort === second;
    const direction = filter.sort.startsWith('-') ? 'descending' : 'ascending';
    return {
      label: t(`vouchers:column.${name}`),
      href: listUrl({ ...filter, sort: isFirst ? second : first }),
      direction: isSorted ? direction : '',
    };
  };
  return {
    title: column('title', 'title', '-title'),
    balance: column('balance', '-balance', 'balance'),
    bookUntil: column('bookUntil', 'bookUntil', '-bookUntil'),
  };
}

function filterChoices(name: FilterName, t: Translate): { value: string; label: string }[] {
  return choices(voucherFilter(name).values ?? [], name, t);
}

function choices(values: readonly string[], group: string, t: Translate): { value: string; label: string }[] {
  return values.map((value) => ({ value, label: t(`vouchers:${group}.${value.replace(/^-/, 'desc_')}`) }));
}

async function offered(pages: Shell, kind: 'partner' | 'brand'): Promise<{ value: string; label: string }[]> {
  const entries = await listEntries(pages.database.knex, kind, { after: null, limit: MAX_OFFERED });
  return entries.map(({ id, name }) => ({ value: id, label: name }));
}

interface RowContext {
  readonly user: SignedInUser | null;
  readonly today: string;
  readonly locale: Locale;
  readonly t: Translate;
  readonly partnerName: (id: string) => string;
}

function listRow(voucher: VoucherView, { user, today, locale, t, partnerName }: RowContext) {
  const { usage, uses, restrictions, campaign } = voucher;
  return {
    id: voucher.id,
    href: `${VOUCHERS_PATH}/${voucher.id}`,
    titleText: voucher.title,
    code: shownCode(user, voucher.code),
    typeText: t(`vouchers:type.${voucher.type}`),
    worth: worthText(voucher, locale, t),
    balance: voucher.balance === null ? '' : formatMoney(voucher.balance, voucher.currency, locale),
    bookUntil: voucher.validity.bookUntil ?? '',
    paidAt: voucher.paidAt ?? '',
    usage: usage.maxUses === null ? String(uses) : `${uses}/${usage.maxUses}`,
    partner: restrictions.partner === null ? '' : partnerName(restrictions.partner),
    // A code carries the title of its campaign.
    campaign: campaign === null ? null : { title: voucher.title, href: listUrl({ campaign }) },
    statusText: t(`vouchers:status.${voucher.status}`),
    tone: STATUS_TONES[voucher.status],
    isInactive: isInactive(voucher, today),
    isArchived: voucher.archived,
  };
}

/** Inactive: paid, not cancelled, and the rest is 0 or the date has passed. */
function isInactive({ status, paidAt, balance, validity, usage, uses }: VoucherView, today: string): boolean {
  const isPaid = paidAt !== null && paidAt <= today;
  const isUsedUp = balance === 0 || (usage.maxUses !== null && uses >= usage.maxUses);
  return (
    isPaid &&
    status !== 'cancelled' &&
    status !== 'refunded' &&
    (isUsedUp || (validity.bookUntil !== null && validity.bookUntil < today))
  );
}

function worthText({ value, currency, deal }: VoucherView, locale: Locale, t: Translate): string {
  if (value.originalValue !== null) return formatMoney(value.originalValue, currency, locale);
  if (deal?.paysInFull === true) return t('vouchers:whole_trip');
  const tier = value.tiers.at(-1);
  if (tier === undefined) return '';
  const worth =
    tier.percent === undefined
      ? formatMoney(tier.amount, currency, locale)
      : formatPercent(Math.round(tier.percent * 100), locale);
  return value.tiers.length > 1 ? t('vouchers:up_to', { worth }) : worth;
}
