import { may } from '../../../core/access.ts';
import {
  firstToldDay,
  isSurelyOpen,
  oldestToldDay,
  toldDayProblem,
  type PostingDays,
  type ToldDayProblem,
} from '../../../core/told-day.ts';
import type { Act } from '../../../platform/data/act.ts';
import type { Connection } from '../../../platform/data/db.ts';
import { appError } from '../../../platform/process/errors.ts';
import { openFromLately } from '../../accounting/ledger/posting-day-service.ts';
import { findActiveUser } from './user-store.ts';

/** Who tells a day by hand or by a program of theirs; a payment provider and the product itself tell what they have seen. */
const TELLERS = /^(?:user|key|hold):/;

/**
 * Throws `rule_broken` where somebody tells of a payment on a day that is not theirs to tell. To be asked wherever a day
 * of payment comes in; days that are known already (of a part payment, of a campaign) are not told again.
 */
export async function requireToldDay({ trx, actor, moment }: Act, day: string, path: string): Promise<void> {
  const { today, now } = moment;
  if (isSurelyOpen(day, today)) return;
  const days = { today, openFrom: await openFromLately(trx, now) };
  const usual = toldDayProblem(day, days, 'usual');
  if (usual === null) return;
  const who = usual === 'day_before_open' && (await mayTellEarlier(trx, actor)) ? 'may_tell_earlier' : 'usual';
  const problem = toldDayProblem(day, days, who);
  if (problem !== null) throw toldDayRefusal(problem, days, path);
}

/** The day of payment of a voucher or a campaign. Where it is not posted it says from when on it holds: any day up to today. */
export async function requirePaidDay(act: Act, day: string, isPosted: boolean): Promise<void> {
  const { today } = act.moment;
  if (isPosted) await requireToldDay(act, day, 'paidAt');
  else if (day > today) throw toldDayRefusal('day_to_come', { today, openFrom: null }, 'paidAt');
}

function toldDayRefusal(code: ToldDayProblem, days: PostingDays, path: string): Error {
  const params = { today: days.today, first: firstToldDay(days), oldest: oldestToldDay(days.today) };
  return appError('rule_broken', { fields: [{ path, code, params }] });
}

async function mayTellEarlier(connection: Connection, actor: string): Promise<boolean> {
  if (!TELLERS.test(actor)) return true;
  const id = /^user:(\d{1,15})$/.exec(actor)?.[1];
  return id !== undefined && may(await findActiveUser(connection, Number(id)), 'books.backdate');
}
