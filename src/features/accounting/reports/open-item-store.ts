import type { Knex } from 'knex';
import { SINGLE_VALUE_ROLES } from '../../../core/books/chart-of-accounts.ts';
import type { VoucherType } from '../../../core/engine/voucher.ts';
import { toFigure } from '../../../platform/data/db.ts';

export interface Cut {
  /** The last posting day that counts. */
  readonly day: string;
  /** The last instant at which an entry was known; null: all that is known now. */
  readonly knownUntil: number | null;
}

export interface OpenItem {
  readonly id: string;
  /** Where it stands in the list: a voucher may have two items. */
  readonly place: string;
  /** Not its balance, but a rest that lapsed. */
  readonly isForfeited: boolean;
  readonly number: string;
  readonly type: VoucherType;
  readonly funding: string | null;
  readonly title: string;
  readonly brand: string | null;
  readonly currency: string;
  readonly paidOn: string | null;
  readonly claimOn: string | null;
  readonly bookUntil: string | null;
  readonly isBlocked: boolean;
  readonly cents: number;
}

/**
 * The open items in the order of their place, for pages and lists: balances, and rests that lapsed. Each type goes along its
 * own index, past the codes that store no value.
 */
export async function findOpenItems(knex: Knex, cut: Cut, afterPlace: string, limit: number): Promise<OpenItem[]> {
  const place = Number(afterPlace);
  const afterId = String(Math.floor(place / 2));
  const page = { afterId, limit };
  const found = [
    ...(await openItemsOf(knex, 'purchase', cut, page)),
    ...(await openItemsOf(knex, 'settlement', cut, page)),
    ...(await openDealItems(knex, cut, afterId, limit)),
    ...(await forfeitedItems(knex, cut, String(Math.floor((place - 1) / 2)), limit)),
  ];
  return found.sort((a, b) => Number(a.place) - Number(b.place)).slice(0, limit);
}

/** Rests that lapsed and were not derecognised on the day. */
async function forfeitedItems(knex: Knex, cut: Cut, afterId: string, limit: number): Promise<OpenItem[]> {
  const left = lapsedOn(cut);
  const answer: unknown = await knex.raw(
    `select x.id, x.number, x.type, x.paid_on, coalesce(x.acknowledged_on, x.paid_on) as claim_on, 0 as blocked, ${left.sql} as cents,
       r.title, r.brand_id, r.currency, ${lastDayOf('x')} as book_until, r.funding
     from vouchers x join voucher_rules r on r.id = x.rules_id
     where x.has_forfeited = ? and x.id > ? and ${left.sql} <> 0
     order by x.id limit ?`,
    [...left.bindings, 1, afterId, ...left.bindings, limit],
  );
  return openItemsIn(answer, true);
}

/** Money that was added is a claim of its own, and nothing is left after the youngest. */
const YOUNGEST_CLAIM = `case when x.topped_up_on <= ? and x.topped_up_on > coalesce(x.acknowledged_on, x.paid_on) then x.topped_up_on
         else coalesce(x.acknowledged_on, x.paid_on) end`;

async function openItemsOf(
  knex: Knex,
  type: VoucherType,
  cut: Cut,
  { afterId, limit }: { readonly afterId: string; readonly limit: number },
): Promise<OpenItem[]> {
  const net = laterNet(cut);
  const answer: unknown = await knex.raw(
    `select v.*, r.title, r.brand_id, r.currency, ${LAST_DAY} as book_until, r.funding
     from (select x.id, x.number, x.type, x.rules_id, x.paid_on, x.extended_until, ${YOUNGEST_CLAIM} as claim_on,
         case when x.is_deactivated or x.cancelled_at is not null then 1 else 0 end as blocked, ${OWED} - ${net.sql} as cents
       from vouchers x join voucher_rules f on f.id = x.rules_id
       where x.type = ? and x.id > ? and x.ledger_count > 0 and (f.funding is null or f.funding <> 'goodwill') and ${OWED} - ${net.sql} <> 0
       order by x.id limit ?) v
     join voucher_rules r on r.id = v.rules_id
     order by v.id`,
    [cut.day, ...net.bindings, type, afterId, ...net.bindings, limit],
  );
  return openItemsIn(answer);
}

