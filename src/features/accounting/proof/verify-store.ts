import type { Knex } from 'knex';
import type { Funding, VoucherType } from '../../../core/engine/voucher.ts';
import { toSafeInteger } from '../../../platform/data/db.ts';

/** A voucher's row with what the other tables say it should be. */
export interface VoucherTotals {
  readonly id: string;
  readonly number: string | null;
  readonly currency: string;
  readonly type: VoucherType;
  readonly funding: Funding | null;
  readonly balance: number | null;
  readonly originalValue: number | null;
  readonly bonusValue: number;
  readonly bonusBalance: number;
  readonly forfeited: number;
  readonly uses: number;
  readonly maxUses: number | null;
  readonly ledgerCount: number;
  readonly ledgerHead: string | null;
  readonly countedUses: number;
  readonly heldAmount: number;
  readonly heldUses: number;
  /** What is still owed for a deal that a partner sold for us. */
  readonly dealRest: number;
}

/** A figure that is not what other rows add up to, at the redemption or the campaign it belongs to. */
export interface WrongFigure {
  readonly owner: 'redemption' | 'campaign';
  readonly id: string;
  /** The booking number, or the campaign's title. */
  readonly name: string;
  /** Of a line. */
  readonly voucher: { readonly id: string; readonly number: string | null } | null;
  readonly currency: string;
  readonly expected: number;
  readonly actual: number;
}

/** A hold that ends meanwhile is free for others before the check sees its lines. */
const ENDING_MS = 60_000;

/** The next vouchers by id, at most `limit`. */
export async function readVoucherTotals(
  knex: Knex,
  afterId: string,
  limit: number,
  now: number,
): Promise<VoucherTotals[]> {
  const rows = await knex('vouchers as v')
    .join('voucher_rules as r', 'r.id', 'v.rules_id')
    .where('v.id', '>', afterId)
    .orderBy('v.id')
    .limit(limit)
    .select<VoucherTotalsRow[]>(
      'v.id',
      'v.number',
      'r.currency',
      'v.type',
      'r.funding',
      'v.balance',
      'v.original_value',
      'v.bonus_value',
      'v.bonus_balance',
      'v.forfeited',
      'v.uses',
      'r.max_uses',
      'v.ledger_count',
      'v.ledger_head',
      knex.raw(
        '(select count(*) from redemption_lines l where l.voucher_id = v.id and l.reversed < l.applied) + v.carried_uses as counted_uses',
      ),
      knex.raw(
        '(select coalesce(sum(h.amount), 0) from hold_lines h where h.voucher_id = v.id and h.expires_at > ?) as held_amount',
        [now + ENDING_MS],
      ),
      knex.raw('(select count(*) from hold_lines h where h.voucher_id = v.id and h.expires_at > ?) as held_uses', [
        now + ENDING_MS,
      ]),
      knex.raw('coalesce((select s.rest from deal_sales s where s.voucher_id = v.id), 0) as deal_rest'),
    );
  return rows.map(toTotals);
}

function toTotals(row: VoucherTotalsRow): VoucherTotals {
  return {
    id: String(row.id),
    number: row.number,
    currency: row.currency,
    type: row.type,
    funding: row.funding,
    balance: row.balance === null ? null : toSafeInteger(row.balance),
    originalValue: row.original_value === null ? null : toSafeInteger(row.original_value),
    bonusValue: toSafeInteger(row.bonus_value),
    bonusBalance: toSafeInteger(row.bonus_balance),
    forfeited: toSafeInteger(row.forfeited),
    uses: row.uses,
    maxUses: row.max_uses,
    ledgerCount: row.ledger_count,
    ledgerHead: row.ledger_head,
    countedUses: toSafeInteger(row.counted_uses),
    heldAmount: toSafeInteger(row.held_amount),
    heldUses: toSafeInteger(row.held_uses),
    dealRest: toSafeInteger(row.deal_rest),
  };
}

/** The first redemption line whose given-back amount is not the sum of its reversals. */
export function firstWrongReversedLine(knex: Knex): Promise<WrongFigure | null> {
  return firstDifference(
    knex,
    'line',
    `select l.id, l.reversed as actual,
        (select coalesce(sum(y.amount), 0) from reversal_lines y where y.redemption_line_id = l.id) as expected
      from redemption_lines l`,
  );
}

/** The first redemption whose lines do not make up the difference between trip price and payable. */
export function firstWrongRedemption(knex: Knex): Promise<WrongFigure | null> {
  return firstDifference(
    knex,
    'redemption',
    `select d.id, d.trip_price - d.payable as expected,
        (select coalesce(sum(l.applied), 0) from redemption_lines l where l.redemption_id = d.id) as actual
      from redemptions d`,
  );
}

