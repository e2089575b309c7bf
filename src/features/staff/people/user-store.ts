import type { Knex } from 'knex';
import type { SignedInUser } from '../../../platform/http/auth.ts';
import { ADMINISTRATOR, type RightHolder, type Role } from '../../../core/access.ts';
import { rightColumnsOf, rightsOf, type RightsRow } from './right-store.ts';
import { toLocale, type Locale } from '../../../platform/html/i18n.ts';

export type NewUser = RightHolder & {
  readonly email: string;
  readonly name: string;
  readonly passwordHash: string;
  readonly createdAt: number;
};

export interface UserWithPassword {
  readonly user: SignedInUser;
  readonly passwordHash: string;
}

/** What an administrator says about a person. */
export type PersonChange = RightHolder & { readonly name: string; readonly email: string };

export type Person = PersonChange & {
  readonly id: number;
  readonly locale: Locale | null;
  readonly isActive: boolean;
  readonly isInvited: boolean;
  readonly hasSecondFactor: boolean;
  readonly sessionEpoch: number;
  /** Counts what administrators change. */
  readonly version: number;
  readonly createdAt: number;
  readonly lastLoginAt: number | null;
};

interface UserRow extends RightsRow {
  readonly id: number;
  readonly name: string;
  readonly email: string;
  readonly role: Role;
  readonly locale: string | null;
  readonly is_active: number | boolean;
  readonly is_invited: number | boolean;
  readonly totp_secret: string | null;
  readonly session_epoch: number;
  readonly password_hash: string;
  readonly version: number;
  readonly created_at: number | string;
  readonly last_login_at: number | string | null;
}

export async function findActiveUser(knex: Knex, id: number): Promise<SignedInUser | null> {
  const row = await knex<UserRow>('users').where({ id, is_active: true }).first();
  return row ? toUser(row) : null;
}

export async function findActiveUserByEmail(knex: Knex, email: string): Promise<UserWithPassword | null> {
  const row = await knex<UserRow>('users')
    .where({ email: normalisedEmail(email), is_active: true, is_invited: false })
    .first();
  return row ? { user: toUser(row), passwordHash: row.password_hash } : null;
}

export async function findUserNames(knex: Knex, ids: readonly number[]): Promise<Map<number, string>> {
  const rows =
    ids.length === 0
      ? []
      : await knex('users')
          .whereIn('id', [...ids])
          .select<{ id: number; name: string }[]>('id', 'name');
  return new Map(rows.map(({ id, name }) => [Number(id), name]));
}

export async function findAllUserNames(knex: Knex, limit: number): Promise<{ id: number; name: string }[]> {
  return knex('users').orderBy('name').limit(limit).select<{ id: number; name: string }[]>('id', 'name');
}

/** False when the address is taken. */
/** Its id; null: the address was there. */
export async function insertUserIfAbsent(knex: Knex, user: NewUser): Promise<string | null> {
  const email = normalisedEmail(user.email);
  if (await knex('users').where({ email }).first('id')) return null;
  await knex('users')
    .insert({
      email,
      name: user.name,
      role: user.role,
      password_hash: user.passwordHash,
      ...rightColumnsOf(user),
      is_active: true,
      created_at: user.createdAt,
    })
    .onConflict('email')
    .ignore();
  const row = await knex('users').where({ email }).first<{ id: number | string } | undefined>('id');
  return row === undefined ? null : String(row.id);
}

export async function hasUser(knex: Knex, email: string): Promise<boolean> {
  return (
    (await knex('users')
      .where({ email: normalisedEmail(email) })
      .first('id')) !== undefined
  );
}

export async function recordLogin(knex: Knex, id: number, at: number): Promise<void> {
  await knex('users').where({ id }).update({ last_login_at: at });
}

export async function saveUserLocale(knex: Knex, id: number, locale: Locale): Promise<void> {
  await knex('users').where({ id }).update({ locale });
}

/** Nobody thinks of an address as having a case, and the column compares by code point. */
export function normalisedEmail(email: string): string {
  return email.trim().toLowerCase();
}

