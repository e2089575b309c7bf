import type { Moment } from '../../../platform/process/clock.ts';
import type { Locals, Request, Response } from 'express';
import type { Connection, Database } from '../../../platform/data/db.ts';
import { AppError } from '../../../platform/process/errors.ts';
import { addFlash } from '../../../platform/html/flash.ts';
import { formatMoney } from '../../../platform/html/format.ts';
import { actorOf } from '../../../platform/http/request.ts';
import { fourEyesSettings } from '../../settings/four-eyes-settings-service.ts';
import { askForApproval, type ApprovalWish } from './approval-service.ts';

export const APPROVALS_PATH = '/admin/approvals';

/** Says beforehand from which amount on a second person decides; empty: never. */
export async function secondPersonHint(
  connection: Connection,
  currency: string,
  { t, locale }: Pick<Locals, 't' | 'locale'>,
): Promise<string> {
  const { isOn, limit } = await fourEyesSettings(connection);
  return isOn ? t('vouchers:approvals.hint', { limit: formatMoney(limit, currency, locale) }) : '';
}

export type DoneOrAsked<T> = { readonly done: T } | { readonly asked: string };

/** Does the work; where it needs a second person, keeps the request instead and answers where it stands. */
export async function doOrAsk<T>(
  database: Database,
  req: Request,
  res: Response,
  {
    work,
    wish,
    reason,
    moment,
  }: {
    readonly work: () => Promise<T>;
    readonly wish: () => ApprovalWish | Promise<ApprovalWish>;
    readonly reason: string;
    readonly moment: Moment;
  },
): Promise<DoneOrAsked<T>> {
  try {
    return { done: await work() };
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'needs_second_person' || error.details.fields !== undefined)
      throw error;
    const id = await askForApproval(database, { actor: actorOf(res), moment }, await wish(), reason);
    addFlash(req, { kind: 'warning', text: res.locals.t('vouchers:approvals.asked') });
    return { asked: `${APPROVALS_PATH}/${id}` };
  }
}
