import { createHash } from 'node:crypto';
import {
  MAX_PAYMENTS,
  paymentOrderDocument,
  type OrderedPayment,
  type OrderingAccount,
} from '../../../core/sale/payment-order.ts';
import { isIban } from '../../../core/sale/epc-payment.ts';
import type { Act, Author } from '../../../platform/data/act.ts';
import { inTransaction, type Connection, type Database, type Transaction } from '../../../platform/data/db.ts';
import { writeXml } from '../../../platform/files/xml-file.ts';
import { appError } from '../../../platform/process/errors.ts';
import { shopSettings } from '../../settings/shop-settings-service.ts';
import { nextNumber, yearOf } from '../ledger/number-service.ts';
import {
  findRefundFile,
  insertRefundFile,
  listRefundFiles,
  lockOrderedRefunds,
  readFileContent,
  withdrawRefundFile,
  type RefundFile,
} from './refund-file-store.ts';
import { auditRefund, missingOf, payRefund, type RefundPayment } from './refund-service.ts';
import { lockRefunds, type Refund } from './refund-store.ts';

export type { RefundFile };

export interface FileOrder {
  readonly ids: readonly string[];
  /** The day on which the bank is to pay. */
  readonly executionOn: string;
}

/** One file of payments for the bank out of several refunds. Each of them is in one file at most that was not taken back. */
export async function orderRefunds(database: Database, author: Author, order: FileOrder): Promise<RefundFile> {
  const { moment, actor } = author;
  if (order.ids.length === 0) throw ruleBroken('ids', 'none_chosen');
  if (order.ids.length > MAX_PAYMENTS) throw ruleBroken('ids', 'too_many');
  if (order.executionOn < moment.today) throw ruleBroken('executionOn', 'day_over');
  return inTransaction(database, async (trx) => {
    const act: Act = { trx, ...author };
    const refunds = await lockRefunds(trx, order.ids);
    if (refunds.length !== new Set(order.ids).size) throw appError('not_found');
    for (const refund of refunds) requireOrderable(refund);
    const account = await orderingAccount(trx);
    const number = await nextNumber(trx, 'payment_file', yearOf(moment.today), { now: moment.now });
    const payments = refunds.map(paymentOf);
    const createdAt = new Date(moment.now).toISOString().slice(0, 19);
    const { executionOn } = order;
    const content = writeXml(paymentOrderDocument({ messageId: number, createdAt, executionOn, account, payments }));
    const file = {
      number,
      payments: refunds.length,
      cents: refunds.reduce((sum, { cents }) => sum + cents, 0),
      currency: 'EUR',
      executionOn,
      content,
      sha256: createHash('sha256').update(content).digest('hex'),
      createdAt: moment.now,
      createdBy: actor,
    };
    const id = await insertRefundFile(
      trx,
      file,
      refunds.map((refund) => refund.id),
    );
    for (const refund of refunds) await auditRefund(act, 'refund.order', refund.number, { file: number });
    return readRefundFile(trx, id);
  });
}

/** Our own account, as the settings of the shop name it. */
async function orderingAccount(trx: Transaction): Promise<OrderingAccount> {
  const { accountHolder: holder, iban, bic } = await shopSettings(trx);
  if (holder === '' || !isIban(iban)) throw ruleBroken('account', 'no_account');
  return { holder, iban, bic };
}

function requireOrderable(refund: Refund): void {
  if (refund.state !== 'open') throw appError('conflict');
  if (refund.way !== 'transfer') throw ruleBroken('ids', 'not_a_transfer', refund);
  if (refund.currency !== 'EUR') throw ruleBroken('ids', 'not_euro', refund);
  if (missingOf(refund).length > 0) throw ruleBroken('ids', 'incomplete', refund);
}

function paymentOf(refund: Refund): OrderedPayment {
  const about = refund.order?.number ?? refund.voucher?.number ?? '';
  return {
    endToEndId: refund.number,
    cents: refund.cents,
    payee: refund.payee,
    iban: refund.iban,
    purpose: `Erstattung ${refund.number}${about === '' ? '' : ` zu ${about}`}`,
  };
}

/** The file was not handed to the bank: what it orders is open again. Only while none of it is paid. */
export async function takeBackRefundFile(database: Database, author: Author, id: string): Promise<RefundFile> {
  const { actor, moment } = author;
  return inTransaction(database, async (trx) => {
    const ordered = await lockRefunds(trx, await lockOrderedRefunds(trx, id));
    const file = await readRefundFile(trx, id);
    if (file.paid > 0 || !(await withdrawRefundFile(trx, id, actor, moment.now))) throw appError('conflict');
    for (const refund of ordered)
      await auditRefund({ trx, ...author }, 'refund.file_withdraw', refund.number, { file: file.number });
    return readRefundFile(trx, id);
  });
}

/** The bank has paid everything in the file that is not known to be paid yet. How many payments. */
export async function payRefundFile(
  database: Database,
  author: Author,
  id: string,
  payment: RefundPayment,
): Promise<number> {
  return inTransaction(database, async (trx) => {
    const ordered = await lockOrderedRefunds(trx, id);
    if (ordered.length === 0) throw appError('conflict');
    for (const refundId of ordered) await payRefund({ trx, ...author }, refundId, 'transfer', payment);
    return ordered.length;
  });
}

export async function readRefundFile(connection: Connection, id: string): Promise<RefundFile> {
  const file = await findRefundFile(connection, id);
  if (file === null) throw appError('not_found');
  return file;
}

export async function contentOfRefundFile(connection: Connection, id: string): Promise<string> {
  const content = await readFileContent(connection, id);
  if (content === null) throw appError('not_found');
  return content;
}

/** The newest first. */
export function refundFiles(connection: Connection, beforeId: string | null, limit: number): Promise<RefundFile[]> {
  return listRefundFiles(connection, beforeId, limit);
}

function ruleBroken(path: string, code: string, refund?: Refund): Error {
  const params = { number: refund?.number ?? '' };
  return appError('rule_broken', { fields: [{ path, code, text: `refunds:refusal.${code}`, params }] });
}
