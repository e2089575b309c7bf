import type { Knex } from 'knex';
import { toSafeInteger } from '../../../platform/data/db.ts';

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
  /** `countsAt`: the last one of which something still counts. `bookings`: how many different ones. */
  readonly redemptions: {
    readonly count: number;
    readonly applied: number;
    readonly reversed: number;
    readonly lastAt: number | null;
    readonly countsAt: number | null;
    readonly bookings: number;
  };
  /** The newest booking numbers, at most a hundred. */
  readonly bookings: readonly string[];
  /** Locked by hand, also when it ended afterwards. */
  readonly isDeactivated: boolean;
  readonly createdBy: string | null;
  readonly mail: { readonly sentAt: number; readonly to: string } | null;
  readonly replacedBy: readonly string[];
  readonly replaces: readonly string[];
}

const VALUE_ROLES = ['V_KAUF', 'V_VERR', 'V_CREDIT', 'V_DEAL', 'MEMO_GOODWILL'];
const MONEY_EVENTS = ['sale', 'issue', 'migrated', 'deal_sale'];

/** The facts of at most 500 vouchers, by id. */
export async function readExportFacts(knex: Knex, ids: readonly string[]): Promise<Map<string, ExportFacts>> {
  const list = [...ids];
  const [vouchers, moved, sales, deals, runs, redemptions, bookings, actors, mails, links] = await Promise.all([
    knex('vouchers as v')
      .leftJoin('jobs as j', 'j.id', 'v.generation_id')
      .whereIn('v.id', list)
      .select<VoucherRow[]>(
        'v.id',
        'v.number',
        'v.created_at',
        'v.acknowledged_on',
        'v.is_deactivated',
        'v.generation_id',
        'j.created_by',
      ),
    movedBy(knex, list),
    knex('ledger_entries')
      .whereIn('voucher_id', list)
      .whereIn('event', MONEY_EVENTS)
      .orderBy('id')
      .select<{ voucher_id: number | string; debit_role: string; document_number: string | null }[]>(
        'voucher_id',
        'debit_role',
        'document_number',
      ),
    knex('deal_sales')
      .whereIn('voucher_id', list)
      .select<{ voucher_id: number | string; rest: number | string; sold_on: string }[]>(
        'voucher_id',
        'rest',
        'sold_on',
      ),
    knex('ledger_entries as e')
      .join('export_entries as x', 'x.entry_id', 'e.id')
      .join('export_runs as r', 'r.id', 'x.run_id')
      .whereIn('e.voucher_id', list)
      .whereNot('r.state', 'undone')
      .whereNull('x.skip_reason')
      .groupBy('e.voucher_id')
      .select<{ voucher_id: number | string; number: string }[]>('e.voucher_id', knex.raw('max(r.number) as number')),
    knex('redemption_lines as l')
      .join('redemptions as d', 'd.id', 'l.redemption_id')
      .whereIn('l.voucher_id', list)
      .groupBy('l.voucher_id')
      .select<RedeemedRow[]>(
        'l.voucher_id',
        knex.raw(
          'count(*) as uses, sum(l.applied) as applied, sum(l.reversed) as reversed, max(d.redeemed_at) as last_at, max(case when l.applied > l.reversed then d.redeemed_at end) as counts_at, count(distinct d.booking_number) as bookings',
        ),
      ),
    newestBookings(knex, list),
    knex('audit_log')
      .where({ entity: 'voucher' })
      .whereIn('entity_id', list)
      .whereIn('action', ['voucher.create', 'voucher.import'])
      .select<{ entity_id: string; actor: string }[]>('entity_id', 'actor'),
    mailsOf(knex, list),
    linksOf(knex, list),
  ]);
  const byId = <T>(rows: readonly T[], idOf: (row: T) => unknown): Map<string, T> =>
    new Map(rows.map((row) => [String(idOf(row)), row]));
  // The first sale says how it was paid.
  const saleOf = byId([...sales].reverse(), (row) => row.voucher_id);
  const dealOf = byId(deals, (row) => row.voucher_id);
  const runOf = byId(runs, (row) => row.voucher_id);
  const redeemedOf = byId(redemptions, (row) => row.voucher_id);
  const actorOf = byId(actors, (row) => row.entity_id);
  return new Map(
    vouchers.map((row) => {
      const id = String(row.id);
      const redeemed = redeemedOf.get(id);
      return [
        id,
        {
          number: row.number,
          createdAt: Number(row.created_at),
          acknowledgedOn: row.acknowledged_on,
          generationId: row.generation_id === null ? null : String(row.generation_id),
          moved: moved.get(id)?.cents ?? NOTHING_MOVED,
          dealRest: dealOf.has(id) ? toSafeInteger(dealOf.get(id)?.rest ?? 0) : null,
          soldOn: dealOf.get(id)?.sold_on ?? null,
          moneyRole: saleOf.get(id)?.debit_role ?? null,
          saleDocument: saleOf.get(id)?.document_number ?? null,
          lastPostedOn: moved.get(id)?.last ?? null,
          runNumber: runOf.get(id)?.number ?? null,
          redemptions: {
            count: toSafeInteger(redeemed?.uses ?? 0),
            applied: toSafeInteger(redeemed?.applied ?? 0),
            reversed: toSafeInteger(redeemed?.reversed ?? 0),
            lastAt: redeemed === undefined ? null : Number(redeemed.last_at),
            countsAt: redeemed === undefined || redeemed.counts_at === null ? null : Number(redeemed.counts_at),
            bookings: toSafeInteger(redeemed?.bookings ?? 0),
          },
          bookings: bookings.get(id) ?? [],
          isDeactivated: Boolean(row.is_deactivated),
          createdBy: actorOf.get(id)?.actor ?? row.created_by,
          mail: mails.get(id) ?? null,
          replacedBy: links
            .filter((link) => String(link.from_id) === id)
            .map((link) => link.to_number ?? `ID ${link.to_id}`),
          replaces: links
            .filter((link) => String(link.to_id) === id)
            .map((link) => link.from_number ?? `ID ${link.from_id}`),
        },
      ];
    }),
  );
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

interface Moved {
  readonly cents: Map<string, number>;
  last: string;
}

/** One row a voucher and event: what came onto the role of its value less what left it. */
async function movedBy(knex: Knex, ids: readonly string[]): Promise<Map<string, Moved>> {
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
  const byVoucher = new Map<string, Moved>();
  for (const row of rows) {
    const id = String(row.voucher_id);
    const known = byVoucher.get(id) ?? { cents: new Map<string, number>(), last: row.last_on };
    known.cents.set(row.event, toSafeInteger(row.cents));
    if (row.last_on > known.last) known.last = row.last_on;
    byVoucher.set(id, known);
  }
  return byVoucher;
}

const CARRYING_EVENTS = ['voucher_gift', 'order_fulfilled'];

interface Sent {
  readonly sentAt: number;
  readonly to: string;
}

/** The last mail that carried the code: the voucher's own, or its order's. */
async function mailsOf(knex: Knex, ids: readonly string[]): Promise<Map<string, Sent>> {
  const sent = (
    entity: string,
    of: readonly string[],
    events: readonly string[],
  ): Promise<{ entity_id: string; sent_at: number | string; recipient: string }[]> =>
    knex('mails')
      .where({ entity })
      .whereIn('entity_id', [...of])
      .whereIn('event', [...events])
      .whereNotNull('sent_at')
      .orderBy('id')
      .select('entity_id', 'sent_at', 'recipient');
  const ordered = await knex('order_vouchers')
    .whereIn('voucher_id', [...ids])
    .select<{ order_id: number | string; voucher_id: number | string }[]>('order_id', 'voucher_id');
  const own = await sent('voucher', ids, ['voucher_mail']);
  const ofOrders = new Map(
    (await sent('order', [...new Set(ordered.map((row) => String(row.order_id)))], CARRYING_EVENTS)).map((mail) => [
      mail.entity_id,
      mail,
    ]),
  );
  const last = new Map<string, Sent>();
  const carried = ordered.map((row) => ({ id: String(row.voucher_id), mail: ofOrders.get(String(row.order_id)) }));
  for (const { id, mail } of [...carried, ...own.map((one) => ({ id: one.entity_id, mail: one }))]) {
    if (mail !== undefined && Number(mail.sent_at) >= (last.get(id)?.sentAt ?? 0))
      last.set(id, { sentAt: Number(mail.sent_at), to: mail.recipient });
  }
  return last;
}

const MAX_BOOKINGS = 100;

/** A code that was used very often keeps no other voucher's bookings out. */
async function newestBookings(knex: Knex, ids: readonly string[]): Promise<Map<string, string[]>> {
  const lines = knex('redemption_lines as l')
    .join('redemptions as d', 'd.id', 'l.redemption_id')
    .whereIn('l.voucher_id', [...ids])
    .groupBy('l.voucher_id', 'd.booking_number')
    .select(
      'l.voucher_id',
      'd.booking_number',
      knex.raw('row_number() over (partition by l.voucher_id order by max(l.id) desc) as place'),
    );
  const rows = await knex
    .from(lines.as('n'))
    .where('place', '<=', MAX_BOOKINGS)
    .orderBy(['voucher_id', 'place'])
    .select<{ voucher_id: number | string; booking_number: string }[]>('voucher_id', 'booking_number');
  const byVoucher = new Map<string, string[]>();
  for (const row of rows)
    byVoucher.set(String(row.voucher_id), [...(byVoucher.get(String(row.voucher_id)) ?? []), row.booking_number]);
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
  readonly counts_at: number | string | null;
  readonly bookings: number | string;
}

interface LinkRow {
  readonly from_id: number | string;
  readonly to_id: number | string;
  readonly from_number: string | null;
  readonly to_number: string | null;
}
