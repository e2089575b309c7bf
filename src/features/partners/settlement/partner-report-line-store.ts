import type { Knex } from 'knex';
import { toSafeInteger } from '../../../platform/data/db.ts';
import { parseJson } from '../../../platform/data/json.ts';
import { dealLines, type ReportPartner, type ReportSpan } from './partner-report-store.ts';

export interface PartnerLine {
  readonly lineId: string;
  readonly redemptionId: string;
  readonly voucherId: string;
  readonly voucherNumber: string | null;
  readonly code: string;
  readonly bookingNumber: string;
  readonly currency: string;
  readonly departure: string | null;
  readonly redeemedAt: number;
  readonly applied: number;
  readonly reversed: number;
  readonly owed: number;
  readonly difference: number;
  readonly differenceRole: 'COMMISSION' | 'RABATT' | null;
  readonly claimed: number;
  /** What of the redemption the document is about. */
  readonly settled: number;
  readonly invoiceId: string | null;
  readonly documentNumber: string | null;
  readonly dueOn: string | null;
  readonly paidOn: string | null;
  /** `sold`: what the partner sold for us covers it. null: an invoice, or nothing yet. */
  readonly source: string | null;
}

/** The next deals of a partner by day and id. */
export async function listPartnerLines(
  knex: Knex,
  span: ReportSpan,
  partner: ReportPartner,
  { after, limit }: { readonly after: readonly [number, string] | null; readonly limit: number },
): Promise<PartnerLine[]> {
  const query = dealLines(knex, span, partner)
    .join('vouchers as v', 'v.id', 'l.voucher_id')
    .leftJoin('deal_sales as s', 's.id', 'u.sale_id')
    .orderBy([{ column: 'l.deal_redeemed_at' }, { column: 'l.id' }])
    .limit(limit);
  if (after !== null)
    void query.whereRaw('(l.deal_redeemed_at > ? or (l.deal_redeemed_at = ? and l.id > ?))', [
      after[0],
      after[0],
      after[1],
    ]);
  return (await query.select<LineRow[]>(...LINE_COLUMNS)).map(toLine);
}

const LINE_COLUMNS = [
  'l.id',
  'l.redemption_id',
  'l.voucher_id',
  'v.number',
  'v.code',
  'd.booking_number',
  'd.currency',
  'd.booking',
  'l.deal_redeemed_at',
  'l.applied',
  'l.reversed',
  'i.id as invoice_id',
  'i.number as invoice_number',
  'i.owed as invoice_owed',
  'i.difference as invoice_difference',
  'i.difference_role as invoice_role',
  'i.redeemed as invoice_redeemed',
  'i.due_on',
  'i.paid_on as invoice_paid_on',
  'c.document_number',
  'c.owed',
  'c.difference',
  'c.difference_role',
  'c.redeemed',
  'c.claimed',
  'c.paid_on',
  'c.source',
  'u.taken as sale_taken',
  'u.difference as sale_difference',
  'u.redeemed as sale_redeemed',
  's.document_number as sale_document',
] as const;

interface LineRow {
  readonly id: number | string;
  readonly redemption_id: number | string;
  readonly voucher_id: number | string;
  readonly number: string | null;
  readonly code: string;
  readonly booking_number: string;
  readonly currency: string;
  readonly booking: string;
  readonly deal_redeemed_at: number | string;
  readonly applied: number | string;
  readonly reversed: number | string;
  readonly invoice_id: number | string | null;
  readonly invoice_number: string | null;
  readonly invoice_owed: number | string | null;
  readonly invoice_difference: number | string | null;
  readonly invoice_role: 'COMMISSION' | 'RABATT' | null;
  readonly invoice_redeemed: number | string | null;
  readonly due_on: string | null;
  readonly invoice_paid_on: string | null;
  readonly document_number: string | null;
  readonly owed: number | string | null;
  readonly difference: number | string | null;
  readonly difference_role: 'COMMISSION' | 'RABATT' | null;
  readonly redeemed: number | string | null;
  readonly claimed: number | string | null;
  readonly paid_on: string | null;
  readonly source: string | null;
  readonly sale_taken: number | string | null;
  readonly sale_difference: number | string | null;
  readonly sale_redeemed: number | string | null;
  readonly sale_document: string | null;
}

function toLine(row: LineRow): PartnerLine {
  const cents = (value: number | string | null): number => (value === null ? 0 : toSafeInteger(value));
  return {
    lineId: String(row.id),
    redemptionId: String(row.redemption_id),
    voucherId: String(row.voucher_id),
    voucherNumber: row.number,
    code: row.code,
    bookingNumber: row.booking_number,
    currency: row.currency,
    departure: parseJson<{ readonly departure: string | null }>(row.booking).departure,
    redeemedAt: toSafeInteger(row.deal_redeemed_at),
    applied: toSafeInteger(row.applied),
    reversed: toSafeInteger(row.reversed),
    owed: cents(row.invoice_owed ?? row.owed ?? row.sale_taken),
    difference: cents(row.invoice_difference ?? row.difference ?? row.sale_difference),
    differenceRole: row.invoice_role ?? row.difference_role ?? (row.sale_taken === null ? null : 'RABATT'),
    claimed: cents(row.claimed),
    settled: cents(row.invoice_redeemed ?? row.redeemed ?? row.sale_redeemed),
    invoiceId: row.invoice_id === null ? null : String(row.invoice_id),
    documentNumber: row.invoice_number ?? row.document_number ?? row.sale_document,
    dueOn: row.due_on,
    paidOn: row.invoice_paid_on ?? row.paid_on,
    source: row.source ?? (row.sale_taken === null ? null : 'sold'),
  };
}
