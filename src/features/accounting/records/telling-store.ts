import type { Knex } from 'knex';
import { toSafeInteger } from '../../../platform/data/db.ts';

/** Ids of these audit entries, of which one tells of what is asked; those already sealed told of something before. */
export async function findTellings(
  knex: Knex,
  told: { readonly entity: string; readonly action: string | null; readonly ids: readonly string[] | null },
  afterId: number,
  limit: number,
): Promise<{ readonly id: string; readonly entityId: string }[]> {
  const query = knex('audit_log')
    .where({ entity: told.entity })
    .where('id', '>', afterId)
    .orderBy('id', 'desc')
    .limit(limit);
  if (told.action !== null) void query.where({ action: told.action });
  if (told.ids !== null) void query.whereIn('entity_id', [...told.ids]);
  const rows = await query.select<{ id: number | string; entity_id: string }[]>('id', 'entity_id');
  return rows.map((row) => ({ id: String(row.id), entityId: row.entity_id }));
}

/** Proofs of audit entries that stand there twice: one of them is a copy. */
export async function findDoubleProofs(knex: Knex, instants: readonly number[]): Promise<string[]> {
  if (instants.length === 0) return [];
  return knex('audit_log')
    .whereIn('recorded_at', [...new Set(instants)])
    .whereNotNull('proof')
    .groupBy('proof')
    .havingRaw('count(*) > 1')
    .pluck<string[]>('proof');
}

/** The highest audit entry that is sealed. */
export async function readLastSealedAudit(knex: Knex): Promise<number> {
  const row = await knex('audit_log as a')
    .whereExists(
      knex('sealed_records as s')
        .where('s.table_name', 'audit_log')
        .whereRaw('s.record_key = cast(a.id as char)')
        .select('s.seal_id'),
    )
    .orderBy('a.id', 'desc')
    .first<{ id: number | string } | undefined>('a.id');
  return toSafeInteger(row?.id);
}

/** Seals that the audit log tells of. */
export async function findToldSeals(knex: Knex): Promise<number[]> {
  const ids = await knex('audit_log').where({ action: 'accounting.seal_records' }).pluck<string[]>('entity_id');
  return ids.map((id) => Number(id.replace('records:', '')));
}
