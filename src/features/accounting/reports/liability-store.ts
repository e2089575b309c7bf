import type { Knex } from 'knex';
import { SINGLE_VALUE_ROLES } from '../../../core/books/chart-of-accounts.ts';
import type { VoucherType } from '../../../core/engine/voucher.ts';
import { isMysqlConnection, toSafeInteger } from '../../../platform/data/db.ts';

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
  const parts = owedParts(knex, cut, await laterEntries(knex, cut));
  // The vouchers first and their rules after: a planner that begins with a hundred thousand rules needs four times as long.
  const answer: unknown = await knex.raw(
    `select ${isMysqlConnection(knex) ? 'straight_join' : ''} v.type, r.brand_id, r.currency, substr(v.paid_on, 1, 4) as issue_year, substr(coalesce(v.acknowledged_on, v.paid_on), 1, 4) as claim_year,
       case when r.book_until is null then 'none' when ${LAST_DAY} < ? then 'past' when ${LAST_DAY} <= ? then 'year' when ${LAST_DAY} <= ? then 'five_years' else 'longer' end as life,
       v.blocked, sum(v.cents) as cents, sum(v.vouchers) as vouchers
     from (${parts.map(({ sql }) => sql).join(' union all ')}) v
     cross join voucher_rules r on r.id = v.rules_id
     where (v.vouchers <> 0 or v.cents <> 0) and ${IS_LIABILITY}
     group by v.type, r.brand_id, r.currency, issue_year, claim_year, life, v.blocked
     having sum(v.vouchers) <> 0 or sum(v.cents) <> 0`,
    [cut.day, days.inOneYear, days.inFiveYears, ...parts.flatMap(({ bindings }) => bindings)],
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
  const found = [
    ...(await openItemsOf(knex, 'purchase', cut, afterId, limit)),
    ...(await openItemsOf(knex, 'settlement', cut, afterId, limit)),
    ...(await openDealItems(knex, cut, afterId, limit)),
  ];
  return found.sort((a, b) => Number(a.id) - Number(b.id)).slice(0, limit);
}

