import {
  inTransaction,
  isDuplicateKey,
  type Connection,
  type Database,
  type Transaction,
} from '../../../platform/data/db.ts';
import { AppError, appError } from '../../../platform/process/errors.ts';
import { findEntryByKey, type TillEntry } from './shift-store.ts';

/** A form of the till as it was sent: its key, and a hash of what it says. */
export interface SentForm {
  readonly entryKey: string;
  readonly formHash: string;
}

export interface BookedForm {
  readonly entry: TillEntry;
  /** false: the same form was sent before, and nothing was done again. */
  readonly isNew: boolean;
}

/** What a form did that was sent before; null: nothing yet. Its key with other numbers is refused, never called done. */
export async function entryOfForm(connection: Connection, { entryKey, formHash }: SentForm): Promise<TillEntry | null> {
  const entry = await findEntryByKey(connection, entryKey);
  if (entry !== null && entry.formHash !== null && entry.formHash !== formHash)
    throw appError('idempotency_key_reused');
  return entry;
}

/** Does the work once for a form, which leaves its entry in the journal. */
export async function bookOnce(
  database: Database,
  form: SentForm,
  work: (trx: Transaction) => Promise<void>,
): Promise<BookedForm> {
  const before = await entryOfForm(database.knex, form);
  if (before !== null) return { entry: before, isNew: false };
  try {
    await inTransaction(database, work);
  } catch (error) {
    // The same form was faster: what refused this one is what that one did.
    const isRefused = isDuplicateKey(error) || error instanceof AppError;
    const meanwhile = isRefused ? await entryOfForm(database.knex, form) : null;
    if (meanwhile === null) throw error;
    return { entry: meanwhile, isNew: false };
  }
  const entry = await entryOfForm(database.knex, form);
  if (entry === null) throw new Error('work of the till without its entry');
  return { entry, isNew: true };
}
