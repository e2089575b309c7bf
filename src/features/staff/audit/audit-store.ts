import type { Knex } from 'knex';
import { parseJson } from '../../../platform/data/json.ts';

export interface AuditFilter {
  readonly actor: string | null;
  /** What was done to whatever it was, such as `pay`: the end of `voucher.pay`. */
  readonly action: string | null;
  readonly entity: string | null;
  readonly entityId: string | null;
  readonly from: number | null;
  readonly until: number | null;
}

export interface AuditRow {
  readonly id: string;
  readonly at: number;
  readonly actor: string;
  readonly action: string;
  readonly entity: string;
  readonly entityId: string;
  readonly changes: unknown;
}

/** What people call by one word. */
const SAME_VERBS: Readonly<Record<string, readonly string[] | undefined>> = {
  change: ['change', 'save', 'details', 'profile'],
};

/** The newest first. */
export async function listAudit(
  knex: Knex,
  filter: AuditFilter,
  beforeId: string | null,
  limit: number,
): Promise<AuditRow[]> {
  const query = knex('audit_log').orderBy('id', 'desc').limit(limit);
  if (filter.actor !== null) void query.where('actor', filter.actor);
  const { action } = filter;
  if (action !== null)
    void query.where((either) => {
      for (const verb of SAME_VERBS[action] ?? [action])
        void either.orWhere('action', 'like', `%.${verb.replaceAll(/[%_\\]/g, ' ')}`);
    });
  if (filter.entity !== null) void query.where('entity', filter.entity);
  if (filter.entityId !== null) void query.where('entity_id', filter.entityId);
  if (filter.from !== null) void query.where('recorded_at', '>=', filter.from);
  if (filter.until !== null) void query.where('recorded_at', '<', filter.until);
  if (beforeId !== null) void query.where('id', '<', beforeId);
  const rows = await query.select<Row[]>('id', 'recorded_at', 'actor', 'action', 'entity', 'entity_id', 'changes');
  return rows.map((row) => ({
    id: String(row.id),
    at: Number(row.recorded_at),
    actor: row.actor,
    action: row.action,
    entity: row.entity,
    entityId: row.entity_id,
    changes: row.changes === null ? null : parseJson<unknown>(row.changes),
  }));
}

interface Row {
  readonly id: number | string;
  readonly recorded_at: number | string;
  readonly actor: string;
  readonly action: string;
  readonly entity: string;
  readonly entity_id: string;
  readonly changes: string | null;
}
