import type { Knex } from 'knex';
import { toSafeInteger } from '../../../platform/data/db.ts';
import type { Cut } from './liability-store.ts';

/**
 * What stands with debtors beside bookings on a day. `payments`: came for orders, on no voucher and not to be paid back;
 * `refunds`: decided and not paid; `claims`: what buyers owe back after a chargeback.
 */
export const DEBTOR_KINDS = ['payments', 'refunds', 'claims'] as const;
export type DebtorKind = (typeof DEBTOR_KINDS)[number];

export interface DebtorItem {
  /** Of the order, or of the refund. */
  readonly id: string;
  readonly number: string;
  /** Of a refund: who is to be paid. */
  readonly payee: string;
  readonly currency: string;
  /** Above 0. */
  readonly cents: number;
  /** The day of the first posting, or of the decision. */
  readonly since: string;
}

export interface DebtorTotal {
  readonly kind: DebtorKind;
  readonly currency: string;
  readonly cents: number;
  readonly items: number;
}

/** The next items of a kind by id. */
export async function findDebtorItems(
  knex: Knex,
  kind: DebtorKind,
  cut: Cut,
  page: { readonly afterId: string; readonly limit: number },
): Promise<DebtorItem[]> {
  const { sql, bindings } = itemsOf(kind, cut);
  const rows = rowsOf(
    await knex.raw(`select * from (${sql}) items where sort_id > ? order by sort_id limit ?`, [
      ...bindings,
      page.afterId,
      page.limit,
    ]),
  );
  return rows.map((row) => ({
    id: String(row['sort_id']),
    number: String(row['number']),
    payee: String(row['payee']),
    currency: String(row['currency']),
    cents: toSafeInteger(row['cents']),
    since: String(row['since']),
  }));
}

/** Every kind added up by currency; a kind without any is left out. */
export async function sumDebtorItems(knex: Knex, kind: DebtorKind, cut: Cut): Promise<DebtorTotal[]> {
  const { sql, bindings } = itemsOf(kind, cut);
  const rows = rowsOf(
    await knex.raw(
      `select currency, sum(cents) as cents, count(*) as items from (${sql}) items group by currency order by currency`,
      bindings,
    ),
  );
  return rows.map((row) => ({
    kind,
    currency: String(row['currency']),
    cents: toSafeInteger(row['cents']),
    items: toSafeInteger(row['items']),
  }));
}

interface Part {
  readonly sql: string;
  readonly bindings: readonly (string | number)[];
}

function itemsOf(kind: DebtorKind, cut: Cut): Part {
  if (kind === 'refunds') return refundItems(cut);
  const orders = orderItems(cut);
  const sign = kind === 'payments' ? '' : '-';
  return {
    sql: `select sort_id, number, '' as payee, currency, ${sign}(net - refunding) as cents, since from (${orders.sql}) o where ${sign}(net - refunding) > 0`,
    bindings: orders.bindings,
  };
}

/** The open items of orders as they stood; what was decided to be paid back stands among the refunds. */
function orderItems(cut: Cut): Part {
  const refunds = unpaid('f', cut);
  const known = cut.knownUntil === null ? '' : ' and e.recorded_at <= ?';
  return {
    sql: `select cast(s.subject_id as decimal(20)) as sort_id, s.name as number, s.currency, min(e.posted_on) as since,
        sum(case when e.credit_role in (${DEBTORS}) then e.cents else 0 end) - sum(case when e.debit_role in (${DEBTORS}) then e.cents else 0 end) as net,
        (select coalesce(sum(f.cents), 0) from refunds f where f.open_item_id = s.id and f.origin = 'order_money' and ${refunds.sql}) as refunding
      from ledger_subjects s join ledger_entries e on e.open_item_id = s.id
      where s.kind = 'order' and e.posted_on <= ?${known}
      group by s.id, s.subject_id, s.name, s.currency`,
    bindings: [...refunds.bindings, cut.day, ...(cut.knownUntil === null ? [] : [cut.knownUntil])],
  };
}

function refundItems(cut: Cut): Part {
  const { sql, bindings } = unpaid('f', cut);
  return {
    sql: `select f.id as sort_id, f.number, f.payee, f.currency, f.cents, f.decided_on as since from refunds f where ${sql}`,
    bindings,
  };
}

/** Decided by the day and neither paid nor withdrawn by then, as far as it was known. */
function unpaid(table: string, { day, knownUntil }: Cut): Part {
  const ended = (on: string, at: string): Part =>
    knownUntil === null
      ? { sql: `(${table}.${on} is null or ${table}.${on} > ?)`, bindings: [day] }
      : { sql: `(${table}.${on} is null or ${table}.${on} > ? or ${table}.${at} > ?)`, bindings: [day, knownUntil] };
  const parts = [
    { sql: `${table}.decided_on <= ?`, bindings: [day] },
    ...(knownUntil === null ? [] : [{ sql: `${table}.decided_at <= ?`, bindings: [knownUntil] }]),
    ended('paid_posted_on', 'paid_at'),
    ended('withdrawn_on', 'withdrawn_at'),
    { sql: `(${table}.set_off_on is null or ${table}.set_off_on > ?)`, bindings: [day] },
  ];
  return {
    sql: parts.map(({ sql }) => sql).join(' and '),
    bindings: parts.flatMap(({ bindings }) => bindings as (string | number)[]),
  };
}

const DEBTORS = "'DEBITOR', 'DEBITOR_PARTNER'";

function rowsOf(answer: unknown): Record<string, string | number | null>[] {
  const list = answer as unknown[];
  return (Array.isArray(list[0]) ? list[0] : list) as Record<string, string | number | null>[];
}
