import type { Moment } from '../../../platform/process/clock.ts';
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
import { readEvaluationFacts, type EvaluationFacts, type StoredVoucher } from './evaluation-store.ts';

/** At most so many codes in one request, so that the best set is searched exactly. */
export const MAX_CODES = 10;

export interface EvaluatedBooking {
  readonly evaluation: Evaluation;
  /** As the engine saw it: with all regions the named ones lie in. */
  readonly booking: Booking;
  /** By voucher id: what the engine saw. */
  readonly vouchers: ReadonlyMap<string, StoredVoucher>;
  /** How a discount is posted when it is redeemed now. */
  readonly discountMethod: DiscountMethod;
}

/** Reads what the codes are and do at this moment, and asks the engine. Inside a transaction it sees what is locked. */
export async function evaluateCodes(
  connection: Connection,
  booking: Booking,
  codes: readonly CodeEntry[],
  moment: Moment,
  options: { readonly trace?: boolean } = {},
): Promise<EvaluatedBooking> {
  const facts = await withCreditChannels(connection, await readFacts(connection, booking, codes, moment));
  const expanded = { ...booking, regions: facts.regionsWithAncestors };
  const evaluation = evaluate(facts.policy ?? DEFAULT_STACKING_POLICY, facts.vouchers, expanded, codes, moment.today, {
    codeShapes: shapesOf(facts),
    retired: await retiredAmong(connection, codes, facts),
    trace: options.trace === true,
  });
  const vouchers = new Map(facts.vouchers.map((voucher) => [voucher.id, voucher]));
  return { evaluation, booking: expanded, vouchers, discountMethod: facts.discountMethod };
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
  booking: Booking,
  codes: readonly CodeEntry[],
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
export async function quote(
  database: Database,
  input: { readonly booking: Booking; readonly codes: readonly CodeEntry[]; readonly trace: boolean },
  moment: Moment,
): Promise<Evaluation> {
  const { evaluation } = await evaluateCodes(database.knex, input.booking, input.codes, moment, { trace: input.trace });
  return evaluation;
}
