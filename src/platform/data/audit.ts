import { createHash, randomBytes } from 'node:crypto';
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
    entries.map((entry) => {
      const row = {
        recorded_at: entry.recordedAt,
        actor: entry.actor,
        action: entry.action,
        entity: entry.entity,
        entity_id: entry.entityId,
        changes: JSON.stringify(entry.changes ?? null),
      };
      return { ...row, proof: proofOf(row, randomBytes(NONCE_BYTES).toString('hex')) };
    }),
  );
}

const NONCE_BYTES = 12;

/**
 * A number used once and a SHA-256 over it and the entry: what was written by hand, changed or copied is told from what
 * the product wrote, though no entry waits for another one, as it would in a chain.
 */
function proofOf(row: Readonly<Record<string, unknown>>, nonce: string): string {
  const { recorded_at, actor, action, entity, entity_id, changes } = row;
  const text = JSON.stringify([nonce, String(recorded_at), actor, action, entity, entity_id, changes]);
  return nonce + createHash('sha256').update(text).digest('hex');
}

export function isProven(row: Readonly<Record<string, unknown>>): boolean {
  const { proof } = row;
  return typeof proof === 'string' && proof === proofOf(row, proof.slice(0, 2 * NONCE_BYTES));
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
