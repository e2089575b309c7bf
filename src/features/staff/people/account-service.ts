import { writeAudit } from '../../../platform/data/audit.ts';
import type { SignedInUser } from '../../../platform/http/auth.ts';
import { createRateLimiter, RATE_LIMITS } from '../../../platform/data/rate-limit.ts';
import { inTransaction, type Transaction } from '../../../platform/data/db.ts';
import type { Locale } from '../../../platform/html/i18n.ts';
import {
  hashPassword,
  isPassword,
  MAX_PASSWORD_LENGTH,
  MIN_PASSWORD_LENGTH,
} from '../../../platform/secrets/passwords.ts';
import { factorStep, hashRecoveryCode, newRecoveryCodes } from '../../../platform/secrets/second-factor.ts';
import { hashToken } from '../../../platform/secrets/tokens.ts';
import { browserName } from '../../../platform/http/user-agent.ts';
import {
  countRecoveryCodes,
  deleteSession,
  endAllSessions,
  endTokens,
  findOpenToken,
  listSessions,
  replaceRecoveryCodes,
  saveFactor,
  useToken,
  type TokenKind,
} from './access-store.ts';
import { sealFactor } from '../login/factor-service.ts';
import { mailLink, type PeopleParts } from './person-service.ts';
import {
  findPasswordHash,
  findPerson,
  lockPerson,
  setPassword,
  updateOwn,
  type Person,
  findActiveUserByEmail,
  normalisedEmail,
} from './user-store.ts';

export type PasswordProblem =
  'password_short' | 'password_long' | 'password_known' | 'wrong_password' | 'too_many_attempts';

export interface SessionView {
  /** Names the session without being worth anything to others. */
  readonly id: string;
  readonly signedInAt: number | null;
  readonly expiresAt: number;
  readonly agent: string;
}

export interface AccountService {
  /** Always ends the same way, whether there is such a person or not; false: too many from this address. */
  forgotten(email: string, address: string): Promise<boolean>;
  /** Who chooses a password with this token; null: it was used, is too old or never was. */
  personOfToken(token: string): Promise<{ readonly person: Person; readonly kind: TokenKind } | null>;
  choosePassword(token: string, password: string): Promise<PasswordProblem | 'token_gone' | null>;
  changePassword(user: SignedInUser, current: string, password: string): Promise<PasswordProblem | null>;
  changeOwn(user: SignedInUser, own: { readonly name: string; readonly locale: Locale }): Promise<void>;
  /** The recovery codes, to be shown once; null: the code does not fit the secret. */
  switchFactorOn(user: SignedInUser, secret: string, code: string): Promise<readonly string[] | null>;
  switchFactorOff(user: SignedInUser, password: string): Promise<PasswordProblem | null>;
  recoveryCodesLeft(userId: number): Promise<number>;
  sessionsOf(userId: number): Promise<readonly SessionView[]>;
  endSession(userId: number, id: string, actor: string): Promise<void>;
  endAll(userId: number, actor: string): Promise<void>;
}

const MAX_SESSIONS = 50;

