import type { Knex } from 'knex';
import type { VoucherType } from '../../../core/engine/voucher.ts';

/** A side of an entry: its role, and where the account depends on them, type and brand of its voucher. */
export interface SideMatch {
  readonly role: string;
  readonly type: string | null;
  readonly brand: string | null;
  /** More exact keys of the role that lead to another account. */
  readonly except: readonly { readonly type: string | null; readonly brand: string | null }[];
  /** The posting days the account holds for; null: without a bound. */
  readonly from: string | null;
  readonly to: string | null;
  /** The run it holds for; null: all entries but those of the excepted ones. */
  readonly run: string | null;
  readonly exceptRuns: readonly { readonly id: string; readonly from: string }[];
  /** Of a partner's account: whose it is. Left out: it does not depend on the partner. */
  readonly partners?: PartnerMatch;
}

/** Whose deals: those of these partners, or of all others and of none. */
export interface PartnerMatch {
  readonly ids: readonly string[];
  readonly isExcept: boolean;
}

export interface JournalFilter {
  readonly from: string | null;
  readonly to: string | null;
  readonly event: string | null;
  readonly type: VoucherType | null;
  readonly voucherId: string | null;
  readonly booking: string | null;
  readonly document: string | null;
  readonly runId: string | null;
  /** null: every account. Empty: none has that number, so nothing is found. */
  readonly sides: readonly SideMatch[] | null;
}

/** What the overview adds up as one figure, under one name. */
const EVENT_GROUPS: Readonly<Record<string, readonly string[] | undefined>> = {
  sold: ['sale', 'top_up', 'issue', 'payment_in', 'deal_sale'],
  redeemed: ['redemption', 'redemption_reversal', 'deal_use', 'deal_use_reversal'],
};

/**
 * Narrows a query over `ledger_entries as e`, `vouchers as v`, `voucher_rules as r`, `ledger_subjects as s` and
 * `export_entries as x`, with `redemption_lines as dl` and `deal_sales as ds` for the partner.
 */
export function applyFilter(query: Knex.QueryBuilder, filter: JournalFilter): void {
  if (filter.from !== null) void query.where('e.posted_on', '>=', filter.from);
  if (filter.to !== null) void query.where('e.posted_on', '<=', filter.to);
  if (filter.event !== null) void query.whereIn('e.event', EVENT_GROUPS[filter.event] ?? [filter.event]);
  if (filter.type !== null) void query.where('v.type', filter.type);
  if (filter.voucherId !== null) void query.where('e.voucher_id', filter.voucherId);
  if (filter.booking !== null) void query.where('e.booking_number', filter.booking);
  if (filter.document !== null) void query.where('e.document_number', filter.document);
  if (filter.runId !== null) void query.where('x.run_id', filter.runId);
  const { sides } = filter;
  if (sides === null) return;
  if (sides.length === 0) void query.whereRaw('1 = 0');
  else
    void query.where((either) => {
      for (const column of ['e.debit_role', 'e.credit_role'])
        for (const side of sides)
          void either.orWhere((one) => {
            matchSide(one, column, side);
          });
    });
}

const BRAND = 'coalesce(r.brand_id, s.brand_id)';

function matchSide(query: Knex.QueryBuilder, column: string, side: SideMatch): void {
  void query.where(column, side.role);
  if (side.from !== null) void query.where('e.posted_on', '>=', side.from);
  if (side.to !== null) void query.where('e.posted_on', '<=', side.to);
  if (side.run !== null) void query.where('x.run_id', side.run);
  for (const { id, from } of side.exceptRuns)
    void query.where((not) => {
      void not.whereNull('x.run_id').orWhereNot('x.run_id', id).orWhere('e.posted_on', '<', from);
    });
  if (side.type !== null) void query.where('v.type', side.type);
  if (side.brand !== null) void query.whereRaw(`${BRAND} = ?`, [side.brand]);
  if (side.partners !== undefined) matchPartner(query, side.partners);
  for (const { type, brand } of side.except) {
    void query.where((not) => {
      if (type !== null) void not.orWhere('v.type', '<>', type).orWhereNull('v.type');
      if (brand !== null) void not.orWhereRaw(`(${BRAND} <> ? or ${BRAND} is null)`, [brand]);
    });
  }
}

function matchPartner(query: Knex.QueryBuilder, { ids, isExcept }: PartnerMatch): void {
  if (ids.length === 0) return;
  const marks = ids.map(() => '?').join(', ');
  void (isExcept
    ? query.whereRaw(`coalesce(dl.deal_partner_id, ds.partner_id, '') not in (${marks})`, [...ids])
    : query.whereRaw(`coalesce(dl.deal_partner_id, ds.partner_id) in (${marks})`, [...ids]));
}
