import type { Knex } from 'knex';
import {
  tenderAmounts,
  type BusinessType,
  type Tender,
  type TenderAmounts,
  type TillEvent,
} from '../../../core/sale/till.ts';
import { toSafeInteger } from '../../../platform/data/db.ts';
import { parseJson } from '../../../platform/data/json.ts';

export interface Shift {
  readonly id: string;
  readonly till: string;
  readonly actor: string;
  readonly currency: string;
  readonly openedOn: string;
  readonly openedAt: number;
  readonly openingCash: number;
  /** What the drawer should hold now. */
  readonly cash: number;
  readonly closedAt: number | null;
  readonly countedCash: number | null;
  readonly closedBy: string | null;
  readonly note: string | null;
  /** Counted less what should have been there; null: it is open. */
  readonly difference: number | null;
}

export interface TillEntry extends TenderAmounts {
  readonly id: string;
  readonly shiftId: string;
  readonly event: TillEvent;
  readonly businessTypes: readonly BusinessType[];
  readonly voucherId: string | null;
  readonly orderId: string | null;
  readonly bookingNumber: string | null;
  readonly price: number;
  readonly voucherAmount: number;
  readonly note: string | null;
  readonly actor: string;
  readonly recordedAt: number;
  /** Of the form that asked for it; null: from before forms were told apart. */
  readonly formHash: string | null;
  readonly redemptionId: string | null;
  /** null: from before the till had documents. */
  readonly documentNumber: string | null;
  /** The entry that it takes back. */
  readonly reversesId: string | null;
}

export interface NewTillEntry extends Omit<TillEntry, 'id'> {
  readonly entryKey: string;
}

export async function insertShift(
  trx: Knex.Transaction,
  shift: Pick<Shift, 'till' | 'actor' | 'currency' | 'openedOn'>,
  now: number,
): Promise<string> {
  const [id] = await trx('till_shifts').insert({
    till: shift.till,
    actor: shift.actor,
    open_till: shift.till,
    open_actor: shift.actor,
    currency: shift.currency,
    opened_on: shift.openedOn,
    opened_at: now,
    opening_cash: 0,
    cash: 0,
    touched_at: now,
  });
  return String(id);
}

/** Adds to the drawer of an open shift and locks it until the transaction ends; false: it is closed. */
export async function moveCash(trx: Knex.Transaction, id: string, cash: number, now: number): Promise<boolean> {
  const moved: number = await trx('till_shifts')
    .where({ id })
    .whereNull('closed_at')
    .update({ cash: trx.raw('cash + ?', [cash]), touched_at: now });
  return moved === 1;
}

export async function endShift(
  trx: Knex.Transaction,
  id: string,
  end: { readonly countedCash: number; readonly closedBy: string; readonly note: string | null },
  now: number,
): Promise<boolean> {
  const ended: number = await trx('till_shifts')
    .where({ id })
    .whereNull('closed_at')
    .update({
      open_till: null,
      open_actor: null,
      closed_at: now,
      difference: trx.raw('? - cash', [end.countedCash]),
      counted_cash: end.countedCash,
      closed_by: end.closedBy,
      note: end.note,
    });
  if (ended === 1) await trx('till_shifts').where({ id }).update({ cash: end.countedCash });
  return ended === 1;
}

export async function findShift(knex: Knex, id: string): Promise<Shift | null> {
  const row = await knex('till_shifts').where({ id }).first<ShiftRow | undefined>();
  return row === undefined ? null : toShift(row);
}

export async function findOpenShift(knex: Knex, actor: string): Promise<Shift | null> {
  const row = await knex('till_shifts').where({ open_actor: actor }).first<ShiftRow | undefined>();
  return row === undefined ? null : toShift(row);
}

export async function listShifts(knex: Knex, beforeId: string | null, limit: number): Promise<Shift[]> {
  const query = knex('till_shifts').orderBy('id', 'desc').limit(limit);
  if (beforeId !== null) void query.where('id', '<', beforeId);
  return (await query.select<ShiftRow[]>()).map(toShift);
}

