import { ConnectSessionKnexStore } from 'connect-session-knex';
import type { Request, RequestHandler } from 'express';
import expressSession, { type SessionData } from 'express-session';
import type { Knex } from 'knex';
import type { Flash } from '../html/flash.ts';
import { answeringAfterSession } from './answer-after-session.ts';

declare module 'express-session' {
  interface SessionData {
    userId?: number;
    /** The count of ended sessions at the login: an older one no longer holds. */
    epoch?: number;
    signedInAt?: number;
    agent?: string;
    /** Whose password was right and whose second factor is still asked for. */
    pending?: { readonly userId: number; readonly until: number; readonly next: string };
    /** A secret shown to be read into an app, until its first code confirms it. */
    newFactor?: string;
    flash?: readonly Flash[];
  }
}

export interface SessionOptions {
  readonly knex: Knex;
  readonly secret: string;
  /** Whether people reach us by https: then the cookie is Secure and bound to this host. */
  readonly secure: boolean;
  readonly reportFailure: (error: unknown) => void;
}

export const SESSION_LIFETIME_MS = 12 * 60 * 60 * 1000;
const MAX_AGENT_LENGTH = 300;
const CLEANUP_INTERVAL_MS = 15 * 60 * 1000;

export function sessionMiddleware({ knex, secret, secure, reportFailure }: SessionOptions): RequestHandler {
  const session = expressSession({
    name: sessionCookieName(secure),
    secret,
    store: createStore(knex, reportFailure),
    resave: false,
    saveUninitialized: false,
    rolling: true,
    proxy: secure ? true : undefined,
    cookie: { httpOnly: true, sameSite: 'lax', secure, path: '/', maxAge: SESSION_LIFETIME_MS },
  });
  return answeringAfterSession(session);
}

export function sessionCookieName(secure: boolean): string {
  return secure ? '__Host-reisebon' : 'reisebon';
}

/** A new session id whenever somebody's rights change, so that an id known to others is worth nothing. */
export async function startSession(
  req: Request,
  user: { readonly id: number; readonly sessionEpoch: number },
  now: number,
): Promise<void> {
  await renewSession(req);
  Object.assign(req.session, {
    userId: user.id,
    epoch: user.sessionEpoch,
    signedInAt: now,
    agent: (req.get('user-agent') ?? '').slice(0, MAX_AGENT_LENGTH),
  });
}

/** A session of nobody yet, for one step of the login. */
export function renewSession(req: Request): Promise<void> {
  return new Promise((resolve, reject) => {
    req.session.regenerate((error: unknown) => {
      if (error) reject(error);
      else resolve();
    });
  });
}

export function endSession(req: Request): Promise<void> {
  return new Promise((resolve, reject) => {
    req.session.destroy((error: unknown) => {
      if (error) reject(error);
      else resolve();
    });
  });
}

function createStore(knex: Knex, reportFailure: (error: unknown) => void): ConnectSessionKnexStore {
  const store = new QuietStore(knex, {
    createTable: false,
    cleanupInterval: CLEANUP_INTERVAL_MS,
    onDbCleanupError: reportFailure,
  });
  store.ready.catch(reportFailure);
  return store;
}

/**
 * The store hands a failure to its callback and then throws it once more where nobody can catch it, which would end
 * the process when the database is away for a moment.
 */
class QuietStore extends ConnectSessionKnexStore {
  readonly #knex: Knex;

  constructor(
    knex: Knex,
    options: Omit<NonNullable<ConstructorParameters<typeof ConnectSessionKnexStore>[0]>, 'knex'>,
  ) {
    super({ ...options, knex });
    this.#knex = knex;
  }

  override get(
    ...[sid, callback]: Parameters<ConnectSessionKnexStore['get']>
  ): ReturnType<ConnectSessionKnexStore['get']> {
    return super.get(sid, callback).catch(() => null);
  }
  override set(sid: string, session: SessionData, callback?: (error?: unknown) => void): Promise<void> {
    return super
      .set(sid, session, (error?: unknown) => {
        if (error !== undefined || session.userId === undefined) callback?.(error);
        else
          void this.#name(sid, session.userId).then(
            () => callback?.(),
            (failed: unknown) => callback?.(failed),
          );
      })
      .catch(() => undefined);
  }

  /** Whose session it is stands in a column, so that all of a person can be found and ended. */
  async #name(sid: string, userId: number): Promise<void> {
    await this.#knex('sessions').where({ sid }).whereNull('user_id').update({ user_id: userId });
  }

  override touch(sid: string, session: SessionData, callback?: (error?: unknown) => void): Promise<void> {
    return super.touch(sid, session, callback).catch((error: unknown) => callback?.(error));
  }
  override destroy(
    ...[sid, callback]: Parameters<ConnectSessionKnexStore['destroy']>
  ): ReturnType<ConnectSessionKnexStore['destroy']> {
    return super.destroy(sid, callback).catch(() => 0);
  }
}
