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
          .limit(limit)
          .select(
            'v.id as key',
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
          ),
        [
          'id',
          'number',
          'type',
          'title',
          'brand_id',
          'partner_id',
          'funding',
          'campaign_id',
          'currency',
          'original_value',
          'bonus_value',
          'balance',
          'bonus_balance',
          'paid_on',
          'book_from',
          'book_until',
          'created_at',
          'cancelled_at',
        ],
      ),
  },
  {
    table: 'gutschein_journal',
    rows: (knex, after, { from, to }, limit) =>
      read(
        knex('ledger_entries as e')
          .leftJoin('journal_numbers as j', 'j.entry_id', 'e.id')
          .leftJoin('export_entries as x', 'x.entry_id', 'e.id')
          .whereBetween('e.posted_on', [from, to])
          .where('e.id', '>', after)
          .orderBy('e.id')
          .limit(limit)
          .select(
            'e.id as key',
            'e.id',
            'j.number',
            'e.posted_on',
            'e.event_on',
            'e.recorded_at',
            'e.event',
            'e.voucher_id',
            'e.position',
            'e.debit_role',
            'e.credit_role',
            'e.cents',
            'e.currency',
            'e.document_number',
            'e.booking_number',
            'e.redemption_id',
            'e.reversal_id',
            'e.reason',
            'e.actor',
            'x.run_id',
            'e.previous_hash',
            'e.hash',
          ),
        [
          'id',
          'number',
          'posted_on',
          'event_on',
          'recorded_at',
          'event',
          'voucher_id',
          'position',
          'debit_role',
          'credit_role',
          'cents',
          'currency',
          'document_number',
          'booking_number',
          'redemption_id',
          'reversal_id',
          'reason',
          'actor',
          'run_id',
          'previous_hash',
          'hash',
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
          .limit(limit)
          .select(
            'l.id as key',
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
          ),
        [
          'id',
          'redemption_id',
          'booking_number',
          'voucher_id',
          'kind',
          'applied',
          'reversed',
          'currency',
          'trip_price',
          'payable',
          'redeemed_at',
          'actor',
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
          .limit(limit)
          .select(
            'c.id as key',
            'c.id',
            'r.type',
            'r.title',
            'r.currency',
            'c.paid_on',
            'c.code_count',
            'c.budget',
            'c.budget_used',
            'c.created_at',
          ),
        ['id', 'type', 'title', 'currency', 'paid_on', 'code_count', 'budget', 'budget_used', 'created_at'],
      ),
  },
  {
    table: 'aktion_version',
    rows: (knex, after, _span, limit) =>
      read(
        knex('audit_log')
          .where({ entity: 'campaign' })
          .where('id', '>', after)
          .orderBy('id')
          .limit(limit)
          .select('id as key', 'id', 'entity_id', 'recorded_at', 'actor', 'action', 'changes'),
        ['id', 'entity_id', 'recorded_at', 'actor', 'action', 'changes'],
      ),
  },
  {
    table: 'partner',
    rows: (knex, after, _span, limit) =>
      read(
        knex('catalogue_entries')
          .where({ kind: 'partner' })
          .where('id', '>', after === '0' ? '' : after)
          .orderBy('id')
          .limit(limit)
          .select('id as key', 'id', 'name'),
        ['id', 'name'],
      ),
  },
  {
    table: 'export_lauf',
    rows: (knex, after, _span, limit) =>
      read(
        knex('export_runs')
          .where('id', '>', after)
          .orderBy('id')
          .limit(limit)
          .select(
            'id as key',
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
          ),
        [
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
        ],
      ),
  },
  {
    table: 'konten',
    rows: (knex, after, _span, limit) =>
      read(
        knex('accounting_setups')
          .where('id', '>', after)
          .orderBy('id')
          .limit(limit)
          .select('id as key', 'id', 'created_at', 'created_by', 'note', 'setup'),
        ['id', 'created_at', 'created_by', 'note', 'setup'],
      ),
  },
  {
    table: 'aenderungsprotokoll',
    rows: (knex, after, { from, to }, limit) =>
      read(
        knex('audit_log')
          .where('id', '>', after)
          .whereBetween('recorded_at', [Date.parse(from), Date.parse(to) + DAY_MS])
          .orderBy('id')
          .limit(limit)
          .select('id as key', 'id', 'recorded_at', 'actor', 'action', 'entity', 'entity_id', 'changes'),
        ['id', 'recorded_at', 'actor', 'action', 'entity', 'entity_id', 'changes'],
      ),
  },
];

async function read(
  query: Knex.QueryBuilder,
  columns: readonly string[],
): Promise<{ key: string; cells: AuditCell[] }[]> {
  const rows = (await query) as Record<string, AuditCell>[];
  return rows.map((row) => ({ key: String(row['key']), cells: columns.map((column) => row[column] ?? null) }));
}
