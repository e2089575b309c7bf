import { expect } from 'chai';
import { dayOf, fixedClock, systemClock } from '../../../src/platform/process/clock.ts';

describe('the clock', () => {
  it('changes the day at midnight of the business time zone', () => {
    expect(fixedClock('2026-12-31T22:59:59Z').today()).to.equal('2026-12-31');
    expect(fixedClock('2026-12-31T23:00:00Z').today()).to.equal('2027-01-01');
  });

  it('knows summer time', () => {
    expect(fixedClock('2026-07-31T21:59:59Z').today()).to.equal('2026-07-31');
    expect(fixedClock('2026-07-31T22:00:00Z').today()).to.equal('2026-08-01');
  });

  it('asks the zone it is given', () => {
    expect(dayOf(Date.UTC(2026, 0, 1, 5), 'America/New_York')).to.equal('2026-01-01');
    expect(dayOf(Date.UTC(2026, 0, 1, 4, 59), 'America/New_York')).to.equal('2025-12-31');
  });

  it('counts milliseconds since 1970', () => {
    expect(fixedClock('1970-01-01T00:00:01Z').now()).to.equal(1000);
    expect(systemClock('Europe/Berlin').now()).to.be.closeTo(Date.now(), 1000);
  });
});
