import type { SignedInUser } from '../../platform/auth.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/db.ts';
import type { Locale } from '../../platform/i18n.ts';
import { isPassword, MAX_PASSWORD_LENGTH } from '../../platform/passwords.ts';
import { createRateLimiter } from '../../platform/attempt-limit.ts';
import { findActiveUser, findActiveUserByEmail, normalisedEmail, recordLogin, saveUserLocale } from './user-store.ts';

export type LoginOutcome =
  | { readonly ok: true; readonly user: SignedInUser }
  | { readonly ok: false; readonly reason: 'wrong_credentials' }
  | { readonly ok: false; readonly reason: 'too_many_attempts'; readonly retryAfterSeconds: number };

export interface LoginService {
  /** `address` is the caller's network address: one guesser must not lock out the person whose name they try. */
  login(input: { readonly email: string; readonly password: string; readonly address: string }): Promise<LoginOutcome>;
  /** Null for people who were deactivated since they signed in. */
  userOf(id: number): Promise<SignedInUser | null>;
  /** The language people chose goes with them to their next browser. */
  chooseLocale(userId: number, locale: Locale): Promise<void>;
}

const ATTEMPTS_PER_PERSON = { name: 'login', points: 5, seconds: 15 * 60 };
const ATTEMPTS_PER_ADDRESS = { name: 'login-address', points: 50, seconds: 15 * 60 };

export function createLoginService(database: Database, clock: Clock): LoginService {
  const perPerson = createRateLimiter(database, ATTEMPTS_PER_PERSON);
  const perAddress = createRateLimiter(database, ATTEMPTS_PER_ADDRESS);
  return {
    async login({ email, password, address }) {
      const person = `${normalisedEmail(email)} ${address}`;
      for (const attempt of [await perAddress.consume(address), await perPerson.consume(person)]) {
        if (!attempt.allowed) return { ok: false, reason: 'too_many_attempts', retryAfterSeconds: attempt.retryAfterSeconds };
      }
      const found = await findActiveUserByEmail(database.knex, email);
      const matches = await isPassword(password.slice(0, MAX_PASSWORD_LENGTH + 1), found?.passwordHash ?? null);
      if (!found || !matches) return { ok: false, reason: 'wrong_credentials' };
      await perPerson.reset(person);
      await recordLogin(database.knex, found.user.id, clock.now());
      return { ok: true, user: found.user };
    },
    userOf: (id) => findActiveUser(database.knex, id),
    chooseLocale: (userId, locale) => saveUserLocale(database.knex, userId, locale),
  };
}
