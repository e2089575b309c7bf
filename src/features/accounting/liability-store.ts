import type { Knex } from 'knex';
import { SINGLE_VALUE_ROLES } from '../../core/chart-of-accounts.ts';
import type { VoucherType } from '../../core/voucher.ts';
import { isMysqlConnection, toSafeInteger } from '../../platform/db.ts';

export interface Cut {
  /** The last posting day that counts. */
  readonly day: string;
  /** The last instant at which an entry was known; null: all that is known now. */
  readonly knownUntil: number | null;
}

/** Single balances added up, by what the ageing asks for. */
export interface BalanceGroup {
  readonly type: VoucherType;
  readonly brand: string | null;
  readonly currency: string;
  readonly issueYear: string;
  readonly claimYear: string;
  readonly bookUntil: 'none' | 'past' | 'year' | 'five_years' | 'longer';
  readonly isBlocked: boolean;
  readonly cents: number;
  readonly vouchers: number;
}

export interface OpenItem {
  readonly id: string;
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

export interface LifeDays {
  readonly inOneYear: string;
  readonly inFiveYears: string;
}

/** Every single balance on a day, from the balance a voucher has now less all that was posted or known later. */
export async function groupBalances(knex: Knex, cut: Cut, days: LifeDays): Promise<BalanceGroup[]> {
  const owed = owedOn(knex, cut, await hasLaterEntries(knex, cut));
  // The vouchers first and their rules after: a planner that begins with a hundred thousand rules needs four times as long.
  const answer: unknown = await knex.raw(
    `select ${isMysqlConnection(knex) ? 'straight_join' : ''} v.type, r.brand_id, r.currency, substr(v.paid_on, 1, 4) as issue_year, substr(coalesce(v.acknowledged_on, v.paid_on), 1, 4) as claim_year,
       case when r.book_until is null then 'none' when ${LAST_DAY} < ? then 'past' when ${LAST_DAY} <= ? then 'year' when ${LAST_DAY} <= ? then 'five_years' else 'longer' end as life,
       v.blocked, sum(v.cents) as cents, sum(v.vouchers) as vouchers
     from (select o.type, o.rules_id, o.paid_on, o.acknowledged_on, o.extended_until, case when o.is_deactivated or o.cancelled_at is not null then 1 else 0 end as blocked,
         sum(o.owed) as cents, sum(case when o.owed <> 0 then 1 else 0 end) as vouchers
       from (${owed.sql}) o group by o.type, o.rules_id, o.paid_on, o.acknowledged_on, o.extended_until, blocked) v
     cross join voucher_rules r on r.id = v.rules_id
     where v.vouchers > 0 and ${IS_LIABILITY}
     group by v.type, r.brand_id, r.currency, issue_year, claim_year, life, v.blocked`,
    [cut.day, days.inOneYear, days.inFiveYears, ...owed.bindings],
  );
  return rowsOf(answer).map((row) => ({
    type: row['type'] as VoucherType,
    brand: textOrNull(row['brand_id']),
    currency: String(row['currency']),
    issueYear: textOrNull(row['issue_year']) ?? '',
    claimYear: textOrNull(row['claim_year']) ?? '',
    bookUntil: row['life'] as BalanceGroup['bookUntil'],
    isBlocked: Number(row['blocked']) === 1,
    cents: toSafeInteger(row['cents']),
    vouchers: toSafeInteger(row['vouchers']),
  }));
}

/** The open items by voucher, for pages and lists. Each type goes along its own index, past the codes that store no value. */
export async function findOpenItems(knex: Knex, cut: Cut, afterId: string, limit: number): Promise<OpenItem[]> {
  const found = [...(await openItemsOf(knex, 'purchase', cut, afterId, limit)), ...(await openItemsOf(knex, 'settlement', cut, afterId, limit)), ...(await openDealItems(knex, cut, afterId, limit))];
  return found.sort((a, b) => Number(a.id) - Number(b.id)).slice(0, limit);
}

async function openItemsOf(knex: Knex, type: VoucherType, cut: Cut, afterId: string, limit: number): Promise<OpenItem[]> {
  const net = laterNet(cut);
  const answer: unknown = await knex.raw(
    `select v.*, r.title, r.brand_id, r.currency, ${LAST_DAY} as book_until, r.funding_kind
     from (select x.id, x.number, x.type, x.rules_id, x.paid_on, x.extended_until, coalesce(x.acknowledged_on, x.paid_on) as claim_on,
         case when x.is_deactivated or x.cancelled_at is not null then 1 else 0 end as blocked, x.balance - ${net.sql} as cents
       from vouchers x join voucher_rules f on f.id = x.rules_id
       where x.type = ? and x.id > ? and x.ledger_count > 0 and (f.funding is null or f.funding <> 'goodwill') and x.balance - ${net.sql} <> 0
       order by x.id limit ?) v
     join voucher_rules r on r.id = v.rules_id
     order by v.id`,
    [...net.bindings, type, afterId, ...net.bindings, limit],
  );
  return openItemsIn(answer);
}

/** Deals that a partner sold for us: what their holders paid is owed, though no value is stored on the voucher. */
async function openDealItems(knex: Knex, cut: Cut, afterId: string, limit: number): Promise<OpenItem[]> {
  const net = laterNet(cut);
  const answer: unknown = await knex.raw(
    `select v.id, v.number, v.type, s.sold_on as paid_on, coalesce(v.acknowledged_on, s.sold_on) as claim_on, case when v.is_deactivated or v.cancelled_at is not null then 1 else 0 end as blocked,
       s.rest - ${net.sql} as cents, r.title, r.brand_id, r.currency, ${LAST_DAY} as book_until, r.funding_kind
     from deal_sales s join vouchers x on x.id = s.voucher_id join vouchers v on v.id = x.id join voucher_rules r on r.id = v.rules_id
     where x.id > ? and s.rest - ${net.sql} <> 0
     order by x.id limit ?`,
    [...net.bindings, afterId, ...net.bindings, limit],
  );
  return openItemsIn(answer);
}

function openItemsIn(answer: unknown): OpenItem[] {
  return rowsOf(answer).map((row) => ({
    id: String(row['id']),
    number: textOrNull(row['number']) ?? '',
    type: row['type'] as VoucherType,
    funding: textOrNull(row['funding_kind']),
    title: String(row['title']),
    brand: textOrNull(row['brand_id']),
    currency: String(row['currency']),
    paidOn: textOrNull(row['paid_on']),
    claimOn: textOrNull(row['claim_on']),
    bookUntil: textOrNull(row['book_until']),
    isBlocked: Number(row['blocked']) === 1,
    cents: toSafeInteger(row['cents']),
  }));
}

/** A code of a campaign may be open longer than its campaign. */
const LAST_DAY = 'case when v.extended_until > r.book_until then v.extended_until else r.book_until end';

/** Goodwill is no liability: its value stands on a memo role. */
const IS_LIABILITY = `(r.funding is null or r.funding <> 'goodwill')`;

/** Vouchers of stored value, and deals a partner sold for us, with what was owed on them on the day. */
function owedOn(knex: Knex, cut: Cut, hasLater: boolean): { readonly sql: string; readonly bindings: readonly (string | number)[] } {
  const net = hasLater ? laterNet(cut) : { sql: '0', bindings: [] };
  return {
    sql: `select x.type, x.rules_id, x.paid_on, x.acknowledged_on, x.extended_until, x.is_deactivated, x.cancelled_at, x.balance - ${net.sql} as owed
      from vouchers x ${isMysqlConnection(knex) ? 'force index (vouchers_type_id_index)' : ''} where x.type in ('purchase', 'settlement') and x.ledger_count > 0
      union all
      select x.type, x.rules_id, s.sold_on, x.acknowledged_on, x.extended_until, x.is_deactivated, x.cancelled_at, s.rest - ${net.sql} as owed from deal_sales s join vouchers x on x.id = s.voucher_id`,
    bindings: [...net.bindings, ...net.bindings],
  };
}

/** What came onto a voucher `x` after the day, or was known only later; read from an index alone. */
function laterNet({ day, knownUntil }: Cut): { readonly sql: string; readonly bindings: readonly (string | number)[] } {
  const roles = SINGLE_VALUE_ROLES.map((role) => `'${role}'`).join(', ');
  return {
    sql: `coalesce((select sum(case when e.credit_role in (${roles}) then e.cents else 0 end) - sum(case when e.debit_role in (${roles}) then e.cents else 0 end)
        from ledger_entries e where e.voucher_id = x.id and (e.posted_on > ?${knownUntil === null ? '' : ' or e.recorded_at > ?'})), 0)`,
    bindings: knownUntil === null ? [day] : [day, knownUntil],
  };
}

export async function hasLaterEntries(knex: Knex, { day, knownUntil }: Cut): Promise<boolean> {
  return knownUntil !== null || (await knex('ledger_entries').where('posted_on', '>', day).first('id')) !== undefined;
}

function rowsOf(answer: unknown): Record<string, string | number | null>[] {
  const list = answer as unknown[];
  return (Array.isArray(list[0]) ? list[0] : list) as Record<string, string | number | null>[];
}

function textOrNull(value: string | number | null | undefined): string | null {
  return value === null || value === undefined ? null : String(value);
}
