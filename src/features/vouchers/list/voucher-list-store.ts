import type { Knex } from 'knex';
import type { VoucherStatus } from '../../../core/engine/lifecycle.ts';
import type { VoucherType } from '../../../core/engine/voucher.ts';
import { namedRuleFilters, VOUCHER_FILTERS, type Redeemed, type RuleConditions } from './voucher-filter-fields.ts';
import { recordQuery, type RecordRow, toRecord, type VoucherRecord } from '../rows/voucher-row.ts';

export type VoucherSort = 'createdAt' | 'title' | 'balance' | 'bookUntil';

/** What a row must be; all of it can be told from the row, its rules and its campaign. */
export interface RowConditions extends RuleConditions {
  readonly type?: VoucherType;
  readonly campaign?: string;
  readonly status?: VoucherStatus;
  readonly isPaid?: boolean;
  readonly redeemed?: Redeemed;
  /** false: paid, not cancelled, and nothing left or out of date. true: can be redeemed now. */
  readonly isActive?: boolean;
  /** Left out: both. Hidden in lists, by itself or with its campaign. */
  readonly isArchived?: boolean;
  /** With value left, and a last day between these two. */
  readonly endsBetween?: readonly [string, string];
  /** Rows whose title has the words, or that are among these by code, number or booking. */
  readonly search?: { readonly title: string; readonly ids: readonly string[] };
}

/** A place in an order: the value sorted by, then rules, then number. `id` may lie beyond every row of its rules. */
export interface Place {
  readonly value: string | number | null;
  readonly rulesId: string;
  readonly id: string;
}

export interface Order {
  readonly sort: VoucherSort;
  readonly isDescending: boolean;
}

/** Those of the rows that meet the conditions, with all that a list shows. */
export async function findRows(
  knex: Knex,
  ids: readonly string[],
  conditions: RowConditions,
  today: string,
  now: number,
): Promise<VoucherRecord[]> {
  if (ids.length === 0) return [];
  const rows = await recordQuery(knex, now)
    .whereIn('v.id', [...ids])
    .modify((query) => {
      narrow(query, conditions, today);
    })
    .select<RecordRow[]>();
  return rows.map(toRecord);
}

/** A page of a set of rows that is small enough to be sorted at once. */
export async function findSortedRows(
  knex: Knex,
  ids: readonly string[],
  conditions: RowConditions,
  order: Order,
  after: Place | null,
  limit: number,
  today: string,
  now: number,
): Promise<{ readonly record: VoucherRecord; readonly place: Place }[]> {
  if (ids.length === 0) return [];
  const query = recordQuery(knex, now)
    .whereIn('v.id', [...ids])
    .limit(limit)
    .select(knex.raw(`${SORT_COLUMNS[order.sort]} as sort_value`));
  narrow(query, conditions, today);
  const column = SORT_COLUMNS[order.sort];
  const [than, direction] = order.isDescending ? ['<', 'desc'] : ['>', 'asc'];
  if (order.sort === 'createdAt') {
    if (after !== null) void query.where('v.id', than, after.id);
    void query.orderBy('v.id', direction);
  } else {
    if (after !== null) {
      const tie = `(v.rules_id ${than} ? or (v.rules_id = ? and v.id ${than} ?))`;
      const ids = [after.rulesId, after.rulesId, after.id];
      if (after.value === null) void query.whereRaw(`(${column} is null and ${tie})`, ids);
      else
        void query.whereRaw(`(${column} is null or ${column} ${than} ? or (${column} = ? and ${tie}))`, [
          after.value,
          after.value,
          ...ids,
        ]);
    }
    void query.orderByRaw(`${column} is null, ${column} ${direction}, v.rules_id ${direction}, v.id ${direction}`);
  }
  const rows = await query.select<(RecordRow & { sort_value: string | number | null })[]>();
  return rows.map((row) => {
    const record = toRecord(row);
    return {
      record,
      place: {
        value: order.sort === 'balance' ? record.balance : row.sort_value,
        rulesId: record.rulesId,
        id: record.id,
      },
    };
  });
}

/** The rules that fit, newest first; null: more than `limit`. A title is looked for in the index of titles. */
export async function findRulesIds(knex: Knex, conditions: RowConditions, limit: number): Promise<string[] | null> {
  const { type, search, endsBetween, isArchived } = conditions;
  const query = knex('voucher_rules as r').limit(limit + 1);
  if (isArchived === false)
    void query.whereNotIn('r.id', knex('campaigns').whereNotNull('archived_at').select('rules_id'));
  if (type !== undefined) void query.where('r.type', type);
  for (const name of namedRuleFilters(conditions)) void query.where(VOUCHER_FILTERS[name].index);
  narrowRules(query, conditions);
  if (search !== undefined) void query.where('r.title', 'like', containing(search.title));
  if (endsBetween !== undefined) void query.whereBetween('r.book_until', [...endsBetween]);
  const rows = await query.select<{ id: number | string }[]>('r.id');
  return rows.length > limit ? null : rows.map(({ id }) => String(id));
}

/** Leaves the rows whose rules have what is asked for. */
export function narrowRules(query: Knex.QueryBuilder, conditions: RuleConditions): void {
  for (const name of namedRuleFilters(conditions)) void query.where(VOUCHER_FILTERS[name].column, conditions[name]);
}

