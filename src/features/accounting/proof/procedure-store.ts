import type { Knex } from 'knex';
import { toSafeInteger } from '../../../platform/data/db.ts';

export interface ProcedureVersion {
  readonly id: string;
  /** JSON. */
  readonly content: string;
  readonly contentHash: string;
  readonly createdAt: number;
  readonly createdBy: string;
}

export async function insertProcedure(trx: Knex.Transaction, version: Omit<ProcedureVersion, 'id'>): Promise<string> {
  const [id] = await trx('procedure_versions').insert({
    content: version.content,
    content_hash: version.contentHash,
    created_at: version.createdAt,
    created_by: version.createdBy,
  });
  return String(id);
}

/** The newest first. */
export async function findProcedures(knex: Knex, beforeId: string | null, limit: number): Promise<ProcedureVersion[]> {
  const query = knex('procedure_versions').orderBy('id', 'desc').limit(limit);
  if (beforeId !== null) void query.where('id', '<', beforeId);
  return (await query.select<ProcedureRow[]>()).map(toVersion);
}

export async function findProcedure(knex: Knex, id: string): Promise<ProcedureVersion | null> {
  const row = await knex('procedure_versions').where({ id }).first<ProcedureRow | undefined>();
  return row === undefined ? null : toVersion(row);
}

interface ProcedureRow {
  readonly id: number | string;
  readonly content: string;
  readonly content_hash: string;
  readonly created_at: number | string;
  readonly created_by: string;
}

function toVersion(row: ProcedureRow): ProcedureVersion {
  return {
    id: String(row.id),
    content: row.content,
    contentHash: row.content_hash,
    createdAt: toSafeInteger(row.created_at),
    createdBy: row.created_by,
  };
}
