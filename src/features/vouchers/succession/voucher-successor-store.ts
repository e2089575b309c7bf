import type { Knex } from 'knex';

/** The vouchers that replaced these: by the id of the one that was replaced. */
export async function findReplacements(knex: Knex, ids: readonly string[]): Promise<Map<string, string>> {
  const rows = await knex('vouchers')
    .whereIn('id', [...ids])
    .whereNotNull('replaced_by_id')
    .select<{ id: number | string; replaced_by_id: number | string }[]>('id', 'replaced_by_id');
  return new Map(rows.map((row) => [String(row.id), String(row.replaced_by_id)]));
}

/** Uses made under the code before, that a voucher counts as its own. */
export async function findCarriedUses(knex: Knex, id: string): Promise<number> {
  const row = await knex('vouchers').where({ id }).first<{ carried_uses: number } | undefined>('carried_uses');
  return row?.carried_uses ?? 0;
}

/** More value went over from one voucher to the other than the link says so far. */
export async function addToLink(trx: Knex.Transaction, fromId: string, toId: string, cents: number): Promise<void> {
  await trx('voucher_links').where({ from_id: fromId, to_id: toId }).increment('cents', cents);
}
