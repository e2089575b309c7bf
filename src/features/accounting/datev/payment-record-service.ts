import { moneyAccountOf } from '../../../core/books/chart-of-accounts.ts';
import type { Connection } from '../../../platform/data/db.ts';
import { readPage, type Page } from '../../../platform/data/page.ts';
import { appError } from '../../../platform/process/errors.ts';
import { voucherNumber } from '../../../core/books/ledger-event.ts';
import { findPaymentRows, type PaymentRow } from './payment-record-store.ts';
import { accountVersions } from '../ledger/account-version-service.ts';

/** What the booking's side records as received (Zahlsatz), with the money account (Geldkonto) of the voucher's type. */
export interface PaymentRecord extends PaymentRow {
  readonly voucherLabel: string;
  /** null: no account is named for it, or no money stands behind it. */
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
): Promise<Page<PaymentRecord>> {
  const versions = await accountVersions(connection);
  const after = readCursor(cursor);
  const { items, nextCursor } = await readPage(
    limit,
    (most) => findPaymentRows(connection, question, after, most),
    ({ postedOn, entryId }) => `${postedOn}_${entryId}`,
  );
  return {
    nextCursor,
    items: items.map((row) => ({
      ...row,
      voucherLabel: voucherNumber(row.voucherNumber, row.voucherId),
      // A price cut is no payment, so it has no money account.
      moneyAccount:
        row.valueRole === null
          ? null
          : moneyAccountOf(versions.setupOf(row.postedOn, row.runId), row.valueRole, row.type, row.brand),
    })),
  };
}

function readCursor(cursor: string | null): readonly [string, string] | null {
  if (cursor === null) return null;
  const match = /^(\d{4}-\d\d-\d\d)_(\d{1,18})$/.exec(cursor);
  if (match === null) throw appError('invalid_request');
  return [match[1] ?? '', match[2] ?? ''];
}
