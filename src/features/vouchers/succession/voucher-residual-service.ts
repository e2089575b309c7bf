import type { Act } from '../../../platform/data/act.ts';
import { postingsOfForfeit, postingsOfForfeitReversal } from '../../../core/books/postings.ts';
import type { Customer } from '../../../core/engine/voucher.ts';
import { readLedger } from '../../accounting/ledger/ledger-service.ts';
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

/** The redemption that let a rest lapse is given back as a whole: so is the rest. */
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
  const entries = (await readLedger(trx, voucherId, MAX_ENTRIES)).filter(
    (entry) => String(entry.redemption_id) === redemptionId,
  );
  const sum = (event: string): number =>
    entries.filter((entry) => entry.event === event).reduce((total, { cents }) => total + cents, 0);
  const cents = sum('forfeit') - sum('forfeit_reversal');
  if (cents === 0) return;
  const postings = postingsOfForfeitReversal({ type: record.type, funding: rules.funding }, cents);
  const move = {
    voucher: record,
    currency: rules.currency,
    change: cents,
    postings,
    postedOn: moment.today,
    reason: REASON,
    redemption: { id: redemptionId, bookingNumber },
  };
  await moveValue(act, move);
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
