import { isLegalForOrder } from '../../../core/sale/order-lifecycle.ts';
import type { Act } from '../../../platform/data/act.ts';
import { appError } from '../../../platform/process/errors.ts';
import { entriesOfDocument } from '../../accounting/ledger/ledger-service.ts';
import { moveSubject, type SubjectMove } from '../../accounting/ledger/ledger-subject-service.ts';
import { withdrawVoucherMails } from '../../documents/mail/mail-hold-service.ts';
import { lockUnused, takeBackSale, turnedRoundRow, type TakenBack } from '../../vouchers/life/sale-reversal-service.ts';
import { auditOrder, lockedOrder } from '../record/order-service.ts';
import { findOrderVouchers, updateOrder } from '../record/order-store.ts';
import { orderSubject } from './order-money-service.ts';

/** A sale that can be taken back: everything it touches is locked. */
export interface ReversibleSale {
  /** Whether the vouchers were to be mailed, so that somebody may have them beside the buyer. */
  readonly isMailed: boolean;
  readonly voucherIds: readonly string[];
  /** Turns all entries of the sale round: money, vouchers, and mails that wait. */
  readonly takeBack: (taken: TakenBack) => Promise<void>;
}

/** A sale over the counter, as long as nobody has used what was sold. */
export async function lockReversibleSale(act: Act, orderId: string, documentNumber: string): Promise<ReversibleSale> {
  const { trx, moment } = act;
  const order = await lockedOrder(trx, orderId, moment);
  if (!isLegalForOrder('refund', order.state)) throw appError('illegal_transition');
  const vouchers = await lockUnused(act, await findOrderVouchers(trx, orderId));
  const rows = await entriesOfDocument(trx, documentNumber);
  return {
    isMailed: order.buyerEmail !== null || order.recipientEmail !== null,
    voucherIds: vouchers.map(({ record }) => record.id),
    takeBack: async (taken) => {
      for (const voucher of vouchers) await takeBackSale(act, voucher, rows, taken);
      const received = rows.filter(({ chain_id: id }) => id !== null);
      const moves: SubjectMove[] = received.map((row) => ({
        postings: [turnedRoundRow(row)],
        postedOn: moment.today,
        ...taken,
      }));
      if (moves.length > 0) await moveSubject(act, await orderSubject(trx, order), moves);
      await updateOrder(trx, orderId, { state: 'refunded', ended_at: moment.now });
      const subjects = vouchers.map(({ record }) => ({ entity: 'voucher', id: record.id }) as const);
      await withdrawVoucherMails(trx, [{ entity: 'order', id: orderId }, ...subjects], 'refunded');
      await auditOrder(act, 'order.reverse', orderId, { reason: taken.reason, document: taken.documentNumber });
    },
  };
}
