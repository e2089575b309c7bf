import type { Knex } from 'knex';
import type { VoucherType } from '../../../core/engine/voucher.ts';
import type { Order, Place } from './voucher-list-store.ts';
import { alongIndex, rangeSql, rulesSql, type PartSql, type Range } from './voucher-range-store.ts';

/** A step through an index: rows in order, whatever else they are, and where to go on; `next` null: that was the end. */
export interface Step {
  readonly places: readonly Place[];
  readonly next: Place | null;
}

interface Bounds {
  readonly order: Order;
  readonly after: Place | null;
  readonly limit: number;
}

/** Rules looked at in one step. */
const RULES_PER_STEP = 50;
/** Beyond every row of its rules, upwards. */
const BEYOND = '999999999999999999';

/** By number, all of them or those of a type, each along an index. */
export async function stepByNumber(
  knex: Knex,
  { order, after, limit }: Bounds,
  only: { readonly type?: VoucherType; readonly isArchived?: boolean },
): Promise<Step> {
  const from = only.type === undefined ? 'vouchers' : alongIndex(knex, 'vouchers_type_id_index');
  const query = knex
    .from(knex.raw(from))
    .orderBy('id', order.isDescending ? 'desc' : 'asc')
    .limit(limit);
  if (only.type !== undefined) void query.where('type', only.type);
  // All codes of a campaign at once: a million hidden ones would be page after page of nothing.
  if (only.isArchived === false)
    void query.where(
      (shown) =>
        void shown
          .whereNull('campaign_id')
          .orWhereNotIn('campaign_id', knex('campaigns').whereNotNull('archived_at').select('id')),
    );
  if (after !== null) void query.where('id', order.isDescending ? '<' : '>', after.id);
  return stepOf(
    (await query.select<IdRow[]>('id', 'rules_id')).map((row) => placeOf(row, null)),
    limit,
  );
}

/** By number, of a few rules: the first of each, merged. */
export async function stepByNumberOfRules(knex: Knex, bounds: Bounds, rulesIds: readonly string[]): Promise<Step> {
  return stepThrough(
    knex,
    bounds,
    rulesIds.map((id) => rulesSql(knex, id)),
  );
}

/** By number, of a few ranges. */
export async function stepByNumberOfRanges(knex: Knex, bounds: Bounds, ranges: readonly Range[]): Promise<Step> {
  return stepThrough(
    knex,
    bounds,
    ranges.map((range) => rangeSql(knex, range)),
  );
}

async function stepThrough(knex: Knex, { order, after, limit }: Bounds, parts: readonly PartSql[]): Promise<Step> {
  if (parts.length === 0) return { places: [], next: null };
  const [than, direction] = order.isDescending ? ['<', 'desc'] : ['>', 'asc'];
  const selects = parts.map(
    ({ sql }, index) =>
      `select * from (select id, rules_id from ${sql}${after === null ? '' : ` and id ${than} ?`} order by id ${direction} limit ?) part_${index}`,
  );
  const bindings = parts.flatMap((part) =>
    after === null ? [...part.bindings, limit] : [...part.bindings, after.id, limit],
  );
  const rows = await rowsOf(
    knex,
    `select * from (${selects.join(' union all ')}) parts order by id ${direction} limit ?`,
    [...bindings, limit],
  );
  return stepOf(
    rows.map((row) => placeOf(row, null)),
    limit,
  );
}

/** By balance; those that store none come last. */
export async function stepByBalance(knex: Knex, { order, after, limit }: Bounds): Promise<Step> {
  const [than, direction] = order.isDescending ? ['<', 'desc'] : ['>', 'asc'];
  const hasBalance = after === null || after.value !== null;
  const query = knex('vouchers').limit(limit);
  if (hasBalance) {
    void query.whereNotNull('balance').orderBy([
      { column: 'balance', order: direction },
      { column: 'id', order: direction },
    ]);
    if (after !== null)
      void query.whereRaw(`balance ${than}= ? and (balance ${than} ? or id ${than} ?)`, [
        after.value,
        after.value,
        after.id,
      ]);
  } else {
    void query.whereNull('balance').orderBy('id', direction).where('id', than, after.id);
  }
  const rows = await query.select<(IdRow & { balance: number | string | null })[]>('id', 'rules_id', 'balance');
  const places = rows.map((row) => placeOf(row, row.balance === null ? null : Number(row.balance)));
  if (!hasBalance || places.length === limit) return stepOf(places, limit);
  return { places, next: { value: null, rulesId: '0', id: order.isDescending ? BEYOND : '0' } };
}

