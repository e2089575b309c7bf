import type { Knex } from 'knex';
import { voucherNumber } from '../../../core/books/ledger-event.ts';
import type { ReceiptKind } from '../../../core/sale/till.ts';
import { toSafeInteger } from '../../../platform/data/db.ts';
import { parseJson } from '../../../platform/data/json.ts';

/** What a receipt tells beside its sum. All amounts in cents; below 0 on a Storno and where money leaves the drawer. */
export interface ReceiptContent {
  /** The words of a fiscal till. */
  readonly businessTypes: readonly string[];
  /** How it was paid, by tender or by the method somebody told. */
  readonly paid: readonly { readonly by: string; readonly cents: number }[];
  /** Numbers of the vouchers it is about, never their codes. */
  readonly vouchers: readonly string[];
  /** Name of the till; null: not at one. */
  readonly till: string | null;
  readonly bookingNumber: string | null;
  /** What was to be paid at all, and what of it the voucher paid. */
  readonly price: number | null;
  readonly voucherAmount: number | null;
  readonly note: string | null;
  /** The number of the receipt that it takes back. */
  readonly reverses: string | null;
}

export interface NewReceipt {
  readonly number: string;
  readonly kind: ReceiptKind;
  readonly currency: string;
  readonly cents: number;
  readonly issuedOn: string;
  readonly issuedAt: number;
  readonly actor: string;
  readonly voucherId: string | null;
  readonly orderId: string | null;
  readonly content: ReceiptContent;
}

export interface Receipt extends NewReceipt {
  /** How often it was printed: the first one is the original. */
  readonly prints: number;
}

/** A statement, to be written together with what is posted under its number. */
export function receiptInsert(trx: Knex.Transaction, receipt: NewReceipt): Knex.QueryBuilder {
  return trx('receipts').insert({
    number: receipt.number,
    kind: receipt.kind,
    currency: receipt.currency,
    cents: receipt.cents,
    issued_on: receipt.issuedOn,
    issued_at: receipt.issuedAt,
    actor: receipt.actor,
    voucher_id: receipt.voucherId,
    order_id: receipt.orderId,
    content: JSON.stringify(receipt.content),
  });
}

export async function findReceipt(knex: Knex, number: string): Promise<Receipt | null> {
  const row = await knex('receipts').where({ number }).first<ReceiptRow | undefined>();
  return row === undefined ? null : toReceipt(row);
}

/** The newest first. */
export async function findReceiptsOf(
  knex: Knex,
  column: 'voucher_id' | 'order_id',
  id: string,
  limit: number,
): Promise<Receipt[]> {
  const rows = await knex('receipts')
    .where({ [column]: id })
    .orderBy([
      { column: 'issued_at', order: 'desc' },
      { column: 'number', order: 'desc' },
    ])
    .limit(limit)
    .select<ReceiptRow[]>();
  return rows.map(toReceipt);
}

/** What people know vouchers by, in the order of their ids. */
export async function findVoucherNumbers(knex: Knex, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return [];
  const rows = await knex('vouchers')
    .whereIn('id', [...ids])
    .orderBy('id')
    .select<{ id: number | string; number: string | null }[]>('id', 'number');
  return rows.map(({ id, number }) => voucherNumber(number, String(id)));
}

/** Counts a print; how many there were before. */
export async function countPrint(trx: Knex.Transaction, number: string): Promise<number> {
  await trx('receipts').where({ number }).increment('prints', 1);
  const row = await trx('receipts').where({ number }).first<{ prints: number | string } | undefined>('prints');
  return toSafeInteger(row?.prints) - 1;
}

interface ReceiptRow {
  readonly number: string;
  readonly kind: ReceiptKind;
  readonly currency: string;
  readonly cents: number | string;
  readonly issued_on: string;
  readonly issued_at: number | string;
  readonly actor: string;
  readonly voucher_id: number | string | null;
  readonly order_id: number | string | null;
  readonly content: string;
  readonly prints: number | string;
}

function toReceipt(row: ReceiptRow): Receipt {
  return {
    number: row.number,
    kind: row.kind,
    currency: row.currency,
    cents: toSafeInteger(row.cents),
    issuedOn: row.issued_on,
    issuedAt: toSafeInteger(row.issued_at),
    actor: row.actor,
    voucherId: row.voucher_id === null ? null : String(row.voucher_id),
    orderId: row.order_id === null ? null : String(row.order_id),
    content: parseJson<ReceiptContent>(row.content),
    prints: toSafeInteger(row.prints),
  };
}
