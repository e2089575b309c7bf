import { ADMINISTRATOR, RIGHTS } from '../../../core/access.ts';
import { writeAudit } from '../../../platform/data/audit.ts';
import type { Clock } from '../../../platform/process/clock.ts';
import { inTransaction, isDuplicateKey, type Database, type Transaction } from '../../../platform/data/db.ts';
import { readPage, type Page } from '../../../platform/data/page.ts';
import { appError } from '../../../platform/process/errors.ts';
import type { Locale } from '../../../platform/html/i18n.ts';
import { generatePassword, hashPassword } from '../../../platform/secrets/passwords.ts';
import { generateToken, hashToken } from '../../../platform/secrets/tokens.ts';
import type { Vault } from '../../../platform/secrets/vault.ts';
import type { MailRoom } from '../../documents/mail/mail-service.ts';
import {
  endAllSessions,
  endTokens,
  replaceRecoveryCodes,
  replaceToken,
  saveFactor,
  type TokenKind,
} from './access-store.ts';
import {
  findPerson,
  insertPerson,
  isEmailOfOther,
  listPeople,
  lockAdmins,
  lockPerson,
  setActive,
  updatePerson,
  type Person,
  type PersonChange,
} from './user-store.ts';

export { deleteTokensBefore } from './access-store.ts';

export type { Person, PersonChange };

export interface PeopleParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly mails: MailRoom;
  readonly vault: Vault;
  readonly baseUrl: string;
}

/** Why a change was not made. */
export type PersonRefusal = 'email_taken' | 'last_admin' | 'yourself' | 'changed_meanwhile';

const HOUR_MS = 60 * 60 * 1000;
const TOKEN_HOURS: Readonly<Record<TokenKind, number>> = { invitation: 72, password_reset: 2 };

export function peoplePage(database: Database, afterId: number, limit: number): Promise<Page<Person>> {
  return readPage(limit, (most) => listPeople(database.knex, afterId, most));
}

export async function readPerson(database: Database, id: number): Promise<Person> {
  const person = await findPerson(database.knex, id);
  if (person === null) throw appError('not_found');
  return person;
}

/** The account and the mail with the link to its first password; the link is in this answer and in the mail only. */
export async function invitePerson(
  parts: PeopleParts,
  person: PersonChange,
  locale: Locale,
  actor: string,
): Promise<{ readonly id: number; readonly link: string } | 'email_taken'> {
  const { database, clock } = parts;
  const unusable = await hashPassword(generatePassword());
  try {
    return await inTransaction(database, async (trx) => {
      const id = await insertPerson(trx, person, unusable, locale, clock.now());
      if (id === null) return 'email_taken';
      await audit(trx, clock, actor, 'user.invite', id, { after: person });
      return { id, link: await mailLink(parts, trx, { id, ...person, locale }, 'invitation') };
    });
  } catch (error) {
    if (isDuplicateKey(error)) return 'email_taken';
    throw error;
  }
}

/** A new link, by which the earlier ones end: for a first password, or instead of a forgotten one. */
export async function mailNewLink(
  parts: PeopleParts,
  id: number,
  actor: string,
): Promise<{ readonly person: Person; readonly link: string }> {
  return inTransaction(parts.database, async (trx) => {
    const person = await lockPerson(trx, id);
    if (person === null) throw appError('not_found');
    if (!person.isActive) throw appError('conflict');
    const kind = person.isInvited ? 'invitation' : 'password_reset';
    const link = await mailLink(parts, trx, person, kind);
    await audit(trx, parts.clock, actor, `user.${kind}`, id, null);
    return { person, link };
  });
}

