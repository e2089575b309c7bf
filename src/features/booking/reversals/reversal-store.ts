import type { Knex } from 'knex';
import type { BonusTerms } from '../../../core/books/bonus.ts';
import { auditInsert, type AuditEntry } from '../../../platform/data/audit.ts';
import { writeTogether } from '../../../platform/data/db.ts';
import { ledgerInserts, type LedgerRow } from '../../accounting/ledger/ledger-row.ts';
import { outboxInsert } from '../../../platform/data/outbox.ts';
import { type BudgetMove, budgetUpdate } from '../../campaigns/record/campaign-row.ts';
import { type VoucherMove, redeemedUpdate } from '../../vouchers/rows/redeemed-row.ts';
import type { BookingRef } from '../quotes/evaluation-store.ts';
import { bookingGivenBack } from '../redemptions/booking-store.ts';
import { afterPlace, type ChangePlace } from '../redemptions/redemption-list-store.ts';

export interface ReversalLine {
  readonly lineId: string;
  readonly amount: number;
  /** What the line has given back in all, this time included. */
  readonly reversedInAll: number;
}

export interface Reversal {
  readonly id: string;
  readonly redemptionId: string;
  readonly amount: number;
  readonly reason: string;
  readonly actor: string;
  readonly reversedAt: number;
  readonly lines: readonly { readonly voucherId: string; readonly code: string; readonly amount: number }[];
}

export interface ReversalWrites {
  readonly reversalId: string;
  readonly redemptionId: string;
  readonly bookingRef: BookingRef;
  readonly amount: number;
  readonly reversedAt: number;
  readonly lines: readonly ReversalLine[];
  readonly moves: readonly VoucherMove[];
  readonly budgets: readonly BudgetMove[];
  readonly ledgerRows: readonly LedgerRow[];
  readonly audit: AuditEntry;
}

/** What a reversal must know of a voucher; to write, it is read under its lock. */
export interface ReversibleVoucher {
  readonly id: string;
  readonly code: string;
  readonly title: string;
  readonly type: 'discount' | 'deal' | 'purchase' | 'settlement';
  readonly funding: string | null;
  readonly currency: string;
  readonly bonus: BonusTerms;
  readonly balance: number | null;
  readonly uses: number;
  readonly ledgerCount: number;
  readonly ledgerHead: string | null;
}

/** Locks vouchers in the one order of all: by code. */
export async function lockVouchersInOrder(trx: Knex.Transaction, ids: readonly string[]): Promise<void> {
  await trx('vouchers')
    .whereIn('id', [...ids])
    .orderBy('normalised_code')
    .forUpdate()
    .select('id');
}

export async function findReversibleVouchers(knex: Knex, ids: readonly string[]): Promise<ReversibleVoucher[]> {
  const rows = await knex('vouchers as v')
    .join('voucher_rules as r', 'r.id', 'v.rules_id')
    .whereIn('v.id', [...ids])
    .select<VoucherRow[]>(
      'v.id',
      'v.code',
      'r.title',
      'v.type',
      'r.funding',
      'r.currency',
      'v.original_value',
      'v.bonus_value',
      'v.balance',
      'v.uses',
      'v.ledger_count',
      'v.ledger_head',
    );
  return rows.map((row) => ({
    id: String(row.id),
    code: row.code,
    title: row.title,
    type: row.type,
    funding: row.funding,
    currency: row.currency,
    bonus: { value: Number(row.original_value ?? 0), bonus: Number(row.bonus_value) },
    balance: row.balance === null ? null : Number(row.balance),
    uses: row.uses,
    ledgerCount: row.ledger_count,
    ledgerHead: row.ledger_head,
  }));
}

/** The used budget of those campaigns that have one, locked. */
export async function lockBudgets(trx: Knex.Transaction, campaignIds: readonly string[]): Promise<BudgetMove[]> {
  if (campaignIds.length === 0) return [];
  const rows = await trx('campaigns')
    .whereIn('id', [...campaignIds])
    .whereNotNull('budget')
    .orderBy('id')
    .forUpdate()
    .select<{ id: number | string; budget_used: number | string }[]>('id', 'budget_used');
  return rows.map((row) => ({ campaignId: String(row.id), budgetUsed: Number(row.budget_used) }));
}

export async function insertReversal(
  trx: Knex.Transaction,
  reversal: { redemptionId: string; amount: number; reason: string; actor: string; reversedAt: number },
): Promise<string> {
  const [id] = await trx('reversals').insert({
    redemption_id: reversal.redemptionId,
    amount: reversal.amount,
    reason: reversal.reason,
    actor: reversal.actor,
    reversed_at: reversal.reversedAt,
  });
  return String(id);
}

