import type { Act } from '../../../platform/data/act.ts';
import { inTransaction, type Connection, type Database, type Write } from '../../../platform/data/db.ts';
import { appError } from '../../../platform/process/errors.ts';
import { nextNumber, takeNumber, yearOf } from '../ledger/number-service.ts';
import {
  countPrint,
  findReceipt,
  findReceiptsOf,
  findVoucherNumbers,
  receiptInsert,
  type NewReceipt,
  type Receipt,
  type ReceiptContent,
} from './receipt-store.ts';

export type { Receipt, ReceiptContent };

const MAX_OF_OWNER = 100;

/** What a receipt is about; number, day and person come with it. */
export type ReceiptDraft = Omit<NewReceipt, 'number' | 'issuedOn' | 'issuedAt' | 'actor' | 'content'> & {
  readonly content: Omit<Partial<ReceiptContent>, 'vouchers'>;
  /** What it is about, told by their numbers. */
  readonly voucherIds: readonly string[];
};

/** The next number of a receipt. Its circle stays locked until the end, so everything else the caller locks comes first. */
export function takeReceiptNumber({ trx, moment }: Act): Promise<string> {
  return nextNumber(trx, 'receipt', yearOf(moment.today), { now: moment.now, subject: 'receipt' });
}

/** Keeps what the paper says under a number that was taken for it. */
export async function issueReceipt(act: Act, number: string, draft: ReceiptDraft): Promise<void> {
  const vouchers = await findVoucherNumbers(act.trx, draft.voucherIds);
  await receiptInsert(act.trx, receiptOf(act, number, draft, vouchers));
}

/** A receipt with a number of its own, as statements to be written together with what is posted under it. */
export async function newReceipt(
  act: Act,
  draft: ReceiptDraft,
): Promise<{ readonly number: string; readonly writes: readonly Write[] }> {
  const { trx, moment } = act;
  const numbering = { now: moment.now, subject: 'receipt' };
  const { number, write } = await takeNumber(trx, 'receipt', yearOf(moment.today), numbering);
  const vouchers = await findVoucherNumbers(trx, draft.voucherIds);
  return { number, writes: [write, receiptInsert(trx, receiptOf(act, number, draft, vouchers))] };
}

export async function readReceipt(connection: Connection, number: string): Promise<Receipt> {
  const receipt = await findReceipt(connection, number);
  if (receipt === null) throw appError('not_found');
  return receipt;
}

/** Of a voucher or an order, the newest first. */
export function receiptsOf(
  connection: Connection,
  owner: { readonly voucherId: string } | { readonly orderId: string },
): Promise<Receipt[]> {
  return 'voucherId' in owner
    ? findReceiptsOf(connection, 'voucher_id', owner.voucherId, MAX_OF_OWNER)
    : findReceiptsOf(connection, 'order_id', owner.orderId, MAX_OF_OWNER);
}

/** Only the first paper is the original; what is printed later says that it is a copy. */
export function printReceipt(
  database: Database,
  number: string,
): Promise<{ readonly receipt: Receipt; readonly isCopy: boolean }> {
  return inTransaction(database, async (trx) => {
    const receipt = await readReceipt(trx, number);
    return { receipt, isCopy: (await countPrint(trx, number)) > 0 };
  });
}

function receiptOf(
  { actor, moment }: Act,
  number: string,
  { content, kind, currency, cents, voucherId, orderId }: ReceiptDraft,
  vouchers: readonly string[],
): NewReceipt {
  return {
    kind,
    currency,
    cents,
    voucherId,
    orderId,
    number,
    issuedOn: moment.today,
    issuedAt: moment.now,
    actor,
    content: { ...NOTHING_TOLD, ...content, vouchers },
  };
}

const NOTHING_TOLD: ReceiptContent = {
  businessTypes: [],
  paid: [],
  vouchers: [],
  till: null,
  bookingNumber: null,
  price: null,
  voucherAmount: null,
  note: null,
  reverses: null,
};
