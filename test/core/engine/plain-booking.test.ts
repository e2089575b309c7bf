import { expect } from 'chai';
import { plainBooking } from '../../../src/core/engine/plain-booking.ts';

describe('a plain booking', () => {
  it('comes over the web, costs its price and names nothing that a voucher could ask for', () => {
    const booking = plainBooking('EUR', 150_000, ['adult', 'child']);
    expect(booking).to.deep.include({ currency: 'EUR', tripPrice: 150_000, nonDiscountable: 0, channel: 'web' });
    expect(booking.travellers).to.deep.equal([
      { kind: 'adult', price: null },
      { kind: 'child', price: null },
    ]);
    expect([booking.product, booking.brand, booking.partner, booking.customer, booking.themes]).to.deep.equal([
      null,
      null,
      null,
      null,
      [],
    ]);
  });

  it('says what is said of it beside', () => {
    const booking = plainBooking('EUR', 100, ['adult'], { brand: 'NORD', channel: 'counter' });
    expect([booking.brand, booking.channel, booking.partner]).to.deep.equal(['NORD', 'counter', null]);
  });
});
