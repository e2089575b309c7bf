import type { Knex } from 'knex';
import { toSafeInteger } from '../../../platform/data/db.ts';
import { retireCodes } from '../../../platform/data/retired-codes.ts';
import { deleteCodes } from '../../vouchers/rows/code-row.ts';

export type RemovalRule = 'unissued_codes' | 'issued_codes' | 'withdrawn';

/** What a voucher's row must not be deleted under; a test holds it against the references of the schema. */
export const HANGS_ON_A_VOUCHER: readonly (readonly [string, string])[] = [
  ['ledger_entries', 'voucher_id'],
  ['redemption_lines', 'voucher_id'],
  ['hold_lines', 'voucher_id'],
  ['voucher_recipients', 'voucher_id'],
  ['voucher_links', 'from_id'],
  ['voucher_links', 'to_id'],
  ['refunds', 'voucher_id'],
  ['order_vouchers', 'voucher_id'],
  ['voucher_pins', 'voucher_id'],
  ['till_entries', 'voucher_id'],
  ['partner_invoices', 'voucher_id'],
  ['partner_statement_lines', 'voucher_id'],
  ['partner_clearings', 'voucher_id'],
  ['approvals', 'voucher_id'],
  ['derecognition_items', 'voucher_id'],
  ['voucher_disputes', 'voucher_id'],
  ['deal_sales', 'voucher_id'],
  ['receipts', 'voucher_id'],
];

/** Locked by code, as a booking locks them; what is read afterwards is what stays true. */
export async function lockCodesForRemoval(trx: Knex.Transaction, ids: readonly string[]): Promise<void> {
  const codes = await trx('vouchers')
    .whereIn('id', [...ids])
    .pluck<string[]>('normalised_code');
  await trx('vouchers').whereIn('normalised_code', codes).orderBy('normalised_code').forUpdate().select('id');
}

/** Of these codes those on which nothing hangs: no use, no money, no hold, no recipient, no successor. */
export async function findUnused(knex: Knex, campaignId: string, ids: readonly string[]): Promise<string[]> {
  return idsOf(unusedQuery(knex, campaignId, ids));
}

/** Stricter, for what goes by itself: made in a run, never paid, locked, extended or linked, and nothing in the log or the outbox names it. */
export async function findUntouched(knex: Knex, campaignId: string, ids: readonly string[]): Promise<string[]> {
  const still = await idsOf(
    unusedQuery(knex, campaignId, ids)
      .where({ is_deactivated: false, carried_uses: 0 })
      .whereNotNull('generation_id')
      .whereNull('paid_on')
      .whereNull('original_value')
      .whereNull('balance')
      .whereNull('extended_until')
      .whereNull('cancelled_at')
      .whereNull('refunded_at')
      .whereNull('derecognised_at')
      .whereNull('acknowledged_on')
      .whereNull('booking_ref')
      .whereNull('invoice_ref')
      .whereNull('note'),
  );
  if (still.length === 0) return [];
  const named = new Set([
    ...(await knex('audit_log').where({ entity: 'voucher' }).whereIn('entity_id', still).pluck<string[]>('entity_id')),
    ...(await knex('mails').where({ entity: 'voucher' }).whereIn('entity_id', still).pluck<string[]>('entity_id')),
  ]);
  return still.filter((id) => !named.has(id));
}

export interface Removal {
  readonly campaignId: string;
  readonly rule: RemovalRule;
  /** The last day the codes were good for; null: their campaign is not over. */
  readonly endedOn: string | null;
  readonly removedOn: string;
  readonly actor: string;
}

/** The codes go, their keys stay, and the campaign keeps the count. */
export async function removeCodes(
  trx: Knex.Transaction,
  ids: readonly string[],
  { campaignId, rule, endedOn, removedOn, actor }: Removal,
): Promise<number> {
  if (ids.length === 0) return 0;
  await retireCodes(
    trx,
    await trx('vouchers')
      .whereIn('id', [...ids])
      .pluck<string[]>('normalised_code'),
    endedOn,
  );
  const gone = await deleteCodes(trx, ids);
  await trx('campaigns').where({ id: campaignId }).decrement('code_count', gone);
  if (rule !== 'withdrawn') await trx('campaigns').where({ id: campaignId }).increment('removed_codes', gone);
  await trx('code_removals')
    .insert({ campaign_id: campaignId, rule, removed_on: removedOn, codes: gone, actor })
    .onConflict(['campaign_id', 'removed_on', 'rule', 'actor'])
    .merge({ codes: trx.raw('?? + ?', ['code_removals.codes', gone]) });
  return gone;
}

