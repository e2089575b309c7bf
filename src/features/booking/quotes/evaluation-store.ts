import type { Knex } from 'knex';
import type { BonusTerms } from '../../../core/books/bonus.ts';
import type { BookingSoFar } from '../../../core/engine/booking-limit.ts';
import type { DiscountMethod } from '../../../core/books/postings.ts';
import type { CodeShape, Residual, StackingPolicy, Voucher, VoucherType } from '../../../core/engine/voucher.ts';
import { toSafeInteger } from '../../../platform/data/db.ts';
import { parseJson } from '../../../platform/data/json.ts';
import { rulesSql, toRules, type RulesRow } from '../../vouchers/rules/rules-row.ts';

/** What one evaluation needs to know, besides the codes themselves. */
export interface EvaluationQuestion {
  readonly normalisedCodes: readonly string[];
  readonly regions: readonly string[];
  readonly customerId: string | null;
  readonly customerEmail: string | null;
  /** The booking's own reference with the client: its hold never counts against it. */
  readonly reference: string | null;
  readonly clientId: string;
  /** The booking that is redeemed for; null: none, and nothing is asked of it. */
  readonly bookingRef: BookingRef | null;
  readonly now: number;
}

/** A booking by its number in a circle, as `bookingNumberKey` reads it. */
export interface BookingRef {
  readonly circle: string;
  readonly key: string;
}

export interface EvaluationFacts {
  /** null: no policy was ever saved. */
  readonly policy: StackingPolicy | null;
  readonly discountMethod: DiscountMethod;
  readonly codeShapes: readonly CodeShape[];
  readonly regionsWithAncestors: readonly string[];
  readonly vouchers: readonly StoredVoucher[];
  /** What the booking took before; null: nothing yet, or none was asked for. */
  readonly soFar: BookingSoFar | null;
}

/** A voucher as the engine sees it, and what the ledger and its row need beside. */
export interface StoredVoucher extends Voucher {
  readonly funding: string | null;
  readonly residual: Residual;
  readonly bonus: BonusTerms;
  readonly ledgerCount: number;
  readonly ledgerHead: string | null;
}

/** Everything one evaluation reads, in one round trip whatever the number of codes. */
export async function readEvaluationFacts(knex: Knex, question: EvaluationQuestion): Promise<EvaluationFacts> {
  const { sql, bindings } = factsStatement(question);
  const answer: unknown = await knex.raw(sql, bindings);
  const rows = rowsOf(answer);
  const first = rows[0];
  if (first === undefined) throw new Error('the evaluation statement always answers one row');
  return {
    policy: first.policy === null ? null : parseJson<StackingPolicy>(first.policy),
    discountMethod: first.discount_method ?? 'net',
    codeShapes: listOf<[string, number]>(first.code_shapes).map(([prefix, length]) => ({ prefix, length })),
    regionsWithAncestors: [...new Set([...question.regions, ...listOf<[string]>(first.regions).map(([id]) => id)])],
    vouchers: rows.filter((row) => row.id !== null).map(toVoucher),
    soFar: soFarOf(first, rows),
  };
}

interface FactsRow extends RulesRow {
  readonly policy: string | null;
  readonly discount_method: DiscountMethod | null;
  readonly code_shapes: string | null;
  readonly regions: string | null;
  readonly id: number | string | null;
  readonly code: string;
  readonly normalised_code: string;
  readonly type: VoucherType;
  readonly paid_on: string | null;
  readonly is_deactivated: number | boolean;
  readonly is_cancelled: number | boolean;
  readonly original_value: number | string | null;
  readonly bonus_value: number | string;
  readonly balance: number | string | null;
  readonly uses: number;
  readonly ledger_count: number;
  readonly ledger_head: string | null;
  /** The end of the rules, or a later one of its own. */
  readonly book_until: string | null;
  readonly campaign_id: number | string | null;
  readonly campaign_is_active: number | boolean | null;
  readonly campaign_paid_on: string | null;
  readonly budget: number | string | null;
  readonly budget_used: number | string | null;
  readonly budget_held: number | string | null;
  readonly held: string;
  readonly customer_uses: number | string;
  /** Currency, price and redeemed sum of the booking that is redeemed for. */
  readonly booking: string | null;
  /** Of this voucher for the booking, less what was given back. */
  readonly redeemed_for_booking: number | string | null;
}

