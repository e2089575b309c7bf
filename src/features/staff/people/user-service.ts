import { ADMINISTRATOR, rightsWhere } from '../../../core/access.ts';
import type { Clock } from '../../../platform/process/clock.ts';
import { writeAudit } from '../../../platform/data/audit.ts';
import { inTransaction, type Database } from '../../../platform/data/db.ts';
import { generatePassword, hashPassword } from '../../../platform/secrets/passwords.ts';
import { findAllUserNames, findUserNames, hasUser, insertUserIfAbsent } from './user-store.ts';

export const DEMO_EMAIL = 'demo@reisebon.example';

/** The administrator named by the environment; does nothing when the address exists, so a later change of the password stays. */
export async function bootstrapAdmin(
  database: Database,
  clock: Clock,
  email: string,
  password: string,
): Promise<boolean> {
  if (await hasUser(database.knex, email)) return false;
  return createAdmin(database, clock, { email, name: 'Administration', password });
}

/** The login of the demo data with a fresh password, which is only known here; null when it exists already. */
export async function createDemoLogin(
  database: Database,
  clock: Clock,
): Promise<{ email: string; password: string } | null> {
  if (await hasUser(database.knex, DEMO_EMAIL)) return null;
  const password = generatePassword();
  const created = await createAdmin(database, clock, { email: DEMO_EMAIL, name: 'Demo', password });
  return created ? { email: DEMO_EMAIL, password } : null;
}

/** Everybody there is or was, by name. */
export async function listUserNames(
  database: Database,
  limit: number,
): Promise<readonly { readonly id: number; readonly name: string }[]> {
  return findAllUserNames(database.knex, limit);
}

/** The people behind `user:7`; other actors are not among them. */
export async function namesOfActors(
  database: Database,
  actors: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const ids = actors.flatMap((actor) => (/^user:\d{1,15}$/.test(actor) ? [Number(actor.slice('user:'.length))] : []));
  const names = await findUserNames(database.knex, [...new Set(ids)]);
  return new Map([...names].map(([id, name]) => [`user:${id}`, name]));
}

async function createAdmin(
  database: Database,
  clock: Clock,
  { email, name, password }: { email: string; name: string; password: string },
): Promise<boolean> {
  const now = clock.now();
  const user = { email, name, role: ADMINISTRATOR, ...rightsWhere(() => true), createdAt: now };
  const passwordHash = await hashPassword(password);
  return inTransaction(database, async (trx) => {
    const id = await insertUserIfAbsent(trx, { ...user, passwordHash });
    if (id === null) return false;
    const told = { actor: 'system', action: 'user.create', entity: 'user', entityId: id, changes: { role: user.role } };
    await writeAudit(trx, [{ ...told, recordedAt: now }]);
    return true;
  });
}
