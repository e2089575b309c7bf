import type { Knex } from 'knex';
import type { DatevBooking, DatevEntry } from '../../../core/books/datev-booking.ts';
import type { EntryOwner, SubjectKind } from '../../../core/books/ledger-event.ts';
import type { VoucherType } from '../../../core/engine/voucher.ts';
import { toSafeInteger } from '../../../platform/data/db.ts';
import { parseJson } from '../../../platform/data/json.ts';

/** A ledger entry with what is judged of it; where the partner's account stands is known to the master data. */
export interface ExportRow extends Omit<DatevEntry, 'partnerAccount'> {
  /** What is known of the partner whose deal it is, as kept; null: none. */
  readonly partnerDetails: string | null;
}

/** An entry of a sealed run, with what was judged of it then. */
export interface SealedRow extends EntryOwner {
  readonly journalNumber: number;
  readonly event: string;
  readonly cents: number;
  readonly currency: string;
  readonly postedOn: string;
  readonly eventOn: string;
  readonly bookingNumber: string | null;
  readonly hash: string;
  readonly type: VoucherType | null;
  /** null: it is left out. */
  readonly booking: DatevBooking | null;
  readonly skipReason: string | null;
}

export interface DaySpan {
  readonly from: string;
  readonly to: string;
}

/** The next entries of these days that no run has yet, by day and id. */
export async function findOpenRows(
  knex: Knex,
  span: DaySpan,
  after: readonly [string, number],
  limit: number,
): Promise<ExportRow[]> {
  const rows = await rowQuery(knex)
    .leftJoin('export_entries as x', 'x.entry_id', 'e.id')
    .leftJoin('journal_numbers as j', 'j.entry_id', 'e.id')
    .whereNull('x.entry_id')
    .whereBetween('e.posted_on', [span.from, span.to])
    .whereRaw('(e.posted_on > ? or (e.posted_on = ? and e.id > ?))', [after[0], after[0], after[1]])
    .orderBy([{ column: 'e.posted_on' }, { column: 'e.id' }])
    .limit(limit)
    .select<RawRow[]>(...COLUMNS, 'j.number as journal_number');
  return rows.map(toRow);
}

/** The next entries of a run by id. */
export async function findRunRows(knex: Knex, runId: string, afterId: number, limit: number): Promise<ExportRow[]> {
  const rows = await rowQuery(knex)
    .join('export_entries as x', 'x.entry_id', 'e.id')
    .leftJoin('journal_numbers as j', 'j.entry_id', 'e.id')
    .where('x.run_id', runId)
    .where('x.entry_id', '>', afterId)
    .orderBy('x.entry_id')
    .limit(limit)
    .select<RawRow[]>(...COLUMNS, 'j.number as journal_number');
  return rows.map(toRow);
}

/** The next entries of a run in these days and this currency by journal number; the skipped ones, or the others. */
export async function findSealedRows(
  knex: Knex,
  runId: string,
  part: DaySpan & { readonly currency: string; readonly isSkipped: boolean },
  afterNumber: number,
  limit: number,
): Promise<SealedRow[]> {
  const rows = await knex('ledger_entries as e')
    .join('export_entries as x', 'x.entry_id', 'e.id')
    .join('journal_numbers as j', 'j.entry_id', 'e.id')
    .leftJoin('export_bookings as b', 'b.entry_id', 'e.id')
    // A left join, though every entry has one: it keeps MariaDB from walking the vouchers instead of the entries.
    .leftJoin('vouchers as v', 'v.id', 'e.voucher_id')
    .leftJoin('ledger_subjects as s', 's.id', 'e.chain_id')
    .where('x.run_id', runId)
    .whereBetween('e.posted_on', [part.from, part.to])
    .where('e.currency', part.currency)
    .modify((query) => void (part.isSkipped ? query.whereNotNull('x.skip_reason') : query.whereNull('x.skip_reason')))
    .where('j.number', '>', afterNumber)
    .orderBy('j.number')
    .limit(limit)
    .select<RawSealedRow[]>(...SEALED_COLUMNS);
  return rows.map(toSealedRow);
}

const COLUMNS = [
  'e.id',
  'e.event',
  'e.debit_role',
  'e.credit_role',
  'e.cents',
  'e.currency',
  'e.posted_on',
  'e.booking_number',
  'e.document_number',
  'e.voucher_id',
  'v.number as voucher_number',
  'v.invoice_ref',
  'v.type',
  's.kind as subject_kind',
  's.name as subject_name',
  'o.name as open_item',
  'r.brand_id',
  's.brand_id as subject_brand',
  'd.customer_id',
  'p.details as partner_details',
  'i.due_on',
  'p.id as partner_id',
  'e.reason',
] as const;

