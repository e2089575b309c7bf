import { moneyAccountOf } from '../../../core/books/chart-of-accounts.ts';
import type { Connection } from '../../../platform/data/db.ts';
import { appError } from '../../../platform/process/errors.ts';
import { voucherNumber } from '../ledger/ledger-event-service.ts';
import { findPaymentRows, type PaymentRow } from './payment-record-store.ts';
import { currentSetup } from '../ledger/setup-service.ts';

/** What the booking's side records as received (Zahlsatz), with the money account (Geldkonto) of the voucher's type. */
export interface PaymentRecord extends PaymentRow {
  readonly voucherLabel: string;
  /** null: no account is named for it. */
  readonly moneyAccount: string | null;
}

export interface PaymentQuestion {
  readonly booking: string | null;
  readonly from: string | null;
  readonly to: string | null;
}

export async function listPaymentRecords(
  connection: Connection,
  question: PaymentQuestion,
  cursor: string | null,
  limit: number,
): Promise<{ readonly records: readonly PaymentRecord[]; readonly nextCursor: string | null }> {
  const { setup } = await currentSetup(connection);
  const rows = await findPaymentRows(connection, question, readCursor(cursor), limit + 1);
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    records: shown.map((row) => ({
      ...row,
      voucherLabel: voucherNumber(row.voucherNumber, row.voucherId),
      moneyAccount: moneyAccountOf(setup, row.valueRole, row.type, row.brand),
    })),
    nextCursor: rows.length > limit && last !== undefined ? `${last.postedOn}_${last.entryId}` : null,
  };
}

function readCursor(cursor: string | null): readonly [string, string] | null {
  if (cursor === null) return null;
  const match = /^(\d{4}-\d\d-\d\d)_(\d{1,18})$/.exec(cursor);
  if (match === null) throw appError('invalid_request');
  return [match[1] ?? '', match[2] ?? ''];
}
