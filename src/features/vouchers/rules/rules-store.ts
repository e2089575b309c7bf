import type { Knex } from 'knex';
import type { CodeShape } from '../../../core/engine/voucher.ts';
import { isMysqlConnection, writeTogether } from '../../../platform/data/db.ts';
import {
  NOBODY,
  rulesColumns,
  toRestrictionRows,
  toRules,
  toRulesRow,
  type RulesRow,
  type StoredRules,
} from './rules-row.ts';

export async function insertRules(trx: Knex.Transaction, rules: StoredRules): Promise<string> {
  const [id] = await trx('voucher_rules').insert(toRulesRow(rules));
  const rulesId = String(id);
  await writeTogether(trx, partsInsert(trx, tierRows(rulesId, rules), toRestrictionRows(rulesId, rules)));
  return rulesId;
}

/** At most 500 rules at once; their ids in the order given. */
export async function insertManyRules(trx: Knex.Transaction, list: readonly StoredRules[]): Promise<string[]> {
  const [only] = list;
  if (only !== undefined && list.length === 1) return [await insertRules(trx, only)];
  const inserted = await trx('voucher_rules').insert(list.map(toRulesRow));
  // One statement gives ids that follow one another: MariaDB answers the first, SQLite the last of them.
  const isFirst = isMysqlConnection(trx);
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
  const tiers = list.flatMap((rules, index) => tierRows(ids[index] ?? '', rules));
  const restrictions = list.flatMap((rules, index) => toRestrictionRows(ids[index] ?? '', rules));
  await writeTogether(trx, partsInsert(trx, tiers, restrictions));
  return ids;
}

/** `before`: as they are now, where the caller knows it under a lock; what is the same is not written again. */
export async function updateRules(
  trx: Knex.Transaction,
  id: string,
  rules: StoredRules,
  before: StoredRules | null = null,
): Promise<void> {
  await writeTogether(trx, rulesUpdate(trx, id, rules, before));
}

/** The same as statements, to be written together with others. */
export function rulesUpdate(
  trx: Knex.Transaction,
  id: string,
  rules: StoredRules,
  before: StoredRules | null,
): Knex.QueryBuilder[] {
  const row = trx('voucher_rules').where({ id }).update(toRulesRow(rules));
  if (before !== null && partsOf(before) === partsOf(rules)) return [row];
  return [
    row,
    trx('rule_tiers').where({ rules_id: id }).delete(),
    trx('rule_restrictions').where({ rules_id: id }).delete(),
    ...partsInsert(trx, tierRows(id, rules), toRestrictionRows(id, rules)),
  ];
}

export async function readRules(knex: Knex, ids: readonly string[]): Promise<Map<string, StoredRules>> {
  if (ids.length === 0) return new Map();
  const rows = await knex('voucher_rules as r')
    .whereIn('r.id', [...ids])
    .select<(RulesRow & { readonly id: number | string })[]>('r.id', ...rulesColumns(knex, 'r'));
  return new Map(rows.map((row) => [String(row.id), toRules(row)]));
}

function partsOf(rules: StoredRules): string {
  return JSON.stringify([rules.tiers, toRestrictionRows('', rules)]);
}

function partsInsert(
  trx: Knex.Transaction,
  tiers: readonly object[],
  restrictions: readonly object[],
): Knex.QueryBuilder[] {
  return [
    ...(tiers.length === 0 ? [] : [trx('rule_tiers').insert([...tiers])]),
    ...(restrictions.length === 0 ? [] : [trx('rule_restrictions').insert([...restrictions])]),
  ];
}

function tierRows(rulesId: string, { tiers }: StoredRules): object[] {
  return tiers.map(({ minTripPrice, amount, basisPoints }) => ({
    rules_id: rulesId,
    min_trip_price: minTripPrice,
    amount,
    basis_points: basisPoints,
  }));
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

/** The customers these vouchers are for, where the rules are their own; `nobody` gives each a name of no one. */
export async function forgetCustomers(
  trx: Knex.Transaction,
  voucherIds: readonly string[],
  nobody: () => string,
): Promise<void> {
  const rules = await trx('vouchers as v')
    .join('voucher_rules as r', 'r.id', 'v.rules_id')
    .whereIn('v.id', voucherIds)
    .whereNull('v.campaign_id')
    .where((somebody) => void somebody.whereNotNull('r.customer_email').orWhereNotNull('r.customer_id'))
    .pluck<(string | number)[]>('r.id');
  for (const id of rules)
    await trx('voucher_rules')
      .where({ id })
      .update({ customer_id: `${NOBODY}${nobody()}`, customer_email: null });
}
