import type { Knex } from 'knex';
import { toSafeInteger } from '../../../platform/data/db.ts';

/** A deal that a partner sold in its own name for us. */
export interface DealSale {
  readonly id: string;
  readonly voucherId: string;
  readonly partnerId: string;
  readonly statementId: string;
  readonly documentNumber: string;
  readonly currency: string;
  readonly price: number;
  /** What of the price is still owed to the holder. */
  readonly rest: number;
  readonly commission: number;
  readonly commissionVat: number;
  readonly soldOn: string;
  readonly paidOn: string | null;
  readonly refundStatementId: string | null;
  readonly refundPaidOn: string | null;
  /** The sale of the voucher that replaced this one. */
  readonly passedToId: string | null;
}

export interface NewDealSale extends Pick<
  DealSale,
  'voucherId' | 'partnerId' | 'statementId' | 'documentNumber' | 'currency' | 'price' | 'soldOn'
> {
  readonly actor: string;
  readonly now: number;
}

/** How a redeemed line of a sold deal is covered. */
export interface StoredDealUse {
  readonly id: string;
  readonly saleId: string;
  readonly redeemed: number;
  readonly taken: number;
  readonly difference: number;
}

export interface NewDealUse {
  readonly saleId: string;
  readonly redemptionId: string;
  readonly lineId: string;
  readonly bookingNumber: string;
  readonly taken: number;
  readonly difference: number;
  readonly now: number;
}

export async function insertDealSale(trx: Knex.Transaction, sale: NewDealSale): Promise<void> {
  await trx('deal_sales').insert({
    voucher_id: sale.voucherId,
    partner_id: sale.partnerId,
    statement_id: sale.statementId,
    document_number: sale.documentNumber,
    currency: sale.currency,
    price: sale.price,
    rest: sale.price,
    sold_on: sale.soldOn,
    actor: sale.actor,
    created_at: sale.now,
  });
}

/** The same sale under the voucher that replaces the first; its id. */
export async function copyDealSale(
  trx: Knex.Transaction,
  sale: DealSale,
  voucherId: string,
  actor: string,
  now: number,
): Promise<string> {
  const [id] = await trx('deal_sales').insert({
    voucher_id: voucherId,
    partner_id: sale.partnerId,
    statement_id: sale.statementId,
    document_number: sale.documentNumber,
    currency: sale.currency,
    price: sale.price,
    rest: sale.rest,
    commission: sale.commission,
    commission_vat: sale.commissionVat,
    sold_on: sale.soldOn,
    paid_on: sale.paidOn,
    refund_statement_id: sale.refundStatementId,
    refund_paid_on: sale.refundPaidOn,
    actor,
    created_at: now,
  });
  return String(id);
}

export async function findDealSale(knex: Knex, voucherId: string): Promise<DealSale | null> {
  const row = await knex('deal_sales').where({ voucher_id: voucherId }).first<SaleRow | undefined>();
  return row === undefined ? null : toSale(row);
}

export async function findDealSaleById(knex: Knex, id: string): Promise<DealSale | null> {
  const row = await knex('deal_sales').where({ id }).first<SaleRow | undefined>();
  return row === undefined ? null : toSale(row);
}

/** The sales of these vouchers, at most as many as there are ids. */
export async function findDealSales(knex: Knex, voucherIds: readonly string[]): Promise<DealSale[]> {
  return (
    await knex('deal_sales')
      .whereIn('voucher_id', [...voucherIds])
      .select<SaleRow[]>()
  ).map(toSale);
}

/** Other columns of a sale; under the lock of its voucher. */
export async function updateDealSale(
  trx: Knex.Transaction,
  id: string,
  columns: Readonly<Record<string, string | number | null>>,
): Promise<void> {
  await trx('deal_sales').where({ id }).update(columns);
}

/** The sales that a report told, or whose refund it told, by id. */
export async function listDealSales(
  knex: Knex,
  of: { readonly statementId: string } | { readonly refundStatementId: string },
  limit: number,
): Promise<DealSale[]> {
  const query = knex('deal_sales').whereNull('passed_to_id').orderBy('id').limit(limit);
  void query.where(
    'statementId' in of ? { statement_id: of.statementId } : { refund_statement_id: of.refundStatementId },
  );
  return (await query.select<SaleRow[]>()).map(toSale);
}

export async function insertDealUse(trx: Knex.Transaction, use: NewDealUse): Promise<void> {
  await trx('deal_sale_uses').insert({
    sale_id: use.saleId,
    redemption_id: use.redemptionId,
    line_id: use.lineId,
    live_line_id: use.lineId,
    booking_number: use.bookingNumber,
    redeemed: use.taken + use.difference,
    taken: use.taken,
    difference: use.difference,
    created_at: use.now,
  });
}

/** What covers a redeemed line; null: no sale does. */
export async function findLiveDealUse(knex: Knex, lineId: string): Promise<StoredDealUse | null> {
  const row = await knex('deal_sale_uses').where({ live_line_id: lineId }).first<UseRow | undefined>();
  if (row === undefined) return null;
  return {
    id: String(row.id),
    saleId: String(row.sale_id),
    redeemed: toSafeInteger(row.redeemed),
    taken: toSafeInteger(row.taken),
    difference: toSafeInteger(row.difference),
  };
}

/** False: it holds no more. */
export async function endDealUse(trx: Knex.Transaction, id: string): Promise<boolean> {
  const ended: number = await trx('deal_sale_uses')
    .where({ id })
    .whereNotNull('live_line_id')
    .update({ live_line_id: null });
  return ended === 1;
}

interface SaleRow {
  readonly id: number | string;
  readonly voucher_id: number | string;
  readonly partner_id: string;
  readonly statement_id: number | string;
  readonly document_number: string;
  readonly currency: string;
  readonly price: number | string;
  readonly rest: number | string;
  readonly commission: number | string;
  readonly commission_vat: number | string;
  readonly sold_on: string;
  readonly paid_on: string | null;
  readonly refund_statement_id: number | string | null;
  readonly refund_paid_on: string | null;
  readonly passed_to_id: number | string | null;
}

interface UseRow {
  readonly id: number | string;
  readonly sale_id: number | string;
  readonly redeemed: number | string;
  readonly taken: number | string;
  readonly difference: number | string;
}

function toSale(row: SaleRow): DealSale {
  return {
    id: String(row.id),
    voucherId: String(row.voucher_id),
    partnerId: row.partner_id,
    statementId: String(row.statement_id),
    documentNumber: row.document_number,
    currency: row.currency,
    price: toSafeInteger(row.price),
    rest: toSafeInteger(row.rest),
    commission: toSafeInteger(row.commission),
    commissionVat: toSafeInteger(row.commission_vat),
    soldOn: row.sold_on,
    paidOn: row.paid_on,
    refundStatementId: row.refund_statement_id === null ? null : String(row.refund_statement_id),
    refundPaidOn: row.refund_paid_on,
    passedToId: row.passed_to_id === null ? null : String(row.passed_to_id),
  };
}
