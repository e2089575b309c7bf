import type { Moment } from '../../../platform/process/clock.ts';
import { addDays } from '../../../core/calendar.ts';
import type { VoucherStatus } from '../../../core/engine/lifecycle.ts';
import type { VoucherType } from '../../../core/engine/voucher.ts';
import { normaliseCode } from '../../../core/engine/voucher-code.ts';
import type { Database } from '../../../platform/data/db.ts';
import { namedRuleFilters, type Redeemed, type RuleConditions } from './voucher-filter-fields.ts';
import { readCursor, writeCursor } from './voucher-list-cursor-service.ts';
import {
  findIdsOfCode,
  findIdsOfRules,
  findRows,
  findRulesIds,
  findRulesOfIds,
  findSortedRows,
  type Order,
  type Place,
  storesValue,
  type RowConditions,
  type VoucherSort,
} from './voucher-list-store.ts';
import { MAX_STEP, stepWith, walk, type FoundRows } from './voucher-list-walk-service.ts';
import { findRanges } from './voucher-range-store.ts';
import { findVoucherByNumber } from '../record/voucher-store.ts';
import { findVouchersOfBooking } from '../record/voucher-use-store.ts';
import type { VoucherRecord } from '../rows/voucher-row.ts';
import { viewVouchers, type VoucherView } from '../record/voucher-view-service.ts';
import {
  stepByBalance,
  stepByNumber,
  stepByNumberOfRanges,
  stepByNumberOfRules,
  stepByRules,
  type Step,
} from './voucher-walk-store.ts';

/** Which vouchers, in which order: what a list, a bulk action and an export of it have in common. */
export interface ListQuery extends RuleConditions {
  readonly type?: VoucherType;
  readonly status?: VoucherStatus;
  readonly campaign?: string;
  readonly paid?: 'yes' | 'no';
  readonly redeemed?: Redeemed;
  /** `inactive`: paid, not cancelled, and nothing left or out of date; `active`: can be redeemed now. */
  readonly state?: 'active' | 'inactive';
  /** `hidden`: without what is archived; `only`: nothing else; left out: all. */
  readonly archive?: 'hidden' | 'only';
  /** With value left, and ending within so many days. */
  readonly expiring?: string;
  readonly q?: string;
  /** For people who may not see codes: a part of a code finds nothing, so that nobody spells one out by searching. */
  readonly isWholeCodeOnly?: boolean;
  /** A sort column, with `-` in front for descending; default `-createdAt`. */
  readonly sort?: string;
}

export interface ListFilter extends ListQuery {
  readonly limit: number;
  readonly cursor?: string | null;
}

export interface ListPage {
  readonly items: VoucherView[];
  readonly nextCursor: string | null;
  /** The page looked at as many rows as one page may and stopped; the next one goes on from there. */
  readonly isPartial: boolean;
}

/** Rules and rows a filter may leave so that they are sorted at once instead of walked to. */
const MAX_RULES = 200;
const MAX_SORTED = 2000;
/** Codes that begin with what was typed. */
const MAX_BY_CODE = 200;
/** Rows a page looks at before it stops and lets the reader go on. */
const MAX_EXAMINED = 4000;
const ROWS_PER_CHUNK = 500;
const NEWEST: Order = { sort: 'createdAt', isDescending: true };

/** A page by keyset. Every step goes along an index; what no index tells is looked at row by row, within a bound. */
export async function listVouchers(database: Database, filter: ListFilter, moment: Moment): Promise<ListPage> {
  const { limit, cursor, ...query } = filter;
  const list = await openList(database, query, moment);
  const found = await list.read(readCursor(cursor ?? null), limit, MAX_EXAMINED);
  const items = await viewVouchers(database.knex, found.rows, moment.today);
  return { items, nextCursor: found.next === null ? null : writeCursor(found.next), isPartial: found.isPartial };
}

/** All hits of a list in its order, at most 500 at a time; from `cursor` on when an earlier run got that far. */
export async function* vouchersInChunks(
  database: Database,
  query: ListQuery,
  moment: Moment,
  cursor: string | null = null,
): AsyncGenerator<{ readonly items: VoucherView[]; readonly nextCursor: string | null }> {
  const list = await openList(database, query, moment);
  let after = readCursor(cursor);
  for (;;) {
    const { rows, next } = await list.read(after, ROWS_PER_CHUNK, MAX_EXAMINED);
    yield {
      items: await viewVouchers(database.knex, rows, moment.today),
      nextCursor: next === null ? null : writeCursor(next),
    };
    if (next === null) return;
    after = next;
  }
}

/** These vouchers as far as they exist, the newest first. */
export async function vouchersById(database: Database, ids: readonly string[], moment: Moment): Promise<VoucherView[]> {
  const rows = await findRows(database.knex, ids, {}, moment.today, moment.now);
  return viewVouchers(
    database.knex,
    [...rows].sort((a, b) => Number(b.id) - Number(a.id)),
    moment.today,
  );
}

