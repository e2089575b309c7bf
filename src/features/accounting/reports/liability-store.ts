import type { Knex } from 'knex';
import type { VoucherType } from '../../../core/engine/voucher.ts';
import { isMysqlConnection, toFigure, toSafeInteger } from '../../../platform/data/db.ts';
import { lapsedOn, LAST_DAY, laterNet, NET, OWED, rowsOf, textOrNull, type Cut, type Part } from './open-item-store.ts';

export type { Cut };

/** Single balances added up, by what the ageing asks for. */
export interface BalanceGroup {
  readonly type: VoucherType;
  readonly brand: string | null;
  readonly currency: string;
  readonly issueYear: string;
  /** Of days kept before `isBarred`; the year decides in Germany, elsewhere its last day is the latest the claim can end. */
  readonly claimYear?: string;
  /** The claim was time-barred on the day. */
  readonly isBarred?: boolean;
  /** Taken from balances by their rule: it waits for a derecognition. */
  readonly isForfeited?: boolean;
  readonly bookUntil: 'none' | 'past' | 'year' | 'five_years' | 'longer';
  readonly isBlocked: boolean;
  readonly cents: number;
  readonly vouchers: number;
  /** What of them is below zero; days kept before do not say. */
  readonly negative?: number;
}

export interface LifeDays {
  readonly inOneYear: string;
  readonly inFiveYears: string;
  /** Claims up to this day are time-barred on the day. */
  readonly lastClaim: string;
}

/** Every single balance on a day, from the balance a voucher has now less all that was posted or known later. */
export async function groupBalances(knex: Knex, cut: Cut, days: LifeDays): Promise<BalanceGroup[]> {
  const parts = owedParts(knex, cut, await laterEntries(knex, cut));
  // The vouchers first and their rules after: a planner that begins with a hundred thousand rules needs four times as long.
  const answer: unknown = await knex.raw(
    `select ${isMysqlConnection(knex) ? 'straight_join' : ''} v.type, r.brand_id, r.currency, substr(v.paid_on, 1, 4) as issue_year, case when coalesce(v.acknowledged_on, v.paid_on) <= ? then 1 else 0 end as barred, v.lapsed,
       case when r.book_until is null then 'none' when ${LAST_DAY} < ? then 'past' when ${LAST_DAY} <= ? then 'year' when ${LAST_DAY} <= ? then 'five_years' else 'longer' end as life,
       v.blocked, sum(v.cents) as cents, sum(v.vouchers) as vouchers, sum(v.negative) as negative
     from (${parts.map(({ sql }) => sql).join(' union all ')}) v
     cross join voucher_rules r on r.id = v.rules_id
     where (v.vouchers <> 0 or v.cents <> 0 or v.negative <> 0) and ${IS_LIABILITY}
     group by v.type, r.brand_id, r.currency, issue_year, barred, v.lapsed, life, v.blocked
     having sum(v.vouchers) <> 0 or sum(v.cents) <> 0 or sum(v.negative) <> 0`,
    [days.lastClaim, cut.day, days.inOneYear, days.inFiveYears, ...parts.flatMap(({ bindings }) => bindings)],
  );
  return rowsOf(answer).map((row) => ({
    type: row['type'] as VoucherType,
    brand: textOrNull(row['brand_id']),
    currency: String(row['currency']),
    issueYear: textOrNull(row['issue_year']) ?? '',
    isBarred: Number(row['barred']) === 1,
    isForfeited: Number(row['lapsed']) === 1,
    bookUntil: row['life'] as BalanceGroup['bookUntil'],
    isBlocked: Number(row['blocked']) === 1,
    cents: toFigure(row['cents']),
    vouchers: toSafeInteger(row['vouchers']),
    negative: toFigure(row['negative']),
  }));
}

/** Goodwill is no liability: its value stands on a memo role. */
const IS_LIABILITY = `(r.funding is null or r.funding <> 'goodwill')`;

/** What of a balance is below zero; summed: of each of many. There must be none. */
function below(owed: string, isSummed = false): string {
  const one = `case when ${owed} < 0 then ${owed} else 0 end`;
  return isSummed ? `sum(${one})` : one;
}

/** What tells groups of vouchers apart, as far as it stands in their rows. */
const VOUCHER_KEYS = 'x.type, x.rules_id, x.paid_on, x.acknowledged_on, x.extended_until';
const BLOCKED = 'case when x.is_deactivated or x.cancelled_at is not null then 1 else 0 end';
const STORES_VALUE = "x.type in ('purchase', 'settlement') and x.ledger_count > 0";

/**
 * What was owed on the day, already added up: vouchers of stored value as they stand now, what moved on them later taken
 * off, and deals that a partner sold for us. One statement reads it all, so that no redemption falls in between.
 */
