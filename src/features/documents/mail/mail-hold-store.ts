import type { Knex } from 'knex';
import { emitSignal } from '../../../platform/data/signals.ts';

export interface MailSubject {
  readonly entity: 'order' | 'voucher';
  readonly id: string;
}

/** Mails that bring a voucher or remind of one; all others tell of the matter itself and go out. */
export const HELD_EVENTS: readonly string[] = [
  'order_paid',
  'order_fulfilled',
  'voucher_gift',
  'voucher_mail',
  'voucher_pin',
  'voucher_rest',
  'reminder_expiry',
];

const ROWS_PER_INSERT = 200;

export async function insertHolds(trx: Knex.Transaction, subjects: readonly MailSubject[], now: number): Promise<void> {
  for (let from = 0; from < subjects.length; from += ROWS_PER_INSERT) {
    const rows = subjects
      .slice(from, from + ROWS_PER_INSERT)
      .map(({ entity, id }) => ({ entity, entity_id: id, held_at: now }));
    await trx('mail_holds').insert(rows).onConflict(['entity', 'entity_id']).ignore();
  }
}

export async function deleteHolds(trx: Knex.Transaction, subjects: readonly MailSubject[]): Promise<void> {
  for (const { entity, id } of subjects) await trx('mail_holds').where({ entity, entity_id: id }).delete();
  emitSignal(trx, 'mail_queued');
}

/** Why a mail was taken back; what a dispute took back goes out after all when the dispute is won. */
export type WithdrawalReason = 'refunded' | 'disputed';

/** Takes back what is still to be sent about these. */
export async function cancelHeldKinds(
  trx: Knex.Transaction,
  subjects: readonly MailSubject[],
  reason: WithdrawalReason,
): Promise<void> {
  for (const { entity, id } of subjects) {
    await trx('mails')
      .where({ entity, entity_id: id, state: 'queued' })
      .whereIn('event', HELD_EVENTS)
      .update({ state: 'cancelled', lease_until: null, error: reason });
  }
}

/** Puts back what a dispute took back; a day that has passed meanwhile is now. */
export async function requeueDisputed(trx: Knex.Transaction, subjects: readonly MailSubject[]): Promise<void> {
  for (const { entity, id } of subjects) {
    await trx('mails')
      .where({ entity, entity_id: id, state: 'cancelled', error: 'disputed' })
      .update({ state: 'queued', lease_until: null, attempts: 0, error: null });
  }
  emitSignal(trx, 'mail_queued');
}

/** Leaves out the mails that are held back. */
export function withoutHeld(query: Knex.QueryBuilder, knex: Knex): Knex.QueryBuilder {
  return query.where(
    (free) =>
      void free
        .whereNotIn('mails.event', HELD_EVENTS)
        .orWhereNotExists(
          knex('mail_holds as h')
            .whereRaw('h.entity = mails.entity and h.entity_id = mails.entity_id')
            .select(knex.raw('1')),
        ),
  );
}

/** Which of these mails wait because what they are about is held back. */
export async function findHeld(knex: Knex, ids: readonly string[]): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set();
  const rows = await knex('mails as m')
    .join('mail_holds as h', (on) => void on.on('h.entity', 'm.entity').andOn('h.entity_id', 'm.entity_id'))
    .whereIn('m.id', [...ids])
    .where('m.state', 'queued')
    .whereIn('m.event', HELD_EVENTS)
    .pluck<(number | string)[]>('m.id');
  return new Set(rows.map(String));
}
