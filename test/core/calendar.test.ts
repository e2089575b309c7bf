import { expect } from 'chai';
import { addDays, daysBetween, endOfYearAfter, isCalendarDay } from '../../src/core/calendar.ts';

describe('the calendar', () => {
  it('knows which days exist, and counts them', () => {
    expect(['2028-02-29', '2026-12-31'].every(isCalendarDay)).to.equal(true);
    expect(['2027-02-29', '2026-13-01', '2026-00-10', '26-01-01', '2026-04-31'].some(isCalendarDay)).to.equal(false);
    expect(addDays('2026-12-31', 1)).to.equal('2027-01-01');
    expect(addDays('2028-03-01', -1)).to.equal('2028-02-29');
    for (let day = '2023-12-25', count = 0; count < 1500; count++)
      expect(addDays('2023-12-25', count)).to.equal(
        new Date(Date.parse(day) + count * 86_400_000).toISOString().slice(0, 10),
      );
    expect(daysBetween('2026-01-31', '2026-03-01')).to.equal(29);
    expect(daysBetween('2028-03-01', '2028-02-28')).to.equal(-2);
    expect(endOfYearAfter('2026-05-01', 3)).to.equal('2029-12-31');
  });
});