/** Part of the transaction that has reason for it. */
export async function mailLink(
  { clock, mails, baseUrl }: PeopleParts,
  trx: Transaction,
  person: { readonly id: number; readonly name: string; readonly email: string; readonly locale: Locale | null },
  kind: TokenKind,
): Promise<string> {
  const now = clock.now();
  const token = generateToken('rp_');
  const hours = TOKEN_HOURS[kind];
  const tokenId = await replaceToken(trx, person.id, kind, hashToken(token), now, now + hours * HOUR_MS);
  const link = `${baseUrl}/password?token=${token}`;
  await mails.queue(
    trx,
    {
      event: kind,
      dedupeKey: `user-token:${tokenId}`,
      locale: person.locale ?? 'de',
      brand: null,
      to: { email: person.email, name: person.name },
      values: { name: person.name, link, hours: String(hours) },
      secrets: [link],
      attachments: [],
      sendAfter: now,
      about: { entity: 'user', id: String(person.id) },
    },
    now,
  );
  return link;
}

/** Other sessions of the person end when their role or rights change. `version` is the one the form was opened with. */
export async function changePerson(
  { database, clock }: PeopleParts,
  id: number,
  change: PersonChange,
  version: number,
  actor: string,
): Promise<PersonRefusal | null> {
  return inTransaction(database, async (trx) => {
    const admins = await lockAdmins(trx);
    const before = await lockPerson(trx, id);
    if (before === null) throw appError('not_found');
    if (before.version !== version) return 'changed_meanwhile';
    if (change.role !== ADMINISTRATOR && isLast(admins, id)) return 'last_admin';
    if (await isEmailOfOther(trx, change.email, id)) return 'email_taken';
    const changes = changesOf(before, change);
    if (Object.keys(changes).length === 0) return null;
    await updatePerson(trx, id, change);
    const telling = ['role', 'email', ...RIGHTS];
    if (telling.some((name) => name in changes)) await endAllSessions(trx, id);
    // A link in the mailbox of the old address must not open the account any more.
    if ('email' in changes) await endTokens(trx, id, clock.now());
    await audit(trx, clock, actor, 'user.change', id, changes);
    return null;
  });
}

/** People stay on record; they only cannot sign in any more. */
export async function setPersonActive(
  { database, clock }: PeopleParts,
  id: number,
  isActive: boolean,
  actor: string,
): Promise<PersonRefusal | null> {
  return inTransaction(database, async (trx) => {
    const admins = await lockAdmins(trx);
    const before = await lockPerson(trx, id);
    if (before === null) throw appError('not_found');
    if (before.isActive === isActive) return null;
    if (!isActive && isLast(admins, id)) return 'last_admin';
    if (!isActive && actor === `user:${id}`) return 'yourself';
    await setActive(trx, id, isActive);
    await endAllSessions(trx, id);
    await endTokens(trx, id, clock.now());
    await audit(trx, clock, actor, isActive ? 'user.activate' : 'user.deactivate', id, null);
    return null;
  });
}

export async function endSessionsOf({ database, clock }: PeopleParts, id: number, actor: string): Promise<void> {
  await inTransaction(database, async (trx) => {
    if ((await lockPerson(trx, id)) === null) throw appError('not_found');
    await endAllSessions(trx, id);
    await audit(trx, clock, actor, 'user.end_sessions', id, null);
  });
}

/** For somebody whose telephone is gone; they set up another one after their next login. */
export async function removeFactorOf({ database, clock }: PeopleParts, id: number, actor: string): Promise<void> {
  await inTransaction(database, async (trx) => {
    if ((await lockPerson(trx, id)) === null) throw appError('not_found');
    await saveFactor(trx, id, null, null);
    await replaceRecoveryCodes(trx, id, []);
    await endAllSessions(trx, id);
    await audit(trx, clock, actor, 'user.second_factor_off', id, null);
  });
}

function isLast(admins: readonly number[], id: number): boolean {
  return admins.length === 1 && admins[0] === id;
}

function changesOf(before: PersonChange, after: PersonChange): Record<string, { before: unknown; after: unknown }> {
  const names = Object.keys(after) as (keyof PersonChange)[];
  return Object.fromEntries(
    names
      .filter((name) => before[name] !== after[name])
      .map((name) => [name, { before: before[name], after: after[name] }]),
  );
}

async function audit(
  trx: Transaction,
  clock: Clock,
  actor: string,
  action: string,
  id: number,
  changes: unknown,
): Promise<void> {
  await writeAudit(trx, [{ recordedAt: clock.now(), actor, action, entity: 'user', entityId: String(id), changes }]);
}
