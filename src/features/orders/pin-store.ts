import type { Knex } from 'knex';

export async function insertPin(trx: Knex.Transaction, voucherId: string, pinHash: string, now: number): Promise<void> {
  await trx('voucher_pins').insert({ voucher_id: voucherId, pin_hash: pinHash, created_at: now });
}

export async function findPinHash(knex: Knex, voucherId: string): Promise<string | null> {
  const row = await knex('voucher_pins').where({ voucher_id: voucherId }).first<{ pin_hash: string } | undefined>('pin_hash');
  return row?.pin_hash ?? null;
}
