import type { Knex } from 'knex';
import { toSafeInteger } from '../../platform/db.ts';

/** What an export tells of a voucher besides what its list shows. Amounts in minor units, read from the ledger. */
export interface ExportFacts {
  readonly number: string | null;
  readonly createdAt: number;
  readonly acknowledgedOn: string | null;
  readonly generationId: string | null;
  /** By event of the ledger, what moved on the role the voucher's value stands on, and the last day it did. */
  readonly moved: ReadonlyMap<string, { readonly cents: number; readonly lastOn: string }>;
  /** Of it what came from another system. */
  readonly takenOver: number;
  readonly moneyRole: string | null;
  readonly saleDocument: string | null;
  readonly lastPostedOn: string | null;
  readonly runNumber: string | null;
  /** `bookings`: how many different ones. */
  readonly redemptions: { readonly count: number; readonly applied: number; readonly reversed: number; readonly lastAt: number | null; readonly bookings: number };
  /** The newest booking numbers, at most a hundred. */
  readonly bookings: readonly string[];
  /** Locked by hand, also when it ended afterwards. */
  readonly isDeactivated: boolean;
  readonly createdBy: string | null;
  readonly mail: { readonly sentAt: number; readonly to: string } | null;
  readonly replacedBy: readonly string[];
  readonly replaces: readonly string[];
}

const VALUE_ROLES = ['V_KAUF', 'V_VERR', 'V_CREDIT', 'MEMO_GOODWILL'];
const MONEY_EVENTS = ['sale', 'issue', 'migrated'];

/** The facts of at most 500 vouchers, by id. */
export async function readExportFacts(knex: Knex, ids: readonly string[]): Promise<Map<string, ExportFacts>> {
  const list = [...ids];
  const [vouchers, moved, sales, runs, redemptions, bookings, actors, mails, links] = await Promise.all([
    knex('vouchers as v').leftJoin('jobs as j', 'j.id', 'v.generation_id').whereIn('v.id', list)
      .select<VoucherRow[]>('v.id', 'v.number', 'v.created_at', 'v.acknowledged_on', 'v.is_deactivated', 'v.generation_id', 'j.created_by'),
    movedBy(knex, list),
    knex('ledger_entries').whereIn('voucher_id', list).whereIn('event', MONEY_EVENTS).orderBy('id')
      .select<{ voucher_id: number | string; debit_role: string; document_number: string | null }[]>('voucher_id', 'debit_role', 'document_number'),
    knex('ledger_entries as e').join('export_entries as x', 'x.entry_id', 'e.id').join('export_runs as r', 'r.id', 'x.run_id')
      .whereIn('e.voucher_id', list).whereNot('r.state', 'undone').whereNull('x.skip_reason').groupBy('e.voucher_id')
      .select<{ voucher_id: number | string; number: string }[]>('e.voucher_id', knex.raw('max(r.number) as number')),
    knex('redemption_lines as l').join('redemptions as d', 'd.id', 'l.redemption_id').whereIn('l.voucher_id', list).groupBy('l.voucher_id')
      .select<RedeemedRow[]>('l.voucher_id', knex.raw('count(*) as uses, sum(l.applied) as applied, sum(l.reversed) as reversed, max(d.redeemed_at) as last_at, count(distinct d.booking_number) as bookings')),
    newestBookings(knex, list),
    knex('audit_log').where({ entity: 'voucher' }).whereIn('entity_id', list).whereIn('action', ['voucher.create', 'voucher.import'])
      .select<{ entity_id: string; actor: string }[]>('entity_id', 'actor'),
    knex('mails').where({ entity: 'voucher' }).whereIn('entity_id', list).whereNotNull('sent_at').orderBy('id')
      .select<{ entity_id: string; sent_at: number | string; recipient: string }[]>('entity_id', 'sent_at', 'recipient'),
    linksOf(knex, list),
  ]);
  const byId = <T>(rows: readonly T[], idOf: (row: T) => unknown): Map<string, T> => new Map(rows.map((row) => [String(idOf(row)), row]));
  // The first sale says how it was paid, the last mail where it went.
  const saleOf = byId([...sales].reverse(), (row) => row.voucher_id);
  const runOf = byId(runs, (row) => row.voucher_id);
  const redeemedOf = byId(redemptions, (row) => row.voucher_id);
  const actorOf = byId(actors, (row) => row.entity_id);
  const mailOf = byId(mails, (row) => row.entity_id);
  return new Map(
    vouchers.map((row) => {
      const id = String(row.id);
      const redeemed = redeemedOf.get(id);
      const mail = mailOf.get(id);
      return [id, {
        number: row.number,
        createdAt: Number(row.created_at),
        acknowledgedOn: row.acknowledged_on,
        generationId: row.generation_id === null ? null : String(row.generation_id),
        moved: moved.get(id) ?? NOTHING_MOVED,
        takenOver: moved.get(id)?.get('migrated')?.cents ?? 0,
        moneyRole: saleOf.get(id)?.debit_role ?? null,
        saleDocument: saleOf.get(id)?.document_number ?? null,
        lastPostedOn: [...(moved.get(id)?.values() ?? [])].map(({ lastOn }) => lastOn).sort().at(-1) ?? null,
        runNumber: runOf.get(id)?.number ?? null,
        redemptions: {
          count: toSafeInteger(redeemed?.uses ?? 0),
          applied: toSafeInteger(redeemed?.applied ?? 0),
          reversed: toSafeInteger(redeemed?.reversed ?? 0),
          lastAt: redeemed === undefined ? null : Number(redeemed.last_at),
          bookings: toSafeInteger(redeemed?.bookings ?? 0),
        },
        bookings: bookings.get(id) ?? [],
        isDeactivated: Boolean(row.is_deactivated),
        createdBy: actorOf.get(id)?.actor ?? row.created_by,
        mail: mail === undefined ? null : { sentAt: Number(mail.sent_at), to: mail.recipient },
        replacedBy: links.filter((link) => String(link.from_id) === id).map((link) => link.to_number ?? `ID ${link.to_id}`),
        replaces: links.filter((link) => String(link.to_id) === id).map((link) => link.from_number ?? `ID ${link.from_id}`),
      }];
    }),
  );
}