/** How many a list has, counted up to a bound. */
export async function countHits(
  database: Database,
  query: ListQuery,
  moment: Moment,
  most: number,
): Promise<{ readonly count: number; readonly isMore: boolean }> {
  const list = await openList(database, query, moment);
  let after: Place | null = null;
  let count = 0;
  for (let examined = 0; ; examined += 1) {
    const { rows, next } = await list.read(after, ROWS_PER_CHUNK, MAX_STEP * 4);
    count += rows.length;
    if (next === null) return { count, isMore: false };
    if (count >= most || examined * ROWS_PER_CHUNK >= most) return { count, isMore: true };
    after = next;
  }
}

interface OpenList {
  read(after: Place | null, limit: number, maxExamined: number): Promise<FoundRows>;
}

async function openList({ knex }: Database, query: ListQuery, { today, now }: Moment): Promise<OpenList> {
  const { sort: sortText = '-createdAt', type, campaign } = query;
  const order: Order = { sort: sortText.replace(/^-/, '') as VoucherSort, isDescending: sortText.startsWith('-') };
  const conditions = await conditionsOf(knex, query, today);
  const { search, endsBetween } = conditions;
  const isNarrow = search !== undefined || endsBetween !== undefined || namedRuleFilters(conditions).length > 0;
  const rulesIds = isNarrow ? await findRulesIds(knex, conditions, MAX_RULES) : null;
  const ofRules = rulesIds === null ? null : await findIdsOfRules(knex, rulesIds, MAX_SORTED);
  const byCode = search?.ids ?? [];
  const sortedAtOnce = (ids: readonly string[]): OpenList => ({
    async read(after, limit) {
      const found = await findSortedRows(
        knex,
        [...new Set([...ids, ...byCode])],
        conditions,
        order,
        after,
        limit + 1,
        today,
        now,
      );
      const page = found.slice(0, limit);
      return {
        rows: page.map(({ record }) => record),
        next: found.length > limit ? (page.at(-1)?.place ?? null) : null,
        isPartial: false,
      };
    },
  });
  if (ofRules !== null) return sortedAtOnce(ofRules);
  const fewRules = rulesIds === null ? null : [...new Set([...rulesIds, ...(await findRulesOfIds(knex, byCode))])];
  const ranges = await findRanges(knex, conditions, today, MAX_RULES);
  const onlyType = {
    ...(type === undefined ? {} : { type }),
    ...(conditions.isArchived === undefined ? {} : { isArchived: conditions.isArchived }),
  };
  // Sorted by a balance that none of them has, they stand by their numbers.
  const isByNumber =
    order.sort === 'createdAt' ||
    (order.sort === 'balance' &&
      (type === 'discount' || type === 'deal' || (campaign !== undefined && !(await storesValue(knex, campaign)))));
  if (!isByNumber && ranges !== null) {
    const { places } = await stepByNumberOfRanges(knex, { order: NEWEST, after: null, limit: MAX_SORTED + 1 }, ranges);
    if (places.length <= MAX_SORTED) return sortedAtOnce(places.map(({ id }) => id));
  }
  const step = (after: Place | null, limit: number): Promise<Step> => {
    const bounds = { order, after, limit };
    if (isByNumber && rulesIds !== null) return stepWith(byCode, bounds, stepByNumberOfRules(knex, bounds, rulesIds));
    if (isByNumber && ranges !== null) return stepWith(byCode, bounds, stepByNumberOfRanges(knex, bounds, ranges));
    if (isByNumber) return stepByNumber(knex, bounds, onlyType);
    if (order.sort === 'balance') return stepByBalance(knex, bounds);
    return stepByRules(knex, bounds, { ...onlyType, rulesIds: fewRules, ranges: byCode.length > 0 ? null : ranges });
  };
  const keep = (ids: readonly string[]): Promise<VoucherRecord[]> => findRows(knex, ids, conditions, today, now);
  // Nothing before the first day can fit.
  const start =
    endsBetween !== undefined && order.sort === 'bookUntil' && !order.isDescending
      ? { value: endsBetween[0], rulesId: '0', id: '0' }
      : null;
  return {
    read: (after, limit, maxExamined) => walk({ step, keep, start: after ?? start }, limit, maxExamined),
  };
}

async function conditionsOf(knex: Database['knex'], query: ListQuery, today: string): Promise<RowConditions> {
  const { q = '', isWholeCodeOnly = false, sort: _sort, paid, state, expiring, archive, ...fields } = query;
  const title = q.trim();
  const ids =
    title === ''
      ? []
      : [
          ...(await findIdsOfCode(knex, { prefix: normaliseCode(title), isWhole: isWholeCodeOnly }, MAX_BY_CODE)),
          ...(await findVouchersOfBooking(knex, title, MAX_BY_CODE)),
          ...[await findVoucherByNumber(knex, title.toUpperCase())].filter((id) => id !== null),
        ];
  return {
    ...fields,
    ...(paid === undefined ? {} : { isPaid: paid === 'yes' }),
    ...(state === undefined ? {} : { isActive: state === 'active' }),
    ...(archive === undefined ? {} : { isArchived: archive === 'only' }),
    ...(expiring === undefined ? {} : { endsBetween: [today, addDays(today, Number(expiring))] as const }),
    ...(title === '' ? {} : { search: { title, ids } }),
  };
}
