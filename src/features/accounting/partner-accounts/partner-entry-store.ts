import type { Knex } from 'knex';
import type { Totals } from '../../../core/books/ledger-sums.ts';
import type { VoucherType } from '../../../core/engine/voucher.ts';
import { toFigure, toSafeInteger } from '../../../platform/data/db.ts';
import type { TotalsSpan } from '../ledger/totals-store.ts';

/** What stands on the account of one partner, null: of deals without one. */
export interface PartnerTotals extends Totals {
  readonly partnerId: string | null;
}

/** What the entries of these days moved between partners and us, partner by partner. */
export async function readPartnerTotals(knex: Knex, span: TotalsSpan): Promise<PartnerTotals[]> {
  const query = partnerEntries(knex).leftJoin('voucher_rules as r', 'r.id', 'v.rules_id');
  if (span.from !== null) void query.where('e.posted_on', '>=', span.from);
  if (span.to !== null) void query.where('e.posted_on', '<=', span.to);
  const { knownUntil = null } = span;
  if (knownUntil !== null) void query.where('e.recorded_at', '<=', knownUntil);
  const keys = ['e.event', 'e.debit_role', 'e.credit_role', 'v.type', 'r.brand_id', 'e.currency', PARTNER];
  const rows = await query
    .groupBy(keys)
    .select<Row[]>([...keys, knex.raw('sum(e.cents) as cents'), knex.raw('count(*) as entries')]);
  return rows.map((row) => ({
    event: String(row['event']),
    debitRole: String(row['debit_role']),
    creditRole: String(row['credit_role']),
    type: row['type'] as VoucherType,
    brand: textOrNull(row['brand_id']),
    currency: String(row['currency']),
    cents: toFigure(row['cents']),
    entries: toSafeInteger(row['entries']),
    partnerId: textOrNull(row['partner_id']),
  }));
}

/** What one document left open between a partner and us. */
export interface PartnerDocument {
  readonly partnerId: string | null;
  readonly currency: string;
  /** Empty: entries of before documents were named. */
  readonly document: string;
  readonly since: string;
  readonly debit: number;
  readonly credit: number;
}

/** What is open at the end of a day by document, the oldest first; of all partners, or of one. */
export async function findOpenDocuments(
  knex: Knex,
  day: string,
  partner: string | null | undefined,
  limit: number,
): Promise<PartnerDocument[]> {
  const query = partnerEntries(knex).where('e.posted_on', '<=', day);
  if (partner !== undefined) void query.where(PARTNER, partner);
  const rows = await query
    .groupBy(PARTNER, 'e.currency', DOCUMENT)
    .havingRaw(`${DEBIT} <> ${CREDIT}`)
    .orderByRaw('min(e.posted_on), min(e.id)')
    .limit(limit)
    .select<Row[]>([
      PARTNER,
      'e.currency',
      DOCUMENT,
      knex.raw('min(e.posted_on) as since'),
      knex.raw(`${DEBIT} as debit`),
      knex.raw(`${CREDIT} as credit`),
    ]);
  return rows.map((row) => ({
    partnerId: textOrNull(row['partner_id']),
    currency: String(row['currency']),
    document: String(row['document']),
    since: String(row['since']),
    debit: toFigure(row['debit']),
    credit: toFigure(row['credit']),
  }));
}

const PARTNER = 'p.partner_id';
const DOCUMENT = 'p.document';
const DEBIT = "sum(case when e.debit_role = 'DEBITOR_PARTNER' then e.cents else 0 end)";
const CREDIT = "sum(case when e.credit_role = 'DEBITOR_PARTNER' then e.cents else 0 end)";

/** Only deals are settled with partners: from them to their entries, so that a large ledger is not walked. */
function partnerEntries(knex: Knex): Knex.QueryBuilder {
  const partners = knex('vouchers as x')
    .join('ledger_entries as y', 'y.voucher_id', 'x.id')
    // The partner on the day of the redemption, or who sold the deal.
    .leftJoin(
      'redemption_lines as l',
      (on) => void on.on('l.redemption_id', 'y.redemption_id').andOn('l.voucher_id', 'y.voucher_id'),
    )
    .leftJoin('deal_sales as s', 's.voucher_id', 'y.voucher_id')
    // A counter-invoice clears the invoice it takes back.
    .leftJoin(
      'partner_invoices as c',
      (on) => void on.on('c.number', 'y.document_number').andOn('c.redemption_id', 'y.redemption_id'),
    )
    .leftJoin('partner_invoices as o', 'o.id', 'c.cancels_id')
    .where('x.type', 'deal')
    .where((side) => void side.where('y.debit_role', 'DEBITOR_PARTNER').orWhere('y.credit_role', 'DEBITOR_PARTNER'))
    .select(
      'y.id as entry_id',
      knex.raw("coalesce(o.number, y.document_number, y.booking_number, '') as document"),
      knex.raw('coalesce(l.deal_partner_id, s.partner_id) as partner_id'),
    );
  return knex(partners.as('p'))
    .join('ledger_entries as e', 'e.id', 'p.entry_id')
    .join('vouchers as v', 'v.id', 'e.voucher_id');
}

type Row = Readonly<Record<string, string | number | null>>;

function textOrNull(value: string | number | null | undefined): string | null {
  return value === null || value === undefined ? null : String(value);
}
