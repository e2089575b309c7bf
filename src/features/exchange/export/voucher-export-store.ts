import type { Knex } from 'knex';
import { toSafeInteger } from '../../../platform/data/db.ts';
import { lastMails, type SentMail } from './voucher-export-mails-store.ts';
import { movesOf } from './voucher-export-moves-store.ts';
import {
  newestBookings,
  redeemedFacts,
  redemptionsOf,
  type RedeemedFacts,
} from './voucher-export-redemptions-store.ts';

/** What an export tells of a voucher besides what its list shows. Amounts in minor units, read from the ledger. */
export interface ExportFacts {
  readonly number: string | null;
  readonly createdAt: number;
  readonly acknowledgedOn: string | null;
  readonly generationId: string | null;
  /** By event of the ledger, what moved on the role the voucher's value stands on. */
  readonly moved: ReadonlyMap<string, number>;
  /** What is owed for a deal that a partner sold for us; null: none did. */
  readonly dealRest: number | null;
  readonly soldOn: string | null;
  readonly moneyRole: string | null;
  readonly saleDocument: string | null;
  readonly lastPostedOn: string | null;
  readonly runNumber: string | null;
  readonly redemptions: RedeemedFacts;
  /** The newest booking numbers, at most a hundred. */
  readonly bookings: readonly string[];
  /** Locked by hand, also when it ended afterwards. */
  readonly isDeactivated: boolean;
  readonly createdBy: string | null;
  readonly mail: SentMail | null;
  readonly replacedBy: readonly string[];
  readonly replaces: readonly string[];
}

/** The facts of at most 500 vouchers, by id. */
export async function readExportFacts(knex: Knex, ids: readonly string[]): Promise<Map<string, ExportFacts>> {
  const [vouchers, moved, sales, deals, runs, redemptions, bookings, authors, mails, links] = await Promise.all([
    vouchersOf(knex, ids),
    movesOf(knex, ids),
    salesOf(knex, ids),
    dealsOf(knex, ids),
    runsOf(knex, ids),
    redemptionsOf(knex, ids),
    newestBookings(knex, ids),
    authorsOf(knex, ids),
    lastMails(knex, ids),
    linksOf(knex, ids),
  ]);
  // The first sale says how it was paid.
  const saleOf = byId([...sales].reverse(), (row) => row.voucher_id);
  const dealOf = byId(deals, (row) => row.voucher_id);
  const runOf = byId(runs, (row) => row.voucher_id);
  const redeemedOf = byId(redemptions, (row) => row.voucher_id);
  const authorOf = byId(authors, (row) => row.entity_id);
  return new Map(
    vouchers.map((row) => {
      const id = String(row.id);
      const facts: ExportFacts = {
        ...ownFacts(row),
        ...dealFacts(dealOf.get(id)),
        moved: moved.get(id)?.cents ?? NOTHING_MOVED,
        moneyRole: saleOf.get(id)?.debit_role ?? null,
        saleDocument: saleOf.get(id)?.document_number ?? null,
        lastPostedOn: moved.get(id)?.last ?? null,
        runNumber: runOf.get(id)?.number ?? null,
        redemptions: redeemedFacts(redeemedOf.get(id)),
        bookings: bookings.get(id) ?? [],
        createdBy: authorOf.get(id)?.actor ?? row.created_by,
        mail: mails.get(id) ?? null,
        ...linkedFacts(id, links),
      };
      return [id, facts];
    }),
  );
}

function byId<T>(rows: readonly T[], idOf: (row: T) => unknown): Map<string, T> {
  return new Map(rows.map((row) => [String(idOf(row)), row]));
}

function ownFacts(row: VoucherRow) {
  return {
    number: row.number,
    createdAt: Number(row.created_at),
    // Money that was added is a claim of its own: nothing is left after the youngest.
    acknowledgedOn: later(row.acknowledged_on, row.topped_up_on),
    generationId: row.generation_id === null ? null : String(row.generation_id),
    isDeactivated: Boolean(row.is_deactivated),
  };
}

function dealFacts(deal: DealRow | undefined): Pick<ExportFacts, 'dealRest' | 'soldOn'> {
  return deal === undefined
    ? { dealRest: null, soldOn: null }
    : { dealRest: toSafeInteger(deal.rest), soldOn: deal.sold_on };
}