const PARTNER_ID = `coalesce(l.deal_partner_id, ds.partner_id, case when s.kind = 'partner' then s.subject_id end)`;

function rowQuery(knex: Knex): Knex.QueryBuilder {
  // Left joins, though most entries have both: they keep MariaDB from walking the vouchers instead of the entries.
  return (
    knex('ledger_entries as e')
      .leftJoin('vouchers as v', 'v.id', 'e.voucher_id')
      .leftJoin('voucher_rules as r', 'r.id', 'v.rules_id')
      .leftJoin('ledger_subjects as s', 's.id', 'e.chain_id')
      .leftJoin('ledger_subjects as o', 'o.id', 'e.open_item_id')
      .leftJoin('redemptions as d', 'd.id', 'e.redemption_id')
      // The partner on the day of the redemption, or who sold the deal, has the account of a debtor in the master data.
      .leftJoin(
        'redemption_lines as l',
        (on) => void on.on('l.redemption_id', 'e.redemption_id').andOn('l.voucher_id', 'e.voucher_id'),
      )
      .leftJoin('deal_sales as ds', 'ds.voucher_id', 'e.voucher_id')
      .leftJoin('partner_invoices as i', 'i.number', 'e.document_number')
      .leftJoin(
        'catalogue_entries as p',
        (on) => void on.on('p.id', knex.raw(PARTNER_ID)).andOnVal('p.kind', 'partner'),
      )
  );
}

interface RawOwner {
  readonly voucher_id: number | string | null;
  readonly voucher_number: string | null;
  readonly subject_kind: SubjectKind | null;
  readonly subject_name: string | null;
}

function toOwner(row: RawOwner): EntryOwner {
  const { subject_kind: kind, subject_name: name } = row;
  return {
    voucherId: row.voucher_id === null ? null : String(row.voucher_id),
    voucherNumber: row.voucher_number,
    subject: kind === null || name === null ? null : { kind, name },
  };
}

type RawText = 'booking_number' | 'document_number' | 'open_item' | 'invoice_ref' | 'brand_id' | 'subject_brand';
type RawOfPartner = 'customer_id' | 'partner_details' | 'due_on' | 'partner_id' | 'reason';

interface RawRow extends RawOwner, Readonly<Record<RawText | RawOfPartner, string | null>> {
  readonly id: number | string;
  readonly journal_number: number | string | null;
  readonly event: string;
  readonly debit_role: string;
  readonly credit_role: string;
  readonly cents: number | string;
  readonly currency: string;
  readonly posted_on: string;
  readonly type: VoucherType | null;
}

function toRow(row: RawRow): ExportRow {
  return {
    id: toSafeInteger(row.id),
    journalNumber: row.journal_number === null ? null : toSafeInteger(row.journal_number),
    event: row.event,
    debitRole: row.debit_role,
    creditRole: row.credit_role,
    cents: toSafeInteger(row.cents),
    currency: row.currency,
    postedOn: row.posted_on,
    bookingNumber: row.booking_number,
    documentNumber: row.document_number,
    ...toOwner(row),
    openItem: row.open_item,
    invoiceRef: row.invoice_ref,
    type: row.type,
    brand: row.brand_id ?? row.subject_brand,
    customerId: row.customer_id,
    partnerDetails: row.partner_details,
    dueOn: row.due_on,
    partnerId: row.partner_id,
    reason: row.reason,
  };
}

const SEALED_COLUMNS = [
  'j.number as journal_number',
  'e.event',
  'e.cents',
  'e.currency',
  'e.posted_on',
  'e.event_on',
  'e.booking_number',
  'e.hash',
  'e.voucher_id',
  'v.number as voucher_number',
  'v.type',
  's.kind as subject_kind',
  's.name as subject_name',
  'b.booking',
  'x.skip_reason',
] as const;

interface RawSealedRow extends RawOwner {
  readonly journal_number: number | string;
  readonly event: string;
  readonly cents: number | string;
  readonly currency: string;
  readonly posted_on: string;
  readonly event_on: string | null;
  readonly booking_number: string | null;
  readonly hash: string;
  readonly type: VoucherType | null;
  readonly booking: string | null;
  readonly skip_reason: string | null;
}

function toSealedRow(row: RawSealedRow): SealedRow {
  return {
    journalNumber: toSafeInteger(row.journal_number),
    event: row.event,
    cents: toSafeInteger(row.cents),
    currency: row.currency,
    postedOn: row.posted_on,
    eventOn: row.event_on ?? row.posted_on,
    bookingNumber: row.booking_number,
    hash: row.hash,
    ...toOwner(row),
    type: row.type,
    booking: row.booking === null ? null : parseJson<DatevBooking>(row.booking),
    skipReason: row.skip_reason,
  };
}
