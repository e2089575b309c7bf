import type { Knex } from 'knex';
import { parseJson } from './json.ts';

export interface AuditEntry {
  readonly recordedAt: number;
  /** `key:7`, `user:3`, `job:12` or `system`. */
  readonly actor: string;
  /** A verb such as `voucher.pay`. */
  readonly action: string;
  readonly entity: string;
  readonly entityId: string;
  /** Field name to old and new value, or what happened; never a full code. */
  readonly changes: unknown;
}

/** Written in the same transaction as what it tells of. */
export async function writeAudit(trx: Knex.Transaction, entries: readonly AuditEntry[]): Promise<void> {
  if (entries.length === 0) return;
  await auditInsert(trx, entries);
}

export function auditInsert(trx: Knex.Transaction, entries: readonly AuditEntry[]): Knex.QueryBuilder {
  return trx('audit_log').insert(
    entries.map((entry) => ({
      recorded_at: entry.recordedAt,
      actor: entry.actor,
      action: entry.action,
      entity: entry.entity,
      entity_id: entry.entityId,
      changes: JSON.stringify(entry.changes ?? null),
    })),
  );
}

export interface AuditRecord {
  readonly at: number;
  readonly actor: string;
  readonly action: string;
  readonly changes: unknown;
}

/** What was done to one record, newest first. */
export async function readAudit(knex: Knex, entity: string, entityId: string, limit: number): Promise<AuditRecord[]> {
  const rows = await knex('audit_log')
    .where({ entity, entity_id: entityId })
    .orderBy('id', 'desc')
    .limit(limit)
    .select<{ recorded_at: number | string; actor: string; action: string; changes: string | null }[]>(
      'recorded_at',
      'actor',
      'action',
      'changes',
    );
  return rows.map((row) => ({
    at: Number(row.recorded_at),
    actor: row.actor,
    action: row.action,
    changes: row.changes === null ? null : parseJson<unknown>(row.changes),
  }));
}
