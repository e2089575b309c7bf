import type { Knex } from 'knex';
import type { FindOld } from './tidying-store.ts';

/** Jobs that ended and of which nothing is left to fetch. A run that made codes stays as long as one of them names it. */
export const findOldJobs: FindOld = (knex, { at }, limit) =>
  idsOf(
    knex('jobs as j')
      .whereIn('j.state', ['done', 'failed', 'cancelled'])
      .where('j.ended_at', '<', at)
      .where((gone) => void gone.whereNull('j.result').orWhereNot('j.result', 'like', '%"file":{%'))
      .whereNotIn('j.kind', ['campaign-codes'])
      .whereNotExists(
        (made) => void made.from('vouchers as v').whereRaw('v.generation_id = j.id').select(knex.raw('1')),
      )
      .orderBy('j.id')
      .limit(limit)
      .pluck('j.id'),
  );

export async function namesOfJobs(knex: Knex, ids: readonly string[]): Promise<string[]> {
  return (await knex('jobs').whereIn('id', ids).orderBy('id').pluck<(string | number)[]>('id')).map((id) => `#${id}`);
}

/** Links of invitations and new passwords whose time is over, used or not. */
export const findOldTokens: FindOld = (knex, { at }, limit) =>
  idsOf(knex('user_tokens').where('expires_at', '<', at).orderBy('id').limit(limit).pluck('id'));

/** Mails to people who work here, such as an invitation: no business letters. */
export const findOldSystemMails: FindOld = (knex, { at }, limit) =>
  idsOf(
    knex('mails')
      .where('entity', 'user')
      .whereNotIn('state', ['queued', 'sending'])
      .where('created_at', '<', at)
      .orderBy('id')
      .limit(limit)
      .pluck('id'),
  );

/** Mails past the years the law wants letters kept. */
export const findOldLetters: FindOld = (knex, { at }, limit) =>
  idsOf(
    knex('mails')
      .whereNotIn('state', ['queued', 'sending'])
      .whereRaw('coalesce(sent_at, created_at) < ?', [at])
      .orderBy('id')
      .limit(limit)
      .pluck('id'),
  );

async function idsOf(query: PromiseLike<(string | number)[]>): Promise<string[]> {
  return (await query).map(String);
}