export async function insertEntry(trx: Knex.Transaction, entry: NewTillEntry): Promise<void> {
  await trx('till_entries').insert({
    shift_id: entry.shiftId,
    entry_key: entry.entryKey,
    form_hash: entry.formHash,
    event: entry.event,
    business_types: JSON.stringify(entry.businessTypes),
    voucher_id: entry.voucherId,
    order_id: entry.orderId,
    redemption_id: entry.redemptionId,
    booking_number: entry.bookingNumber,
    price: entry.price,
    voucher_amount: entry.voucherAmount,
    ...tenderAmounts((tender) => entry[tender]),
    note: entry.note,
    actor: entry.actor,
    recorded_at: entry.recordedAt,
    document_number: entry.documentNumber,
    reverses_id: entry.reversesId,
  });
}

export async function findEntryByKey(knex: Knex, entryKey: string): Promise<TillEntry | null> {
  const row = await knex('till_entries').where({ entry_key: entryKey }).first<EntryRow | undefined>();
  return row === undefined ? null : toEntry(row);
}

export async function findEntry(knex: Knex, id: string): Promise<TillEntry | null> {
  const row = await knex('till_entries').where({ id }).first<EntryRow | undefined>();
  return row === undefined ? null : toEntry(row);
}

export async function isReversed(knex: Knex, id: string): Promise<boolean> {
  return (await knex('till_entries').where({ reverses_id: id }).first<unknown>('id')) !== undefined;
}

/** In the order they happened. */
export async function listEntries(knex: Knex, shiftId: string, limit: number): Promise<TillEntry[]> {
  const rows = await knex('till_entries').where({ shift_id: shiftId }).orderBy('id').limit(limit).select<EntryRow[]>();
  return rows.map(toEntry);
}

interface ShiftRow {
  readonly id: number | string;
  readonly till: string;
  readonly actor: string;
  readonly currency: string;
  readonly opened_on: string;
  readonly opened_at: number | string;
  readonly opening_cash: number | string;
  readonly cash: number | string;
  readonly closed_at: number | string | null;
  readonly counted_cash: number | string | null;
  readonly closed_by: string | null;
  readonly note: string | null;
  readonly difference: number | string | null;
}

interface EntryRow extends Readonly<Record<Tender, number | string>> {
  readonly id: number | string;
  readonly shift_id: number | string;
  readonly event: TillEvent;
  readonly business_types: string;
  readonly voucher_id: number | string | null;
  readonly order_id: number | string | null;
  readonly booking_number: string | null;
  readonly price: number | string;
  readonly voucher_amount: number | string;
  readonly note: string | null;
  readonly actor: string;
  readonly recorded_at: number | string;
  readonly form_hash: string | null;
  readonly redemption_id: number | string | null;
  readonly document_number: string | null;
  readonly reverses_id: number | string | null;
}

function toShift(row: ShiftRow): Shift {
  return {
    id: String(row.id),
    till: row.till,
    actor: row.actor,
    currency: row.currency,
    openedOn: row.opened_on,
    openedAt: toSafeInteger(row.opened_at),
    openingCash: toSafeInteger(row.opening_cash),
    cash: toSafeInteger(row.cash),
    closedAt: row.closed_at === null ? null : toSafeInteger(row.closed_at),
    countedCash: row.counted_cash === null ? null : toSafeInteger(row.counted_cash),
    closedBy: row.closed_by,
    note: row.note,
    difference: row.difference === null ? null : toSafeInteger(row.difference),
  };
}

function toEntry(row: EntryRow): TillEntry {
  return {
    id: String(row.id),
    shiftId: String(row.shift_id),
    event: row.event,
    businessTypes: parseJson<BusinessType[]>(row.business_types),
    voucherId: row.voucher_id === null ? null : String(row.voucher_id),
    orderId: row.order_id === null ? null : String(row.order_id),
    bookingNumber: row.booking_number,
    price: toSafeInteger(row.price),
    voucherAmount: toSafeInteger(row.voucher_amount),
    ...tenderAmounts((tender) => toSafeInteger(row[tender])),
    note: row.note,
    actor: row.actor,
    recordedAt: toSafeInteger(row.recorded_at),
    formHash: row.form_hash,
    redemptionId: row.redemption_id === null ? null : String(row.redemption_id),
    documentNumber: row.document_number,
    reversesId: row.reverses_id === null ? null : String(row.reverses_id),
  };
}
