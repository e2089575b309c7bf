import type { Knex } from 'knex';
import { toSafeInteger, toFigure } from '../../../platform/data/db.ts';

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
  /** Credits that paid invoices, less credits that were given. */
  readonly setOff: number;
}

export interface LedgerSums {
  readonly paid: number;
  /** What the price of a sale covers that the partner reported; it is paid by a payout, not by the journey. */
  readonly covered: number;
  /** Debits less credits of the clearing account. */
  readonly clearing: number;
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
      knex.raw(`sum(${RECEIVED} - ${GIVEN}) as set_off`),
    );
  return rows.map((row) => ({
    partnerId: row.partner_id,
    currency: row.currency,
    deals: toSafeInteger(row.deals),
    redeemed: toFigure(row.redeemed),
    owed: toFigure(row.owed),
    difference: toFigure(row.difference),
    claimed: toFigure(row.claimed),
    unsettled: toSafeInteger(row.unsettled),
    setOff: toSafeInteger(row.set_off),
  }));
}

const RECEIVED =
  '(select coalesce(sum(n.set_off), 0) from partner_invoices n where n.redemption_id = l.redemption_id and n.voucher_id = l.voucher_id)';
const GIVEN =
  "(select coalesce(sum(f.cents), 0) from refunds f where f.line_id = l.id and f.state in ('paid', 'set_off'))";

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

/** What the books say of these deals, by redemption and voucher: `17 4`. */
export async function ledgerByLine(knex: Knex, lineIds: readonly string[]): Promise<Map<string, LedgerSums>> {
  if (lineIds.length === 0) return new Map();
  const rows = await withLedger(knex('redemption_lines as l').whereIn('l.id', lineIds))
    .groupBy('l.id')
    .select<(LedgerRow & { id: number | string })[]>('l.id', ...ledgerSums(knex));
  return new Map(rows.map((row) => [String(row.id), toLedger(row)]));
}

/** The redeemed deals of these days with whatever settles each: an invoice, a clearing or the sale of the deal. */
export function dealLines(knex: Knex, span: ReportSpan, partner?: ReportPartner): Knex.QueryBuilder {
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
    knex.raw("sum(case when e.event = 'partner_payment' then e.cents else 0 end) as paid"),
    knex.raw(
      "sum(case when e.event = 'deal_use' then e.cents when e.event = 'deal_use_reversal' then -e.cents else 0 end) as covered",
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
  readonly set_off: number | string;
}

interface LedgerRow {
  readonly paid: number | string;
  readonly covered: number | string;
  readonly clearing: number | string;
}

function toLedger({ paid, covered, clearing }: LedgerRow): LedgerSums {
  return { paid: toFigure(paid), covered: toFigure(covered), clearing: toFigure(clearing) };
}