function linkedFacts(id: string, links: readonly LinkRow[]): Pick<ExportFacts, 'replacedBy' | 'replaces'> {
  return {
    replacedBy: links.filter((link) => String(link.from_id) === id).map((link) => link.to_number ?? `ID ${link.to_id}`),
    replaces: links.filter((link) => String(link.to_id) === id).map((link) => link.from_number ?? `ID ${link.from_id}`),
  };
}

/** Names of brands, partners and the like. */
export async function readNames(
  knex: Knex,
  kind: 'brand' | 'partner',
  ids: readonly string[],
): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await knex('catalogue_entries')
    .where({ kind })
    .whereIn('id', [...ids])
    .select<{ id: string; name: string }[]>('id', 'name');
  return new Map(rows.map(({ id, name }) => [id, name]));
}

const NOTHING_MOVED: ExportFacts['moved'] = new Map();

const MONEY_EVENTS = ['sale', 'issue', 'migrated', 'deal_sale'];

function vouchersOf(knex: Knex, ids: readonly string[]): Promise<VoucherRow[]> {
  return knex('vouchers as v')
    .leftJoin('jobs as j', 'j.id', 'v.generation_id')
    .whereIn('v.id', [...ids])
    .select<VoucherRow[]>(
      'v.id',
      'v.number',
      'v.created_at',
      'v.acknowledged_on',
      'v.topped_up_on',
      'v.is_deactivated',
      'v.generation_id',
      'j.created_by',
    );
}

function salesOf(knex: Knex, ids: readonly string[]): Promise<SaleRow[]> {
  return knex('ledger_entries')
    .whereIn('voucher_id', [...ids])
    .whereIn('event', MONEY_EVENTS)
    .orderBy('id')
    .select<SaleRow[]>('voucher_id', 'debit_role', 'document_number');
}

function dealsOf(knex: Knex, ids: readonly string[]): Promise<DealRow[]> {
  return knex('deal_sales')
    .whereIn('voucher_id', [...ids])
    .select<DealRow[]>('voucher_id', 'rest', 'sold_on');
}

function runsOf(knex: Knex, ids: readonly string[]): Promise<RunRow[]> {
  return knex('ledger_entries as e')
    .join('export_entries as x', 'x.entry_id', 'e.id')
    .join('export_runs as r', 'r.id', 'x.run_id')
    .whereIn('e.voucher_id', [...ids])
    .whereNot('r.state', 'undone')
    .whereNull('x.skip_reason')
    .groupBy('e.voucher_id')
    .select<RunRow[]>('e.voucher_id', knex.raw('max(r.number) as number'));
}

function authorsOf(knex: Knex, ids: readonly string[]): Promise<AuthorRow[]> {
  return knex('audit_log')
    .where({ entity: 'voucher' })
    .whereIn('entity_id', [...ids])
    .whereIn('action', ['voucher.create', 'voucher.import'])
    .select<AuthorRow[]>('entity_id', 'actor');
}

function linksOf(knex: Knex, ids: readonly string[]): Promise<LinkRow[]> {
  return knex('voucher_links as l')
    .join('vouchers as f', 'f.id', 'l.from_id')
    .join('vouchers as t', 't.id', 'l.to_id')
    .where((either) => void either.whereIn('l.from_id', [...ids]).orWhereIn('l.to_id', [...ids]))
    .orderBy('l.id')
    .select<LinkRow[]>('l.from_id', 'l.to_id', 'f.number as from_number', 't.number as to_number');
}

interface VoucherRow {
  readonly id: number | string;
  readonly number: string | null;
  readonly created_at: number | string;
  readonly acknowledged_on: string | null;
  readonly topped_up_on: string | null;
  readonly is_deactivated: number | boolean;
  readonly generation_id: number | string | null;
  readonly created_by: string | null;
}

interface LinkRow {
  readonly from_id: number | string;
  readonly to_id: number | string;
  readonly from_number: string | null;
  readonly to_number: string | null;
}

interface SaleRow {
  readonly voucher_id: number | string;
  readonly debit_role: string;
  readonly document_number: string | null;
}

interface DealRow {
  readonly voucher_id: number | string;
  readonly rest: number | string;
  readonly sold_on: string;
}

interface RunRow {
  readonly voucher_id: number | string;
  readonly number: string;
}

interface AuthorRow {
  readonly entity_id: string;
  readonly actor: string;
}

function later(one: string | null, other: string | null): string | null {
  if (one === null || other === null) return one ?? other;
  return one > other ? one : other;
}
