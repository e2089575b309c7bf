import type { Knex } from 'knex';
import type { VoucherType } from '../../../core/engine/voucher.ts';
import { findRetired, refuseRetired } from '../../../platform/data/retired-codes.ts';
import { isMysqlConnection } from '../../../platform/data/db.ts';
import { rulesColumns, toRules, type RulesRow, type StoredRules } from '../rules/rules-row.ts';
import { bookedIn, bookingNumbersOf } from './voucher-use-store.ts';
import { type Recipient, recordQuery, type RecordRow, toRecord, type VoucherRecord } from '../rows/voucher-row.ts';

export interface NewVoucher {
  /** From the number circle `voucher`: what people and books call it, while the code stays secret. */
  readonly number: string;
  readonly code: string;
  readonly normalisedCode: string;
  readonly rulesId: string;
  readonly campaignId: string | null;
  readonly type: VoucherType;
  readonly paidOn: string | null;
  readonly originalValue: number | null;
  readonly balance: number | null;
  readonly bonusValue?: number;
  readonly uses: number;
  /** Uses under the code before; 0 for a voucher that replaces none. */
  readonly carriedUses?: number;
  readonly acknowledgedOn?: string | null;
  /** The job that made it. */
  readonly generationId?: string;
  readonly bookingRef: string | null;
  readonly invoiceRef: string | null;
  /** For the staff alone. */
  readonly note: string | null;
  readonly now: number;
}

export async function insertVoucher(trx: Knex.Transaction, voucher: NewVoucher): Promise<string> {
  const [id] = await trx('vouchers').insert(toRow(voucher));
  await refuseRetired(trx, [voucher.normalisedCode]);
  return String(id);
}

/** At most 500 at once; their ids in the order given. Fails as a duplicate key when one of the codes exists. */
export async function insertVouchers(trx: Knex.Transaction, vouchers: readonly NewVoucher[]): Promise<string[]> {
  const [only] = vouchers;
  if (only !== undefined && vouchers.length === 1) return [await insertVoucher(trx, only)];
  const codes = vouchers.map(({ normalisedCode }) => normalisedCode);
  await trx('vouchers').insert(vouchers.map(toRow));
  await refuseRetired(trx, codes);
  const ids = await findIdsByCode(trx, codes);
  return codes.map((code) => {
    const id = ids.get(code);
    if (id === undefined) throw new Error('a voucher that was just written is gone');
    return id;
  });
}

export async function findIdsByCode(knex: Knex, normalisedCodes: readonly string[]): Promise<Map<string, string>> {
  const rows = await knex('vouchers')
    .whereIn('normalised_code', [...normalisedCodes])
    .select<{ id: number | string; normalised_code: string }[]>('id', 'normalised_code');
  return new Map(rows.map((row) => [row.normalised_code, String(row.id)]));
}

/** Changes columns of one voucher and counts its version up; what is worked on is in the lists again. */
export async function updateVoucher(
  trx: Knex.Transaction,
  id: string,
  columns: Readonly<Record<string, unknown>>,
  now: number,
): Promise<void> {
  await voucherUpdate(trx, id, columns, now);
}

/** The same as a statement, to be written together with others. */
export function voucherUpdate(
  trx: Knex.Transaction,
  id: string,
  columns: Readonly<Record<string, unknown>>,
  now: number,
  /** How many changes it stands for. */
  steps = 1,
): Knex.QueryBuilder {
  return trx('vouchers')
    .where({ id })
    .update({ archived_at: null, ...columns, version: trx.raw('version + ?', [steps]), updated_at: now });
}

/** SQLite has one writer, and whoever has begun a transaction there is it. */
export async function lockVoucher(trx: Knex.Transaction, id: string): Promise<void> {
  if (isMysqlConnection(trx)) await trx('vouchers').where({ id }).forUpdate().select('id');
}

export async function findVoucherRecord(knex: Knex, id: string, now: number): Promise<VoucherRecord | null> {
  const row = await recordQuery(knex, now).where('v.id', id).first<RecordRow | undefined>();
  return row === undefined ? null : toRecord(row);
}

export interface VoucherWithRules {
  readonly record: VoucherRecord;
  readonly rules: StoredRules;
}

export async function findVouchers(knex: Knex, ids: readonly string[], now: number): Promise<VoucherWithRules[]> {
  const rows = await recordQuery(knex, now)
    .whereIn('v.id', [...ids])
    .select<(RecordRow & RulesRow)[]>(rulesColumns(knex, 'r'));
  return rows.map((row) => ({ record: toRecord(row), rules: toRules(row) }));
}

