import type { Knex } from 'knex';
import type { Funding, IncludeExclude, Residual, Tier, VoucherRules } from '../../../core/engine/voucher.ts';
import { toSafeInteger } from '../../../platform/data/db.ts';
import { valueAt } from '../../../platform/data/json-path.ts';
import { parseJson } from '../../../platform/data/json.ts';
import { placeInRules, type FieldKind, type VoucherField } from './voucher-field.ts';
import { ofRuleFields, ruleFields } from './known-fields.ts';

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

/** The columns of `voucher_rules` by `rule_` and their names, because they are mostly read beside a voucher's. */
export type RulesRow = Readonly<Record<`rule_${string}`, unknown>>;

const columnsOfRules = ofRuleFields((fields) => [...new Set(fields.flatMap(columnsRead))]);

/** What `toRules` needs, as SQL: `voucher_rules` must be there under the alias. Tiers and restrictions come as JSON. */
export function rulesSql(alias: string): string[] {
  return [
    ...columnsOfRules().map((column) => `${alias}.${column} as rule_${column}`),
    `(select group_concat(json_array(t.min_trip_price, t.amount, t.basis_points))
      from rule_tiers t where t.rules_id = ${alias}.id) as rule_tiers`,
    `(select group_concat(json_array(x.kind, x.entry_id, x.is_excluded))
      from rule_restrictions x where x.rules_id = ${alias}.id) as rule_restrictions`,
  ];
}

export function rulesColumns(knex: Knex, alias: string): Knex.Raw[] {
  return rulesSql(alias).map((sql) => knex.raw(sql));
}

/** Where in the rules a value goes, and the column it comes from. */
interface Reader {
  readonly field: VoucherField;
  readonly column: `rule_${string}`;
  readonly groups: readonly string[];
  readonly name: string;
}

const readers = ofRuleFields((fields) => fields.filter(({ column }) => column !== 'deal').map(readerOf));

function readerOf(field: VoucherField): Reader {
  const groups = placeInRules(field).split('.');
  const name = groups.pop() ?? '';
  return { field, column: `rule_${columnsRead(field)[0] ?? ''}`, groups, name };
}

type Restriction = readonly [kind: string, entryId: string, isExcluded: number];

export function toRules(row: RulesRow): StoredRules {
  const rules: Record<string, unknown> = {};
  const restrictions = listOf<Restriction>(row.rule_restrictions);
  for (const { field, column, groups, name } of readers()) {
    let group = rules;
    for (const step of groups) group = (group[step] ??= {}) as Record<string, unknown>;
    group[name] =
      field.kind === 'pair' ? pairOf(restrictions, field.catalogue ?? '') : valueOf(field.kind, row, column);
  }
  rules['deal'] = row.rule_deal === null ? null : parseJson(String(row.rule_deal));
  return rules as unknown as StoredRules;
}

/** The row of `voucher_rules` that keeps these rules; tiers and restrictions have tables of their own. */
export function toRulesRow(rules: StoredRules): Record<string, unknown> {
  const cells = ruleFields().flatMap((field) => cellsOf(field, valueAt(rules, placeInRules(field))));
  return { ...Object.fromEntries(cells), deal: rules.deal === null ? null : JSON.stringify(rules.deal) };
}

/** Rows of `rule_restrictions`. */
export function toRestrictionRows(rulesId: string, rules: StoredRules): object[] {
  return ruleFields()
    .filter(({ kind }) => kind === 'pair')
    .flatMap((field) => {
      const { include, exclude } = valueAt(rules, placeInRules(field)) as IncludeExclude;
      const rows = (ids: readonly string[], isExcluded: boolean): object[] =>
        [...new Set(ids)].map((id) => ({
          rules_id: rulesId,
          kind: field.catalogue,
          entry_id: id,
          is_excluded: isExcluded,
        }));
      return [...rows(include, false), ...rows(exclude, true)];
    });
}

function columnsRead({ kind, column }: VoucherField): string[] {
  if (column === undefined) return [];
  return kind === 'customer' ? [column, 'customer_email'] : [column];
}

function valueOf(kind: Exclude<FieldKind, 'pair'>, row: RulesRow, column: `rule_${string}`): unknown {
  const value = row[column];
  switch (kind) {
    case 'tiers':
      return toTiers(row.rule_tiers);
    case 'customer':
      return value === null && row.rule_customer_email === null ? null : { id: value, email: row.rule_customer_email };
    case 'list':
      return parseJson(String(value));
    case 'flag':
      return Boolean(value);
    case 'money':
    case 'count':
      return value === null ? null : toSafeInteger(value);
    case 'type':
    case 'currency':
    case 'text':
    case 'email':
    case 'day':
    case 'choice':
    case 'entry':
    case 'motif':
      return value;
  }
}

function cellsOf({ kind, column, catalogue }: VoucherField, value: unknown): [string, unknown][] {
  if (column === undefined || column === 'deal') return [];
  switch (kind) {
    case 'entry':
      return [
        [`${catalogue ?? ''}_kind`, value === null ? null : catalogue],
        [column, value],
      ];
    case 'customer': {
      const { id = null, email = null } = (value ?? {}) as { readonly id?: unknown; readonly email?: unknown };
      return [
        [column, id],
        ['customer_email', email],
      ];
    }
    case 'list':
      return [[column, JSON.stringify(value)]];
    case 'choice':
    case 'count':
    case 'currency':
    case 'day':
    case 'email':
    case 'flag':
    case 'money':
    case 'motif':
    case 'pair':
    case 'text':
    case 'tiers':
    case 'type':
      return [[column, value]];
  }
}

function toTiers(text: unknown): Tier[] {
  return listOf<[number, number | null, number | null]>(text)
    .map(([minTripPrice, amount, basisPoints]) => ({ minTripPrice, amount, basisPoints }))
    .sort((a, b) => a.minTripPrice - b.minTripPrice);
}

function pairOf(restrictions: readonly Restriction[], kind: string): IncludeExclude {
  if (restrictions.length === 0) return { include: [], exclude: [] };
  const ids = (isExcluded: boolean): string[] =>
    restrictions
      .filter((one) => one[0] === kind && Boolean(one[2]) === isExcluded)
      .map(([, id]) => id)
      .sort();
  return { include: ids(false), exclude: ids(true) };
}

/** GROUP_CONCAT of JSON arrays: `[…],[…]`. */
function listOf<T>(text: unknown): T[] {
  return text === null ? [] : parseJson<T[]>(`[${String(text)}]`);
}

/** What a customer's id is replaced by: nobody's, so that the code stays closed to everybody. */
export const NOBODY = 'nobody:';