/** What people do about their own access. */
export function createAccountService(parts: PeopleParts): AccountService {
  const { database, clock } = parts;
  const { knex } = database;
  const perPerson = createRateLimiter(database, RATE_LIMITS.forgottenPassword);
  const perAddress = createRateLimiter(database, RATE_LIMITS.forgottenFromAddress);
  const ownPassword = createRateLimiter(database, RATE_LIMITS.ownPassword);

  const audit = (trx: Transaction, actor: string, action: string, userId: number): Promise<void> =>
    writeAudit(trx, [
      { recordedAt: clock.now(), actor, action, entity: 'user', entityId: String(userId), changes: null },
    ]);

  async function wrongOwnPassword(user: SignedInUser, password: string): Promise<PasswordProblem | null> {
    if (!(await ownPassword.consume(String(user.id))).allowed) return 'too_many_attempts';
    if (!(await isPassword(password.slice(0, MAX_PASSWORD_LENGTH + 1), await findPasswordHash(knex, user.id))))
      return 'wrong_password';
    await ownPassword.reset(String(user.id));
    return null;
  }

  const personOfToken: AccountService['personOfToken'] = async (token) => {
    const found = await findOpenToken(knex, hashToken(token), clock.now());
    const person = found === null ? null : await findPerson(knex, found.userId);
    return found === null || person?.isActive !== true ? null : { person, kind: found.kind };
  };

  return {
    async forgotten(email, address) {
      if (!(await perAddress.consume(address)).allowed) return false;
      if (!(await perPerson.consume(normalisedEmail(email))).allowed) return true;
      const found = await findActiveUserByEmail(knex, email);
      if (found !== null) {
        await inTransaction(database, async (trx) => {
          await mailLink(parts, trx, found.user, 'password_reset');
          await audit(trx, 'system', 'user.password_forgotten', found.user.id);
        });
      }
      return true;
    },
    personOfToken,
    async choosePassword(token, password) {
      const found = await personOfToken(token);
      if (found === null) return 'token_gone';
      const problem = passwordProblem(password, found.person.email);
      if (problem !== null) return problem;
      const passwordHash = await hashPassword(password);
      return inTransaction(database, async (trx) => {
        const open = await findOpenToken(trx, hashToken(token), clock.now());
        if (open === null || !(await useToken(trx, open.id, clock.now()))) return 'token_gone';
        await setPassword(trx, open.userId, passwordHash);
        await endTokens(trx, open.userId, clock.now());
        await endAllSessions(trx, open.userId);
        await audit(trx, `user:${open.userId}`, 'user.password', open.userId);
        return null;
      });
    },
    async changePassword(user, current, password) {
      const problem = (await wrongOwnPassword(user, current)) ?? passwordProblem(password, user.email);
      if (problem !== null) return problem;
      const passwordHash = await hashPassword(password);
      await inTransaction(database, async (trx) => {
        await setPassword(trx, user.id, passwordHash);
        await endTokens(trx, user.id, clock.now());
        await endAllSessions(trx, user.id);
        await audit(trx, `user:${user.id}`, 'user.password', user.id);
      });
      return null;
    },
    async changeOwn(user, own) {
      await inTransaction(database, async (trx) => {
        const before = await lockPerson(trx, user.id);
        if (before === null || (before.name === own.name && before.locale === own.locale)) return;
        await updateOwn(trx, user.id, own);
        const changes = { before: { name: before.name, locale: before.locale }, after: own };
        await writeAudit(trx, [
          {
            recordedAt: clock.now(),
            actor: `user:${user.id}`,
            action: 'user.profile',
            entity: 'user',
            entityId: String(user.id),
            changes,
          },
        ]);
      });
    },
    async switchFactorOn(user, secret, code) {
      const step = factorStep(secret, code, clock.now());
      if (step === null) return null;
      const codes = newRecoveryCodes();
      await inTransaction(database, async (trx) => {
        await sealFactor(trx, parts.vault, user.id, secret, step);
        await replaceRecoveryCodes(trx, user.id, codes.map(hashRecoveryCode));
        await endAllSessions(trx, user.id);
        await audit(trx, `user:${user.id}`, 'user.second_factor_on', user.id);
      });
      return codes;
    },
    async switchFactorOff(user, password) {
      const problem = await wrongOwnPassword(user, password);
      if (problem !== null) return problem;
      await inTransaction(database, async (trx) => {
        await saveFactor(trx, user.id, null, null);
        await replaceRecoveryCodes(trx, user.id, []);
        await endAllSessions(trx, user.id);
        await audit(trx, `user:${user.id}`, 'user.second_factor_off', user.id);
      });
      return null;
    },
    recoveryCodesLeft: (userId) => countRecoveryCodes(knex, userId),
    async sessionsOf(userId) {
      const person = await findPerson(knex, userId);
      const sessions =
        person === null ? [] : await listSessions(knex, userId, person.sessionEpoch, clock.now(), MAX_SESSIONS);
      return sessions.map(({ sid, agent, ...session }) => ({
        id: sessionName(sid),
        agent: browserName(agent),
        ...session,
      }));
    },
    async endSession(userId, id, actor) {
      const person = await findPerson(knex, userId);
      const sessions =
        person === null ? [] : await listSessions(knex, userId, person.sessionEpoch, clock.now(), MAX_SESSIONS);
      const session = sessions.find(({ sid }) => sessionName(sid) === id);
      if (session === undefined) return;
      await inTransaction(database, async (trx) => {
        if (await deleteSession(trx, userId, session.sid)) await audit(trx, actor, 'user.end_session', userId);
      });
    },
    async endAll(userId, actor) {
      await inTransaction(database, async (trx) => {
        await endAllSessions(trx, userId);
        await audit(trx, actor, 'user.end_sessions', userId);
      });
    },
  };
}

export function sessionName(sid: string): string {
  return hashToken(sid).slice(0, 16);
}

function passwordProblem(password: string, email: string): PasswordProblem | null {
  if (password.length < MIN_PASSWORD_LENGTH) return 'password_short';
  if (password.length > MAX_PASSWORD_LENGTH) return 'password_long';
  const lower = password.toLowerCase();
  const isOneLetter = new Set(lower).size < 5;
  return isOneLetter ||
    lower.includes(email.split('@')[0] ?? email) ||
    lower.includes('passwort') ||
    lower.includes('reisebon')
    ? 'password_known'
    : null;
}
