/** Days are `YYYY-MM-DD` text, so that earlier is smaller; which day it is today is always told from outside. */

/** Whether the text is a day of the Gregorian calendar that exists. `2027-02-29` is none, `2028-02-29` is one. */
export function isCalendarDay(text: string): boolean {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (match === null) return false;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  return year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month);
}

/** The day `count` days later (earlier where negative). addDays('2026-12-31', 1) = '2027-01-01'. */
export function addDays(day: string, count: number): string {
  return toDay(dayNumber(day) + count);
}

/** Days from one day to another, below 0 where the second is earlier. daysBetween('2026-01-31', '2026-03-01') = 29. */
export function daysBetween(from: string, to: string): number {
  return dayNumber(to) - dayNumber(from);
}

/** The last day of the year that comes `years` after the year of `day`. endOfYearAfter('2026-05-01', 3) = '2029-12-31'. */
export function endOfYearAfter(day: string, years: number): string {
  return `${String(Number(day.slice(0, 4)) + years).padStart(4, '0')}-12-31`;
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return isLeapYear(year) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

function isLeapYear(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
}

/** Days since 1 March of year 0: counting from March puts the leap day at the end of the year. */
function dayNumber(day: string): number {
  const month = Number(day.slice(5, 7));
  const marchYear = Number(day.slice(0, 4)) - (month <= 2 ? 1 : 0);
  const marchMonth = (month + 9) % 12;
  const leapDays = Math.floor(marchYear / 4) - Math.floor(marchYear / 100) + Math.floor(marchYear / 400);
  return marchYear * 365 + leapDays + Math.floor((marchMonth * 306 + 5) / 10) + Number(day.slice(8, 10)) - 1;
}

function toDay(number: number): string {
  let year = Math.floor((number * 10000 + 14780) / 3652425);
  let dayOfYear = number - firstOfMarch(year);
  if (dayOfYear < 0) {
    year -= 1;
    dayOfYear = number - firstOfMarch(year);
  }
  const marchMonth = Math.floor((100 * dayOfYear + 52) / 3060);
  const month = ((marchMonth + 2) % 12) + 1;
  const day = dayOfYear - Math.floor((marchMonth * 306 + 5) / 10) + 1;
  return `${String(year + Math.floor((marchMonth + 2) / 12)).padStart(4, '0')}-${pad(month)}-${pad(day)}`;
}

function firstOfMarch(year: number): number {
  return 365 * year + Math.floor(year / 4) - Math.floor(year / 100) + Math.floor(year / 400);
}

function pad(value: number): string {
  return String(value).padStart(2, '0');
}
