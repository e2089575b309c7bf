import type { Knex } from 'knex';
import type {
  Channel,
  CodeShape,
  Deal,
  Funding,
  IncludeExclude,
  Multiplier,
  Residual,
  Tier,
  VoucherRules,
  VoucherType,
} from '../../../core/engine/voucher.ts';
import { parseJson } from '../../../platform/data/json.ts';
import { isMysql } from '../../../platform/data/schema.ts';

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

export async function insertRules(trx: Knex.Transaction, rules: StoredRules): Promise<string> {
  const [id] = await trx('voucher_rules').insert(toRow(rules));
  await insertParts(trx, String(id), rules);
  return String(id);
}

/** At most 500 rules at once, without restrictions to products and the like; their ids in the order given. */
export async function insertManyRules(trx: Knex.Transaction, list: readonly StoredRules[]): Promise<string[]> {
  const inserted = await trx('voucher_rules').insert(list.map(toRow));
  // One statement gives ids that follow one another: MariaDB answers the first, SQLite the last of them.
  const isFirst = isMysql(trx);
  const steps = isFirst
    ? (await trx.raw<[{ step: number | string }[]]>('select @@auto_increment_increment as step'))[0]
    : [];
  const step = Number(steps?.[0]?.step ?? 1);
  const newest = isFirst
    ? undefined
    : await trx('voucher_rules').orderBy('id', 'desc').first<{ id: number } | undefined>('id');
  const first = newest === undefined ? Number(inserted[0]) : newest.id - list.length + 1;
  const ids = list.map((_unused, index) => String(first + index * step));
  const stored = new Map(
    (await trx('voucher_rules').whereIn('id', ids).select<{ id: number | string; title: string }[]>('id', 'title')).map(
      (row) => [String(row.id), row.title],
    ),
  );
  if (ids.some((id, index) => stored.get(id) !== list[index]?.title))
    throw new Error('rules written together have other ids than thought');
  const tiers = list.flatMap((rules, index) =>
    rules.tiers.map((tier) => ({
      rules_id: ids[index],
      min_trip_price: tier.minTripPrice,
      amount: tier.amount,
      basis_points: tier.basisPoints,
    })),
  );
  if (tiers.length > 0) await trx('rule_tiers').insert(tiers);
  return ids;
}

/** `before`: as they are now, where the caller knows it under a lock; what is the same is not written again. */
export async function updateRules(
  trx: Knex.Transaction,
  id: string,
  rules: StoredRules,
  before: StoredRules | null = null,
): Promise<void> {
  await trx('voucher_rules').where({ id }).update(toRow(rules));
  if (before !== null && partsOf(before) === partsOf(rules)) return;
  await trx('rule_tiers').where({ rules_id: id }).delete();
  await trx('rule_restrictions').where({ rules_id: id }).delete();
  await insertParts(trx, id, rules);
}

export async function readRules(knex: Knex, ids: readonly string[]): Promise<Map<string, StoredRules>> {
  if (ids.length === 0) return new Map();
  const [rows, tiers, restrictions] = await Promise.all([
    knex('voucher_rules')
      .whereIn('id', [...ids])
      .select<RulesRow[]>(),
    knex('rule_tiers')
      .whereIn('rules_id', [...ids])
      .orderBy(['rules_id', 'min_trip_price'])
      .select<TierRow[]>(),
    knex('rule_restrictions')
      .whereIn('rules_id', [...ids])
      .orderBy(['rules_id', 'kind', 'entry_id'])
      .select<RestrictionRow[]>(),
  ]);
  return new Map(
    rows.map((row) => [
      String(row.id),
      toRules(
        row,
        tiers.filter((tier) => tier.rules_id === row.id),
        restrictions.filter((one) => one.rules_id === row.id),
      ),
    ]),
  );
}

function partsOf({ tiers, restrictions: { products, themes, regions } }: StoredRules): string {
  return JSON.stringify([tiers, products, themes, regions]);
}

function toRow(rules: StoredRules): object {
  const { restrictions } = rules;
  return {
    type: rules.type,
    title: rules.title,
    currency: rules.currency,
    multiplier: rules.multiplier,
    max_amount: rules.maxAmount,
    original_value: rules.originalValue,
    book_from: rules.bookFrom,
    book_until: rules.bookUntil,
    travel_from: rules.travelFrom,
    travel_until: rules.travelUntil,
    brand_kind: restrictions.brand === null ? null : 'brand',
    brand_id: restrictions.brand,
    partner_kind: restrictions.partner === null ? null : 'partner',
    partner_id: restrictions.partner,
    channels: JSON.stringify(restrictions.channels),
    customer_id: restrictions.customer?.id ?? null,
    customer_email: restrictions.customer?.email ?? null,
    min_travellers: restrictions.minTravellers,
    max_uses: rules.maxUses,
    max_uses_per_customer: rules.maxUsesPerCustomer,
    is_exclusive: rules.exclusive,
    deal: rules.deal === null ? null : JSON.stringify(rules.deal),
    funding: rules.funding === 'credit' ? 'transfer' : rules.funding,
    is_credit: rules.funding === 'credit',
    residual: rules.residual,
    refund_on_expiry: rules.refundOnExpiry,
    motif_id: rules.motif,
    message: rules.message,
  };
}

