import type { Moment } from '../../../platform/process/clock.ts';
import type { BookingSoFar } from '../../../core/engine/booking-limit.ts';
import { evaluate } from '../../../core/engine/evaluate.ts';
import type { DiscountMethod } from '../../../core/books/postings.ts';
import { DEFAULT_CODE_SHAPE, lookupKeys } from '../../../core/engine/voucher-code.ts';
import { foldEmail } from '../../../core/engine/restrictions.ts';
import {
  DEFAULT_STACKING_POLICY,
  type Booking,
  type CodeEntry,
  type CodeShape,
  type Evaluation,
} from '../../../core/engine/voucher.ts';
import type { Connection, Database } from '../../../platform/data/db.ts';
import { memoryOf } from '../../../platform/data/memory.ts';
import { findRetired } from '../../../platform/data/retired-codes.ts';
import { reversalSettings } from '../../settings/reversal-settings-service.ts';
import { readEvaluationFacts, type BookingRef, type EvaluationFacts, type StoredVoucher } from './evaluation-store.ts';

export type { BookingRef };

/** At most so many codes in one request, so that the best set is searched exactly. */
export const MAX_CODES = 10;

/** What is to be evaluated, and for whom. */
export interface Asked {
  readonly booking: Booking;
  readonly codes: readonly CodeEntry[];
  /** Whose hold with the booking's reference is the booking's own. */
  readonly clientId: string;
  /** The booking that is redeemed for: what it took before is read as well. */
  readonly bookingRef?: BookingRef;
  readonly trace?: boolean;
}

export interface EvaluatedBooking {
  readonly evaluation: Evaluation;
  /** As the engine saw it: with all regions the named ones lie in. */
  readonly booking: Booking;
  /** By voucher id: what the engine saw. */
  readonly vouchers: ReadonlyMap<string, StoredVoucher>;
  /** How a discount is posted when it is redeemed now. */
  readonly discountMethod: DiscountMethod;
  /** What the booking took before; null: nothing yet, or nobody asked. */
  readonly soFar: BookingSoFar | null;
}

/** Reads what the codes are and do at this moment, and asks the engine. Inside a transaction it sees what is locked. */
export async function evaluateCodes(connection: Connection, asked: Asked, moment: Moment): Promise<EvaluatedBooking> {
  const { booking, codes } = asked;
  const facts = await withCreditChannels(connection, await readFacts(connection, asked, moment));
  const expanded = { ...booking, regions: facts.regionsWithAncestors };
  const evaluation = evaluate(facts.policy ?? DEFAULT_STACKING_POLICY, facts.vouchers, expanded, codes, moment.today, {
    codeShapes: shapesOf(facts),
    retired: await retiredAmong(connection, codes, facts),
    trace: asked.trace === true,
  });
  const vouchers = new Map(facts.vouchers.map((voucher) => [voucher.id, voucher]));
  return { evaluation, booking: expanded, vouchers, discountMethod: facts.discountMethod, soFar: facts.soFar };
}

/** Credit pays where the settings say so today, whenever it was made; asked only where there is some. */
async function withCreditChannels(connection: Connection, facts: EvaluationFacts): Promise<EvaluationFacts> {
  if (!facts.vouchers.some(({ funding }) => funding === 'credit')) return facts;
  const { creditChannels } = await reversalSettings(connection);
  const limited = (voucher: StoredVoucher): StoredVoucher => ({
    ...voucher,
    restrictions: { ...voucher.restrictions, channels: creditChannels },
  });
  return {
    ...facts,
    vouchers: facts.vouchers.map((voucher) => (voucher.funding === 'credit' ? limited(voucher) : voucher)),
  };
}

/** Deleted codes among those that lead to no voucher: a second question, asked only where there are such. */
async function retiredAmong(
  connection: Connection,
  codes: readonly CodeEntry[],
  facts: EvaluationFacts,
): Promise<Map<string, string>> {
  const found = new Set(facts.vouchers.map(({ normalisedCode }) => normalisedCode));
  const missing = codes
    .map(({ code }) => lookupKeys(code, shapesOf(facts)))
    .filter((keys) => !keys.some((key) => found.has(key)))
    .flat();
  if (missing.length === 0) return new Map();
  return new Map(
    [...(await findRetired(connection, missing))].filter((entry): entry is [string, string] => entry[1] !== null),
  );
}

/** Every stored form the codes may have, in the reading of the code families known so far. */
export function normalisedCodesOf(connection: Connection, codes: readonly CodeEntry[]): string[] {
  const shapes = knownShapes(connection);
  return [...new Set(codes.flatMap((entry) => lookupKeys(entry.code, shapes)))];
}

// The families of generated codes change only when codes with a new prefix are made. They are remembered from the last
// answer, so that the codes can be read before the database is asked; an answer that names others is asked for again.
const CODE_SHAPES = 'code_shapes';

function knownShapes(connection: Connection): readonly CodeShape[] {
  return (memoryOf(connection).get(CODE_SHAPES) as readonly CodeShape[] | undefined) ?? [DEFAULT_CODE_SHAPE];
}

async function readFacts(
  connection: Connection,
  { booking, codes, clientId, bookingRef }: Asked,
  moment: Moment,
): Promise<EvaluationFacts> {
  const facts = await ask();
  if (sameShapes(shapesOf(facts), knownShapes(connection))) return facts;
  const before = normalisedCodesOf(connection, codes).join(' ');
  memoryOf(connection).set(CODE_SHAPES, shapesOf(facts));
  return normalisedCodesOf(connection, codes).join(' ') === before ? facts : ask();

  function ask(): Promise<EvaluationFacts> {
    return readEvaluationFacts(connection, {
      normalisedCodes: normalisedCodesOf(connection, codes),
      regions: booking.regions,
      customerId: booking.customer?.id ?? null,
      customerEmail: customerEmailOf(booking),
      reference: booking.reference,
      clientId,
      bookingRef: bookingRef ?? null,
      now: moment.now,
    });
  }
}

/** The customer's e-mail in the form in which it is stored and compared. */
export function customerEmailOf(booking: Booking): string | null {
  const email = booking.customer?.email ?? null;
  return email === null ? null : foldEmail(email);
}

function shapesOf(facts: EvaluationFacts): readonly CodeShape[] {
  return [DEFAULT_CODE_SHAPE, ...facts.codeShapes];
}

function sameShapes(a: readonly CodeShape[], b: readonly CodeShape[]): boolean {
  return (
    a.length === b.length &&
    a.every((shape, index) => shape.prefix === b[index]?.prefix && shape.length === b[index].length)
  );
}

/** What the codes would do for this booking now. Changes nothing. */
export async function quote(database: Database, asked: Asked, moment: Moment): Promise<Evaluation> {
  const { evaluation } = await evaluateCodes(database.knex, asked, moment);
  return evaluation;
}
