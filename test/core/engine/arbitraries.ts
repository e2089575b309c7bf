import fc from 'fast-check';
import type { Booking, CodeEntry, StackingPolicy, Tier, Voucher } from '../../../src/core/engine/voucher.ts';

/** Small worlds in which rules meet: few codes, few ids, figures around the limits. */

const TODAY = '2026-11-22';
const type = fc.constantFrom('discount', 'deal', 'purchase', 'settlement');
const day = fc.option(fc.constantFrom('2026-11-20', '2026-11-21', '2026-11-22', '2026-11-23', '2027-03-01'), {
  freq: 2,
});
const rareDay = fc.option(fc.constantFrom('2026-11-21', '2026-11-22', '2026-11-23'), { freq: 1 });
const cents = fc.oneof(fc.integer({ min: 1, max: 400 }), fc.integer({ min: 1, max: 200_000 }));
const ids = fc.subarray(['a', 'b', 'c']);
const mostlyNone = fc.oneof({ weight: 6, arbitrary: fc.constant<string[]>([]) }, { weight: 1, arbitrary: ids });
const pair = fc.record({ include: mostlyNone, exclude: mostlyNone });

export const today = TODAY;

export const policies: fc.Arbitrary<StackingPolicy> = fc.record({
  maxVouchers: fc.integer({ min: 1, max: 6 }),
  maxPerType: fc.record({
    discount: fc.option(fc.integer({ min: 0, max: 3 })),
    deal: fc.option(fc.integer({ min: 0, max: 3 })),
    purchase: fc.option(fc.integer({ min: 0, max: 3 })),
    settlement: fc.option(fc.integer({ min: 0, max: 3 })),
  }),
  forbiddenPairs: fc.array(fc.tuple(type, type), { maxLength: 2 }),
  maxPerCampaign: fc.integer({ min: 1, max: 3 }),
  strategy: fc.constantFrom('best', 'best', 'entered'),
  discountOrder: fc.constantFrom('percent_first', 'amount_first'),
  percentBase: fc.constantFrom('original', 'remaining'),
}) as fc.Arbitrary<StackingPolicy>;

export const bookings: fc.Arbitrary<Booking> = fc
  .record({
    tripPrice: fc.oneof(fc.integer({ min: 0, max: 500 }), fc.integer({ min: 0, max: 400_000 })),
    share: fc.integer({ min: 0, max: 4 }),
    kinds: fc.array(fc.constantFrom('adult', 'adult', 'child', 'infant'), { minLength: 1, maxLength: 5 }),
    hasPrices: fc.boolean(),
    product: fc.option(fc.constantFrom('a', 'b', 'c')),
    themes: ids,
    regions: ids,
    brand: fc.option(fc.constantFrom('x', 'y')),
    channel: fc.constantFrom('web', 'counter'),
    entry: fc.constantFrom('booking_flow', 'booking_flow', 'deal_page'),
    departure: day,
    customer: fc.option(fc.constantFrom({ id: '7', email: null }, { id: null, email: 'A@b.example' })),
  })
  .map(({ tripPrice, share, kinds, hasPrices, ...rest }) => ({
    ...rest,
    currency: 'EUR',
    tripPrice,
    nonDiscountable: share === 4 ? tripPrice : Math.floor((tripPrice * share) / 20),
    travellers: kinds.map((kind, index) => ({
      kind,
      price: hasPrices ? Math.floor(tripPrice / (kinds.length + (index % 2))) : null,
    })),
    partner: null,
    reference: null,
  })) as fc.Arbitrary<Booking>;

const tiersOf = (kind: string): fc.Arbitrary<Tier[]> => {
  const isStored = kind === 'purchase' || kind === 'settlement';
  const tier = fc.record({
    minTripPrice: fc.constantFrom(0, 0, 100, 50_000),
    value: fc.oneof(
      cents.map((amount) => ({ amount, basisPoints: null })),
      fc
        .integer({ min: 1, max: 10_000 })
        .map((basisPoints) => (isStored ? { amount: basisPoints, basisPoints: null } : { amount: null, basisPoints })),
    ),
  });
  return fc
    .uniqueArray(tier, { minLength: isStored ? 0 : 1, maxLength: 3, selector: ({ minTripPrice }) => minTripPrice })
    .map((tiers) =>
      tiers
        .map(({ minTripPrice, value }) => ({ minTripPrice, ...value }))
        .sort((a, b) => a.minTripPrice - b.minTripPrice),
    );
};

