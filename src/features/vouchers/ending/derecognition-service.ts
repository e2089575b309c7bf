import type { Act } from '../../../platform/data/act.ts';
import { postingsOfDealExpiry } from '../../../core/books/deal-sale.ts';
import { barredOf, type TopUp } from '../../../core/books/limitation.ts';
import { postingsOfDerecognition, postingsOfLapsedDerecognition } from '../../../core/books/ending/ending-postings.ts';
import type { Posting } from '../../../core/books/postings.ts';
import type { Transaction } from '../../../platform/data/db.ts';
import { readLedger, type LedgerRow } from '../../accounting/ledger/ledger-service.ts';
import { partnerDetails } from '../../catalogue/partner-service.ts';
import { findDealSale, updateDealSale, type DealSale } from '../life/deal-sale-store.ts';
import { audit, lockedVoucher, type LockedVoucher } from '../record/voucher-service.ts';
import { moveValue, owedOf } from '../record/voucher-value-service.ts';
import { endOf } from '../record/voucher-view-service.ts';
import type { BarredDay } from './barred-voucher-store.ts';
import { setOutcome, type DerecognitionItem, type DerecognitionRun } from './derecognition-store.ts';

const MAX_ENTRIES = 10_000;

/** Ends a claim, unless it lives again or something else has happened to the voucher since the proposal. */
export async function derecogniseItem(
  act: Act,
  run: DerecognitionRun,
  item: DerecognitionItem,
  day: BarredDay,
): Promise<boolean> {
  const { trx, moment } = act;
  const voucher = await lockedVoucher(trx, item.voucherId, moment);
  const { record, rules } = voucher;
  const sale = record.type === 'deal' ? await findDealSale(trx, record.id) : null;
  const entries = await readLedger(trx, record.id, MAX_ENTRIES);
  const barred = barredNow(voucher, sale, entries, day);
  const postedOn = run.postedOn ?? moment.today;
  const isUnchanged =
    barred === item.cents - item.forfeited &&
    record.forfeited === item.forfeited &&
    record.held === 0 &&
    // What happened after the posting day belongs to another balance than the one of that day.
    !entries.some((entry) => entry.posted_on > postedOn);
  await setOutcome(trx, run.id, item.voucherId, isUnchanged ? 'derecognised' : 'skipped');
  if (!isUnchanged) return false;
  const isWhole = barred > 0 && barred === (sale?.rest ?? owedOf(record));
  const stored = sale !== null ? 0 : isWhole ? (record.balance ?? 0) : barred;
  await moveValue(act, {
    voucher: record,
    currency: rules.currency,
    change: -stored,
    postings: [
      ...(sale !== null && barred > 0 ? await endSoldDeal(trx, sale) : []),
      ...storedPostings(voucher, stored, item),
    ],
    postedOn,
    reason: null,
    documentNumber: run.documentNumber,
    // What is left of a voucher, such as a younger top-up, can still be redeemed.
    columns: isWhole ? { derecognised_at: moment.now } : {},
  });
  await audit(act, 'voucher.derecognise', item.voucherId, { run: run.id, cents: item.cents });
  return true;
}

function storedPostings({ record, rules }: LockedVoucher, stored: number, { forfeited }: DerecognitionItem): Posting[] {
  const posted = { type: record.type, funding: rules.funding };
  return [...(stored > 0 ? postingsOfDerecognition(posted, stored) : []), ...postingsOfLapsedDerecognition(forfeited)];
}

/** How much of what is owed nobody can claim any more: after the later of its limitation and the voucher's end. */
function barredNow(
  { record, rules }: LockedVoucher,
  sale: DealSale | null,
  entries: readonly LedgerRow[],
  { on, lastClaim }: BarredDay,
): number {
  const claimOn = record.acknowledgedOn ?? sale?.soldOn ?? record.paidOn;
  const end = endOf(record, rules);
  if (claimOn === null || claimOn > lastClaim || (end !== null && end >= on)) return NOTHING_BARRED;
  if (record.type === 'deal') return sale?.rest ?? 0;
  return rules.refundOnExpiry ? 0 : barredOf(owedOf(record), topUpsIn(entries), lastClaim);
}

/** No item has less than nothing, so one whose claim lives again is never what was proposed. */
const NOTHING_BARRED = -1;

function topUpsIn(entries: readonly LedgerRow[]): TopUp[] {
  return entries
    .filter(({ event }) => event === 'top_up')
    .map(({ event_on: eventOn, posted_on: postedOn, cents }) => ({ on: eventOn ?? postedOn, cents }));
}

/** Whose money it is now, the contract with the partner says. */
async function endSoldDeal(trx: Transaction, sale: DealSale): Promise<Posting[]> {
  const { expiredDeals } = await partnerDetails(trx, sale.partnerId);
  await updateDealSale(trx, sale.id, { rest: 0 });
  return postingsOfDealExpiry(sale.rest, expiredDeals);
}