async function openItemsOf(
  knex: Knex,
  type: VoucherType,
  cut: Cut,
  afterId: string,
  limit: number,
): Promise<OpenItem[]> {
  const net = laterNet(cut);
  const answer: unknown = await knex.raw(
    `select v.*, r.title, r.brand_id, r.currency, ${LAST_DAY} as book_until, r.funding
     from (select x.id, x.number, x.type, x.rules_id, x.paid_on, x.extended_until, coalesce(x.acknowledged_on, x.paid_on) as claim_on,
         case when x.is_deactivated or x.cancelled_at is not null then 1 else 0 end as blocked, ${OWED} - ${net.sql} as cents
       from vouchers x join voucher_rules f on f.id = x.rules_id
       where x.type = ? and x.id > ? and x.ledger_count > 0 and (f.funding is null or f.funding <> 'goodwill') and ${OWED} - ${net.sql} <> 0
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
       s.rest - ${net.sql} as cents, r.title, r.brand_id, r.currency, ${LAST_DAY} as book_until, r.funding
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
    funding: textOrNull(row['funding']),
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

interface Part {
  readonly sql: string;
  readonly bindings: readonly (string | number)[];
}

/** What tells groups of vouchers apart, as far as it stands in their rows. */
const VOUCHER_KEYS = 'x.type, x.rules_id, x.paid_on, x.acknowledged_on, x.extended_until';
const BLOCKED = 'case when x.is_deactivated or x.cancelled_at is not null then 1 else 0 end';
/** A bonus was given away, so nobody is owed it. */
const OWED = '(x.balance - x.bonus_balance)';
const STORES_VALUE = "x.type in ('purchase', 'settlement') and x.ledger_count > 0";

/**
 * What was owed on the day, already added up: vouchers of stored value as they stand now, what moved on them later taken
 * off, and deals that a partner sold for us. One statement reads it all, so that no redemption falls in between.
 */
function owedParts(knex: Knex, cut: Cut, entries: LaterEntries): Part[] {
  const hasLater = entries !== 'none';
  const byType = isMysqlConnection(knex) ? 'force index (vouchers_type_id_index)' : '';
  const stored = (owed: string, bindings: Part['bindings']): Part => ({
    sql: `select ${VOUCHER_KEYS}, ${BLOCKED} as blocked, sum(${owed}) as cents, sum(case when ${owed} <> 0 then 1 else 0 end) as vouchers from vouchers x ${byType} where ${STORES_VALUE} group by ${VOUCHER_KEYS}, blocked`,
    bindings: [...bindings, ...bindings],
  });
  const later = laterNet(cut);
  const rest = hasLater ? `s.rest - ${later.sql}` : 's.rest';
  const deals: Part = {
    sql: `select x.type, x.rules_id, s.sold_on as paid_on, x.acknowledged_on, x.extended_until, ${BLOCKED} as blocked, ${rest} as cents, case when ${rest} <> 0 then 1 else 0 end as vouchers from deal_sales s join vouchers x on x.id = s.voucher_id`,
    bindings: hasLater ? [...later.bindings, ...later.bindings] : [],
  };
  if (!hasLater) return [stored(OWED, []), deals];
  if (cut.knownUntil !== null) return [stored(`(${OWED} - ${later.sql})`, later.bindings), deals];
  return [stored(OWED, []), movedAfter(knex, cut.day, entries), deals];
}

/** What moved on vouchers of stored value after the day, with its sign turned; many entries are read along an index, voucher by voucher. */
function movedAfter(knex: Knex, day: string, entries: LaterEntries): Part {
  const index = isMysqlConnection(knex)
    ? `force index (${entries === 'many' ? 'ledger_entries_voucher_day' : 'ledger_entries_posted_on_index'})`
    : '';
  return {
    sql: `select ${VOUCHER_KEYS}, ${BLOCKED} as blocked, sum(-t.net) as cents, sum(case when ${OWED} - t.net <> 0 then 1 else 0 end) - sum(case when ${OWED} <> 0 then 1 else 0 end) as vouchers
      from (select e.voucher_id, ${NET} as net from ledger_entries e ${index} where e.posted_on > ? group by e.voucher_id) t join vouchers x on x.id = t.voucher_id
      where ${STORES_VALUE} group by ${VOUCHER_KEYS}, blocked`,
    bindings: [day],
  };
}

const ROLES = SINGLE_VALUE_ROLES.map((role) => `'${role}'`).join(', ');
/** Credits less debits of the entries `e` on the roles of single values. */
const NET = `sum(case when e.credit_role in (${ROLES}) then e.cents else 0 end) - sum(case when e.debit_role in (${ROLES}) then e.cents else 0 end)`;

/** What came onto a voucher `x` after the day, or was known only later; read from an index alone. */
function laterNet({ day, knownUntil }: Cut): { readonly sql: string; readonly bindings: readonly (string | number)[] } {
  return {
    sql: `coalesce((select ${NET}
        from ledger_entries e where e.voucher_id = x.id and (e.posted_on > ?${knownUntil === null ? '' : ' or e.recorded_at > ?'})), 0)`,
    bindings: knownUntil === null ? [day] : [day, knownUntil],
  };
}

/** `few`: picked out by their day; `many`: so many that a walk along all entries in the order of the vouchers is quicker. */
type LaterEntries = 'none' | 'few' | 'many';
const FEW = 500_000;

async function laterEntries(knex: Knex, cut: Cut): Promise<LaterEntries> {
  if (!(await hasLaterEntries(knex, cut))) return 'none';
  const beyond: unknown = await knex('ledger_entries')
    .where('posted_on', '>', cut.day)
    .orderBy('posted_on')
    .offset(FEW)
    .first('id');
  return beyond === undefined ? 'few' : 'many';
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