/** Deals that a partner sold for us: what their holders paid is owed, though no value is stored on the voucher. */
async function openDealItems(knex: Knex, cut: Cut, afterId: string, limit: number): Promise<OpenItem[]> {
  const net = laterNet(cut);
  const answer: unknown = await knex.raw(
    `select v.id, v.number, v.type, s.sold_on as paid_on, coalesce(v.acknowledged_on, s.sold_on) as claim_on, case when v.is_deactivated or v.cancelled_at is not null then 1 else 0 end as blocked,
       s.rest - ${net.sql} as cents, r.title, r.brand_id, r.currency, ${LAST_DAY} as book_until, r.funding
     from deal_sales s join vouchers x on x.id = s.voucher_id join vouchers v on v.id = x.id join voucher_rules r on r.id = v.rules_id
     where x.id > ? and s.rest - ${net.sql} <> 0
     order by x.id limit ?`,
    [...net.bindings, afterId, ...net.bindings, limit],
  );
  return openItemsIn(answer);
}

/** What is owed has an even place, a lapsed rest of the same voucher the one after. */
function openItemsIn(answer: unknown, isForfeited = false): OpenItem[] {
  return rowsOf(answer).map((row) => ({
    id: String(row['id']),
    place: String(Number(row['id']) * 2 + (isForfeited ? 1 : 0)),
    isForfeited,
    number: textOrNull(row['number']) ?? '',
    type: row['type'] as VoucherType,
    funding: textOrNull(row['funding']),
    title: String(row['title']),
    brand: textOrNull(row['brand_id']),
    currency: String(row['currency']),
    paidOn: textOrNull(row['paid_on']),
    claimOn: textOrNull(row['claim_on']),
    bookUntil: textOrNull(row['book_until']),
    isBlocked: Number(row['blocked']) === 1,
    cents: toFigure(row['cents']),
  }));
}

/** A code of a campaign may be open longer than its campaign. */
const lastDayOf = (voucher: string): string =>
  `case when ${voucher}.extended_until > r.book_until then ${voucher}.extended_until else r.book_until end`;
export const LAST_DAY = lastDayOf('v');

/** A piece of a statement. */
export interface Part {
  readonly sql: string;
  readonly bindings: readonly (string | number)[];
}

/** A bonus was given away, so nobody is owed it. */
export const OWED = '(x.balance - x.bonus_balance)';
const ROLES = SINGLE_VALUE_ROLES.map((role) => `'${role}'`).join(', ');
/** Credits less debits of the entries `e` on the roles of single values. */
export const NET = `sum(case when e.credit_role in (${ROLES}) then e.cents else 0 end) - sum(case when e.debit_role in (${ROLES}) then e.cents else 0 end)`;

/** What of the rests of a voucher `x` that lapsed was left on the day. */
export function lapsedOn(cut: Cut): Part {
  const later = laterNet(cut, NET_LAPSED);
  return { sql: `(x.forfeited - ${later.sql})`, bindings: later.bindings };
}

const NET_LAPSED = `sum(case when e.credit_role = 'V_FORFEIT' then e.cents else 0 end) - sum(case when e.debit_role = 'V_FORFEIT' then e.cents else 0 end)`;

/** What came onto a voucher `x` after the day, or was known only later; read from an index alone. */
export function laterNet({ day, knownUntil }: Cut, net = NET): Part {
  return {
    sql: `coalesce((select ${net}
        from ledger_entries e where e.voucher_id = x.id and (e.posted_on > ?${knownUntil === null ? '' : ' or e.recorded_at > ?'})), 0)`,
    bindings: knownUntil === null ? [day] : [day, knownUntil],
  };
}

export function rowsOf(answer: unknown): Record<string, string | number | null>[] {
  const list = answer as unknown[];
  return (Array.isArray(list[0]) ? list[0] : list) as Record<string, string | number | null>[];
}

export function textOrNull(value: string | number | null | undefined): string | null {
  return value === null || value === undefined ? null : String(value);
}