/** The first booking whose sum is not that of its redemptions less what was given back; told by the last of them. */
export function firstWrongBooking(knex: Knex): Promise<WrongFigure | null> {
  return firstDifference(
    knex,
    'redemption',
    `select b.redeemed as actual,
        (select max(d.id) from redemptions d where d.booking_key = b.number_key and d.booking_circle = b.circle) as id,
        (select coalesce(sum(l.applied - l.reversed), 0)
          from redemptions e join redemption_lines l on l.redemption_id = e.id
          where e.booking_key = b.number_key and e.booking_circle = b.circle and e.currency = b.currency) as expected
      from bookings b`,
  );
}

/** The first paying redemption line whose entries in the ledger are not its amount less what was given back. */
export function firstLineBesideTheLedger(knex: Knex): Promise<WrongFigure | null> {
  return firstDifference(
    knex,
    'line',
    `select l.id, l.applied - l.reversed as expected,
        (select coalesce(sum(case when e.credit_role = 'DEBITOR' then e.cents when e.debit_role = 'DEBITOR' then -e.cents else 0 end), 0)
          from ledger_entries e where e.voucher_id = l.voucher_id and e.redemption_id = l.redemption_id
            and e.event not in ('partner_rejected', 'partner_rejected_reversal')) as actual
      from redemption_lines l where l.kind = 'payment'`,
  );
}

/** The first redeemed deal whose clearing account is not what no invoice or other settlement stands for. */
export function firstWrongClearing(knex: Knex): Promise<WrongFigure | null> {
  return firstDifference(
    knex,
    'line',
    `select l.id, l.applied - l.reversed - coalesce(i.redeemed, c.redeemed, u.redeemed, 0) as expected,
        (select coalesce(sum(case when e.debit_role = 'DEAL_CLEARING' then e.cents when e.credit_role = 'DEAL_CLEARING' then -e.cents else 0 end), 0)
          from ledger_entries e where e.voucher_id = l.voucher_id and e.redemption_id = l.redemption_id) as actual
      from redemption_lines l left join partner_invoices i on i.live_line_id = l.id left join partner_clearings c on c.live_line_id = l.id left join deal_sale_uses u on u.live_line_id = l.id
      where l.deal_redeemed_at is not null`,
  );
}

/** The first campaign whose used budget is not the sum of what its codes were redeemed for. */
export function firstWrongBudget(knex: Knex): Promise<WrongFigure | null> {
  return firstDifference(
    knex,
    'campaign',
    `select c.id, c.budget_used as actual,
        (select coalesce(sum(l.applied - l.reversed), 0) from redemption_lines l where l.campaign_id = c.id) as expected
      from campaigns c where c.budget is not null`,
  );
}

/** Who a figure belongs to, as people know it, and in which currency it is. */
const OWNERS = {
  line: `select l.id as figure_id, d.id, d.booking_number as name, d.currency, v.id as voucher_id, v.number as voucher_number
    from redemption_lines l join redemptions d on d.id = l.redemption_id join vouchers v on v.id = l.voucher_id`,
  redemption: `select d.id as figure_id, d.id, d.booking_number as name, d.currency, null as voucher_id, null as voucher_number
    from redemptions d`,
  campaign: `select c.id as figure_id, c.id, r.title as name, r.currency, null as voucher_id, null as voucher_number
    from campaigns c join voucher_rules r on r.id = c.rules_id`,
} as const;

async function firstDifference(knex: Knex, of: keyof typeof OWNERS, pairs: string): Promise<WrongFigure | null> {
  const answer: unknown = await knex.raw(
    `select owner.*, expected, actual from (${pairs}) as pairs join (${OWNERS[of]}) as owner on owner.figure_id = pairs.id
      where expected <> actual order by pairs.id limit 1`,
  );
  const list = answer as unknown[];
  const [row] = (Array.isArray(list[0]) ? list[0] : list) as WrongFigureRow[];
  if (row === undefined) return null;
  return {
    owner: of === 'campaign' ? of : 'redemption',
    id: String(row.id),
    name: row.name,
    voucher: row.voucher_id === null ? null : { id: String(row.voucher_id), number: row.voucher_number },
    currency: row.currency,
    expected: toSafeInteger(row.expected),
    actual: toSafeInteger(row.actual),
  };
}

interface WrongFigureRow {
  readonly id: number | string;
  readonly name: string;
  readonly currency: string;
  readonly voucher_id: number | string | null;
  readonly voucher_number: string | null;
  readonly expected: unknown;
  readonly actual: unknown;
}

interface VoucherTotalsRow {
  readonly id: number | string;
  readonly number: string | null;
  readonly currency: string;
  readonly type: VoucherType;
  readonly funding: Funding | null;
  readonly balance: number | string | null;
  readonly original_value: number | string | null;
  readonly bonus_value: number | string;
  readonly bonus_balance: number | string;
  readonly forfeited: number | string;
  readonly uses: number;
  readonly max_uses: number | null;
  readonly ledger_count: number;
  readonly ledger_head: string | null;
  readonly counted_uses: number | string;
  readonly held_amount: number | string;
  readonly held_uses: number | string;
  readonly deal_rest: number | string;
}
