import type { Knex } from 'knex';

/** The one PIN that holds for each of these vouchers; an earlier one holds no more. */
export async function savePins(
  trx: Knex.Transaction,
  voucherIds: readonly string[],
  pinHash: string,
  now: number,
): Promise<void> {
  await pinsInsert(trx, voucherIds, pinHash, now);
}

/** The same as a statement, to be written together with others. */
export function pinsInsert(
  trx: Knex.Transaction,
  voucherIds: readonly string[],
  pinHash: string,
  now: number,
): Knex.QueryBuilder {
  return trx('voucher_pins')
    .insert(voucherIds.map((voucherId) => ({ voucher_id: voucherId, pin_hash: pinHash, created_at: now })))
    .onConflict('voucher_id')
    .merge(['pin_hash', 'created_at']);
}

/** False: it got one meanwhile, which holds. */
export async function insertFirstPin(
  trx: Knex.Transaction,
  voucherId: string,
  pinHash: string,
  now: number,
): Promise<boolean> {
  await trx('voucher_pins')
    .insert({ voucher_id: voucherId, pin_hash: pinHash, created_at: now })
    .onConflict('voucher_id')
    .ignore();
  return (await findPinHash(trx, voucherId)) === pinHash;
}

export async function findPinHash(knex: Knex, voucherId: string): Promise<string | null> {
  const row = await knex('voucher_pins')
    .where({ voucher_id: voucherId })
    .first<{ pin_hash: string } | undefined>('pin_hash');
  return row?.pin_hash ?? null;
}
