import type { Knex } from 'knex';
import type { VoucherType } from '../../../core/engine/voucher.ts';
import type { AuditCell } from './audit-data-store.ts';

const BEFORE_ACCOUNTS = [
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
];
const AFTER_ACCOUNTS = [
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
  's.name',
];

/** An entry as it stands in the file, but for its accounts, and what those depend on. */
export interface AuditEntry {
  readonly id: string;
  readonly before: readonly AuditCell[];
  readonly after: readonly AuditCell[];
  readonly postedOn: string;
  readonly debitRole: string;
  readonly creditRole: string;
  /** null: it is on no voucher. */
  readonly type: VoucherType | null;
  readonly brand: string | null;
  readonly partnerDetails: string | null;
  readonly runId: string | null;
}

export async function readAuditEntries(
  knex: Knex,
  afterId: string,
  { from, to }: { readonly from: string; readonly to: string },
  limit: number,
): Promise<AuditEntry[]> {
  const rows = await entriesWithPartners(knex)
    .whereBetween('e.posted_on', [from, to])
    .where('e.id', '>', afterId)
    .orderBy('e.id')
    .limit(limit)
    .select<Record<string, AuditCell>[]>(
      ...BEFORE_ACCOUNTS,
      ...AFTER_ACCOUNTS,
      'v.type',
      knex.raw('coalesce(r.brand_id, s.brand_id) as brand_id'),
      'p.details as partner_details',
    );
  return rows.map(toEntry);
}

function entriesWithPartners(knex: Knex): Knex.QueryBuilder {
  return knex('ledger_entries as e')
    .leftJoin('journal_numbers as j', 'j.entry_id', 'e.id')
    .leftJoin('export_entries as x', 'x.entry_id', 'e.id')
    .leftJoin('vouchers as v', 'v.id', 'e.voucher_id')
    .leftJoin('voucher_rules as r', 'r.id', 'v.rules_id')
    .leftJoin('ledger_subjects as s', 's.id', 'e.chain_id')
    .leftJoin(
      'redemption_lines as l',
      (on) => void on.on('l.redemption_id', 'e.redemption_id').andOn('l.voucher_id', 'e.voucher_id'),
    )
    .leftJoin('deal_sales as ds', 'ds.voucher_id', 'e.voucher_id')
    .leftJoin(
      'catalogue_entries as p',
      (on) => void on.on('p.id', knex.raw('coalesce(l.deal_partner_id, ds.partner_id)')).andOnVal('p.kind', 'partner'),
    );
}

function toEntry(row: Record<string, AuditCell>): AuditEntry {
  const cells = (columns: readonly string[]): AuditCell[] =>
    columns.map((column) => row[column.slice(column.indexOf('.') + 1)] ?? null);
  const text = (name: string): string | null =>
    row[name] === null || row[name] === undefined ? null : String(row[name]);
  return {
    id: String(row['id']),
    before: cells(BEFORE_ACCOUNTS),
    after: cells(AFTER_ACCOUNTS),
    postedOn: String(row['posted_on']),
    debitRole: String(row['debit_role']),
    creditRole: String(row['credit_role']),
    type: text('type') as VoucherType | null,
    brand: text('brand_id'),
    partnerDetails: text('partner_details'),
    runId: text('run_id'),
  };
}
