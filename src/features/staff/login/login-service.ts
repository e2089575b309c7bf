import { may } from '../../../core/access.ts';
import type { SignedInUser } from '../../../platform/http/auth.ts';
import type { Clock } from '../../../platform/process/clock.ts';
import type { Database } from '../../../platform/data/db.ts';
import type { Locale } from '../../../platform/html/i18n.ts';
import { isPassword, MAX_PASSWORD_LENGTH } from '../../../platform/secrets/passwords.ts';
import { factorStep, hashRecoveryCode } from '../../../platform/secrets/second-factor.ts';
import { securitySettings } from '../../settings/security-settings-service.ts';
import type { Vault } from '../../../platform/secrets/vault.ts';
import { takeFactorStep, takeRecoveryCode } from '../people/access-store.ts';
import { openFactor } from './factor-service.ts';
import { createRateLimiter, RATE_LIMITS } from '../../../platform/data/rate-limit.ts';
import {
  findActiveUser,
  findActiveUserByEmail,
  normalisedEmail,
  recordLogin,
  saveUserLocale,
} from '../people/user-store.ts';

export type LoginOutcome =
  | { readonly ok: true; readonly user: SignedInUser }
  | { readonly ok: false; readonly reason: 'needs_second_factor'; readonly userId: number }
  | { readonly ok: false; readonly reason: 'wrong_credentials' }
  | { readonly ok: false; readonly reason: 'too_many_attempts'; readonly retryAfterSeconds: number };

export interface LoginService {
  /** `address` is the caller's network address: one guesser must not lock out the person whose name they try. */
  login(input: { readonly email: string; readonly password: string; readonly address: string }): Promise<LoginOutcome>;
  /** After the password: the code of the app, or one of the recovery codes. Each is taken once. */
  loginWithFactor(input: { readonly userId: number; readonly code: string }): Promise<LoginOutcome>;
  /** Null for people who were deactivated, or whose sessions were ended, since they signed in. */
  userOf(id: number, epoch: number): Promise<SignedInUser | null>;
  /** Whether this person may go on only after setting up a second factor. */
  mustSetUpFactor(user: SignedInUser): Promise<boolean>;
  /** The language people chose goes with them to their next browser. */
  chooseLocale(userId: number, locale: Locale): Promise<void>;
}

export function createLoginService(database: Database, clock: Clock, vault: Vault): LoginService {
  const perPerson = createRateLimiter(database, RATE_LIMITS.login);
  const perAddress = createRateLimiter(database, RATE_LIMITS.loginFromAddress);
  const withFactor = createRateLimiter(database, RATE_LIMITS.loginWithFactor);
  const { knex } = database;
  return {
    async login({ email, password, address }) {
      const person = `${normalisedEmail(email)} ${address}`;
      for (const attempt of [await perAddress.consume(address), await perPerson.consume(person)]) {
        if (!attempt.allowed)
          return { ok: false, reason: 'too_many_attempts', retryAfterSeconds: attempt.retryAfterSeconds };
      }
      const found = await findActiveUserByEmail(database.knex, email);
      const matches = await isPassword(password.slice(0, MAX_PASSWORD_LENGTH + 1), found?.passwordHash ?? null);
      if (!found || !matches) return { ok: false, reason: 'wrong_credentials' };
      await perPerson.reset(person);
      if (found.user.hasSecondFactor) return { ok: false, reason: 'needs_second_factor', userId: found.user.id };
      await recordLogin(database.knex, found.user.id, clock.now());
      return { ok: true, user: found.user };
    },
    async loginWithFactor({ userId, code }) {
      const attempt = await withFactor.consume(String(userId));
      if (!attempt.allowed)
        return { ok: false, reason: 'too_many_attempts', retryAfterSeconds: attempt.retryAfterSeconds };
      const user = await findActiveUser(knex, userId);
      if (user?.hasSecondFactor !== true) return { ok: false, reason: 'wrong_credentials' };
      const secret = await openFactor(knex, vault, userId);
      const step = secret === null ? null : factorStep(secret, code, clock.now());
      const isTaken =
        step === null
          ? await takeRecoveryCode(knex, userId, hashRecoveryCode(code), clock.now())
          : await takeFactorStep(knex, userId, step);
      if (!isTaken) return { ok: false, reason: 'wrong_credentials' };
      await withFactor.reset(String(userId));
      await recordLogin(knex, userId, clock.now());
      return { ok: true, user };
    },
    async userOf(id, epoch) {
      const user = await findActiveUser(knex, id);
      return user?.sessionEpoch === epoch ? user : null;
    },
    async mustSetUpFactor(user) {
      if (!may(user, 'people.manage') || user.hasSecondFactor) return false;
      return (await securitySettings(knex)).requireSecondFactor;
    },
    chooseLocale: (userId, locale) => saveUserLocale(database.knex, userId, locale),
  };
}
