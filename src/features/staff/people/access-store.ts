import type { Knex } from 'knex';
import { parseJson } from '../../../platform/data/json.ts';

export const TOKEN_KINDS = ['invitation', 'password_reset'] as const;
export type TokenKind = (typeof TOKEN_KINDS)[number];

export interface AccountToken {
  readonly id: number;
  readonly userId: number;
  readonly kind: TokenKind;
}

/** Earlier tokens of the person end with it: only the newest mail counts. */
export async function replaceToken(
  trx: Knex.Transaction,
  userId: number,
  kind: TokenKind,
  tokenHash: string,
  now: number,
  expiresAt: number,
): Promise<number> {
  await trx('user_tokens').where({ user_id: userId }).whereNull('used_at').update({ used_at: now });
  const [id] = await trx('user_tokens').insert({
    user_id: userId,
    kind,
    token_hash: tokenHash,
    created_at: now,
    expires_at: expiresAt,
  });
  return Number(id);
}

export async function findOpenToken(knex: Knex, tokenHash: string, now: number): Promise<AccountToken | null> {
  const row = await knex('user_tokens')
    .where({ token_hash: tokenHash })
    .whereNull('used_at')
    .where('expires_at', '>', now)
    .first<{ id: number; user_id: number; kind: TokenKind } | undefined>();
  return row === undefined ? null : { id: Number(row.id), userId: Number(row.user_id), kind: row.kind };
}

/** False: somebody was faster. */
export async function useToken(trx: Knex.Transaction, id: number, now: number): Promise<boolean> {
  return (
    (await trx('user_tokens')
      .where({ id })
      .whereNull('used_at')
      .where('expires_at', '>', now)
      .update({ used_at: now })) === 1
  );
}

export async function endTokens(trx: Knex.Transaction, userId: number, now: number): Promise<void> {
  await trx('user_tokens').where({ user_id: userId }).whereNull('used_at').update({ used_at: now });
}

export async function findFactor(knex: Knex, userId: number): Promise<string | null> {
  return (
    (await knex('users').where({ id: userId }).first<{ totp_secret: string | null } | undefined>('totp_secret'))
      ?.totp_secret ?? null
  );
}

export async function saveFactor(
  trx: Knex.Transaction,
  userId: number,
  secret: string | null,
  step: number | null,
): Promise<void> {
  await trx('users').where({ id: userId }).update({ totp_secret: secret, totp_last_step: step });
}

export async function listFactors(
  knex: Knex,
  afterId: number,
  limit: number,
): Promise<{ readonly userId: number; readonly secret: string }[]> {
  const rows = await knex('users')
    .where('id', '>', afterId)
    .whereNotNull('totp_secret')
    .orderBy('id')
    .limit(limit)
    .select<{ id: number; totp_secret: string }[]>('id', 'totp_secret');
  return rows.map(({ id, totp_secret }) => ({ userId: Number(id), secret: totp_secret }));
}

/** Leaves it where it was changed meanwhile. */
export async function replaceFactor(
  trx: Knex.Transaction,
  userId: number,
  before: string,
  after: string,
): Promise<void> {
  await trx('users').where({ id: userId, totp_secret: before }).update({ totp_secret: after });
}

/** False: the code of this step, or a later one, was taken before. */
export async function takeFactorStep(knex: Knex, userId: number, step: number): Promise<boolean> {
  const taken: number = await knex('users')
    .where({ id: userId })
    .where((query) => query.whereNull('totp_last_step').orWhere('totp_last_step', '<', step))
    .update({ totp_last_step: step });
  return taken === 1;
}

export async function replaceRecoveryCodes(
  trx: Knex.Transaction,
  userId: number,
  hashes: readonly string[],
): Promise<void> {
  await trx('user_recovery_codes').where({ user_id: userId }).delete();
  if (hashes.length > 0)
    await trx('user_recovery_codes').insert(hashes.map((code_hash) => ({ user_id: userId, code_hash })));
}

export async function takeRecoveryCode(knex: Knex, userId: number, hash: string, now: number): Promise<boolean> {
  return (
    (await knex('user_recovery_codes')
      .where({ user_id: userId, code_hash: hash })
      .whereNull('used_at')
      .update({ used_at: now })) === 1
  );
}

export async function countRecoveryCodes(knex: Knex, userId: number): Promise<number> {
  return (await knex('user_recovery_codes').where({ user_id: userId }).whereNull('used_at').select('id').limit(20))
    .length;
}

export interface StoredSession {
  readonly sid: string;
  readonly signedInAt: number | null;
  readonly expiresAt: number;
  readonly agent: string;
}

export async function listSessions(
  knex: Knex,
  userId: number,
  epoch: number,
  now: number,
  limit: number,
): Promise<StoredSession[]> {
  const rows = await knex('sessions')
    .where({ user_id: userId })
    .orderBy('expired', 'desc')
    .limit(limit)
    .select<{ sid: string; sess: string; expired: string | Date }[]>('sid', 'sess', 'expired');
  return rows
    .map(({ sid, sess, expired }) => ({
      sid,
      expiresAt: new Date(expired).getTime(),
      data: parseJson<{ signedInAt?: number; agent?: string; epoch?: number }>(sess),
    }))
    .filter(({ data, expiresAt }) => data.epoch === epoch && expiresAt > now)
    .map(({ sid, expiresAt, data }) => ({
      sid,
      expiresAt,
      signedInAt: data.signedInAt ?? null,
      agent: data.agent ?? '',
    }));
}

export async function deleteSession(trx: Knex.Transaction, userId: number, sid: string): Promise<boolean> {
  return (await trx('sessions').where({ user_id: userId, sid }).delete()) === 1;
}

/** The count makes sure that a request that runs right now does not write its session back. */
export async function endAllSessions(trx: Knex.Transaction, userId: number): Promise<void> {
  await trx('users').where({ id: userId }).increment('session_epoch', 1);
  await trx('sessions').where({ user_id: userId }).delete();
}

/** Links whose time was over before `before`. */
export async function deleteTokensBefore(
  trx: Knex.Transaction,
  ids: readonly string[],
  before: number,
): Promise<number> {
  return trx('user_tokens').whereIn('id', ids).where('expires_at', '<', before).delete();
}
