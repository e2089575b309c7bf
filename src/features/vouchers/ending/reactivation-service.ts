import type { Act } from '../../../platform/data/act.ts';
import { postingsOfDealReactivation } from '../../../core/books/deal-sale.ts';
import { takenByRuns, type TakenByRuns } from '../../../core/books/ending/derecognition.ts';
import { postingsOfReactivation } from '../../../core/books/ending/ending-postings.ts';
import type { Posting } from '../../../core/books/postings.ts';
import { isLegal } from '../../../core/engine/lifecycle.ts';
import type { Connection } from '../../../platform/data/db.ts';
import { readLedger, toPostings, type LedgerRow } from '../../accounting/ledger/ledger-service.ts';
import { findDealSale, updateDealSale } from '../life/deal-sale-store.ts';
import { reasonWith, requireSecondPerson, type Approved } from '../record/four-eyes-service.ts';
import { illegalAction } from '../record/voucher-lock-service.ts';
import { audit, lockedVoucher, type LockedVoucher } from '../record/voucher-service.ts';
import { moveValue } from '../record/voucher-value-service.ts';
import { statusOfRecord } from '../record/voucher-view-service.ts';

const MAX_ENTRIES = 10_000;

/**
 * What runs took of a voucher is honoured after all, forfeited rests included: all of it can be redeemed again, and its
 * limitation begins anew.
 */
export async function reactivateVoucher(
  act: Act,
  id: string,
  reason: string,
  approved: Approved = null,
): Promise<void> {
  const { trx, moment } = act;
  const voucher = await lockedVoucher(trx, id, moment);
  const { record, rules } = voucher;
  const entries = await readLedger(trx, id, MAX_ENTRIES);
  const taken = takenIn(entries, moment.today);
  const status = statusOfRecord(record, rules, moment.today);
  if (taken.cents === 0 || !isLegal('reactivate', status)) throw illegalAction('reactivate', status);
  await requireSecondPerson(trx, taken.cents, approved);
  const lapsed = lapsedBonus(entries);
  await moveValue(act, {
    voucher: record,
    currency: rules.currency,
    change: record.type === 'deal' ? 0 : taken.cents + lapsed,
    postings: record.type === 'deal' ? await dealIsOwed(act, id, entries, taken) : incomeBack(voucher, taken, lapsed),
    postedOn: moment.today,
    reason: reasonWith(reason, approved),
    columns: {
      acknowledged_on: moment.today,
      ...(record.isDerecognised ? { derecognised_at: null, cancelled_at: null } : {}),
    },
  });
  await audit(act, 'voucher.reactivate', id, { reason, cents: taken.cents });
}

/** What runs took of a voucher and nobody gave back. */
export async function derecognisedCents(connection: Connection, id: string, today: string): Promise<number> {
  return takenIn(await readLedger(connection, id, MAX_ENTRIES), today).cents;
}

function takenIn(entries: readonly LedgerRow[], today: string): TakenByRuns {
  return takenByRuns(toPostings(entries), today.slice(0, 4));
}

function incomeBack({ record, rules }: LockedVoucher, { cents, ofYear }: TakenByRuns, lapsed: number): Posting[] {
  const posted = { type: record.type, funding: rules.funding };
  // A voucher with a bonus is taken whole, so there is one posting to share it out of.
  return [
    ...(ofYear > 0 ? postingsOfReactivation(posted, ofYear + lapsed, true) : []),
    ...(cents > ofYear ? postingsOfReactivation(posted, cents - ofYear + (ofYear > 0 ? 0 : lapsed), false) : []),
  ];
}

async function dealIsOwed(
  { trx }: Act,
  id: string,
  entries: readonly LedgerRow[],
  { cents, ofYear }: TakenByRuns,
): Promise<Posting[]> {
  const sale = await findDealSale(trx, id);
  const last = entries.filter(({ event }) => event === 'derecognition').at(-1);
  if (sale === null || last === undefined) throw new Error('a derecognised deal without its sale');
  await updateDealSale(trx, sale.id, { rest: sale.rest + cents });
  return postingsOfDealReactivation(cents, last.credit_role, ofYear > 0);
}

/** The bonus that lapsed together with what was derecognised last comes back with it. */
function lapsedBonus(entries: readonly LedgerRow[]): number {
  const last = entries.filter(({ event }) => event === 'derecognition').at(-1);
  const next = entries.find(({ position }) => position === (last?.position ?? 0) + 1);
  return next?.event === 'forfeit' && next.debit_role === 'MEMO_GOODWILL' ? next.cents : 0;
}
