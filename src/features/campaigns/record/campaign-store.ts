import type { Knex } from 'knex';
import type { VoucherType } from '../../../core/engine/voucher.ts';
import { toSafeInteger } from '../../../platform/data/db.ts';
import { isId } from '../../../platform/data/id.ts';

export interface CampaignRecord {
  readonly id: string;
  readonly rulesId: string;
  readonly paidOn: string | null;
  readonly isActive: boolean;
  readonly budget: number | null;
  readonly budgetUsed: number;
  readonly codeCount: number;
  /** What the tidying took of its codes. */
  readonly removedCodes: number;
  readonly archivedAt: number | null;
  readonly handedOutAt: number | null;
  readonly version: number;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface CampaignFields {
  readonly rulesId: string;
  readonly paidOn: string | null;
  readonly isActive: boolean;
  readonly budget: number | null;
}

export async function insertCampaign(trx: Knex.Transaction, fields: CampaignFields, now: number): Promise<string> {
  const [id] = await trx('campaigns').insert({
    rules_id: fields.rulesId,
    paid_on: fields.paidOn,
    is_active: fields.isActive,
    budget: fields.budget,
    created_at: now,
    updated_at: now,
  });
  return String(id);
}

export async function updateCampaign(
  trx: Knex.Transaction,
  id: string,
  fields: Omit<CampaignFields, 'rulesId'> & { readonly budgetUsed: number },
  now: number,
): Promise<void> {
  await trx('campaigns')
    .where({ id })
    .update({
      paid_on: fields.paidOn,
      is_active: fields.isActive,
      budget: fields.budget,
      budget_used: fields.budgetUsed,
      // Whoever works on it wants to see it.
      archived_at: null,
      version: trx.raw('version + 1'),
      updated_at: now,
    });
}

export async function findCampaign(
  knex: Knex,
  id: string,
  lock: 'locked' | 'unlocked' = 'unlocked',
): Promise<CampaignRecord | null> {
  const query = knex('campaigns').where({ id });
  if (lock === 'locked') void query.forUpdate();
  const row = await query.first<CampaignRow | undefined>();
  return row === undefined ? null : toRecord(row);
}

/** Of at most 500 ids those that exist, by id: the order in which campaigns are locked. */
export async function findCampaigns(
  knex: Knex,
  ids: readonly string[],
  lock: 'locked' | 'unlocked',
): Promise<CampaignRecord[]> {
  const query = knex('campaigns')
    .whereIn('id', [...ids])
    .orderBy('id');
  if (lock === 'locked') void query.forUpdate();
  return (await query.select<CampaignRow[]>()).map(toRecord);
}

export async function findCampaignTitles(
  knex: Knex,
  afterId: string,
  limit: number,
): Promise<{ id: string; title: string }[]> {
  const rows = await knex('campaigns as c')
    .join('voucher_rules as r', 'r.id', 'c.rules_id')
    .where('c.id', '>', afterId)
    .orderBy('c.id')
    .limit(limit)
    .select<{ id: number | string; title: string }[]>('c.id', 'r.title');
  return rows.map(({ id, title }) => ({ id: String(id), title }));
}

export interface CampaignName {
  readonly id: string;
  readonly title: string;
}

/** By a part of the title, or by number; the newest first, but the number first of all. */
export async function findCampaignsLike(knex: Knex, q: string, limit: number): Promise<CampaignName[]> {
  const named = () =>
    knex('campaigns as c')
      .join('voucher_rules as r', 'r.id', 'c.rules_id')
      .limit(limit)
      .select<{ id: number | string; title: string }[]>('c.id', 'r.title');
  const numbered = isId(q) ? await named().where('c.id', q) : [];
  const titled = await named()
    .where('r.title', 'like', `%${q.replaceAll(/[%_\\]/g, ' ')}%`)
    .orderBy('c.id', 'desc');
  const found = [...numbered, ...titled.filter(({ id }) => id !== numbered[0]?.id)];
  return found.slice(0, limit).map(({ id, title }) => ({ id: String(id), title }));
}

export interface CampaignFilter {
  readonly q?: string;
  readonly type?: string;
  readonly active?: boolean;
  /** Left out: both. */
  readonly archived?: boolean;
  readonly beforeId: string | null;
  readonly limit: number;
}

/** The newest campaigns as a list to choose from offers them. */
export async function findNewestCampaigns(knex: Knex, limit: number): Promise<OfferedCampaign[]> {
  const rows = await knex('campaigns as c')
    .join('voucher_rules as r', 'r.id', 'c.rules_id')
    .orderBy('c.id', 'desc')
    .limit(limit)
    .select<(Omit<OfferedCampaign, 'id'> & { id: number | string })[]>('c.id', 'r.title', 'r.type');
  return rows.map(({ id, title, type }) => ({ id: String(id), title, type }));
}

export interface OfferedCampaign {
  readonly id: string;
  readonly title: string;
  readonly type: VoucherType;
}

export async function listCampaigns(
  knex: Knex,
  { q = '', type, active, archived, beforeId, limit }: CampaignFilter,
): Promise<CampaignRecord[]> {
  const query = knex('campaigns').orderBy('campaigns.id', 'desc').limit(limit);
  if (beforeId !== null) void query.where('campaigns.id', '<', beforeId);
  if (active !== undefined) void query.where('campaigns.is_active', active);
  if (archived === true) void query.whereNotNull('campaigns.archived_at');
  if (archived === false) void query.whereNull('campaigns.archived_at');
  if (q !== '' || type !== undefined) {
    void query.join('voucher_rules as r', 'r.id', 'campaigns.rules_id');
    if (q !== '') void query.where('r.title', 'like', `%${q.replaceAll(/[%_\\]/g, ' ')}%`);
    if (type !== undefined) void query.where('r.type', type);
  }
  return (await query.select<CampaignRow[]>('campaigns.*')).map(toRecord);
}

/** Campaigns that have used at least so many hundredths of their budget, the fullest first. */
export async function findNearBudget(knex: Knex, percent: number, limit: number): Promise<CampaignRecord[]> {
  const rows = await knex('campaigns')
    .whereNotNull('budget')
    .where({ is_active: true })
    .whereRaw('budget_used * 100 >= budget * ?', [percent])
    .orderByRaw('budget_used * 1.0 / budget desc, id')
    .limit(limit)
    .select<CampaignRow[]>('campaigns.*');
  return rows.map(toRecord);
}

export async function addToCodeCount(trx: Knex.Transaction, id: string, change: number): Promise<void> {
  await trx('campaigns')
    .where({ id })
    .update({ code_count: trx.raw('code_count + ?', [change]), archived_at: null });
}

/** What the campaign's codes were redeemed for and not given back: the used budget of one that gets its first budget. */
export async function sumRedeemed(trx: Knex.Transaction, id: string): Promise<number> {
  const row = await trx('redemption_lines')
    .where({ campaign_id: id })
    .first<{ sum: unknown } | undefined>(trx.raw('coalesce(sum(applied - reversed), 0) as sum'));
  return toSafeInteger(row?.sum);
}

interface CampaignRow {
  readonly id: number | string;
  readonly rules_id: number | string;
  readonly paid_on: string | null;
  readonly is_active: number | boolean;
  readonly budget: number | string | null;
  readonly budget_used: number | string;
  readonly code_count: number;
  readonly removed_codes: number;
  readonly archived_at: number | string | null;
  readonly handed_out_at: number | string | null;
  readonly version: number;
  readonly created_at: number | string;
  readonly updated_at: number | string;
}

function toRecord(row: CampaignRow): CampaignRecord {
  return {
    id: String(row.id),
    rulesId: String(row.rules_id),
    paidOn: row.paid_on,
    isActive: Boolean(row.is_active),
    budget: row.budget === null ? null : toSafeInteger(row.budget),
    budgetUsed: toSafeInteger(row.budget_used),
    codeCount: row.code_count,
    removedCodes: row.removed_codes,
    archivedAt: row.archived_at === null ? null : Number(row.archived_at),
    handedOutAt: row.handed_out_at === null ? null : Number(row.handed_out_at),
    version: row.version,
    createdAt: Number(row.created_at),
    updatedAt: Number(row.updated_at),
  };
}

export async function archiveCampaigns(trx: Knex.Transaction, ids: readonly string[], now: number): Promise<number> {
  return trx('campaigns').whereIn('id', ids).whereNull('archived_at').update({ archived_at: now });
}

/** Back into the lists; the grace begins anew. False: it was not in the archive. */
export async function restoreCampaign(trx: Knex.Transaction, id: string, now: number): Promise<boolean> {
  const restored = await trx('campaigns')
    .where({ id })
    .whereNotNull('archived_at')
    .update({ archived_at: null, updated_at: now });
  return restored === 1;
}