/** One voucher with the numbers of the bookings it was redeemed in, the newest first. */
export async function findVoucherShown(
  knex: Knex,
  id: string,
  now: number,
): Promise<(VoucherWithRules & { readonly bookingNumbers: readonly string[] }) | null> {
  const row = await recordQuery(knex, now)
    .where('v.id', id)
    .first<(RecordRow & RulesRow & { readonly booked_in: string | null }) | undefined>(
      ...rulesColumns(knex, 'r'),
      bookedIn(knex, id),
    );
  if (row === undefined) return null;
  return { record: toRecord(row), rules: toRules(row), bookingNumbers: bookingNumbersOf(row.booked_in) };
}

export async function findVoucherRecordByCode(
  knex: Knex,
  normalisedCodes: readonly string[],
  now: number,
): Promise<VoucherRecord | null> {
  if (normalisedCodes.length === 0) return null;
  const rows = await recordQuery(knex, now)
    .whereIn('v.normalised_code', [...normalisedCodes])
    .select<(RecordRow & { normalised_code: string })[]>('v.normalised_code');
  const byOrder = normalisedCodes.flatMap((code) => rows.filter((row) => row.normalised_code === code));
  return byOrder[0] === undefined ? null : toRecord(byOrder[0]);
}

export async function isCodeTaken(knex: Knex, normalisedCode: string): Promise<boolean> {
  if ((await findRetired(knex, [normalisedCode])).size > 0) return true;
  return (
    (await knex('vouchers').where({ normalised_code: normalisedCode }).first<object | undefined>('id')) !== undefined
  );
}

export async function findVoucherByNumber(knex: Knex, number: string): Promise<string | null> {
  const row = await knex('vouchers').where({ number }).first<{ id: number | string } | undefined>('id');
  return row === undefined ? null : String(row.id);
}

export async function saveRecipient(
  trx: Knex.Transaction,
  voucherId: string,
  recipient: Recipient | null,
): Promise<void> {
  await trx('voucher_recipients').where({ voucher_id: voucherId }).delete();
  if (recipient !== null) await insertRecipients(trx, [{ voucherId, ...recipient }]);
}

export async function insertRecipients(
  trx: Knex.Transaction,
  recipients: readonly (Recipient & { readonly voucherId: string })[],
): Promise<void> {
  if (recipients.length > 0) await recipientsInsert(trx, recipients);
}

/** The same as a statement, to be written together with others; for at least one. */
export function recipientsInsert(
  trx: Knex.Transaction,
  recipients: readonly (Recipient & { readonly voucherId: string })[],
): Knex.QueryBuilder {
  return trx('voucher_recipients').insert(
    recipients.map(({ voucherId, name, email }) => ({ voucher_id: voucherId, name, email })),
  );
}

function toRow(voucher: NewVoucher): object {
  return {
    number: voucher.number,
    code: voucher.code,
    normalised_code: voucher.normalisedCode,
    rules_id: voucher.rulesId,
    campaign_id: voucher.campaignId,
    generation_id: voucher.generationId ?? null,
    type: voucher.type,
    paid_on: voucher.paidOn,
    original_value: voucher.originalValue,
    balance: voucher.balance,
    bonus_value: voucher.bonusValue ?? 0,
    uses: voucher.uses,
    carried_uses: voucher.carriedUses ?? 0,
    acknowledged_on: voucher.acknowledgedOn ?? null,
    booking_ref: voucher.bookingRef,
    invoice_ref: voucher.invoiceRef,
    note: voucher.note,
    created_at: voucher.now,
    updated_at: voucher.now,
  };
}

export async function deleteRecipients(trx: Knex.Transaction, voucherIds: readonly string[]): Promise<number> {
  return trx('voucher_recipients').whereIn('voucher_id', voucherIds).delete();
}

/** What was changed from `before` on stays in sight. */
export async function archiveVouchers(
  trx: Knex.Transaction,
  ids: readonly string[],
  before: number,
  now: number,
): Promise<number> {
  return trx('vouchers').whereIn('id', ids).where('updated_at', '<', before).update({ archived_at: now });
}

/** Back into the lists; the grace begins anew. False: it was not in the archive. */
export async function restoreVoucher(trx: Knex.Transaction, id: string, now: number): Promise<boolean> {
  const restored = await trx('vouchers')
    .where({ id })
    .whereNotNull('archived_at')
    .update({ archived_at: null, updated_at: now });
  return restored === 1;
}