async function insertParts(trx: Knex.Transaction, id: string, rules: StoredRules): Promise<void> {
  if (rules.tiers.length > 0) {
    await trx('rule_tiers').insert(
      rules.tiers.map((tier) => ({
        rules_id: id,
        min_trip_price: tier.minTripPrice,
        amount: tier.amount,
        basis_points: tier.basisPoints,
      })),
    );
  }
  const { products, themes, regions } = rules.restrictions;
  const rows = [
    ...restrictionRows('product', products),
    ...restrictionRows('theme', themes),
    ...restrictionRows('region', regions),
  ];
  if (rows.length > 0) await trx('rule_restrictions').insert(rows.map((row) => ({ rules_id: id, ...row })));
}

function restrictionRows(kind: string, pair: IncludeExclude): object[] {
  const rows = (ids: readonly string[], is_excluded: boolean): object[] =>
    [...new Set(ids)].map((entry_id) => ({ kind, entry_id, is_excluded }));
  return [...rows(pair.include, false), ...rows(pair.exclude, true)];
}

interface RulesRow {
  readonly id: number | string;
  readonly type: VoucherType;
  readonly title: string;
  readonly currency: string;
  readonly multiplier: Multiplier;
  readonly max_amount: number | string | null;
  readonly original_value: number | string | null;
  readonly book_from: string | null;
  readonly book_until: string | null;
  readonly travel_from: string | null;
  readonly travel_until: string | null;
  readonly brand_id: string | null;
  readonly partner_id: string | null;
  readonly channels: string;
  readonly customer_id: string | null;
  readonly customer_email: string | null;
  readonly min_travellers: number | null;
  readonly max_uses: number | null;
  readonly max_uses_per_customer: number | null;
  readonly is_exclusive: number | boolean;
  readonly deal: string | null;
  readonly funding_kind: Funding | null;
  readonly residual: Residual;
  readonly refund_on_expiry: number | boolean;
  readonly motif_id: string | null;
  readonly message: string | null;
}

interface TierRow {
  readonly rules_id: number | string;
  readonly min_trip_price: number | string;
  readonly amount: number | string | null;
  readonly basis_points: number | null;
}
interface RestrictionRow {
  readonly rules_id: number | string;
  readonly kind: 'product' | 'theme' | 'region';
  readonly entry_id: string;
  readonly is_excluded: number | boolean;
}

function toRules(row: RulesRow, tiers: readonly TierRow[], restrictions: readonly RestrictionRow[]): StoredRules {
  const pair = (kind: RestrictionRow['kind']): IncludeExclude => {
    const ofKind = restrictions.filter((one) => one.kind === kind);
    return {
      include: ofKind.filter((one) => !one.is_excluded).map((one) => one.entry_id),
      exclude: ofKind.filter((one) => one.is_excluded).map((one) => one.entry_id),
    };
  };
  return {
    type: row.type,
    title: row.title,
    currency: row.currency,
    multiplier: row.multiplier,
    tiers: tiers.map((tier): Tier => ({
      minTripPrice: Number(tier.min_trip_price),
      amount: numberOrNull(tier.amount),
      basisPoints: tier.basis_points,
    })),
    maxAmount: numberOrNull(row.max_amount),
    originalValue: numberOrNull(row.original_value),
    bookFrom: row.book_from,
    bookUntil: row.book_until,
    travelFrom: row.travel_from,
    travelUntil: row.travel_until,
    restrictions: {
      products: pair('product'),
      themes: pair('theme'),
      regions: pair('region'),
      brand: row.brand_id,
      partner: row.partner_id,
      channels: parseJson<Channel[]>(row.channels),
      customer:
        row.customer_id === null && row.customer_email === null
          ? null
          : { id: row.customer_id, email: row.customer_email },
      minTravellers: row.min_travellers,
    },
    maxUses: row.max_uses,
    maxUsesPerCustomer: row.max_uses_per_customer,
    exclusive: Boolean(row.is_exclusive),
    deal: row.deal === null ? null : parseJson<Deal>(row.deal),
    funding: row.funding_kind,
    residual: row.residual,
    refundOnExpiry: Boolean(row.refund_on_expiry),
    motif: row.motif_id,
    message: row.message,
  };
}

function numberOrNull(value: number | string | null): number | null {
  return value === null ? null : Number(value);
}

/** The families of generated codes besides the default one. */
export async function readCodeShapes(knex: Knex): Promise<CodeShape[]> {
  return knex('code_shapes').select<CodeShape[]>('prefix', 'length');
}

export async function addCodeShape(trx: Knex.Transaction, shape: CodeShape): Promise<void> {
  await trx('code_shapes')
    .insert({ prefix: shape.prefix, length: shape.length })
    .onConflict(['prefix', 'length'])
    .ignore();
}
