import type { Knex } from 'knex';

/** What is to be told to the world once it is committed; whoever tells it takes it from here. */
export function outboxInsert(trx: Knex.Transaction, event: string, payload: object, now: number): Knex.QueryBuilder {
  return outboxInsertOf(trx, [{ event, payload }], now);
}

export interface OutboxRequest {
  readonly event: string;
  readonly payload: object;
}

/** Several in one statement, at least one. */
export function outboxInsertOf(
  trx: Knex.Transaction,
  requests: readonly OutboxRequest[],
  now: number,
): Knex.QueryBuilder {
  return trx('outbox').insert(
    requests.map(({ event, payload }) => ({ event, payload: JSON.stringify(payload), created_at: now })),
  );
}

/** Emptied with it: the values, and so the codes, stand in the mail now and nowhere else. False: somebody else took it. */
export async function takeFromOutbox(trx: Knex.Transaction, id: string, now: number): Promise<boolean> {
  const taken: number = await trx('outbox')
    .where({ id })
    .whereNull('delivered_at')
    .update({ delivered_at: now, payload: '{}' });
  return taken === 1;
}