/** Names of brands, partners and the like. */
export async function readNames(knex: Knex, kind: 'brand' | 'partner', ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await knex('catalogue_entries').where({ kind }).whereIn('id', [...ids]).select<{ id: string; name: string }[]>('id', 'name');
  return new Map(rows.map(({ id, name }) => [id, name]));
}

const NOTHING_MOVED: ExportFacts['moved'] = new Map();

/** One row a voucher and event: what came onto the role of its value less what left it. */
async function movedBy(knex: Knex, ids: readonly string[]): Promise<Map<string, Map<string, { readonly cents: number; readonly lastOn: string }>>> {
  const roles = VALUE_ROLES.map(() => '?').join(', ');
  const rows = await knex('ledger_entries')
    .whereIn('voucher_id', [...ids])
    .groupBy('voucher_id', 'event')
    .select<{ voucher_id: number | string; event: string; cents: number | string; last_on: string }[]>(
      'voucher_id',
      'event',
      knex.raw(
        `sum(case when credit_role in (${roles}) then cents else 0 end) - sum(case when debit_role in (${roles}) then cents else 0 end) as cents, max(posted_on) as last_on`,
        [...VALUE_ROLES, ...VALUE_ROLES],
      ),
    );
  const byVoucher = new Map<string, Map<string, { readonly cents: number; readonly lastOn: string }>>();
  for (const row of rows) {
    const id = String(row.voucher_id);
    const known = byVoucher.get(id) ?? new Map<string, { readonly cents: number; readonly lastOn: string }>();
    byVoucher.set(id, known.set(row.event, { cents: toSafeInteger(row.cents), lastOn: row.last_on }));
  }
  return byVoucher;
}

const MAX_BOOKINGS = 100;

/** A code that was used very often keeps no other voucher's bookings out. */
async function newestBookings(knex: Knex, ids: readonly string[]): Promise<Map<string, string[]>> {
  const lines = knex('redemption_lines as l').join('redemptions as d', 'd.id', 'l.redemption_id').whereIn('l.voucher_id', [...ids]).groupBy('l.voucher_id', 'd.booking_number')
    .select('l.voucher_id', 'd.booking_number', knex.raw('row_number() over (partition by l.voucher_id order by max(l.id) desc) as place'));
  const rows = await knex.from(lines.as('n')).where('place', '<=', MAX_BOOKINGS).orderBy(['voucher_id', 'place']).select<{ voucher_id: number | string; booking_number: string }[]>('voucher_id', 'booking_number');
  const byVoucher = new Map<string, string[]>();
  for (const row of rows) byVoucher.set(String(row.voucher_id), [...(byVoucher.get(String(row.voucher_id)) ?? []), row.booking_number]);
  return byVoucher;
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
  readonly is_deactivated: number | boolean;
  readonly generation_id: number | string | null;
  readonly created_by: string | null;
}

interface RedeemedRow {
  readonly voucher_id: number | string;
  readonly uses: number | string;
  readonly applied: number | string;
  readonly reversed: number | string;
  readonly last_at: number | string;
  readonly bookings: number | string;
}

interface LinkRow {
  readonly from_id: number | string;
  readonly to_id: number | string;
  readonly from_number: string | null;
  readonly to_number: string | null;
}
