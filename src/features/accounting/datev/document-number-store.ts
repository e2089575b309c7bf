import type { Knex } from 'knex';
import { toSafeInteger } from '../../../platform/data/db.ts';

/** A number that was entered, and what stands for it in the files. */
export interface GivenDocument {
  readonly id: string;
  readonly number: string;
  readonly document: string;
  readonly createdAt: number;
  readonly createdBy: string;
}

interface GivenRow {
  readonly id: number | string;
  readonly number: string;
  readonly document: string;
  readonly created_at: number | string;
  readonly created_by: string;
}

/** The newest first. */
export async function findGivenDocuments(knex: Knex, beforeId: string | null, limit: number): Promise<GivenDocument[]> {
  const query = knex('document_numbers').orderBy('id', 'desc').limit(limit);
  if (beforeId !== null) void query.where('id', '<', beforeId);
  return (await query.select<GivenRow[]>()).map(toGiven);
}

export async function findGivenDocument(knex: Knex, id: string): Promise<GivenDocument | null> {
  const row = await knex('document_numbers').where({ id }).first<GivenRow | undefined>();
  return row === undefined ? null : toGiven(row);
}

export async function insertGivenDocument(trx: Knex.Transaction, given: Omit<GivenDocument, 'id'>): Promise<void> {
  await trx('document_numbers').insert({
    number: given.number,
    document: given.document,
    created_at: given.createdAt,
    created_by: given.createdBy,
  });
}

/** false: it was gone already. */
export async function deleteGivenDocument(
  trx: Knex.Transaction,
  where: { readonly id: string } | { readonly number: string },
): Promise<boolean> {
  return (await trx('document_numbers').where(where).delete()) > 0;
}

/** Whether a booking, a document or a sale has this number. */
export async function isNumberInBooks(knex: Knex, number: string): Promise<boolean> {
  const places = [
    knex('ledger_entries').where({ booking_number: number }),
    knex('ledger_entries').where({ document_number: number }),
    knex('vouchers').where({ invoice_ref: number }),
  ];
  for (const place of places) if ((await place.first<object | undefined>('id')) !== undefined) return true;
  return false;
}

function toGiven(row: GivenRow): GivenDocument {
  return {
    id: String(row.id),
    number: row.number,
    document: row.document,
    createdAt: toSafeInteger(row.created_at),
    createdBy: row.created_by,
  };
}
