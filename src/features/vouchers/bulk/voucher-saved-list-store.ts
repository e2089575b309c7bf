import type { Knex } from 'knex';

export interface SavedList {
  readonly id: string;
  readonly name: string;
  /** The query of the list's address. */
  readonly query: string;
}

const PAGE = 'vouchers';

export async function findSavedLists(knex: Knex, userId: number, limit: number): Promise<SavedList[]> {
  const rows = await knex('saved_lists')
    .where({ user_id: userId, page: PAGE })
    .orderBy('name')
    .limit(limit)
    .select<{ id: number | string; name: string; query: string }[]>('id', 'name', 'query');
  return rows.map(({ id, name, query }) => ({ id: String(id), name, query }));
}

/** A second one of the same name replaces the first. */
export async function upsertSavedList(
  trx: Knex.Transaction,
  userId: number,
  name: string,
  query: string,
  now: number,
): Promise<void> {
  await trx('saved_lists')
    .insert({ user_id: userId, page: PAGE, name, query, created_at: now })
    .onConflict(['user_id', 'page', 'name'])
    .merge({ query });
}

export async function countSavedLists(trx: Knex.Transaction, userId: number): Promise<number> {
  const row = await trx('saved_lists')
    .where({ user_id: userId, page: PAGE })
    .count<{ count: unknown }[]>('id as count');
  return Number(row[0]?.count ?? 0);
}

export async function deleteSavedList(trx: Knex.Transaction, userId: number, id: string): Promise<void> {
  await trx('saved_lists').where({ id, user_id: userId, page: PAGE }).delete();
}
