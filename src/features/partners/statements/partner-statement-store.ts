import type { Knex } from 'knex';
import type { StatementKind } from '../../../core/books/partner-model.ts';
import type { StatementColumns } from '../../../core/books/partner-statement.ts';
import { toSafeInteger } from '../../../platform/data/db.ts';
import { parseJson } from '../../../platform/data/json.ts';

export type StatementState = 'columns' | 'compared' | 'discarded';

export interface NewStatement {
  readonly kind: StatementKind;
  readonly partnerId: string;
  readonly documentNumber: string;
  readonly from: string;
  readonly to: string;
  readonly currency: string;
  readonly fileKey: string;
  readonly fileName: string;
  readonly actor: string;
  readonly now: number;
}

export interface Statement extends Omit<NewStatement, 'now'> {
  readonly id: string;
  readonly state: StatementState;
  readonly columns: StatementColumns | null;
  /** The partner's invoice about its commission on these sales; null: none yet. */
  readonly commission: CommissionInvoice | null;
  readonly payout: { readonly paidOn: string; readonly reference: string } | null;
  readonly createdAt: number;
}

export interface CommissionInvoice {
  readonly documentNumber: string;
  readonly on: string;
  readonly net: number;
  readonly vat: number;
}

export async function insertStatement(trx: Knex.Transaction, statement: NewStatement): Promise<string> {
  const [id] = await trx('partner_statements').insert({
    kind: statement.kind,
    partner_kind: 'partner',
    partner_id: statement.partnerId,
    document_number: statement.documentNumber,
    live_key: keyOf(statement),
    from_on: statement.from,
    to_on: statement.to,
    currency: statement.currency,
    file_key: statement.fileKey,
    file_name: statement.fileName,
    state: 'columns',
    column_map: JSON.stringify(null),
    actor: statement.actor,
    created_at: statement.now,
  });
  return String(id);
}

export async function findStatement(knex: Knex, id: string): Promise<Statement | null> {
  const row = await knex('partner_statements').where({ id }).first<StatementRow | undefined>();
  return row === undefined ? null : toStatement(row);
}

export async function lockStatement(trx: Knex.Transaction, id: string): Promise<Statement | null> {
  const row = await trx('partner_statements').where({ id }).forUpdate().first<StatementRow | undefined>();
  return row === undefined ? null : toStatement(row);
}

export async function listStatements(
  knex: Knex,
  partnerId: string | null,
  beforeId: string | null,
  limit: number,
): Promise<Statement[]> {
  const query = knex('partner_statements').orderBy('id', 'desc').limit(limit);
  if (partnerId !== null) void query.where({ partner_kind: 'partner', partner_id: partnerId });
  if (beforeId !== null) void query.where('id', '<', beforeId);
  return (await query.select<StatementRow[]>()).map(toStatement);
}

export async function markCompared(trx: Knex.Transaction, id: string, columns: StatementColumns): Promise<void> {
  await trx('partner_statements')
    .where({ id })
    .update({ state: 'compared', column_map: JSON.stringify(columns) });
}

export async function markDiscarded(trx: Knex.Transaction, id: string): Promise<void> {
  await trx('partner_statements').where({ id }).update({ state: 'discarded', live_key: null });
}

export async function updateCommission(
  trx: Knex.Transaction,
  id: string,
  { documentNumber, on, net, vat }: CommissionInvoice,
): Promise<void> {
  await trx('partner_statements')
    .where({ id })
    .update({ commission_number: documentNumber, commission_on: on, commission_net: net, commission_vat: vat });
}

export async function updatePayout(
  trx: Knex.Transaction,
  id: string,
  payout: { readonly paidOn: string; readonly reference: string },
): Promise<void> {
  await trx('partner_statements')
    .where({ id })
    .update({ payout_on: payout.paidOn, payout_reference: payout.reference });
}

function keyOf({ partnerId, documentNumber }: Pick<NewStatement, 'partnerId' | 'documentNumber'>): string {
  return `${partnerId} ${documentNumber.toLowerCase()}`;
}

interface StatementRow {
  readonly id: number | string;
  readonly kind: StatementKind;
  readonly commission_number: string | null;
  readonly commission_on: string | null;
  readonly commission_net: number | string | null;
  readonly commission_vat: number | string | null;
  readonly payout_on: string | null;
  readonly payout_reference: string | null;
  readonly partner_id: string;
  readonly document_number: string;
  readonly from_on: string;
  readonly to_on: string;
  readonly currency: string;
  readonly file_key: string;
  readonly file_name: string;
  readonly state: StatementState;
  readonly column_map: string;
  readonly actor: string;
  readonly created_at: number | string;
}

function toStatement(row: StatementRow): Statement {
  return {
    id: String(row.id),
    kind: row.kind,
    partnerId: row.partner_id,
    documentNumber: row.document_number,
    from: row.from_on,
    to: row.to_on,
    currency: row.currency,
    fileKey: row.file_key,
    fileName: row.file_name,
    state: row.state,
    columns: parseJson<StatementColumns | null>(row.column_map),
    commission: commissionOf(row),
    payout: row.payout_on === null ? null : { paidOn: row.payout_on, reference: row.payout_reference ?? '' },
    actor: row.actor,
    createdAt: toSafeInteger(row.created_at),
  };
}

function commissionOf({
  commission_number: documentNumber,
  commission_on: on,
  commission_net: net,
  commission_vat: vat,
}: StatementRow): CommissionInvoice | null {
  return documentNumber === null || on === null || net === null || vat === null
    ? null
    : { documentNumber, on, net: toSafeInteger(net), vat: toSafeInteger(vat) };
}
