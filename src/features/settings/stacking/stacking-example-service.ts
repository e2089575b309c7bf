import { evaluate } from '../../../core/engine/evaluate.ts';
import { plainBooking } from '../../../core/engine/plain-booking.ts';
import type { Evaluation, StackingPolicy, Tier, Voucher, VoucherType } from '../../../core/engine/voucher.ts';
import { normaliseCode } from '../../../core/engine/voucher-code.ts';

export const SAMPLES = ['discount10', 'discount50', 'deal', 'settlement', 'purchase'] as const;
export type Sample = (typeof SAMPLES)[number];

/** Which samples are typed together in each example. */
export const EXAMPLES: readonly (readonly Sample[])[] = [
  ['discount10', 'discount50'],
  ['discount10', 'purchase'],
  ['discount50', 'deal', 'settlement'],
  ['discount10', 'settlement', 'purchase'],
];

const TRIP_PRICE = 100_000;
const CURRENCY = 'EUR';
const TODAY = '2027-01-15';

const WORTH: Readonly<
  Record<
    Sample,
    { readonly type: VoucherType; readonly tier: Omit<Tier, 'minTripPrice'> | null; readonly balance: number | null }
  >
> = {
  discount10: { type: 'discount', tier: { amount: null, basisPoints: 1000 }, balance: null },
  discount50: { type: 'discount', tier: { amount: 5000, basisPoints: null }, balance: null },
  deal: { type: 'deal', tier: { amount: 30_000, basisPoints: null }, balance: null },
  settlement: { type: 'settlement', tier: null, balance: 15_000 },
  purchase: { type: 'purchase', tier: null, balance: 20_000 },
};

const BOOKING = plainBooking(CURRENCY, TRIP_PRICE, ['adult', 'adult']);

/** What the policy makes of the examples, by the engine itself. `nameOf` is what a sample is called on the page. */
export function stackingExamples(
  policy: StackingPolicy,
  nameOf: (sample: Sample) => string,
): { readonly codes: readonly string[]; readonly evaluation: Evaluation }[] {
  return EXAMPLES.map((samples) => {
    const codes = samples.map(nameOf);
    const vouchers = samples.map((sample, index) => sampleVoucher(sample, nameOf(sample), String(index + 1)));
    return {
      codes,
      evaluation: evaluate(
        policy,
        vouchers,
        BOOKING,
        codes.map((code) => ({ code, atMost: null })),
        TODAY,
      ),
    };
  });
}

function sampleVoucher(sample: Sample, code: string, id: string): Voucher {
  const { type, tier, balance } = WORTH[sample];
  return {
    id,
    code,
    normalisedCode: normaliseCode(code),
    type,
    title: code,
    currency: CURRENCY,
    multiplier: 'booking',
    tiers: tier === null ? [] : [{ minTripPrice: 0, ...tier }],
    maxAmount: null,
    bookFrom: null,
    bookUntil: null,
    travelFrom: null,
    travelUntil: null,
    restrictions: {
      products: { include: [], exclude: [] },
      themes: { include: [], exclude: [] },
      regions: { include: [], exclude: [] },
      brand: null,
      partner: null,
      channels: [],
      customer: null,
      minTravellers: null,
    },
    maxUses: null,
    maxUsesPerCustomer: null,
    exclusive: false,
    deal: type === 'deal' ? { paysInFull: false, entry: 'both', invoicePartner: false, partnerPrice: null } : null,
    paidOn: TODAY,
    isCancelled: false,
    isDeactivated: false,
    campaign: null,
    balance,
    heldByOthers: 0,
    uses: 0,
    usesHeldByOthers: 0,
    usesByCustomer: 0,
  };
}
