import type { Act } from '../../../platform/data/act.ts';
import { takenByRuns, type TakenByRuns } from '../../../core/books/ending/derecognition.ts';
import {
  postingsOfForfeit,
  postingsOfForfeitReversal,
  postingsOfReactivation,
} from '../../../core/books/ending/ending-postings.ts';
import type { Customer } from '../../../core/engine/voucher.ts';
import { readLedger, toPostings, type LedgerRow } from '../../accounting/ledger/ledger-service.ts';
import type { StoredRules } from '../rules/rules-service.ts';
import { branchOff } from './voucher-transfer-service.ts';
import { lockedVoucher } from '../record/voucher-service.ts';
import { moveValue } from '../record/voucher-value-service.ts';

export interface Rest {
  readonly voucherId: string;
  /** What the redemption left, without what other bookings hold. */
  readonly rest: number;
  readonly customer: Customer | null;
  readonly redemption: { readonly id: string; readonly bookingNumber: string };
}

const REASON = 'residual rule';
const CREDIT_TITLE = 'Guthaben';
const MAX_ENTRIES = 10_000;

/**
 * What becomes of the rest of a voucher after a redemption, by its rule: `keep` leaves it, `forfeit` lets it lapse,
 * `reissue` puts it on a new voucher by the same rules, `credit` on the customer's credit: a settlement voucher without an
 * end whose value stands on an account of its own. The id of the new voucher; null: there is none.
 */
export async function settleRest(act: Act, { voucherId, rest, customer, redemption }: Rest): Promise<string | null> {
  const { trx, moment } = act;
  const source = await lockedVoucher(trx, voucherId, moment);
  const { record, rules } = source;
  const reason = `${REASON}: ${rules.residual}`;
  switch (rules.residual) {
    case 'keep':
      return null;
    case 'forfeit': {
      const postings = postingsOfForfeit({ type: record.type, funding: rules.funding }, rest);
      await moveValue(act, {
        voucher: record,
        currency: rules.currency,
        change: -rest,
        postings,
        postedOn: moment.today,
        reason,
        redemption,
      });
      return null;
    }
    case 'reissue':
      return branchOff(act, source, { cents: rest, reason });
    case 'credit':
      return branchOff(act, source, { cents: rest, rules: creditRules(rules, customer), reason });
  }
}

/** The redemption that let a rest lapse is given back as a whole: so is the rest, out of income where a run has taken it. */
export async function restoreRest(
  act: Act,
  {
    voucherId,
    redemptionId,
    bookingNumber,
  }: { readonly voucherId: string; readonly redemptionId: string; readonly bookingNumber: string },
): Promise<void> {
  const { trx, moment } = act;
  const { record, rules } = await lockedVoucher(trx, voucherId, moment);
  if (rules.residual !== 'forfeit') return;
  const all = await readLedger(trx, voucherId, MAX_ENTRIES);
  const entries = all.filter((entry) => String(entry.redemption_id) === redemptionId);
  const sum = (event: string): number =>
    entries.filter((entry) => entry.event === event).reduce((total, { cents }) => total + cents, 0);
  const cents = sum('forfeit') - sum('forfeit_reversal');
  const waiting = Math.min(cents, record.forfeited);
  const income = incomeOf(all, cents - waiting, moment.today);
  if (waiting + income.cents === 0) return;
  const posted = { type: record.type, funding: rules.funding };
  const move = {
    voucher: record,
    currency: rules.currency,
    change: waiting + income.cents,
    postings: [
      ...(waiting > 0 ? postingsOfForfeitReversal(posted, waiting) : []),
      ...(income.ofYear > 0 ? postingsOfReactivation(posted, income.ofYear, true) : []),
      ...(income.cents > income.ofYear ? postingsOfReactivation(posted, income.cents - income.ofYear, false) : []),
    ],
    postedOn: moment.today,
    reason: REASON,
    redemption: { id: redemptionId, bookingNumber },
  };
  await moveValue(act, move);
}

/** A run may have made income of the rest meanwhile: at most so much of it is owed again. */
function incomeOf(entries: readonly LedgerRow[], most: number, today: string): TakenByRuns {
  const taken = takenByRuns(toPostings(entries), today.slice(0, 4));
  const cents = Math.min(most, taken.cents);
  return { cents, ofYear: Math.min(cents, taken.ofYear) };
}

function creditRules(rules: StoredRules, customer: Customer | null): StoredRules {
  const nothing = { include: [], exclude: [] };
  return {
    ...rules,
    type: 'settlement',
    // What was no liability does not become one by a rest.
    funding: rules.funding === 'goodwill' ? 'goodwill' : 'credit',
    title: CREDIT_TITLE,
    multiplier: 'booking',
    tiers: [],
    maxAmount: null,
    bookFrom: null,
    bookUntil: null,
    travelFrom: null,
    travelUntil: null,
    restrictions: {
      products: nothing,
      themes: nothing,
      regions: nothing,
      brand: rules.restrictions.brand,
      partner: null,
      channels: [],
      customer,
      minTravellers: null,
    },
    maxUses: null,
    maxUsesPerCustomer: null,
    exclusive: false,
    deal: null,
    residual: 'keep',
  };
}