export async function listRemovals(
  knex: Knex,
  campaignId: string,
  limit: number,
): Promise<{ readonly rule: RemovalRule; readonly removedOn: string; readonly codes: number }[]> {
  const rows = await knex('code_removals')
    .where({ campaign_id: campaignId })
    .groupBy('rule', 'removed_on')
    .orderBy([{ column: 'removed_on', order: 'desc' }, { column: 'rule' }])
    .limit(limit)
    .select<{ rule: RemovalRule; removed_on: string; codes: unknown }[]>(
      'rule',
      'removed_on',
      knex.raw('sum(codes) as codes'),
    );
  return rows.map(({ rule, removed_on, codes }) => ({ rule, removedOn: removed_on, codes: toSafeInteger(codes) }));
}

export interface TidyCampaign {
  readonly id: string;
  readonly title: string;
  readonly bookUntil: string;
  readonly rule: Exclude<RemovalRule, 'withdrawn'>;
}

/**
 * Archived campaigns of discounts and deals that are over and whose codes were not gone through for a while. Deals that
 * left the house stay: somebody may have bought them from the partner.
 */
export async function findCampaignsToTidy(
  knex: Knex,
  when: { readonly archivedBefore: number; readonly tidiedBefore: number; readonly today: string },
  afterId: string,
  limit: number,
): Promise<TidyCampaign[]> {
  const rows = await tidyQuery(knex, when)
    .where('c.id', '>', afterId)
    .orderBy('c.id')
    .limit(limit)
    .select<TidyRow[]>(TIDY_COLUMNS);
  return rows.map(toTidyCampaign);
}

/** The same campaign locked and asked again; null: it was changed, prolonged or taken out of the archive meanwhile. */
export async function lockCampaignToTidy(
  trx: Knex.Transaction,
  id: string,
  when: { readonly archivedBefore: number; readonly tidiedBefore: number; readonly today: string },
): Promise<TidyCampaign | null> {
  await trx('campaigns').where({ id }).forUpdate().select('id');
  const row = await tidyQuery(trx, when).where('c.id', id).first<TidyRow | undefined>(TIDY_COLUMNS);
  return row === undefined ? null : toTidyCampaign(row);
}

/** The next codes of a campaign by id. */
export async function findCodeIdsAfter(
  knex: Knex,
  campaignId: string,
  afterId: string,
  limit: number,
): Promise<string[]> {
  return idsOf(
    knex('vouchers').where({ campaign_id: campaignId }).where('id', '>', afterId).orderBy('id').limit(limit),
  );
}

export async function setTidied(trx: Knex.Transaction, campaignId: string, now: number): Promise<void> {
  await trx('campaigns').where({ id: campaignId }).update({ tidied_at: now });
}

/** The first time codes leave the house. */
export async function setHandedOut(trx: Knex.Transaction, campaignIds: readonly string[], now: number): Promise<void> {
  await trx('campaigns')
    .whereIn('id', [...campaignIds])
    .whereNull('handed_out_at')
    .update({ handed_out_at: now });
}

const TIDY_COLUMNS = ['c.id', 'c.handed_out_at', 'r.title', 'r.book_until'];

function tidyQuery(
  knex: Knex,
  {
    archivedBefore,
    tidiedBefore,
    today,
  }: { readonly archivedBefore: number; readonly tidiedBefore: number; readonly today: string },
): Knex.QueryBuilder {
  return knex('campaigns as c')
    .join('voucher_rules as r', 'r.id', 'c.rules_id')
    .where('c.archived_at', '<', archivedBefore)
    .where('c.code_count', '>', 0)
    .where((due) => void due.whereNull('c.tidied_at').orWhere('c.tidied_at', '<', tidiedBefore))
    .where('r.book_until', '<', today)
    .where(
      (kind) =>
        void kind
          .where('r.type', 'discount')
          .orWhere((deal) => void deal.where('r.type', 'deal').whereNull('c.handed_out_at')),
    );
}

interface TidyRow {
  readonly id: number | string;
  readonly handed_out_at: number | string | null;
  readonly title: string;
  readonly book_until: string;
}

function toTidyCampaign({ id, handed_out_at, title, book_until }: TidyRow): TidyCampaign {
  return {
    id: String(id),
    title,
    bookUntil: book_until,
    rule: handed_out_at === null ? 'unissued_codes' : 'issued_codes',
  };
}

function unusedQuery(knex: Knex, campaignId: string, ids: readonly string[]): Knex.QueryBuilder {
  const unused = knex('vouchers')
    .whereIn('id', [...ids])
    .where({ campaign_id: campaignId, uses: 0, ledger_count: 0 })
    .whereNull('replaced_by_id');
  for (const [table, column] of HANGS_ON_A_VOUCHER) {
    void unused.whereNotExists(
      (query) => void query.select(knex.raw('1')).from(table).whereRaw('??.?? = vouchers.id', [table, column]),
    );
  }
  return unused;
}

async function idsOf(query: Knex.QueryBuilder): Promise<string[]> {
  return (await query.pluck<(number | string)[]>('id')).map(String);
}
