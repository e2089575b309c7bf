import type { Moment } from '../../../platform/process/clock.ts';
import type { Booking, CodeEntry, Evaluation } from '../../../core/engine/voucher.ts';
import type { Database } from '../../../platform/data/db.ts';
import { evaluateCodes } from './evaluation-service.ts';

/** What the codes would do for this booking now. Changes nothing. */
export async function quote(
  database: Database,
  input: { readonly booking: Booking; readonly codes: readonly CodeEntry[]; readonly trace: boolean },
  moment: Moment,
): Promise<Evaluation> {
  const { evaluation } = await evaluateCodes(database.knex, input.booking, input.codes, moment, { trace: input.trace });
  return evaluation;
}
