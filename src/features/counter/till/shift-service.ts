import type { Posting } from '../../../core/books/postings.ts';
import { postingOfCashDifference, postingOfCashMove } from '../../../core/sale/till-postings.ts';
import { businessTypesOf, inCash, tenderAmounts, type TenderAmounts } from '../../../core/sale/till.ts';
import type { Act, Author } from '../../../platform/data/act.ts';
import { writeAudit } from '../../../platform/data/audit.ts';
import { inTransaction, isDuplicateKey, type Connection, type Database } from '../../../platform/data/db.ts';
import { readPage, type Page } from '../../../platform/data/page.ts';
import { appError } from '../../../platform/process/errors.ts';
import { takeReceiptNumber } from '../../accounting/receipts/receipt-service.ts';
import { generalSettings } from '../../settings/general-settings-service.ts';
import { listTills, lockLastDrawer, setOpeningCash } from './cash-account-store.ts';
import {
  endShift,
  findEntry,
  findOpenShift,
  findShift,
  insertShift,
  listEntries,
  listShifts,
  type Shift,
  type TillEntry,
} from './shift-store.ts';
import { changeDrawer, recordMove } from './till-book-service.ts';
import { bookOnce, type SentForm } from './till-form-service.ts';

export type { Shift, TillEntry };

/** Entries shown of one shift; nobody serves more people in a day. */
const MAX_ENTRIES = 2000;
const MAX_TILLS = 100;

export function openShiftOf(connection: Connection, actor: string): Promise<Shift | null> {
  return findOpenShift(connection, actor);
}

export function knownTills(connection: Connection): Promise<string[]> {
  return listTills(connection, MAX_TILLS);
}

/**
 * Why there is not in the drawer what the last shift left: it was brought from or to the bank, or it is missing or too
 * much. Who opens the till says it, because the books follow either way.
 */
export const OPENING_GAPS = ['transit', 'difference'] as const;
export type OpeningGap = (typeof OPENING_GAPS)[number];

export interface Opening {
  readonly till: string;
  /** What lies in the drawer now. */
  readonly cash: number;
  readonly gap: OpeningGap | null;
  readonly note: string;
}

export type OpeningOutcome =
  | { readonly kind: 'opened' }
  /** `left`: by the books there is this much in the drawer, and nobody said where the rest is. */
  | { readonly kind: 'gap'; readonly left: number; readonly currency: string };

/** A till is used by one person at a time, and a person by one till. */
export async function openShift(database: Database, opening: Opening, author: Author): Promise<OpeningOutcome> {
  const { currency } = await generalSettings(database.knex);
  try {
    return await inTransaction(database, (trx) => openIn({ trx, ...author }, currency, opening));
  } catch (error) {
    if (isDuplicateKey(error)) throw appError('conflict');
    if (error instanceof OpeningGapError) return { kind: 'gap', left: error.left, currency };
    throw error;
  }
}

/** Rolls the opening back. */
class OpeningGapError extends Error {
  readonly left: number;
  constructor(left: number) {
    super('the drawer does not hold what was left in it');
    this.left = left;
  }
}

async function openIn(act: Act, currency: string, { till, cash, gap, note }: Opening): Promise<OpeningOutcome> {
  const { trx, actor, moment } = act;
  const id = await insertShift(trx, { till, actor, currency, openedOn: moment.today }, moment.now);
  const left = await lockLastDrawer(trx, { till, currency, beforeId: id });
  const change = cash - (left ?? 0);
  if (left !== null && change !== 0 && gap === null) throw new OpeningGapError(left);
  await setOpeningCash(trx, id, left ?? 0);
  if (change !== 0)
    await moveWithoutCustomer(act, id, { change, gap: gap ?? 'transit', note, ...ownForm(`opening ${id}`) });
  const changes = { till, openingCash: cash, left: left ?? 0, gap };
  await writeAudit(trx, [
    { recordedAt: moment.now, actor, action: 'till.open', entity: 'till_shift', entityId: id, changes },
  ]);
  return { kind: 'opened' };
}

