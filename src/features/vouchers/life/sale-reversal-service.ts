import type { Posting } from '../../../core/books/postings.ts';
import { isReversibleAtTill, reversedPosting } from '../../../core/sale/till-postings.ts';
import type { Act } from '../../../platform/data/act.ts';
import { appError } from '../../../platform/process/errors.ts';
import type { LedgerRow } from '../../accounting/ledger/ledger-service.ts';
import { audit, lockedVoucher, readVoucher, type LockedVoucher } from '../record/voucher-service.ts';
import { moveValues } from '../record/voucher-value-service.ts';
import { lockedFamily } from './voucher-dispute-service.ts';

/** Why something is taken back, and the number under which that is posted. */
export interface TakenBack {
  readonly documentNumber: string;
  readonly reason: string;
}

/** The vouchers of a sale under their locks, as they were sold: with anything redeemed, held, passed on or ended it is too late. */
export async function lockUnused(act: Act, ids: readonly string[]): Promise<LockedVoucher[]> {
  const family = await lockedFamily(act.trx, ids);
  if (family.length !== ids.length) throw refused('sale_used');
  const vouchers: LockedVoucher[] = [];
  for (const id of ids) {
    const { status, available, uses, value } = await readVoucher(act.trx, id, act.moment);
    if (!UNUSED.has(status) || uses > 0 || available !== value.originalValue) throw refused('sale_used');
    vouchers.push(await lockedVoucher(act.trx, id, act.moment));
  }
  return vouchers;
}

/** A voucher from which a top-up can be taken back: what was added is still there, and held for nobody. */
export async function lockWithRest(act: Act, id: string, cents: number): Promise<LockedVoucher> {
  const voucher = await lockedVoucher(act.trx, id, act.moment);
  const { available, status } = await readVoucher(act.trx, id, act.moment);
  if (ENDED.has(status) || (available ?? 0) < cents) throw refused('topup_used');
  return voucher;
}

/** The sale never was: each entry of it is turned round, and the voucher is over. */
export async function takeBackSale(
  act: Act,
  voucher: LockedVoucher,
  rows: readonly LedgerRow[],
  taken: TakenBack,
): Promise<void> {
  const { now } = act.moment;
  await turnRound(act, voucher, rows, { ...taken, columns: { refunded_at: now, cancelled_at: now } });
  await audit(act, 'voucher.cancel', voucher.record.id, { refund: true, reason: taken.reason });
}

export async function takeBackTopUp(
  act: Act,
  voucher: LockedVoucher,
  rows: readonly LedgerRow[],
  taken: TakenBack,
): Promise<void> {
  await turnRound(act, voucher, rows, { ...taken, columns: {} });
  const amount = rows.reduce((sum, { cents }) => sum + cents, 0);
  await audit(act, 'voucher.topup_reversal', voucher.record.id, { amount, reason: taken.reason });
}

async function turnRound(
  act: Act,
  { record, rules }: LockedVoucher,
  rows: readonly LedgerRow[],
  { documentNumber, reason, columns }: TakenBack & { readonly columns: Readonly<Record<string, unknown>> },
): Promise<void> {
  await moveValues(
    act,
    rows
      .filter(({ voucher_id: id }) => id === record.id)
      .map((row) => ({
        voucher: record,
        currency: rules.currency,
        change: -row.cents,
        postings: [turnedRoundRow(row)],
        postedOn: act.moment.today,
        reason,
        documentNumber,
        ...(row.open_item_id === null ? {} : { openItemId: row.open_item_id }),
        columns,
      })),
  );
}

/** The posting that takes an entry back. */
export function turnedRoundRow({ event, debit_role: debitRole, credit_role: creditRole, cents }: LedgerRow): Posting {
  if (!isReversibleAtTill(event)) throw new Error(`an entry of ${event} is not taken back at the till`);
  return reversedPosting({ event, debitRole, creditRole, cents });
}

function refused(code: string): Error {
  return appError('rule_broken', { fields: [{ path: '', code, text: `vouchers:refusal.${code}` }] });
}

const UNUSED: ReadonlySet<string> = new Set(['active', 'deactivated', 'expired']);
const ENDED: ReadonlySet<string> = new Set(['cancelled', 'refunded', 'replaced', 'derecognised']);
