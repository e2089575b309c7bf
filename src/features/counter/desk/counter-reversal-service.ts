import type { Posting } from '../../../core/books/postings.ts';
import { postingOfCashMove, postingsOfTripPayment, reversedPosting } from '../../../core/sale/till-postings.ts';
import {
  businessTypesOf,
  drawerShareOf,
  isReversible,
  reversalOf,
  tenderSum,
  turnedRound,
  type ReversibleEvent,
} from '../../../core/sale/till.ts';
import type { Act, Author } from '../../../platform/data/act.ts';
import { writeAudit } from '../../../platform/data/audit.ts';
import type { Database } from '../../../platform/data/db.ts';
import { appError } from '../../../platform/process/errors.ts';
import { entriesOfDocument } from '../../accounting/ledger/ledger-service.ts';
import { takeReceiptNumber } from '../../accounting/receipts/receipt-service.ts';
import { reverseIn } from '../../booking/reversals/reversal-service.ts';
import { lockReversibleSale } from '../../orders/payments/order-reversal-service.ts';
import { lockWithRest, takeBackTopUp } from '../../vouchers/life/sale-reversal-service.ts';
import type { SentAtTill } from './counter-service.ts';
import { findEntry, isReversed, type TillEntry } from '../till/shift-store.ts';
import { changeDrawer, recordMove, tillRule } from '../till/till-book-service.ts';
import { bookOnce } from '../till/till-form-service.ts';

export interface ReversalWish {
  readonly entryId: string;
  readonly reason: string;
  /** The buyer was told that the code that was mailed is no longer valid. */
  readonly isConfirmed: boolean;
}

/** Takes back what was done in a shift that is still open: voucher, drawer, ledger and a slip that names the original. */
export async function reverseAtCounter(
  database: Database,
  sent: SentAtTill,
  wish: ReversalWish,
  author: Author,
): Promise<TillEntry> {
  const { entry: booked } = await bookOnce(database, sent, async (trx) => {
    const act: Act = { trx, ...author };
    const entry = await findEntry(trx, wish.entryId);
    if (entry === null || entry.shiftId !== sent.shiftId) throw appError('not_found');
    const { event } = entry;
    if (!isReversible(event) || entry.documentNumber === null) throw tillRule('', 'not_reversible');
    const tender = turnedRound(entry);
    const shift = await changeDrawer(act, sent.shiftId, drawerShareOf(tender));
    if (await isReversed(trx, entry.id)) throw tillRule('', 'reversed');
    const undone = await undo(act, { ...entry, event, documentNumber: entry.documentNumber }, wish);
    const documentNumber = await takeReceiptNumber(act);
    await undone.post(documentNumber);
    await recordMove(act, shift, {
      ...sent,
      event: reversalOf(event),
      businessTypes: businessTypesOf(event, { isDiscount: entry.businessTypes.includes('Rabatt') }, tenderSum(tender)),
      tender,
      price: -entry.price,
      documentNumber,
      postings: undone.postings,
      voucherAmount: -entry.voucherAmount,
      voucherId: entry.voucherId,
      orderId: entry.orderId,
      redemptionId: entry.redemptionId,
      bookingNumber: entry.bookingNumber,
      note: wish.reason,
      voucherIds: undone.voucherIds,
      reverses: entry,
    });
    await auditReversal(act, entry, documentNumber, wish.reason);
  });
  return booked;
}

interface Undone {
  /** In the till's own chain. */
  readonly postings: readonly Posting[];
  readonly voucherIds: readonly string[];
  /** In all other chains, under the number of the Storno. */
  readonly post: (documentNumber: string) => Promise<void>;
}

type ReversibleEntry = TillEntry & { readonly event: ReversibleEvent; readonly documentNumber: string };

/** Locks and checks what is taken back; what is posted waits for its number, because circles are locked last. */
async function undo(act: Act, entry: ReversibleEntry, wish: ReversalWish): Promise<Undone> {
  switch (entry.event) {
    case 'cash_in':
    case 'cash_out':
      return { ...NOTHING, postings: [reversedPosting(postingOfCashMove(entry.cash))] };
    case 'redemption':
      await giveBack(act, entry, wish.reason);
      return { ...NOTHING, postings: postingsOfTripPayment(entry).map((posting) => reversedPosting(posting)) };
    case 'top_up':
      return undoTopUp(act, entry, wish.reason);
    case 'sale':
      return undoSale(act, entry, wish);
  }
}

/** What somebody has given back already stays given back. */
async function giveBack({ trx, actor, moment }: Act, entry: ReversibleEntry, reason: string): Promise<void> {
  if (entry.redemptionId === null) throw new Error('a redemption without its row');
  const wish = {
    redemptionId: entry.redemptionId,
    clientId: null,
    wish: { kind: 'whole' },
    expectedAmount: null,
  } as const;
  const outcome = await reverseIn(trx, { ...wish, reason }, actor, moment);
  const isDone = outcome.kind === 'refused' && outcome.code === 'exceeds_redeemed';
  if (outcome.kind === 'reversed' || (isDone && tenderSum(entry) > 0)) return;
  throw tillRule('', 'given_back');
}

async function undoTopUp(act: Act, entry: ReversibleEntry, reason: string): Promise<Undone> {
  const voucher = await lockWithRest(act, entry.voucherId ?? '', entry.price);
  const rows = await entriesOfDocument(act.trx, entry.documentNumber);
  return {
    postings: [],
    voucherIds: [voucher.record.id],
    post: (documentNumber) => takeBackTopUp(act, voucher, rows, { documentNumber, reason }),
  };
}

async function undoSale(act: Act, entry: ReversibleEntry, { isConfirmed, reason }: ReversalWish): Promise<Undone> {
  const sale = await lockReversibleSale(act, entry.orderId ?? '', entry.documentNumber);
  if (sale.isMailed && !isConfirmed) throw tillRule('isConfirmed', 'mailed');
  return {
    postings: [],
    voucherIds: sale.voucherIds,
    post: (documentNumber) => sale.takeBack({ documentNumber, reason }),
  };
}

const NOTHING: Undone = { postings: [], voucherIds: [], post: () => Promise.resolve() };

async function auditReversal(act: Act, entry: TillEntry, document: string, reason: string): Promise<void> {
  const { trx, actor, moment } = act;
  const changes = { event: entry.event, original: entry.documentNumber, document, reason };
  const entity = { entity: 'till_shift', entityId: entry.shiftId };
  await writeAudit(trx, [{ recordedAt: moment.now, actor, action: 'till.reverse', ...entity, changes }]);
}
