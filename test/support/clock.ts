import { fixedClock, type Clock } from '../../src/platform/process/clock.ts';

/** A clock that a test turns by hand: it stands at the instant the function tells when it is asked. */
export function turningClock(instant: () => string): Clock {
  const at = (): Clock => fixedClock(instant());
  return {
    now: () => at().now(),
    today: () => at().today(),
    moment: () => at().moment(),
    startOfDay: (day) => at().startOfDay(day),
    endOfDay: (day) => at().endOfDay(day),
  };
}