function factsStatement(question: EvaluationQuestion): { sql: string; bindings: (string | number | null)[] } {
  const { normalisedCodes, regions, customerId, customerEmail, reference, clientId, bookingRef, now } = question;
  const hasCustomer = customerId !== null || customerEmail !== null;
  const ownHold =
    reference === null
      ? ''
      : 'and h.hold_id <> coalesce((select o.id from holds o where o.client_id = ? and o.reference = ?), 0)';
  const own = reference === null ? [] : [clientId, reference];
  const sql = `
    select
      (select s.value from settings s where s.name = 'stacking') as policy,
      (select a.discount_method from accounting_setups a order by a.id desc limit 1) as discount_method,
      (select group_concat(json_array(cs.prefix, cs.length)) from code_shapes cs) as code_shapes,
      ${regions.length === 0 ? 'null' : regionsWithAncestors(regions.length)} as regions,
      v.id, v.code, v.normalised_code, v.type, v.paid_on, v.is_deactivated, v.original_value, v.bonus_value, v.balance, v.uses, v.ledger_count, v.ledger_head,
      (v.cancelled_at is not null or v.refunded_at is not null or v.derecognised_at is not null or v.replaced_by_id is not null) as is_cancelled,
      ${rulesSql('r').join(', ')},
      case when v.extended_until > r.book_until then v.extended_until else r.book_until end as book_until,
      c.id as campaign_id, c.is_active as campaign_is_active, c.paid_on as campaign_paid_on, c.budget, c.budget_used,
      case when c.budget is null then 0 else
        (select coalesce(sum(h.amount), 0) from hold_lines h where h.campaign_id = c.id and h.expires_at > ? ${ownHold}) end as budget_held,
      (select concat_ws(':', coalesce(sum(h.amount), 0), count(*)) from hold_lines h
        where h.voucher_id = v.id and h.expires_at > ? ${ownHold}) as held,
      ${hasCustomer ? `case when r.max_uses_per_customer is null then 0 else ${USES_BY_CUSTOMER} end` : '0'} as customer_uses,
      ${bookingRef === null ? NO_BOOKING : THE_BOOKING}
    from (select 1 as one) as always
      left join vouchers v on v.normalised_code in (${placeholders(normalisedCodes.length)})
      left join voucher_rules r on r.id = v.rules_id
      left join campaigns c on c.id = v.campaign_id`;
  const customer = hasCustomer ? [customerId, customerEmail, customerId] : [];
  // An empty IN () is no SQL everywhere: no stored code is empty, so the empty text finds none.
  const codes = normalisedCodes.length === 0 ? [''] : normalisedCodes;
  const booking = bookingRef === null ? [] : [bookingRef.key, bookingRef.circle, bookingRef.key, bookingRef.circle];
  return { sql, bindings: [...regions, now, ...own, now, ...own, ...customer, ...booking, ...codes] };
}

/** Two look-ups that never count one line twice: by id, and by e-mail only where one of the two sides has no id. */
const USES_BY_CUSTOMER = `(
  (select count(*) from redemption_lines l where l.voucher_id = v.id and l.customer_id = ? and l.reversed < l.applied)
  + (select count(*) from redemption_lines l where l.voucher_id = v.id and l.customer_email = ?
      and (l.customer_id is null or ? is null) and l.reversed < l.applied))`;

const NO_BOOKING = 'null as booking, 0 as redeemed_for_booking';
/**
 * From the booking to its few redemptions and from each to the one line of the voucher, in steps that leave no database a
 * choice: a hot voucher has many lines. And no join, for which SQLite would prepare the whole statement anew each time.
 */
const THE_BOOKING = `(select concat_ws(' ', b.currency, b.price, b.redeemed) from bookings b
        where b.number_key = ? and b.circle = ?) as booking,
      (select sum(
          (select t.applied - t.reversed from redemption_lines t where t.redemption_id = d.id and t.voucher_id = v.id))
        from redemptions d where d.booking_key = ? and d.booking_circle = ?) as redeemed_for_booking`;

function regionsWithAncestors(count: number): string {
  return `(with recursive up(id, parent_id) as (
      select e.id, e.parent_id from catalogue_entries e where e.kind = 'region' and e.id in (${placeholders(count)})
      union
      select p.id, p.parent_id from catalogue_entries p join up on p.kind = 'region' and p.id = up.parent_id
    ) select group_concat(json_array(up.id)) from up)`;
}

function placeholders(count: number): string {
  return Array.from({ length: Math.max(count, 1) }, () => '?').join(', ');
}

/** mysql2 answers [rows, fields], better-sqlite3 the rows. */
function rowsOf(answer: unknown): FactsRow[] {
  const list = answer as unknown[];
  return (Array.isArray(list[0]) ? list[0] : list) as FactsRow[];
}

/** GROUP_CONCAT of JSON arrays: `[…],[…]`. */
function listOf<T>(text: string | null): T[] {
  return text === null ? [] : parseJson<T[]>(`[${text}]`);
}

function soFarOf(first: FactsRow, rows: readonly FactsRow[]): BookingSoFar | null {
  if (first.booking === null) return null;
  const [currency = '', price, redeemed] = first.booking.split(' ');
  return {
    currency,
    price: toSafeInteger(price),
    redeemed: toSafeInteger(redeemed),
    byVoucher: new Map(
      rows.filter(({ id }) => id !== null).map((row) => [String(row.id), toSafeInteger(row.redeemed_for_booking)]),
    ),
  };
}

function toVoucher(row: FactsRow): StoredVoucher {
  const [heldAmount, heldUses] = row.held.split(':');
  const rules = toRules(row);
  return {
    ...rules,
    id: String(row.id),
    code: row.code,
    normalisedCode: row.normalised_code,
    type: row.type,
    bookUntil: row.book_until,
    paidOn: row.paid_on,
    isCancelled: Boolean(row.is_cancelled),
    isDeactivated: Boolean(row.is_deactivated),
    campaign:
      row.campaign_id === null
        ? null
        : {
            id: String(row.campaign_id),
            active: Boolean(row.campaign_is_active),
            paidOn: row.campaign_paid_on,
            budget: nullableCents(row.budget),
            budgetUsed: toSafeInteger(row.budget_used),
            budgetHeldByOthers: toSafeInteger(row.budget_held),
          },
    balance: nullableCents(row.balance),
    heldByOthers: toSafeInteger(heldAmount),
    uses: row.uses,
    usesHeldByOthers: toSafeInteger(heldUses),
    usesByCustomer: toSafeInteger(row.customer_uses),
    bonus: { value: Number(row.original_value ?? 0), bonus: Number(row.bonus_value) },
    ledgerCount: row.ledger_count,
    ledgerHead: row.ledger_head,
  };
}

function nullableCents(value: number | string | null): number | null {
  return value === null ? null : toSafeInteger(value);
}