export async function writeReversal(trx: Knex.Transaction, writes: ReversalWrites): Promise<void> {
  await writeTogether(trx, [
    trx('reversal_lines').insert(
      writes.lines.map((line) => ({
        reversal_id: writes.reversalId,
        redemption_line_id: line.lineId,
        amount: line.amount,
      })),
    ),
    ...writes.lines.map((line) =>
      trx('redemption_lines').where({ id: line.lineId }).update({ reversed: line.reversedInAll }),
    ),
    trx('redemptions').where({ id: writes.redemptionId }).update({ updated_at: writes.reversedAt }),
    bookingGivenBack(trx, writes.bookingRef, writes.amount, writes.reversedAt),
    ...writes.moves.map((move) => redeemedUpdate(trx, move, writes.reversedAt)),
    ...writes.budgets.map((budget) => budgetUpdate(trx, budget)),
    ...ledgerInserts(trx, writes.ledgerRows),
    auditInsert(trx, [writes.audit]),
    outboxInsert(trx, 'redemption.reversed', { reversalId: writes.reversalId }, writes.reversedAt),
  ]);
}

/** Reversals of these redemptions, oldest first; each with its lines. */
export async function findReversals(knex: Knex, redemptionIds: readonly string[]): Promise<Reversal[]> {
  if (redemptionIds.length === 0) return [];
  return reversalsOf(
    selectReversals(knex)
      .whereIn('x.redemption_id', [...redemptionIds])
      .orderBy('x.id'),
  );
}

export interface ReversalFilter {
  /** Of redemptions of this client; null: of every client. */
  readonly clientId: string | null;
  readonly since: number | null;
  readonly after: ChangePlace | null;
  readonly limit: number;
}

/** In the order in which they were made. */
export async function listReversals(knex: Knex, filter: ReversalFilter): Promise<Reversal[]> {
  const ids = knex('reversals').orderBy(['reversed_at', 'id']).limit(filter.limit);
  if (filter.clientId !== null)
    void ids.whereIn('redemption_id', knex('redemptions').where({ client_id: filter.clientId }).select('id'));
  if (filter.since !== null) void ids.where('reversed_at', '>=', filter.since);
  if (filter.after !== null) afterPlace(ids, 'reversed_at', filter.after);
  const found = await ids.pluck<(number | string)[]>('id');
  return reversalsOf(selectReversals(knex).whereIn('x.id', found).orderBy(['x.reversed_at', 'x.id']));
}

function selectReversals(knex: Knex): Knex.QueryBuilder {
  return knex('reversals as x')
    .join('reversal_lines as y', 'y.reversal_id', 'x.id')
    .join('redemption_lines as l', 'l.id', 'y.redemption_line_id')
    .join('vouchers as v', 'v.id', 'l.voucher_id');
}

async function reversalsOf(query: Knex.QueryBuilder): Promise<Reversal[]> {
  const rows = await query
    .orderBy('l.position', 'desc')
    .select<ReversalRow[]>(
      'x.id',
      'x.redemption_id',
      'x.amount',
      'x.reason',
      'x.actor',
      'x.reversed_at',
      'l.voucher_id',
      'v.code',
      'y.amount as line_amount',
    );
  const reversals = new Map<string, Reversal>();
  for (const row of rows) {
    const id = String(row.id);
    const line = { voucherId: String(row.voucher_id), code: row.code, amount: Number(row.line_amount) };
    const known = reversals.get(id);
    reversals.set(id, {
      id,
      redemptionId: String(row.redemption_id),
      amount: Number(row.amount),
      reason: row.reason,
      actor: row.actor,
      reversedAt: Number(row.reversed_at),
      lines: [...(known?.lines ?? []), line],
    });
  }
  return [...reversals.values()];
}

interface VoucherRow {
  readonly id: number | string;
  readonly code: string;
  readonly title: string;
  readonly type: ReversibleVoucher['type'];
  readonly funding: string | null;
  readonly currency: string;
  readonly original_value: number | string | null;
  readonly bonus_value: number | string;
  readonly balance: number | string | null;
  readonly uses: number;
  readonly ledger_count: number;
  readonly ledger_head: string | null;
}

interface ReversalRow {
  readonly id: number | string;
  readonly redemption_id: number | string;
  readonly amount: number | string;
  readonly reason: string;
  readonly actor: string;
  readonly reversed_at: number | string;
  readonly voucher_id: number | string;
  readonly code: string;
  readonly line_amount: number | string;
}
