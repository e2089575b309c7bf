import type { Knex } from 'knex';
import { isMysqlConnection } from '../../../platform/data/db.ts';
import { namedRuleFilters } from './voucher-filter-fields.ts';
import { containing, narrowRules, type RowConditions } from './voucher-list-store.ts';

/** A part of all vouchers that one index holds in the order of their numbers: the codes of a campaign, or those of none. */
export interface Range {
  readonly campaignId: string | null;
  readonly rulesId: string | null;
  /** Only those that were ever used, locked or ended. */
  readonly isTouchedOnly: boolean;
}

/**
 * The parts in which rows that meet the conditions can lie; null: more than `limit`, or the conditions leave everything.
 * Most of millions of codes are told by their campaign: one that is paid has none unpaid, and what says that a code is
 * redeemed or cancelled says that it was touched.
 */
export async function findRanges(
  knex: Knex,
  conditions: RowConditions,
  today: string,
  limit: number,
): Promise<Range[] | null> {
  if (!isSelective(conditions)) return null;
  const { campaign, type, search } = conditions;
  const query = knex('campaigns as c').join('voucher_rules as r', 'r.id', 'c.rules_id').orderBy('c.id').limit(limit);
  if (conditions.isArchived === true) void query.whereNotNull('c.archived_at');
  if (conditions.isArchived === false) void query.whereNull('c.archived_at');
  if (campaign !== undefined) void query.where('c.id', campaign);
  if (type !== undefined) void query.where('r.type', type);
  narrowRules(query, conditions);
  if (search !== undefined) void query.where('r.title', 'like', containing(search.title));
  const rows = await query.select<CampaignRow[]>(
    'c.id',
    'c.paid_on',
    'c.is_active',
    'r.id as rules_id',
    'r.type',
    'r.book_until',
  );
  if (rows.length === limit) return null;
  const ranges = rows.flatMap((row) => rangeOf(row, conditions, today));
  return campaign === undefined
    ? [{ campaignId: null, rulesId: null, isTouchedOnly: isTouched(conditions) }, ...ranges]
    : ranges;
}

export interface PartSql {
  /** `vouchers where …` */
  readonly sql: string;
  readonly bindings: readonly string[];
}

/** The rows of a range, along its index. */
export function rangeSql(knex: Knex, { campaignId, isTouchedOnly }: Range): PartSql {
  const from = alongIndex(knex, isTouchedOnly ? 'vouchers_touched' : 'vouchers_campaign_id_id_index');
  const touched = isTouchedOnly ? ` and ${isMysqlConnection(knex) ? 'is_touched' : IS_TOUCHED} = 1` : '';
  return campaignId === null
    ? { sql: `${from} where campaign_id is null${touched}`, bindings: [] }
    : { sql: `${from} where campaign_id = ?${touched}`, bindings: [campaignId] };
}

/** The rows of some rules, along their index. */
export function rulesSql(knex: Knex, rulesId: string): PartSql {
  return { sql: `${alongIndex(knex, 'vouchers_rules_id_index')} where rules_id = ?`, bindings: [rulesId] };
}

/** MariaDB takes the primary key for `order by id limit n` and walks past millions; SQLite takes the right one by itself. */
export function alongIndex(knex: Knex, index: string): string {
  return isMysqlConnection(knex) ? `vouchers force index (${index})` : 'vouchers';
}

/** On SQLite the words of the index, to the letter. */
const IS_TOUCHED = `(case when uses > 0 or is_deactivated or cancelled_at is not null or refunded_at is not null
  or derecognised_at is not null or replaced_by_id is not null then 1 else 0 end)`;

interface CampaignRow {
  readonly id: number | string;
  readonly rules_id: number | string;
  readonly paid_on: string | null;
  readonly is_active: number | boolean;
  readonly type: string;
  readonly book_until: string | null;
}

function isSelective(conditions: RowConditions): boolean {
  const { campaign, status, isPaid, redeemed, isActive, isArchived, search } = conditions;
  if (isArchived === true) return true;
  const named = campaign !== undefined || search !== undefined || namedRuleFilters(conditions).length > 0;
  return (
    named ||
    (status !== undefined && status !== 'active') ||
    isPaid === false ||
    (redeemed !== undefined && redeemed !== 'no') ||
    isActive === false
  );
}

const TOUCHED_STATUSES = ['partly_redeemed', 'cancelled', 'refunded', 'replaced', 'derecognised', 'deactivated'];

/** Whether the conditions hold only for what was touched, wherever it lies. */
function isTouched({ status, redeemed }: RowConditions): boolean {
  return (status !== undefined && TOUCHED_STATUSES.includes(status)) || redeemed === 'partly' || redeemed === 'full';
}

function rangeOf(row: CampaignRow, conditions: RowConditions, today: string): Range[] {
  const { status, isPaid, isActive } = conditions;
  const range = (isTouchedOnly: boolean): Range[] => [
    { campaignId: String(row.id), rulesId: String(row.rules_id), isTouchedOnly },
  ];
  const isStored = row.type === 'purchase' || row.type === 'settlement';
  const isExpired = row.book_until !== null && row.book_until < today;
  // Stored value is paid code by code as well, and may be used up without a redemption.
  if (isStored) return range(isTouched(conditions) && (status !== 'deactivated' || Boolean(row.is_active)));
  const isCampaignPaid = row.paid_on !== null && row.paid_on <= today;
  if ((isPaid === false || status === 'unpaid') && isCampaignPaid) return [];
  if (status === 'expired' && !isExpired) return [];
  if (status === 'deactivated') return range(Boolean(row.is_active));
  return range(isTouched(conditions) || status === 'redeemed' || (isActive === false && !isExpired));
}
