import type { Knex } from 'knex';
import { toSafeInteger } from '../../../platform/data/db.ts';
import { parseJson } from '../../../platform/data/json.ts';

/** Deals redeemed from an instant on and before another. */
export interface ReportSpan {
  readonly from: number;
  readonly before: number;
}

/** Null: deals redeemed without a partner. */
export type ReportPartner = string | null;

export interface PartnerSums {
  readonly partnerId: ReportPartner;
  readonly currency: string;
  readonly deals: number;
  /** What still counts of what was redeemed. */
  readonly redeemed: number;
  readonly owed: number;
  readonly difference: number;
  /** What the traveller owes because the partner refused. */
  readonly claimed: number;
  /** What no document stands for yet; below zero: given back since. */
  readonly unsettled: number;
}

export interface LedgerSums {
  readonly paid: number;
  /** Debits less credits of the clearing account. */
  readonly clearing: number;
}

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

/** Each partner's sums per currency. */
export async function sumByPartner(knex: Knex, span: ReportSpan, partner?: ReportPartner): Promise<PartnerSums[]> {
  const rows = await dealLines(knex, span, partner)
    .groupBy('l.deal_partner_id', 'd.currency')
    .select<SumRow[]>(
      'l.deal_partner_id as partner_id',
      'd.currency',
      knex.raw('count(*) as deals'),
      knex.raw('sum(l.applied - l.reversed) as redeemed'),
      knex.raw('sum(coalesce(i.owed, c.owed, u.taken, 0)) as owed'),
      knex.raw('sum(coalesce(i.difference, c.difference, u.difference, 0)) as difference'),
      knex.raw('sum(coalesce(c.claimed, 0)) as claimed'),
      knex.raw('sum(l.applied - l.reversed - coalesce(i.redeemed, c.redeemed, u.redeemed, 0)) as unsettled'),
    );
  return rows.map((row) => ({
    partnerId: row.partner_id,
    currency: row.currency,
    deals: toSafeInteger(row.deals),
    redeemed: toSafeInteger(row.redeemed),
    owed: toSafeInteger(row.owed),
    difference: toSafeInteger(row.difference),
    claimed: toSafeInteger(row.claimed),
    unsettled: toSafeInteger(row.unsettled),
  }));
}

/** What the books say of the same deals, by partner and currency: `citydeal EUR`. */
export async function ledgerByPartner(
  knex: Knex,
  span: ReportSpan,
  partner?: ReportPartner,
): Promise<Map<string, LedgerSums>> {
  const rows = await withLedger(dealLines(knex, span, partner))
    .groupBy('l.deal_partner_id', 'd.currency')
    .select<(LedgerRow & { partner_id: string | null; currency: string })[]>(
      'l.deal_partner_id as partner_id',
      'd.currency',
      ...ledgerSums(knex),
    );
  return new Map(rows.map((row) => [`${row.partner_id ?? ''} ${row.currency}`, toLedger(row)]));
}

/** The next deals of a partner by day and id. */
export async function listPartnerLines(
  knex: Knex,
  span: ReportSpan,
  partner: ReportPartner,
  after: readonly [number, string] | null,
  limit: number,
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
  const rows = await query.select<LineRow[]>(
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
    's.sold_on',
  );
  return rows.map(toLine);
}

/** What the books say of these deals, by redemption and voucher: `17 4`. */
export async function ledgerByLine(knex: Knex, lineIds: readonly string[]): Promise<Map<string, LedgerSums>> {
  if (lineIds.length === 0) return new Map();
  const rows = await withLedger(knex('redemption_lines as l').whereIn('l.id', lineIds))
    .groupBy('l.id')
    .select<(LedgerRow & { id: number | string })[]>('l.id', ...ledgerSums(knex));
  return new Map(rows.map((row) => [String(row.id), toLedger(row)]));
}

/** The next redemptions of a partner with a deal whose document is not about what counts. */
export async function findUnsettled(
  knex: Knex,
  span: ReportSpan,
  partner: string,
  afterRedemptionId: string | null,
  limit: number,
): Promise<string[]> {
  const query = dealLines(knex, span, partner)
    .whereRaw('l.applied - l.reversed <> coalesce(i.redeemed, c.redeemed, u.redeemed, 0)')
    .distinct('l.redemption_id')
    .orderBy('l.redemption_id')
    .limit(limit);
  if (afterRedemptionId !== null) void query.where('l.redemption_id', '>', afterRedemptionId);
  const rows = (await query) as { redemption_id: number | string }[];
  return rows.map(({ redemption_id: id }) => String(id));
}

/** The next open invoices over deals of these days. */
export async function findOpenInvoices(
  knex: Knex,
  span: ReportSpan,
  partner: string,
  afterId: string | null,
  limit: number,
): Promise<{ readonly id: string; readonly owed: number; readonly currency: string }[]> {
  const query = dealLines(knex, span, partner).where('i.state', 'open').orderBy('i.id').limit(limit);
  if (afterId !== null) void query.where('i.id', '>', afterId);
  const rows = await query.select<{ id: number | string; owed: number | string; currency: string }[]>(
    'i.id',
    'i.owed',
    'i.currency',
  );
  return rows.map(({ id, owed, currency }) => ({ id: String(id), owed: toSafeInteger(owed), currency }));
}

function dealLines(knex: Knex, span: ReportSpan, partner?: ReportPartner): Knex.QueryBuilder {
  return knex('redemption_lines as l')
    .join('redemptions as d', 'd.id', 'l.redemption_id')
    .leftJoin('partner_invoices as i', 'i.live_line_id', 'l.id')
    .leftJoin('partner_clearings as c', 'c.live_line_id', 'l.id')
    .leftJoin('deal_sale_uses as u', 'u.live_line_id', 'l.id')
    .where('l.deal_redeemed_at', '>=', span.from)
    .where('l.deal_redeemed_at', '<', span.before)
    .modify((query) => {
      if (partner !== undefined) void query.where('l.deal_partner_id', partner);
    });
}

function withLedger(query: Knex.QueryBuilder): Knex.QueryBuilder {
  return query.join(
    'ledger_entries as e',
    (on) => void on.on('e.redemption_id', 'l.redemption_id').andOn('e.voucher_id', 'l.voucher_id'),
  );
}

function ledgerSums(knex: Knex): Knex.Raw[] {
  return [
    knex.raw(
      "sum(case when e.event in ('partner_payment', 'deal_use') then e.cents when e.event = 'deal_use_reversal' then -e.cents else 0 end) as paid",
    ),
    knex.raw(
      "sum(case when e.debit_role = 'DEAL_CLEARING' then e.cents when e.credit_role = 'DEAL_CLEARING' then -e.cents else 0 end) as clearing",
    ),
  ];
}

interface SumRow {
  readonly partner_id: string | null;
  readonly currency: string;
  readonly deals: number | string;
  readonly redeemed: number | string;
  readonly owed: number | string;
  readonly difference: number | string;
  readonly claimed: number | string;
  readonly unsettled: number | string;
}

interface LedgerRow {
  readonly paid: number | string;
  readonly clearing: number | string;
}

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
  readonly sold_on: string | null;
}

function toLedger({ paid, clearing }: LedgerRow): LedgerSums {
  return { paid: toSafeInteger(paid), clearing: toSafeInteger(clearing) };
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
    paidOn: row.invoice_paid_on ?? row.paid_on ?? row.sold_on,
    source: row.source ?? (row.sale_taken === null ? null : 'sold'),
  };
}