function owedParts(knex: Knex, cut: Cut, entries: LaterEntries): Part[] {
  const hasLater = entries !== 'none';
  const byType = isMysqlConnection(knex) ? 'force index (vouchers_type_id_index)' : '';
  const stored = (owed: string, bindings: Part['bindings']): Part => ({
    sql: `select ${VOUCHER_KEYS}, ${BLOCKED} as blocked, 0 as lapsed, sum(${owed}) as cents, sum(case when ${owed} <> 0 then 1 else 0 end) as vouchers, ${below(owed, true)} as negative from vouchers x ${byType} where ${STORES_VALUE} group by ${VOUCHER_KEYS}, blocked`,
    bindings: [...bindings, ...bindings, ...bindings, ...bindings],
  });
  const later = laterNet(cut);
  const rest = hasLater ? `s.rest - ${later.sql}` : 's.rest';
  const deals: Part = {
    sql: `select x.type, x.rules_id, s.sold_on as paid_on, x.acknowledged_on, x.extended_until, ${BLOCKED} as blocked, 0 as lapsed, ${rest} as cents, case when ${rest} <> 0 then 1 else 0 end as vouchers, ${below(rest)} as negative from deal_sales s join vouchers x on x.id = s.voucher_id`,
    bindings: hasLater ? Array.from({ length: 4 }, () => later.bindings).flat() : [],
  };
  const others = [deals, ...toppedUp(cut), forfeited(cut)];
  if (!hasLater) return [stored(OWED, []), ...others];
  if (cut.knownUntil !== null) return [stored(`(${OWED} - ${later.sql})`, later.bindings), ...others];
  return [stored(OWED, []), movedAfter(knex, cut.day, entries), ...others];
}

/** Rests that lapsed stand for themselves: a lock of their voucher says nothing of them. */
function forfeited(cut: Cut): Part {
  const left = lapsedOn(cut);
  return {
    sql: `select ${VOUCHER_KEYS}, 0 as blocked, 1 as lapsed, ${left.sql} as cents, case when ${left.sql} <> 0 then 1 else 0 end as vouchers, ${below(left.sql)} as negative from vouchers x where x.has_forfeited = ?`,
    bindings: [...Array.from({ length: 4 }, () => left.bindings).flat(), 1],
  };
}

/**
 * A top-up is a claim of its own, so it goes from the day of its voucher to its own; the oldest money is spent first. Two
 * parts: what comes to the days of top-ups, and the same taken off their vouchers' days.
 */
function toppedUp(cut: Cut): Part[] {
  const later = laterNet(cut);
  const known = cut.knownUntil === null ? '' : ' and e.recorded_at <= ?';
  const topUps = `select x.*, ${BLOCKED} as blocked, e.cents, coalesce(e.event_on, e.posted_on) as on_day, ${OWED} - ${later.sql}
      - coalesce(sum(e.cents) over (partition by e.voucher_id order by e.posted_on desc, e.position desc rows between unbounded preceding and 1 preceding), 0) as free
    from vouchers x join ledger_entries e on e.voucher_id = x.id
    where x.topped_up_on is not null and e.event = 'top_up' and e.posted_on <= ?${known}`;
  const left = 'case when x.free < x.cents then x.free else x.cents end';
  const bindings = [...later.bindings, cut.day, ...(cut.knownUntil === null ? [] : [cut.knownUntil])];
  const part = (columns: string): Part => ({
    sql: `select x.type, x.rules_id, ${columns} from (${topUps}) x where x.free > 0`,
    bindings,
  });
  return [
    part(
      `x.on_day as paid_on, case when x.acknowledged_on > x.on_day then x.acknowledged_on end as acknowledged_on, x.extended_until, x.blocked, 0 as lapsed, ${left} as cents, 1 as vouchers, 0 as negative`,
    ),
    part(
      `x.paid_on, x.acknowledged_on, x.extended_until, x.blocked, 0 as lapsed, -(${left}) as cents, case when x.free <= x.cents then -1 else 0 end as vouchers, 0 as negative`,
    ),
  ];
}

/** What moved on vouchers of stored value after the day, with its sign turned; many entries are read along an index, voucher by voucher. */
function movedAfter(knex: Knex, day: string, entries: LaterEntries): Part {
  const index = isMysqlConnection(knex)
    ? `force index (${entries === 'many' ? 'ledger_entries_voucher_day' : 'ledger_entries_posted_on_index'})`
    : '';
  return {
    sql: `select ${VOUCHER_KEYS}, ${BLOCKED} as blocked, 0 as lapsed, sum(-t.net) as cents, sum(case when ${OWED} - t.net <> 0 then 1 else 0 end) - sum(case when ${OWED} <> 0 then 1 else 0 end) as vouchers, ${below(`${OWED} - t.net`, true)} as negative
      from (select e.voucher_id, ${NET} as net from ledger_entries e ${index} where e.posted_on > ? group by e.voucher_id) t join vouchers x on x.id = t.voucher_id
      where ${STORES_VALUE} group by ${VOUCHER_KEYS}, blocked`,
    bindings: [day],
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
