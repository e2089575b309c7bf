import type { Knex } from 'knex';
import type {
  Channel,
  Deal,
  Funding,
  IncludeExclude,
  Multiplier,
  Residual,
  Tier,
  VoucherRules,
  VoucherType,
} from '../../../core/engine/voucher.ts';
import { toSafeInteger } from '../../../platform/data/db.ts';
import { parseJson } from '../../../platform/data/json.ts';

/** The rules of one voucher, or of all codes of a campaign, as they are stored. */
export interface StoredRules extends VoucherRules {
  readonly originalValue: number | null;
  readonly funding: Funding | null;
  readonly residual: Residual;
  /** What is left when it ends is paid out. */
  readonly refundOnExpiry: boolean;
  readonly motif: string | null;
  readonly message: string | null;
}

/** The columns of `voucher_rules`; each is read as `rule_` and its name, because it is mostly read beside a voucher's. */
const COLUMNS = [
  'type',
  'title',
  'currency',
  'multiplier',
  'max_amount',
  'original_value',
  'book_from',
  'book_until',
  'travel_from',
  'travel_until',
  'brand_id',
  'partner_id',
  'channels',
  'customer_id',
  'customer_email',
  'min_travellers',
  'max_uses',
  'max_uses_per_customer',
  'is_exclusive',
  'deal',
  'funding_kind',
  'residual',
  'refund_on_expiry',
  'motif_id',
  'message',
] as const;

export interface RulesRow {
  readonly rule_type: VoucherType;
  readonly rule_title: string;
  readonly rule_currency: string;
  readonly rule_multiplier: Multiplier;
  readonly rule_max_amount: number | string | null;
  readonly rule_original_value: number | string | null;
  readonly rule_book_from: string | null;
  readonly rule_book_until: string | null;
  readonly rule_travel_from: string | null;
  readonly rule_travel_until: string | null;
  readonly rule_brand_id: string | null;
  readonly rule_partner_id: string | null;
  readonly rule_channels: string;
  readonly rule_customer_id: string | null;
  readonly rule_customer_email: string | null;
  readonly rule_min_travellers: number | null;
  readonly rule_max_uses: number | null;
  readonly rule_max_uses_per_customer: number | null;
  readonly rule_is_exclusive: number | boolean;
  readonly rule_deal: string | null;
  readonly rule_funding_kind: Funding | null;
  readonly rule_residual: Residual;
  readonly rule_refund_on_expiry: number | boolean;
  readonly rule_motif_id: string | null;
  readonly rule_message: string | null;
  readonly rule_tiers: string | null;
  readonly rule_restrictions: string | null;
}

/** What `toRules` needs, as SQL: `voucher_rules` must be there under the alias. Tiers and restrictions come as JSON. */
export function rulesSql(alias: string): string[] {
  return [
    ...COLUMNS.map((column) => `${alias}.${column} as rule_${column}`),
    `(select group_concat(json_array(t.min_trip_price, t.amount, t.basis_points))
      from rule_tiers t where t.rules_id = ${alias}.id) as rule_tiers`,
    `(select group_concat(json_array(x.kind, x.entry_id, x.is_excluded))
      from rule_restrictions x where x.rules_id = ${alias}.id) as rule_restrictions`,
  ];
}

export function rulesColumns(knex: Knex, alias: string): Knex.Raw[] {
  return rulesSql(alias).map((sql) => knex.raw(sql));
}

export function toRules(row: RulesRow): StoredRules {
  const restrictions = listOf<[string, string, number]>(row.rule_restrictions);
  const { rule_customer_id: id, rule_customer_email: email } = row;
  return {
    type: row.rule_type,
    title: row.rule_title,
    currency: row.rule_currency,
    multiplier: row.rule_multiplier,
    tiers: toTiers(row.rule_tiers),
    maxAmount: centsOrNull(row.rule_max_amount),
    originalValue: centsOrNull(row.rule_original_value),
    bookFrom: row.rule_book_from,
    bookUntil: row.rule_book_until,
    travelFrom: row.rule_travel_from,
    travelUntil: row.rule_travel_until,
    restrictions: {
      products: pairOf(restrictions, 'product'),
      themes: pairOf(restrictions, 'theme'),
      regions: pairOf(restrictions, 'region'),
      brand: row.rule_brand_id,
      partner: row.rule_partner_id,
      channels: parseJson<Channel[]>(row.rule_channels),
      customer: id === null && email === null ? null : { id, email },
      minTravellers: row.rule_min_travellers,
    },
    maxUses: row.rule_max_uses,
    maxUsesPerCustomer: row.rule_max_uses_per_customer,
    exclusive: Boolean(row.rule_is_exclusive),
    deal: row.rule_deal === null ? null : parseJson<Deal>(row.rule_deal),
    funding: row.rule_funding_kind,
    residual: row.rule_residual,
    refundOnExpiry: Boolean(row.rule_refund_on_expiry),
    motif: row.rule_motif_id,
    message: row.rule_message,
  };
}

function toTiers(text: string | null): Tier[] {
  return listOf<[number, number | null, number | null]>(text)
    .map(([minTripPrice, amount, basisPoints]) => ({ minTripPrice, amount, basisPoints }))
    .sort((a, b) => a.minTripPrice - b.minTripPrice);
}

function pairOf(restrictions: readonly [string, string, number][], kind: string): IncludeExclude {
  const ids = (isExcluded: boolean): string[] =>
    restrictions
      .filter((one) => one[0] === kind && Boolean(one[2]) === isExcluded)
      .map(([, id]) => id)
      .sort();
  return { include: ids(false), exclude: ids(true) };
}

/** GROUP_CONCAT of JSON arrays: `[…],[…]`. */
function listOf<T>(text: string | null): T[] {
  return text === null ? [] : parseJson<T[]>(`[${text}]`);
}

function centsOrNull(value: number | string | null): number | null {
  return value === null ? null : toSafeInteger(value);
}
