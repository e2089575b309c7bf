import { VOUCHER_STATUSES } from '../../../core/engine/lifecycle.ts';
import { VOUCHER_TYPES } from '../../../core/engine/voucher.ts';

/** One filter of the list of vouchers, which is also one of the files, sheets and bulk actions made of the list. */
export interface VoucherFilter {
  /** What may be chosen, with texts in `vouchers:<name>.<value>`; none: what is typed. */
  readonly values?: readonly string[];
  /** Of what is typed the characters. */
  readonly most?: number;
  readonly mayBeEmpty?: boolean;
  readonly isId?: boolean;
  /** The column of the rules it asks for, and what the index of that column begins with. */
  readonly column?: string;
  readonly index?: Readonly<Record<string, string>>;
  readonly isInApi?: boolean;
}

export const REDEEMED = ['no', 'partly', 'full'] as const;
export type Redeemed = (typeof REDEEMED)[number];
/** Days within which a voucher with value ends. */
export const EXPIRING = ['30', '90'] as const;

/**
 * Every filter. One with a column needs no more than its row, a line of `views/vouchers/list/list.hbs` and what is
 * offered there; any other has its condition in `voucher-list-store.ts`.
 */
export const VOUCHER_FILTERS = {
  type: { values: VOUCHER_TYPES, isInApi: true },
  status: { values: VOUCHER_STATUSES, isInApi: true },
  state: { values: ['active', 'inactive'] },
  paid: { values: ['yes', 'no'] },
  redeemed: { values: REDEEMED },
  partner: { most: 64, column: 'r.partner_id', index: { 'r.partner_kind': 'partner' }, isInApi: true },
  brand: { most: 64, column: 'r.brand_id', index: { 'r.brand_kind': 'brand' }, isInApi: true },
  campaign: { isId: true, isInApi: true },
  motif: { most: 64, column: 'r.motif_id', index: {}, isInApi: true },
  expiring: { values: EXPIRING },
  archive: { values: ['all', 'only'] },
  q: { most: 200, mayBeEmpty: true, isInApi: true },
} as const satisfies Readonly<Record<string, VoucherFilter>>;

export type FilterName = keyof typeof VOUCHER_FILTERS;
export const FILTER_NAMES = Object.keys(VOUCHER_FILTERS) as FilterName[];

export function voucherFilter(name: FilterName): VoucherFilter {
  return VOUCHER_FILTERS[name];
}

/** Filters that ask for one column of the rules. */
export type RuleFilter = {
  [Name in FilterName]: (typeof VOUCHER_FILTERS)[Name] extends { readonly column: string } ? Name : never;
}[FilterName];
export type RuleConditions = Readonly<Partial<Record<RuleFilter, string>>>;

const RULE_FILTER_NAMES = FILTER_NAMES.filter((name): name is RuleFilter => voucherFilter(name).column !== undefined);

export function namedRuleFilters(conditions: RuleConditions): RuleFilter[] {
  return RULE_FILTER_NAMES.filter((name) => conditions[name] !== undefined);
}