const voucher = (index: number): fc.Arbitrary<Voucher> =>
  type.chain((kind) => {
    const isStored = kind === 'purchase' || kind === 'settlement';
    const code = ['A1', 'B2', 'Ä3', 'C4', '𝔊5', 'D6', 'Z7'][index] ?? `X${index}`;
    return fc.record({
      id: fc.constant(String(index + 1)),
      code: fc.constant(code),
      normalisedCode: fc.constant(code.normalize('NFKC').toUpperCase()),
      type: fc.constant(kind),
      title: fc.constant('t'),
      currency: fc.constantFrom('EUR', 'EUR', 'EUR', 'EUR', 'EUR', 'EUR', 'EUR', 'CHF'),
      multiplier: fc.constantFrom('booking', 'booking', 'pax', 'adult', 'child'),
      tiers: tiersOf(kind),
      maxAmount: fc.option(cents, { freq: 2 }),
      bookFrom: rareDay,
      bookUntil: day,
      travelFrom: fc.constant(null),
      travelUntil: rareDay,
      restrictions: fc.record({
        products: pair,
        themes: pair,
        regions: pair,
        brand: fc.oneof({ weight: 8, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: fc.constant('x') }),
        partner: fc.constant(null),
        channels: fc.constantFrom([], [], [], ['web']),
        customer: fc.constantFrom(
          null,
          null,
          null,
          null,
          { id: null, email: 'a@B.example' },
          { id: '7', email: 'q@q.example' },
        ),
        minTravellers: fc.option(fc.integer({ min: 1, max: 3 }), { freq: 1 }),
      }),
      maxUses: fc.option(fc.integer({ min: 1, max: 4 })),
      maxUsesPerCustomer: fc.constantFrom(null, null, null, 1),
      exclusive: fc.constantFrom(false, false, false, false, true),
      deal:
        kind === 'deal'
          ? fc.record({
              paysInFull: fc.boolean(),
              entry: fc.constantFrom('deal_page', 'booking_flow', 'both', 'both'),
              invoicePartner: fc.constant(false),
              partnerPrice: fc.constant(null),
            })
          : fc.constant(null),
      paidOn: fc.constantFrom('2026-11-01', '2026-11-22', '2026-11-01', '2026-11-23', null),
      isCancelled: fc.constantFrom(false, false, false, false, false, true),
      isDeactivated: fc.constantFrom(false, false, false, false, false, true),
      campaign: fc.constantFrom(null, null, 1, 2).map((id) =>
        id === null
          ? null
          : {
              id: String(id),
              active: true,
              paidOn: '2026-01-01',
              budget: id === 1 ? 5000 : null,
              budgetUsed: id === 1 ? 100 : 0,
              budgetHeldByOthers: id === 1 ? 50 : 0,
            },
      ),
      balance: isStored ? fc.oneof(fc.constant(0), cents) : fc.constant(null),
      heldByOthers: isStored ? fc.constantFrom(0, 0, 0, 30) : fc.constant(0),
      uses: fc.constantFrom(0, 0, 0, 1),
      usesHeldByOthers: fc.constantFrom(0, 0, 0, 1),
      usesByCustomer: fc.constantFrom(0, 0, 1),
    }) as unknown as fc.Arbitrary<Voucher>;
  });

export const vouchers: fc.Arbitrary<Voucher[]> = fc
  .integer({ min: 1, max: 6 })
  .chain((count) => fc.tuple(...Array.from({ length: count }, (_unused, index) => voucher(index))));

export const codesFor = (all: readonly Voucher[]): fc.Arbitrary<CodeEntry[]> =>
  fc
    .shuffledSubarray([...all, ...all.slice(0, 1)], { minLength: 1 })
    .chain((chosen) =>
      fc.tuple(
        ...chosen.map(({ code }) =>
          fc.record({ code: fc.constantFrom(code, ` ${code.toLowerCase()}-`), atMost: fc.option(cents, { freq: 1 }) }),
        ),
      ),
    ) as unknown as fc.Arbitrary<CodeEntry[]>;

export const cases = fc
  .tuple(policies, vouchers, bookings)
  .chain(([policy, all, booking]) => codesFor(all).map((codes) => ({ policy, vouchers: all, booking, codes })));