/** Counting the drawer ends the shift; a difference is posted as one, with a note. */
export async function closeShift(
  database: Database,
  id: string,
  { countedCash, note }: { readonly countedCash: number; readonly note: string | null },
  author: Author,
): Promise<Shift> {
  const { actor, moment } = author;
  return inTransaction(database, async (trx) => {
    const act: Act = { trx, ...author };
    const { cash: expected } = await changeDrawer(act, id, 0);
    if (!(await endShift(trx, id, { countedCash, closedBy: actor, note }, moment.now))) throw appError('conflict');
    const shift = await readShift(trx, id);
    const difference = countedCash - expected;
    if (difference !== 0)
      await recordMove(act, shift, {
        ...(await withoutCustomer(act, difference, 'difference')),
        ...ownForm(`closing ${id}`),
        note: note?.slice(0, MAX_NOTE) ?? null,
      });
    const changes = { expected, counted: countedCash, difference, note };
    await writeAudit(trx, [
      { recordedAt: moment.now, actor, action: 'till.close', entity: 'till_shift', entityId: id, changes },
    ]);
    return shift;
  });
}

/** Money brought or taken without a customer, such as change from the bank. */
export async function moveDrawer(
  database: Database,
  sent: SentForm & { readonly shiftId: string },
  move: { readonly cents: number; readonly isOut: boolean; readonly note: string },
  author: Author,
): Promise<void> {
  const { note } = move;
  const { shiftId, ...form } = sent;
  const change = move.isOut ? -move.cents : move.cents;
  await bookOnce(database, sent, async (trx) => {
    const act: Act = { trx, ...author };
    await moveWithoutCustomer(act, shiftId, { ...form, change, gap: 'transit', note });
    const { actor, moment } = author;
    const changes = { cash: change, note };
    await writeAudit(trx, [
      { recordedAt: moment.now, actor, action: 'till.cash', entity: 'till_shift', entityId: shiftId, changes },
    ]);
  });
}

async function moveWithoutCustomer(
  act: Act,
  shiftId: string,
  { change, gap, note, ...form }: SentForm & { change: number; gap: OpeningGap; note: string },
): Promise<void> {
  const shift = await changeDrawer(act, shiftId, change);
  await recordMove(act, shift, { ...(await withoutCustomer(act, change, gap)), ...form, note });
}

async function withoutCustomer(act: Act, change: number, gap: OpeningGap) {
  const posting: Posting = gap === 'transit' ? postingOfCashMove(change) : postingOfCashDifference(change);
  const event = gap === 'difference' ? 'difference' : change > 0 ? 'cash_in' : 'cash_out';
  return {
    event,
    businessTypes: businessTypesOf(event, null, 0),
    tender: inCash(change),
    price: 0,
    documentNumber: await takeReceiptNumber(act),
    postings: [posting],
  } as const;
}

/** What no form asked for by itself, because it belongs to the opening or closing of a shift. */
function ownForm(entryKey: string): SentForm {
  return { entryKey, formHash: entryKey };
}

const MAX_NOTE = 200;

export async function readShift(connection: Connection, id: string): Promise<Shift> {
  const shift = await findShift(connection, id);
  if (shift === null) throw appError('not_found');
  return shift;
}

export interface ShiftJournal {
  readonly shift: Shift;
  readonly entries: readonly TillEntry[];
  readonly sums: TenderAmounts & { readonly voucherAmount: number };
}

export async function journalOf(connection: Connection, id: string): Promise<ShiftJournal> {
  const shift = await readShift(connection, id);
  const entries = await listEntries(connection, id, MAX_ENTRIES);
  const sum = (of: (entry: TillEntry) => number): number => entries.reduce((total, entry) => total + of(entry), 0);
  return {
    shift,
    entries,
    sums: {
      voucherAmount: sum((one) => one.voucherAmount),
      ...tenderAmounts((tender) => sum((one) => one[tender])),
    },
  };
}

export function shiftPage(connection: Connection, beforeId: string | null, limit: number): Promise<Page<Shift>> {
  return readPage(limit, (most) => listShifts(connection, beforeId, most));
}

/** Something that happened in this shift. */
export async function entryOfShift(connection: Connection, shiftId: string, id: string): Promise<TillEntry> {
  const entry = await findEntry(connection, id);
  if (entry?.shiftId !== shiftId) throw appError('not_found');
  return entry;
}
