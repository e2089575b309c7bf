import { expect } from 'chai';
import { bookingNumberField, newBookingNumberField } from '../../../../src/features/booking/quotes/booking-body.ts';
import { isRefusedNumber } from '../../../../src/features/booking/quotes/booking-number-service.ts';
import { validated } from '../../../../src/platform/http/validation.ts';
import { setFittingNumbersOnly } from '../../../../src/platform/process/number-rule.ts';

const ODD = ['TOMA@4712', "BU'1", 'A'.repeat(37), 'Reise 🎁', 'R 17 – Anna & Tom!'];
const FITTING = ['B-2026-000017', 'RE 2026.4711', 'Bü_17', 'A'.repeat(36)];

describe('the number of a booking', () => {
  afterEach(() => {
    setFittingNumbersOnly(false);
  });

  it('may be any unless the operator wants only those that the books take as they are', () => {
    for (const number of [...ODD, ...FITTING]) expect(isRefusedNumber(number), number).to.equal(false);
    setFittingNumbersOnly(true);
    for (const number of ODD) {
      expect(isRefusedNumber(number), number).to.equal(true);
      expect(() => validated(newBookingNumberField, number), number).to.throw('invalid_request');
      // Who asks for a booking of before finds it.
      expect(validated(bookingNumberField, number)).to.equal(number);
    }
    for (const number of FITTING) expect(validated(newBookingNumberField, number)).to.equal(number);
  });
});
