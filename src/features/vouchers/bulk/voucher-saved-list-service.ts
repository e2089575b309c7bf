import { inTransaction, type Database } from '../../../platform/data/db.ts';
import {
  countSavedLists,
  deleteSavedList,
  findSavedLists,
  upsertSavedList,
  type SavedList,
} from './voucher-saved-list-store.ts';

export const MAX_SAVED_LISTS = 30;
export const MAX_SAVED_NAME = 80;

export async function listSaved(database: Database, userId: number): Promise<SavedList[]> {
  return findSavedLists(database.knex, userId, MAX_SAVED_LISTS);
}

/** False: the person has as many as one may have. */
export async function saveList(
  database: Database,
  userId: number,
  name: string,
  query: string,
  now: number,
): Promise<boolean> {
  return inTransaction(database, async (trx) => {
    await upsertSavedList(trx, userId, name, query, now);
    if ((await countSavedLists(trx, userId)) <= MAX_SAVED_LISTS) return true;
    throw new TooManyLists();
  }).catch((error: unknown) => {
    if (error instanceof TooManyLists) return false;
    throw error;
  });
}

export async function forgetList(database: Database, userId: number, id: string): Promise<void> {
  await inTransaction(database, (trx) => deleteSavedList(trx, userId, id));
}

class TooManyLists extends Error {}
