import type { Knex } from 'knex';
import { parseJson } from '../../../platform/data/json.ts';

export const APPROVAL_KINDS = ['goodwill', 'issue', 'correction', 'reactivation', 'extension', 'refund'] as const;
export type ApprovalKind = (typeof APPROVAL_KINDS)[number];
export type ApprovalState = 'open' | 'accepted' | 'refused' | 'withdrawn';

/** What one person asked for and a second one accepts or refuses. */
export interface Approval {
  readonly id: string;
  readonly kind: ApprovalKind;
  readonly state: ApprovalState;
  readonly voucherId: string | null;
  /** The voucher as the request saw it; another version is looked at anew. */
  readonly voucherVersion: number | null;
  /** How many entries its ledger had: a redemption is no new version. */
  readonly voucherEntries: number | null;
  readonly cents: number;
  readonly currency: string;
  readonly reason: string;
  readonly payload: unknown;
  readonly requestedBy: string;
  readonly requestedAt: number;
  readonly decidedBy: string | null;
  readonly decidedAt: number | null;
  readonly note: string | null;
}

export type NewApproval = Pick<
  Approval,
  | 'kind'
  | 'voucherId'
  | 'voucherVersion'
  | 'voucherEntries'
  | 'cents'
  | 'currency'
  | 'reason'
  | 'payload'
  | 'requestedBy'
  | 'requestedAt'
> & {
  readonly openKey: string;
};

export async function insertApproval(trx: Knex.Transaction, approval: NewApproval): Promise<string> {
  const [id] = await trx('approvals').insert({
    kind: approval.kind,
    state: 'open',
    voucher_id: approval.voucherId,
    voucher_version: approval.voucherVersion,
    voucher_entries: approval.voucherEntries,
    cents: approval.cents,
    currency: approval.currency,
    reason: approval.reason,
    payload: JSON.stringify(approval.payload),
    open_key: approval.openKey,
    requested_by: approval.requestedBy,
    requested_at: approval.requestedAt,
  });
  return String(id);
}

/** False: somebody has decided already. */
export async function decideApproval(
  trx: Knex.Transaction,
  id: string,
  decision: {
    readonly state: ApprovalState;
    readonly actor: string;
    readonly note: string | null;
    readonly now: number;
  },
): Promise<boolean> {
  const decided: number = await trx('approvals')
    .where({ id, state: 'open' })
    .update({ state: decision.state, decided_by: decision.actor, decided_at: decision.now, note: decision.note });
  return decided === 1;
}

export async function markWithdrawn(trx: Knex.Transaction, id: string): Promise<void> {
  await trx('approvals').where({ id }).update({ state: 'withdrawn' });
}

/** After the decision: another request for the voucher is possible, and what is not needed any more is gone. */
export async function closeApproval(
  trx: Knex.Transaction,
  approval: Approval,
  voucherId: string | null,
): Promise<void> {
  const isNew = approval.kind === 'goodwill';
  await trx('approvals')
    .where({ id: approval.id })
    .update({ voucher_id: voucherId, ...(isNew ? { payload: 'null' } : { open_key: null }) });
}

export async function findApproval(knex: Knex, id: string): Promise<Approval | null> {
  const row = await knex('approvals').where({ id }).first<ApprovalRow | undefined>();
  return row === undefined ? null : toApproval(row);
}

export async function findApprovalByKey(knex: Knex, openKey: string): Promise<string | null> {
  const row = await knex('approvals').where({ open_key: openKey }).first<{ id: number | string } | undefined>('id');
  return row === undefined ? null : String(row.id);
}

/** Open ones oldest first, decided ones newest first. */
export async function listApprovals(
  knex: Knex,
  page: { readonly isOpen: boolean; readonly after: string | null; readonly limit: number },
): Promise<Approval[]> {
  const query = knex('approvals')
    .limit(page.limit)
    .orderBy('id', page.isOpen ? 'asc' : 'desc');
  void (page.isOpen ? query.where('state', 'open') : query.whereNot('state', 'open'));
  if (page.after !== null) void query.where('id', page.isOpen ? '>' : '<', page.after);
  return (await query.select<ApprovalRow[]>()).map(toApproval);
}

interface ApprovalRow {
  readonly id: number | string;
  readonly kind: ApprovalKind;
  readonly state: ApprovalState;
  readonly voucher_id: number | string | null;
  readonly voucher_version: number | null;
  readonly voucher_entries: number | null;
  readonly cents: number | string;
  readonly currency: string;
  readonly reason: string;
  readonly payload: string;
  readonly requested_by: string;
  readonly requested_at: number | string;
  readonly decided_by: string | null;
  readonly decided_at: number | string | null;
  readonly note: string | null;
}

function toApproval(row: ApprovalRow): Approval {
  return {
    id: String(row.id),
    kind: row.kind,
    state: row.state,
    voucherId: row.voucher_id === null ? null : String(row.voucher_id),
    voucherVersion: row.voucher_version,
    voucherEntries: row.voucher_entries,
    cents: Number(row.cents),
    currency: row.currency,
    reason: row.reason,
    payload: parseJson<unknown>(row.payload),
    requestedBy: row.requested_by,
    requestedAt: Number(row.requested_at),
    decidedBy: row.decided_by,
    decidedAt: row.decided_at === null ? null : Number(row.decided_at),
    note: row.note,
  };
}
