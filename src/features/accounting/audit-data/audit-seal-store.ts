import type { AuditSource } from './audit-data-store.ts';

const TOUCHED = `select 1 from ledger_entries e where e.id >= s.from_id and e.id <= s.to_id and e.posted_on between ? and ?`;

/** The seals that touch the days, and every leaf below them, so that each root can be built again. */
export const SEAL_SOURCES: readonly AuditSource[] = [
  {
    table: 'siegel',
    async rows(knex, after, _span, limit) {
      const rows = await knex('ledger_seals')
        .where('id', '>', after)
        .orderBy('id')
        .limit(limit)
        .select<Record<string, number | string>[]>();
      return rows.map((row) => ({
        key: String(row['id']),
        cells: ['id', 'from_id', 'to_id', 'entries', 'root', 'previous_hash', 'hash', 'sealed_at', 'sealed_by'].map(
          (name) => row[name] ?? null,
        ),
      }));
    },
  },
  {
    table: 'siegel_eintrag',
    async rows(knex, after, { from, to }, limit) {
      const rows = await knex('ledger_entries as l')
        .join('ledger_seals as s', (on) => void on.on('l.id', '>=', 's.from_id').andOn('l.id', '<=', 's.to_id'))
        .where('l.id', '>', after)
        .whereRaw(`exists (${TOUCHED})`, [from, to])
        .orderBy('l.id')
        .limit(limit)
        .select<{ id: number | string; seal_id: number | string; hash: string }[]>('l.id', 's.id as seal_id', 'l.hash');
      return rows.map((row) => ({ key: String(row.id), cells: [row.id, row.seal_id, row.hash] }));
    },
  },
];
