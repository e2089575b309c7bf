import type { Posting } from '../../core/postings.ts';
import type { Transaction } from '../../platform/db.ts';
import { appendToLedger, chainEntries } from '../accounting/ledger-service.ts';
import { postingDay } from '../accounting/posting-day-service.ts';
import { updateVoucher, type VoucherRecord } from './voucher-store.ts';
import type { Moment } from './voucher-view-service.ts';

export interface ValueMove {
  readonly voucher: Pick<VoucherRecord, 'id' | 'balance' | 'ledgerCount' | 'ledgerHead'>;
  readonly currency: string;
  /** Added to the balance; negative: taken from it. */
  readonly change: number;
  readonly postings: readonly Posting[];
  /** The day it happened; a day of payment entered ahead or afterwards counts as such. Posted later where its month is closed. */
  readonly postedOn: string;
  readonly reason: string | null;
  /** Set where the move belongs to a redemption. */
  readonly redemption?: { readonly id: string; readonly bookingNumber: string };
  readonly documentNumber?: string | null;
  /** Other columns of the voucher that change with it. */
  readonly columns?: Readonly<Record<string, unknown>>;
}

/** Writes the postings into the voucher's chain and its new balance into its row, under its lock. */
export async function moveValue(trx: Transaction, move: ValueMove, actor: string, moment: Moment): Promise<void> {
  const { voucher } = move;
  const { rows, head } = chainEntries(
    { voucherId: voucher.id, count: voucher.ledgerCount, hash: voucher.ledgerHead },
    {
      currency: move.currency,
      ...(await postingDay(trx, move.postedOn, moment.today)),
      recordedAt: moment.now,
      actor,
      reason: move.reason,
      bookingNumber: move.redemption?.bookingNumber ?? null,
      redemptionId: move.redemption?.id ?? null,
      reversalId: null,
      documentNumber: move.documentNumber ?? null,
    },
    move.postings,
  );
  await appendToLedger(trx, rows);
  const balance = voucher.balance === null ? null : voucher.balance + move.change;
  await updateVoucher(trx, voucher.id, { ...move.columns, balance, ledger_count: head.count, ledger_head: head.hash }, moment.now);
}