/** In the order they were added. */
export async function listPeople(knex: Knex, afterId: number, limit: number): Promise<Person[]> {
  return (await knex<UserRow>('users').where('id', '>', afterId).orderBy('id').limit(limit)).map(toPerson);
}

export async function findPerson(knex: Knex, id: number): Promise<Person | null> {
  const row = await knex<UserRow>('users').where({ id }).first();
  return row === undefined ? null : toPerson(row);
}

export async function lockPerson(trx: Knex.Transaction, id: number): Promise<Person | null> {
  const row = await trx<UserRow>('users').where({ id }).forUpdate().first();
  return row === undefined ? null : toPerson(row);
}

/** Locks every administrator who can sign in, so that two of them cannot each take the other's place away. */
export async function lockAdmins(trx: Knex.Transaction): Promise<number[]> {
  const rows = await trx('users')
    .where({ role: ADMINISTRATOR, is_active: true, is_invited: false })
    .orderBy('id')
    .forUpdate()
    .select<{ id: number }[]>('id');
  return rows.map(({ id }) => Number(id));
}

/** null: the address is taken. */
export async function insertPerson(
  trx: Knex.Transaction,
  person: PersonChange,
  unusablePasswordHash: string,
  locale: Locale,
  now: number,
): Promise<number | null> {
  if ((await trx('users').where({ email: person.email }).first<object | undefined>('id')) !== undefined) return null;
  const [id] = await trx('users').insert({
    ...columnsOf(person),
    locale,
    password_hash: unusablePasswordHash,
    is_active: true,
    is_invited: true,
    created_at: now,
  });
  return Number(id);
}

export async function isEmailOfOther(trx: Knex.Transaction, email: string, id: number): Promise<boolean> {
  return (await trx('users').where({ email }).whereNot({ id }).first<object | undefined>('id')) !== undefined;
}

export async function updatePerson(trx: Knex.Transaction, id: number, person: PersonChange): Promise<void> {
  await trx('users')
    .where({ id })
    .update({ ...columnsOf(person), version: trx.raw('version + 1') });
}

export async function updateOwn(
  trx: Knex.Transaction,
  id: number,
  own: { readonly name: string; readonly locale: Locale },
): Promise<void> {
  await trx('users')
    .where({ id })
    .update({ ...own, version: trx.raw('version + 1') });
}

export async function setActive(trx: Knex.Transaction, id: number, isActive: boolean): Promise<void> {
  await trx('users').where({ id }).update({ is_active: isActive });
}

export async function findPasswordHash(knex: Knex, id: number): Promise<string | null> {
  return (
    (await knex('users').where({ id }).first<{ password_hash: string } | undefined>('password_hash'))?.password_hash ??
    null
  );
}

export async function setPassword(trx: Knex.Transaction, id: number, passwordHash: string): Promise<void> {
  await trx('users').where({ id }).update({ password_hash: passwordHash, is_invited: false });
}

function columnsOf(person: PersonChange): object {
  return {
    name: person.name,
    email: person.email,
    role: person.role,
    ...rightColumnsOf(person),
  };
}

function toPerson(row: UserRow): Person {
  return {
    id: Number(row.id),
    name: row.name,
    email: row.email,
    role: row.role,
    locale: toLocale(row.locale),
    ...rightsOf(row),
    isActive: Boolean(row.is_active),
    isInvited: Boolean(row.is_invited),
    hasSecondFactor: row.totp_secret !== null,
    sessionEpoch: row.session_epoch,
    version: row.version,
    createdAt: Number(row.created_at),
    lastLoginAt: row.last_login_at === null ? null : Number(row.last_login_at),
  };
}

function toUser(row: UserRow): SignedInUser {
  return {
    id: Number(row.id),
    email: row.email,
    name: row.name,
    role: row.role,
    locale: toLocale(row.locale),
    ...rightsOf(row),
    hasSecondFactor: row.totp_secret !== null,
    sessionEpoch: row.session_epoch,
  };
}
