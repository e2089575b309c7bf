import { expect } from 'chai';
import { foldEmail, isKnownCustomer, isSameCustomer, listPairHolds } from '../../../src/core/engine/restrictions.ts';
import type { Booking, Voucher } from '../../../src/core/engine/voucher.ts';
import { campaignOf, evaluated, NO_RESTRICTIONS, percent, TODAY, voucherOf } from './vouchers.ts';

const restricted = (more: Partial<Voucher['restrictions']>): Partial<Voucher> => ({
  restrictions: { ...NO_RESTRICTIONS, ...more },
});

describe('eligibility: the first reason that holds rejects a code', () => {
  const table: readonly [string, Partial<Voucher>, Partial<Booking>][] = [
    ['cancelled', { isCancelled: true, isDeactivated: true }, {}],
    ['deactivated', { isDeactivated: true, paidOn: null }, {}],
    ['deactivated', { campaign: campaignOf({ active: false }) }, {}],
    ['not_paid', { paidOn: null, bookUntil: '2020-01-01' }, {}],
    ['not_paid', { paidOn: '2026-11-23' }, {}],
    ['not_yet_valid', { bookFrom: '2026-11-23' }, {}],
    ['expired', { bookUntil: '2026-11-21', uses: 1, maxUses: 1 }, {}],
    ['used_up', { uses: 1, maxUses: 1, usesHeldByOthers: 1 }, {}],
    ['used_up', { type: 'purchase', tiers: [], balance: 0 }, {}],
    ['held_by_another_booking', { maxUses: 1, usesHeldByOthers: 1, currency: 'CHF' }, {}],
    ['held_by_another_booking', { type: 'purchase', tiers: [], balance: 500, heldByOthers: 500 }, {}],
    ['currency_mismatch', { currency: 'CHF' }, { channel: 'counter' }],
    ['wrong_channel', restricted({ channels: ['counter'] }), {}],
    ['wrong_entry', {}, { entry: 'deal_page' }],
    [
      'wrong_entry',
      { type: 'deal', deal: { paysInFull: true, entry: 'deal_page', invoicePartner: false, partnerPrice: null } },
      {},
    ],
    ['wrong_partner', restricted({ partner: 'citydeal' }), {}],
    ['wrong_brand', restricted({ brand: 'nordlicht' }), {}],
    [
      'wrong_customer',
      restricted({ customer: { id: '7', email: 'a@b.example' } }),
      { customer: { id: '8', email: 'a@b.example' } },
    ],
    ['customer_limit_reached', { maxUsesPerCustomer: 1 }, {}],
    ['customer_limit_reached', { maxUsesPerCustomer: 1, usesByCustomer: 1 }, { customer: { email: 'a@b.example' } }],
    ['wrong_product', restricted({ products: { include: ['island'], exclude: [] } }), {}],
    ['wrong_product', restricted({ products: { include: ['lofoten'], exclude: [] } }), { product: null }],
    ['wrong_theme', restricted({ themes: { include: ['wandern'], exclude: ['wandern'] } }), {}],
    ['wrong_region', restricted({ regions: { include: [], exclude: ['NO'] } }), {}],
    ['travel_date_outside', { travelFrom: '2027-06-02' }, {}],
    ['travel_date_outside', { travelUntil: '2027-06-30' }, { departure: null }],
    ['too_few_travellers', restricted({ minTravellers: 4 }), {}],
    ['trip_price_too_low', { tiers: [percent(1000, 129_901)] }, {}],
    ['no_matching_travellers', { multiplier: 'child' }, { travellers: [{ kind: 'adult' }] }],
    ['budget_exhausted', { campaign: campaignOf({ budget: 100, budgetUsed: 60, budgetHeldByOthers: 40 }) }, {}],
  ];
  for (const [reason, voucher, booking] of table) {
    it(`${reason}: ${JSON.stringify(voucher).slice(0, 90)}`, () => {
      expect(evaluated([voucherOf(voucher)], booking).rejected.map((one) => one.reason)).to.deep.equal([reason]);
    });
  }

  const accepted: readonly [string, Partial<Voucher>, Partial<Booking>][] = [
    ['on its last day', { bookUntil: TODAY }, {}],
    ['on its first day', { bookFrom: TODAY, paidOn: TODAY }, {}],
    ['paid through its campaign', { paidOn: null, campaign: campaignOf({ paidOn: TODAY }) }, {}],
    [
      'for its customer by e-mail in another case',
      restricted({ customer: { email: 'Anna@B.example' } }),
      { customer: { id: '7', email: 'anna@b.EXAMPLE' } },
    ],
    ['on the day of departure it ends', { travelUntil: '2027-06-01' }, {}],
    ['at exactly its minimum price', { tiers: [percent(1000, 129_900)] }, {}],
  ];
  for (const [name, voucher, booking] of accepted) {
    it(`a voucher holds ${name}`, () => {
      expect(evaluated([voucherOf(voucher)], booking).accepted).to.have.lengthOf(1);
    });
  }
});

describe('a restriction by lists', () => {
  for (const [include, exclude, has, expected] of [
    [[], [], [], true],
    [[], [], ['NO'], true],
    [['NO'], [], ['NO-18', 'NO'], true],
    [['NO', 'IS'], [], ['IS'], true],
    [['NO'], [], ['SE'], false],
    [['NO'], [], [], false],
    [[], ['NO'], ['NO'], false],
    [[], ['NO'], ['SE'], true],
    [[], ['NO'], [], true],
    [['NO'], ['NO-18'], ['NO-18', 'NO'], false],
  ] as const) {
    const [wanted, shut, trip] = [include, exclude, has].map((list) => list.join(' and ') || 'nothing');
    it(`that includes ${wanted} and excludes ${shut} ${expected ? 'holds' : 'does not hold'} for ${trip}`, () => {
      expect(listPairHolds({ include, exclude }, has)).to.equal(expected);
    });
  }
});

describe('a customer', () => {
  for (const [what, bound, own, expected] of [
    [
      'is the same by the id, whatever the address',
      { id: '7', email: 'a@b.example' },
      { id: '7', email: 'c@d.example' },
      true,
    ],
    [
      'is another by the id, whatever the address',
      { id: '7', email: 'a@b.example' },
      { id: '8', email: 'a@b.example' },
      false,
    ],
    [
      'is the same by the address where one has no id',
      { email: ' Anna@B.example' },
      { id: '7', email: 'anna@b.EXAMPLE' },
      true,
    ],
    ['is another by the address', { email: 'anna@b.example' }, { email: 'anne@b.example' }, false],
    ['is nobody without id and address', { id: '', email: '' }, { id: '', email: '' }, false],
    ['is nobody where the booking names none', { id: '7' }, null, false],
  ] as const) {
    it(what, () => {
      expect(isSameCustomer(bound, own)).to.equal(expected);
    });
  }

  it('is known by an id or an address', () => {
    expect([{ id: '7' }, { email: 'a@b.example' }].every(isKnownCustomer)).to.equal(true);
    expect([null, {}, { id: '', email: null }].some(isKnownCustomer)).to.equal(false);
  });

  it('has one address in capitals, with blanks around it and in wide letters', () => {
    expect(foldEmail(' Anna@Example.ORG ')).to.equal('anna@example.org');
    expect(foldEmail('ａｎｎａ@example.org')).to.equal('anna@example.org');
  });
});