/** Whether the codes of a campaign have a balance. */
export async function storesValue(knex: Knex, campaign: string): Promise<boolean> {
  const row = await knex('campaigns as c')
    .join('voucher_rules as r', 'r.id', 'c.rules_id')
    .where('c.id', campaign)
    .first<{ original_value: unknown } | undefined>('r.original_value');
  return row !== undefined && row.original_value !== null;
}

/** The rows of these rules; null: more than `limit`. */
export async function findIdsOfRules(knex: Knex, rulesIds: readonly string[], limit: number): Promise<string[] | null> {
  if (rulesIds.length === 0) return [];
  const rows = await knex('vouchers')
    .whereIn('rules_id', [...rulesIds])
    .limit(limit + 1)
    .select<{ id: number | string }[]>('id');
  return rows.length > limit ? null : rows.map(({ id }) => String(id));
}

export async function findRulesOfIds(knex: Knex, ids: readonly string[]): Promise<string[]> {
  const rows =
    ids.length === 0
      ? []
      : await knex('vouchers')
          .whereIn('id', [...ids])
          .distinct<{ rules_id: number | string }[]>('rules_id');
  return rows.map(({ rules_id }) => String(rules_id));
}

export async function findIdsOfCode(
  knex: Knex,
  code: { readonly prefix: string; readonly isWhole: boolean },
  limit: number,
): Promise<string[]> {
  if (code.prefix === '') return [];
  const rows = await knex('vouchers')
    .where('normalised_code', code.isWhole ? '=' : 'like', code.isWhole ? code.prefix : `${code.prefix}%`)
    .orderBy('normalised_code')
    .limit(limit)
    .select<{ id: number | string }[]>('id');
  return rows.map(({ id }) => String(id));
}

export function containing(title: string): string {
  return `%${title.replaceAll(/[%_\\]/g, ' ')}%`;
}

export const SORT_COLUMNS: Readonly<Record<VoucherSort, string>> = {
  createdAt: 'v.id',
  title: 'r.title',
  balance: 'v.balance',
  bookUntil: 'r.book_until',
};

/** The last day of a voucher: that of its rules, or a later one of its own. */
const END = '(case when v.extended_until > r.book_until then v.extended_until else r.book_until end)';
const IS_ARCHIVED = '(c.archived_at is not null or v.archived_at is not null)';
const PAID_ON = 'coalesce(v.paid_on, c.paid_on)';
const IS_LOCKED = '(v.is_deactivated or coalesce(c.is_active, true) = false)';
const IS_USED_UP = '(v.balance = 0 or (r.max_uses is not null and v.uses >= r.max_uses))';
const IS_ENDED =
  '(v.replaced_by_id is not null or v.refunded_at is not null or v.cancelled_at is not null or v.derecognised_at is not null)';

/** The status of core/lifecycle.ts in SQL, for the filter of the list. */
const STATUS = `case
  when v.replaced_by_id is not null then 'replaced'
  when v.refunded_at is not null then 'refunded'
  when v.cancelled_at is not null then 'cancelled'
  when v.derecognised_at is not null then 'derecognised'
  when ${IS_LOCKED} then 'deactivated'
  when ${PAID_ON} is null or ${PAID_ON} > ? then 'unpaid'
  when ${IS_USED_UP} then 'redeemed'
  when ${END} < ? then 'expired'
  when v.uses > 0 then 'partly_redeemed'
  else 'active' end`;

function narrow(query: Knex.QueryBuilder, conditions: RowConditions, today: string): void {
  const { type, campaign, status, isPaid, redeemed, isActive, isArchived, endsBetween, search } = conditions;
  if (type !== undefined) void query.where('v.type', type);
  if (campaign !== undefined) void query.where('v.campaign_id', campaign);
  narrowRules(query, conditions);
  if (status !== undefined) void query.whereRaw(`${STATUS} = ?`, [today, today, status]);
  if (isPaid === true) void query.whereRaw(`${PAID_ON} <= ?`, [today]);
  if (isPaid === false) void query.whereRaw(`(${PAID_ON} is null or ${PAID_ON} > ?)`, [today]);
  if (redeemed === 'no') void query.where('v.uses', 0);
  if (redeemed === 'partly') void query.whereRaw(`v.uses > 0 and not coalesce(${IS_USED_UP}, false)`);
  if (redeemed === 'full') void query.whereRaw(`v.uses > 0 and ${IS_USED_UP}`);
  if (isActive === false)
    void query.whereRaw(
      `${PAID_ON} <= ? and v.cancelled_at is null and v.refunded_at is null and (${IS_USED_UP} or ${END} < ?)`,
      [today, today],
    );
  if (isActive === true) {
    void query.whereRaw(
      `${PAID_ON} <= ? and not ${IS_ENDED} and not ${IS_LOCKED} and not coalesce(${IS_USED_UP}, false) and (r.book_until is null or ${END} >= ?)`,
      [today, today],
    );
  }
  if (isArchived !== undefined) void query.whereRaw(`${isArchived ? '' : 'not '}${IS_ARCHIVED}`);
  if (endsBetween !== undefined)
    void query
      .whereBetween('r.book_until', [...endsBetween])
      .where('v.balance', '>', 0)
      .whereNull('v.cancelled_at');
  if (search !== undefined) {
    void query.where(
      (either) => void either.where('r.title', 'like', containing(search.title)).orWhereIn('v.id', [...search.ids]),
    );
  }
}
