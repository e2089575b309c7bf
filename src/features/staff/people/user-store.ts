import type { Knex } from 'knex';
import type { RightHolder, Role } from '../../../core/access.ts';
import type { SignedInUser } from '../../../platform/http/auth.ts';
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

interface UserRow extends RightsRow {
  id: number;
  email: string;
  name: string;
  role: Role;
  password_hash: string;
  locale: string | null;
  is_active: number | boolean;
  is_invited: number | boolean;
  session_epoch: number;
  totp_secret: string | null;
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
export async function insertUserIfAbsent(knex: Knex, user: NewUser): Promise<boolean> {
  const email = normalisedEmail(user.email);
  if (await knex('users').where({ email }).first('id')) return false;
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
  return true;
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
