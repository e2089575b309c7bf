import { addDays } from '../../../core/calendar.ts';
import { lastDayOf } from '../../../core/books/limitation.ts';
import type { Connection } from '../../../platform/data/db.ts';
import { barredDay } from '../../vouchers/ending/derecognition-run-service.ts';
import type { MigratedVoucher } from '../../vouchers/life/voucher-migration-service.ts';
import type { CountedRest, ImportNight } from './import-service.ts';

const NOBODY: CountedRest = { vouchers: 0, rest: 0 };
export const QUIET_NIGHT: ImportNight = { expired: NOBODY, paidOut: NOBODY, over: NOBODY };

/** Tells what the night after today would do to vouchers that are taken over today, one after the other. */
export async function nightCounter(
  connection: Connection,
  today: string,
): Promise<(before: ImportNight, voucher: MigratedVoucher) => ImportNight> {
  const tomorrow = addDays(today, 1);
  const { jurisdiction, lastClaim } = await barredDay(connection, tomorrow);
  return (before, { rules, paidOn, rest }) => {
    if (rest === null || rest === 0 || paidOn === null || rules.funding === 'goodwill') return before;
    const isExpired = rules.bookUntil !== null && rules.bookUntil < tomorrow;
    const isPaidOut = isExpired && rules.refundOnExpiry && paidOn > lastClaim;
    const isOver = lastDayOf({ claimOn: paidOn, bookUntil: rules.bookUntil }, jurisdiction) < tomorrow;
    return {
      expired: counted(before.expired, isExpired, rest),
      paidOut: counted(before.paidOut, isPaidOut, rest),
      over: counted(before.over, isOver && !rules.refundOnExpiry, rest),
    };
  };
}

function counted(before: CountedRest, isOne: boolean, rest: number): CountedRest {
  return isOne ? { vouchers: before.vouchers + 1, rest: before.rest + rest } : before;
}