/** By title or day of the end: along the rules, and within each by number. */
export async function stepByRules(knex: Knex, bounds: Bounds, only: RulesOnly): Promise<Step> {
  const { order, after, limit } = bounds;
  const rules = await nextRules(knex, bounds, only);
  const isEnd = rules.length < RULES_PER_STEP;
  const last = rules.at(-1);
  // The days are done; the rules without one come now.
  const beginning =
    order.sort === 'bookUntil' && (after === null || after.value !== null)
      ? { value: null, rulesId: order.isDescending ? BEYOND : '0', id: order.isDescending ? BEYOND : '0' }
      : null;
  if (last === undefined) return { places: [], next: beginning };
  const [than, direction] = order.isDescending ? ['<', 'desc'] : ['>', 'asc'];
  const parts = rules.map(({ id }, index) => {
    const isStarted = after !== null && id === after.rulesId;
    const range = only.ranges?.find(({ rulesId }) => rulesId === id);
    const of = range === undefined ? rulesSql(knex, id) : rangeSql(knex, range);
    return {
      sql: `select * from (select id, rules_id, ${index} as turn from ${of.sql}${isStarted ? ` and id ${than} ?` : ''} order by id ${direction} limit ?) part_${index}`,
      bindings: isStarted ? [...of.bindings, after.id, limit] : [...of.bindings, limit],
    };
  });
  const rows = await rowsOf(
    knex,
    `select * from (${parts.map(({ sql }) => sql).join(' union all ')}) parts order by turn, id ${direction} limit ?`,
    [...parts.flatMap(({ bindings }) => bindings), limit],
  );
  const valueOf = new Map(rules.map(({ id, value }) => [id, value]));
  const places = rows.map((row) => placeOf(row, valueOf.get(String(row.rules_id)) ?? null));
  if (places.length === limit) return stepOf(places, limit);
  if (isEnd) return { places, next: beginning };
  return { places, next: { value: last.value, rulesId: last.id, id: order.isDescending ? '0' : BEYOND } };
}

interface RulesOnly {
  readonly type?: VoucherType;
  readonly isArchived?: boolean;
  readonly rulesIds: readonly string[] | null;
  /** Where given, rules of campaigns that are not among them are left out. */
  readonly ranges: readonly Range[] | null;
}

async function nextRules(
  knex: Knex,
  { order, after }: Bounds,
  { type, isArchived, rulesIds, ranges }: RulesOnly,
): Promise<{ readonly id: string; readonly value: string | null }[]> {
  const column = order.sort === 'title' ? 'title' : 'book_until';
  const [than, direction] = order.isDescending ? ['<', 'desc'] : ['>', 'asc'];
  const query = knex('voucher_rules').limit(RULES_PER_STEP);
  if (type !== undefined) void query.where({ type });
  if (isArchived === false)
    void query.whereNotIn('id', knex('campaigns').whereNotNull('archived_at').select('rules_id'));
  if (rulesIds !== null) void query.whereIn('id', [...rulesIds]);
  if (ranges !== null) {
    const kept = ranges.flatMap(({ rulesId }) => (rulesId === null ? [] : [rulesId]));
    void query.where((either) => {
      void either.whereIn('id', kept);
      if (ranges.some(({ campaignId }) => campaignId === null))
        void either.orWhereNotExists(
          knex('campaigns').whereRaw('campaigns.rules_id = voucher_rules.id').select('campaigns.id'),
        );
    });
  }
  if (after !== null && after.value === null) {
    void query.whereNull(column).where('id', `${than}=`, after.rulesId).orderBy('id', direction);
  } else {
    void query.whereNotNull(column).orderBy([
      { column, order: direction },
      { column: 'id', order: direction },
    ]);
    if (after !== null)
      void query.whereRaw(`${column} ${than}= ? and (${column} ${than} ? or id ${than}= ?)`, [
        after.value,
        after.value,
        after.rulesId,
      ]);
  }
  const rows = await query.select<{ id: number | string; value: string | null }[]>('id', `${column} as value`);
  return rows.map(({ id, value }) => ({ id: String(id), value }));
}

interface IdRow {
  readonly id: number | string;
  readonly rules_id: number | string;
}

function placeOf(row: IdRow, value: Place['value']): Place {
  return { value, rulesId: String(row.rules_id), id: String(row.id) };
}

function stepOf(places: readonly Place[], limit: number): Step {
  return { places, next: places.length < limit ? null : (places.at(-1) ?? null) };
}

/** The rows of a raw statement on either database. */
async function rowsOf(knex: Knex, sql: string, bindings: readonly (string | number)[]): Promise<IdRow[]> {
  const answer: unknown = await knex.raw(sql, [...bindings]);
  const isMysqlAnswer = Array.isArray(answer) && Array.isArray(answer[0]);
  return (isMysqlAnswer ? answer[0] : answer) as IdRow[];
}
