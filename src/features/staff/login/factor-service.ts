import { inTransaction, type Connection, type Database, type Transaction } from '../../../platform/data/db.ts';
import { isSealed, type Vault } from '../../../platform/secrets/vault.ts';
import { findFactor, listFactors, replaceFactor, saveFactor } from '../people/access-store.ts';

const STEP = 200;

/** The secret of a person's second factor; null: none, or the key does not fit it any more. Recovery codes work without it. */
export async function openFactor(connection: Connection, vault: Vault, userId: number): Promise<string | null> {
  const sealed = await findFactor(connection, userId);
  return sealed === null ? null : vault.open(sealed, aboutOf(userId));
}

export async function sealFactor(
  trx: Transaction,
  vault: Vault,
  userId: number,
  secret: string,
  step: number,
): Promise<void> {
  await saveFactor(trx, userId, vault.seal(secret, aboutOf(userId)), step);
}

/** At the start: secrets of an earlier version are encrypted. How many of them all do not open with this key. */
export async function sealPlainFactors(database: Database, vault: Vault): Promise<number> {
  let closed = 0;
  for (let afterId = 0; ;) {
    const factors = await listFactors(database.knex, afterId, STEP);
    for (const { userId, secret } of factors) {
      if (isSealed(secret)) closed += vault.open(secret, aboutOf(userId)) === null ? 1 : 0;
      else
        await inTransaction(database, (trx) => replaceFactor(trx, userId, secret, vault.seal(secret, aboutOf(userId))));
    }
    afterId = factors.at(-1)?.userId ?? afterId;
    if (factors.length < STEP) return closed;
  }
}

function aboutOf(userId: number): string {
  return `user:${userId} totp`;
}
