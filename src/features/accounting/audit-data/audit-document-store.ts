import type { Knex } from 'knex';
import type { AuditCell, AuditSource } from './audit-data-store.ts';

interface Span {
  readonly from: string;
  readonly to: string;
}

interface DocumentKind {
  /** What an auditor calls it; also the first part of its key. */
  readonly name: string;
  rows(knex: Knex, span: Span): Knex.QueryBuilder;
}

/**
 * Everything with a number of its own that the journal refers to. Each kind answers id, number, day, partner, voucher_id,
 * booking, currency, cents, paid_on, about and state.
 */
const KINDS: readonly DocumentKind[] = [
  {
    name: 'Bestellung',
    rows: (knex, { from, to }) =>
      knex('orders as o')
        .whereBetween('o.ordered_on', [from, to])
        .select(
          'o.id',
          'o.number',
          'o.ordered_on as day',
          knex.raw('null as partner'),
          knex.raw('null as voucher_id'),
          knex.raw('null as booking'),
          'o.currency',
          'o.total as cents',
          knex.raw('null as paid_on'),
          knex.raw('null as about'),
          'o.state',
        ),
  },
  {
    name: 'Rechnung an Partner',
    rows: (knex, { from, to }) =>
      knex('partner_invoices as o')
        .leftJoin('partner_invoices as i', 'i.id', 'o.cancels_id')
        .whereBetween('o.issued_on', [from, to])
        .select(
          'o.id',
          'o.number',
          'o.issued_on as day',
          'o.partner_id as partner',
          'o.voucher_id',
          'o.booking_number as booking',
          'o.currency',
          'o.owed as cents',
          'o.paid_on',
          'i.number as about',
          'o.state',
        ),
  },
  {
    name: 'Ausgleich ohne Rechnung',
    rows: (knex, { from, to }) =>
      knex('partner_clearings as o')
        .whereBetween('o.settled_on', [from, to])
        .select(
          'o.id',
          'o.document_number as number',
          'o.settled_on as day',
          'o.partner_id as partner',
          'o.voucher_id',
          'o.booking_number as booking',
          'o.currency',
          'o.redeemed as cents',
          'o.paid_on',
          'o.reason as about',
          'o.source as state',
        ),
  },
  {
    name: 'Verkauf durch Partner',
    rows: (knex, { from, to }) =>
      knex('deal_sales as o')
        .whereBetween('o.sold_on', [from, to])
        .select(
          'o.id',
          'o.document_number as number',
          'o.sold_on as day',
          'o.partner_id as partner',
          'o.voucher_id',
          knex.raw('null as booking'),
          'o.currency',
          'o.price as cents',
          'o.paid_on',
          knex.raw('null as about'),
          knex.raw(
            "case when o.refund_statement_id is not null then 'refunded' when o.passed_to_id is not null then 'replaced' else 'sold' end as state",
          ),
        ),
  },
  {
    name: 'Ausbuchung',
    rows: (knex, { from, to }) =>
      knex('derecognition_runs as o')
        .whereNotNull('o.document_number')
        .whereBetween('o.barred_on', [from, to])
        .select(
          'o.id',
          'o.document_number as number',
          'o.barred_on as day',
          knex.raw('null as partner'),
          knex.raw('null as voucher_id'),
          knex.raw('null as booking'),
          knex.raw('null as currency'),
          knex.raw('null as cents'),
          knex.raw('null as paid_on'),
          'o.decided_by as about',
          'o.state',
        ),
  },
];

const COLUMNS = [
  'number',
  'day',
  'partner',
  'voucher_id',
  'booking',
  'currency',
  'cents',
  'paid_on',
  'about',
  'state',
] as const;

/** The documents of all kinds, one kind after the other; the key says where to go on. */
export const DOCUMENT_SOURCE: AuditSource = {
  table: 'dokument',
  async rows(knex, afterKey, span, limit) {
    const found: { key: string; cells: AuditCell[] }[] = [];
    let [kind, afterId] = placeOf(afterKey);
    for (; kind < KINDS.length && found.length < limit; kind += 1, afterId = '0') {
      const one = KINDS[kind];
      if (one === undefined) break;
      const rows = (await one
        .rows(knex, span)
        .where('o.id', '>', afterId)
        .orderBy('o.id')
        .limit(limit - found.length)) as Record<string, AuditCell>[];
      for (const row of rows)
        found.push({
          key: `${kind}:${String(row['id'])}`,
          cells: [`${one.name} ${String(row['id'])}`, one.name, ...COLUMNS.map((column) => row[column] ?? null)],
        });
    }
    return found;
  },
};

function placeOf(key: string): [number, string] {
  const match = /^(\d+):(\d+)$/.exec(key);
  return match === null ? [0, '0'] : [Number(match[1]), match[2] ?? '0'];
}
