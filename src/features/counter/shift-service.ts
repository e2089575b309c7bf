import { tenderAmounts, type TenderAmounts } from '../../core/sale/till.ts';
import type { Moment } from '../../platform/process/clock.ts';
import type { Author } from '../../platform/data/act.ts';
import { writeAudit } from '../../platform/data/audit.ts';
import { inTransaction, isDuplicateKey, type Connection, type Database } from '../../platform/data/db.ts';
import { readPage, type Page } from '../../platform/data/page.ts';
import { appError } from '../../platform/process/errors.ts';
import { generalSettings } from '../settings/general-settings-service.ts';
import {
  endShift,
  findOpenShift,
  findShift,
  insertEntry,
  insertShift,
  listEntries,
  listShifts,
  moveCash,
  type Shift,
  type TillEntry,
} from './shift-store.ts';
import { bookOnce, type SentForm } from './till-form-service.ts';

export type { Shift, TillEntry };

/** Entries shown of one shift; nobody serves more people in a day. */
const MAX_ENTRIES = 2000;

export function openShiftOf(connection: Connection, actor: string): Promise<Shift | null> {
  return findOpenShift(connection, actor);
}

/** A till is used by one person at a time, and a person by one till. */
export async function openShift(
  database: Database,
  till: string,
  openingCash: number,
  actor: string,
  moment: Moment,
): Promise<void> {
  const { currency } = await generalSettings(database.knex);
  try {
    await inTransaction(database, async (trx) => {
      const id = await insertShift(trx, { till, actor, currency, openedOn: moment.today, openingCash }, moment.now);
      await writeAudit(trx, [
        {
          recordedAt: moment.now,
          actor,
          action: 'till.open',
          entity: 'till_shift',
          entityId: id,
          changes: { till, openingCash },
        },
      ]);
    });
  } catch (error) {
    if (isDuplicateKey(error)) throw appError('conflict');
    throw error;
  }
}

/** Counting the drawer ends the shift; a difference is kept as it is, with a note. */
export async function closeShift(
  database: Database,
  id: string,
  countedCash: number,
  note: string | null,
  actor: string,
  moment: Moment,
): Promise<Shift> {
  return inTransaction(database, async (trx) => {
    if (!(await endShift(trx, id, { countedCash, closedBy: actor, note }, moment.now))) throw appError('conflict');
    const shift = await readShift(trx, id);
    await writeAudit(trx, [
      {
        recordedAt: moment.now,
        actor,
        action: 'till.close',
        entity: 'till_shift',
        entityId: id,
        changes: { expected: shift.cash, counted: countedCash, difference: countedCash - shift.cash, note },
      },
    ]);
    return shift;
  });
}

/** Money brought or taken without a customer, such as change from the bank. */
export async function moveDrawer(
  database: Database,
  sent: SentForm & { readonly shiftId: string },
  move: { readonly cents: number; readonly isOut: boolean; readonly note: string },
  { actor, moment }: Author,
): Promise<void> {
  const { shiftId } = sent;
  const cash = move.isOut ? -move.cents : move.cents;
  await bookOnce(database, sent, async (trx) => {
    if (!(await moveCash(trx, shiftId, cash, moment.now))) throw appError('conflict');
    await insertEntry(trx, {
      ...sent,
      event: move.isOut ? 'cash_out' : 'cash_in',
      businessTypes: ['Geldtransit'],
      voucherId: null,
      orderId: null,
      redemptionId: null,
      bookingNumber: null,
      price: 0,
      voucherAmount: 0,
      ...tenderAmounts((tender) => (tender === 'cash' ? cash : 0)),
      note: move.note,
      actor,
      recordedAt: moment.now,
    });
    const changes = { cash, note: move.note };
    const what = { action: 'till.cash', entity: 'till_shift', entityId: shiftId, changes };
    await writeAudit(trx, [{ recordedAt: moment.now, actor, ...what }]);
  });
}

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
