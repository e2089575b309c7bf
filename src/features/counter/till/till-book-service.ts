import type { Posting } from '../../../core/books/postings.ts';
import { TENDERS, tenderSum, type BusinessType, type TenderAmounts, type TillEvent } from '../../../core/sale/till.ts';
import type { Act } from '../../../platform/data/act.ts';
import { appError } from '../../../platform/process/errors.ts';
import { moveSubject, subjectFor } from '../../accounting/ledger/ledger-subject-service.ts';
import { issueReceipt, type ReceiptDraft } from '../../accounting/receipts/receipt-service.ts';
import type { SentForm } from './till-form-service.ts';
import { findShift, insertEntry, moveCash, type Shift, type TillEntry } from './shift-store.ts';

/** Something that happened at a till, with all that follows it: its row, its postings and its receipt. */
export interface TillMove extends SentForm {
  readonly event: TillEvent;
  readonly businessTypes: readonly BusinessType[];
  /** Below 0 where money goes out. */
  readonly tender: TenderAmounts;
  readonly price: number;
  /** The number under which it is posted, wherever that is. */
  readonly documentNumber: string;
  /** What is posted in the till's own chain; empty: the voucher's or the refund's chain says it. */
  readonly postings: readonly Posting[];
  readonly voucherAmount?: number;
  readonly voucherId?: string | null;
  readonly orderId?: string | null;
  readonly redemptionId?: string | null;
  readonly bookingNumber?: string | null;
  readonly note?: string | null;
  /** Of more vouchers than the one above. */
  readonly voucherIds?: readonly string[];
  readonly reverses?: Pick<TillEntry, 'id' | 'documentNumber'> | null;
}

/** Adds to the drawer of an open till and keeps it locked; more than what lies in it cannot be taken out. */
export async function changeDrawer({ trx, moment }: Act, shiftId: string, cash: number): Promise<Shift> {
  if (!(await moveCash(trx, shiftId, cash, moment.now))) throw appError('conflict');
  const shift = await findShift(trx, shiftId);
  if (shift === null) throw appError('not_found');
  if (cash < 0 && shift.cash < 0) throw tillRule('amount', 'drawer_short');
  return shift;
}

/** A till has one currency, so what is paid in another one is no business of it. */
export function requireCurrency(shift: Shift, currency: string): void {
  if (shift.currency !== currency) throw tillRule('', 'till_currency');
}

export function tillRule(path: string, code: string): Error {
  return appError('rule_broken', { fields: [{ path, code, text: `counter:error.${code}` }] });
}

/** Writes the row, its postings and what the paper says, all under one number. */
export async function recordMove(act: Act, shift: Shift, move: TillMove): Promise<void> {
  const { trx, actor, moment } = act;
  const {
    voucherAmount = 0,
    voucherId = null,
    orderId = null,
    redemptionId = null,
    bookingNumber = null,
    note = null,
  } = move;
  const { entryKey, formHash, event, businessTypes, tender, price, documentNumber } = move;
  await insertEntry(trx, {
    shiftId: shift.id,
    entryKey,
    formHash,
    event,
    businessTypes,
    voucherId,
    orderId,
    redemptionId,
    bookingNumber,
    price,
    voucherAmount,
    ...tender,
    note,
    actor,
    recordedAt: moment.now,
    documentNumber,
    reversesId: move.reverses?.id ?? null,
  });
  await postInTill(act, shift, move);
  await issueReceipt(act, documentNumber, receiptOf(shift, move));
}

function receiptOf({ currency, till }: Shift, move: TillMove): ReceiptDraft {
  const { event, businessTypes, tender, price, voucherAmount = 0, voucherId = null, orderId = null } = move;
  const { bookingNumber = null, note = null, reverses } = move;
  const paid = TENDERS.filter((one) => tender[one] !== 0).map((by) => ({ by, cents: tender[by] }));
  return {
    kind: event,
    currency,
    cents: tenderSum(tender) + voucherAmount,
    voucherId,
    orderId,
    voucherIds: move.voucherIds ?? (voucherId === null ? [] : [voucherId]),
    content: {
      businessTypes,
      paid,
      till,
      bookingNumber,
      price,
      voucherAmount,
      note,
      reverses: reverses?.documentNumber ?? null,
    },
  };
}

async function postInTill(
  act: Act,
  shift: Shift,
  { postings, documentNumber, note = null, bookingNumber = null }: TillMove,
): Promise<void> {
  if (postings.length === 0) return;
  const { id, currency } = shift;
  const kind = { kind: 'till', name: `S-${id}`, subjectId: id, brand: null, currency } as const;
  const subject = await subjectFor(act.trx, kind);
  const { today } = act.moment;
  await moveSubject(
    act,
    subject,
    [{ postings, postedOn: today, reason: note, documentNumber, bookingNumber }],
    'no_item',
  );
}
