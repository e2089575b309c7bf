import type { Knex } from 'knex';

/** The value of one cell as it stands in a file. */
export type AuditCell = string | number | null;

export interface AuditSource {
  readonly table: string;
  /** The next rows after the key of the last one, in the order of the key. */
  rows(
    knex: Knex,
    afterKey: string,
    span: { readonly from: string; readonly to: string },
    limit: number,
  ): Promise<{ readonly key: string; readonly cells: readonly AuditCell[] }[]>;
}

const DAY_MS = 86_400_000;
const ENTRY_DAYS = 'select e.voucher_id from ledger_entries e where e.posted_on between ? and ?';

/** What an auditor takes along: each table is read by its key, so that it may be as long as it likes. */
export const AUDIT_SOURCES: readonly AuditSource[] = [
  {
    table: 'gutschein',
    rows: (knex, after, { from, to }, limit) =>
      read(
        knex('vouchers as v')
          .join('voucher_rules as r', 'r.id', 'v.rules_id')
          .whereRaw(`v.id in (${ENTRY_DAYS})`, [from, to])
          .where('v.id', '>', after)
          .orderBy('v.id')
          .limit(limit),
        'v.id',
        [
          'v.id',
          'v.number',
          'v.type',
          'r.title',
          'r.brand_id',
          'r.partner_id',
          'r.funding',
          'v.campaign_id',
          'r.currency',
          'v.original_value',
          'v.bonus_value',
          'v.balance',
          'v.bonus_balance',
          'v.paid_on',
          'r.book_from',
          'r.book_until',
          'v.created_at',
          'v.cancelled_at',
        ],
      ),
  },
  {
    table: 'einloesung',
    rows: (knex, after, { from, to }, limit) =>
      read(
        knex('redemption_lines as l')
          .join('redemptions as d', 'd.id', 'l.redemption_id')
          .whereRaw('d.id in (select e.redemption_id from ledger_entries e where e.posted_on between ? and ?)', [
            from,
            to,
          ])
          .where('l.id', '>', after)
          .orderBy('l.id')
          .limit(limit),
        'l.id',
        [
          'l.id',
          'l.redemption_id',
          'd.booking_number',
          'l.voucher_id',
          'l.kind',
          'l.applied',
          'l.reversed',
          'd.currency',
          'd.trip_price',
          'd.payable',
          'd.redeemed_at',
          'd.actor',
        ],
      ),
  },
  {
    table: 'aktion',
    rows: (knex, after, _span, limit) =>
      read(
        knex('campaigns as c')
          .join('voucher_rules as r', 'r.id', 'c.rules_id')
          .where('c.id', '>', after)
          .orderBy('c.id')
          .limit(limit),
        'c.id',
        [
          'c.id',
          'r.type',
          'r.title',
          'r.currency',
          'c.paid_on',
          'c.code_count',
          'c.budget',
          'c.budget_used',
          'c.created_at',
        ],
      ),
  },
  {
    table: 'aktion_version',
    rows: (knex, after, _span, limit) =>
      read(knex('audit_log').where({ entity: 'campaign' }).where('id', '>', after).orderBy('id').limit(limit), 'id', [
        'id',
        'entity_id',
        'recorded_at',
        'actor',
        'action',
        'changes',
      ]),
  },
  {
    table: 'partner',
    rows: (knex, after, _span, limit) =>
      read(
        knex('catalogue_entries')
          .where({ kind: 'partner' })
          .where('id', '>', after === '0' ? '' : after)
          .orderBy('id')
          .limit(limit),
        'id',
        ['id', 'name'],
      ),
  },
  {
    table: 'export_lauf',
    rows: (knex, after, _span, limit) =>
      read(knex('export_runs').where('id', '>', after).orderBy('id').limit(limit), 'id', [
        'id',
        'number',
        'setup_id',
        'from_month',
        'to_month',
        'state',
        'entries',
        'skipped',
        'created_at',
        'created_by',
        'undone_at',
        'undo_reason',
      ]),
  },
  {
    table: 'periode',
    rows: (knex, after, _span, limit) =>
      read(knex('closed_periods as p').where('p.month', '>', after).orderBy('p.month').limit(limit), 'p.month', [
        'p.month',
        'p.closed_at',
        'p.closed_by',
        'p.entries',
        'p.setup_id',
      ]),
  },
  {
    table: 'aenderungsprotokoll',
    rows: (knex, after, { from, to }, limit) =>
      read(
        knex('audit_log')
          .where('id', '>', after)
          .whereBetween('recorded_at', [Date.parse(from), Date.parse(to) + DAY_MS])
          .orderBy('id')
          .limit(limit),
        'id',
        ['id', 'recorded_at', 'actor', 'action', 'entity', 'entity_id', 'changes'],
      ),
  },
];

/** The columns in the order of the file; in it, `v.number` stands as `number`. */
async function read(
  query: Knex.QueryBuilder,
  key: string,
  columns: readonly string[],
): Promise<{ key: string; cells: AuditCell[] }[]> {
  const rows = await query.select<Record<string, AuditCell>[]>(`${key} as key`, ...columns);
  const names = columns.map((column) => column.slice(column.indexOf('.') + 1));
  return rows.map((row) => ({ key: String(row['key']), cells: names.map((name) => row[name] ?? null) }));
}
