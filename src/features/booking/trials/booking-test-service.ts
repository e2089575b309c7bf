import type { Moment } from '../../../platform/process/clock.ts';
import { HOUSE } from '../../../core/booking-owner.ts';
import { allChecks, type EligibilityCheck } from '../../../core/engine/restrictions.ts';
import type { AcceptedCode, Booking, CodeEntry, Evaluation, Voucher } from '../../../core/engine/voucher.ts';
import type { RejectedCode } from '../../../core/engine/rejection.ts';
import type { Connection, Database } from '../../../platform/data/db.ts';
import { evaluateCodes, normalisedCodesOf } from '../quotes/evaluation-service.ts';

/** One code with all that was asked of it. */
export interface TestedCode {
  readonly entry: CodeEntry;
  /** null: the text leads to no voucher. */
  readonly voucher: Voucher | null;
  readonly accepted: AcceptedCode | null;
  readonly rejected: RejectedCode | null;
  /** Every rule with what it asks for and what is there; none where there is no voucher. */
  readonly checks: readonly EligibilityCheck[];
}

export interface BookingTest {
  readonly evaluation: Evaluation;
  /** With all regions the named ones lie in. */
  readonly booking: Booking;
  readonly codes: readonly TestedCode[];
}

/** What the codes do for this booking on this day, and every check of each. Changes nothing and holds nothing. */
export async function testBooking(
  database: Database,
  booking: Booking,
  codes: readonly CodeEntry[],
  moment: Moment,
): Promise<BookingTest> {
  const evaluated = await evaluateCodes(database.knex, { booking, codes, clientId: HOUSE.clientId }, moment);
  const { evaluation } = evaluated;
  const rejected = [...evaluation.rejected];
  const tested = codes.map((entry): TestedCode => {
    const keys = normalisedCodesOf(database.knex, [entry]);
    const voucher =
      [...evaluated.vouchers.values()].find(({ normalisedCode }) => keys.includes(normalisedCode)) ?? null;
    // Codes are rejected in the order in which they were typed; one typed twice is rejected the second time only.
    const isRejected =
      rejected[0]?.code === entry.code &&
      !(voucher !== null && isFirstAccepted(database.knex, evaluation, codes, { entry, voucher }));
    return {
      entry,
      voucher,
      accepted: isRejected ? null : (evaluation.accepted.find(({ voucherId }) => voucherId === voucher?.id) ?? null),
      rejected: isRejected ? (rejected.shift() ?? null) : null,
      checks: voucher === null ? [] : allChecks(voucher, evaluated.booking, moment.today),
    };
  });
  return { evaluation, booking: evaluated.booking, codes: tested };
}

/** Whether this is the place where an accepted voucher was typed first. */
function isFirstAccepted(
  connection: Connection,
  evaluation: Evaluation,
  codes: readonly CodeEntry[],
  { entry, voucher }: { readonly entry: CodeEntry; readonly voucher: Voucher },
): boolean {
  if (!evaluation.accepted.some(({ voucherId }) => voucherId === voucher.id)) return false;
  return codes.find((one) => normalisedCodesOf(connection, [one]).includes(voucher.normalisedCode)) === entry;
}
