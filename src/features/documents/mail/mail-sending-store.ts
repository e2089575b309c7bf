import type { Knex } from 'knex';
import { withoutHeld } from './mail-hold-store.ts';
import { findMail, type Mail, type MailState } from './mail-store.ts';

/** A mail in somebody's hands; nobody else touches it before `leaseUntil`. */
export interface ClaimedMail extends Mail {
  readonly leaseUntil: number;
}

/**
 * Takes the mail that waits longest; null: none is due. The guarded update lets one process win. It stays queued while
 * its files are made: when its maker ends amid that, nothing has left the house, and the next one takes it.
 */
export async function claimMail(knex: Knex, now: number, leaseUntil: number): Promise<ClaimedMail | null> {
  const isFree = (query: Knex.QueryBuilder): Knex.QueryBuilder =>
    withoutHeld(query, knex)
      .where({ state: 'queued' })
      .where((free) => void free.whereNull('lease_until').orWhere('lease_until', '<', now));
  const due = await isFree(knex('mails'))
    .where('send_after', '<=', now)
    .orderBy(['send_after', 'id'])
    .first<{ id: number | string } | undefined>('id');
  if (due === undefined) return null;
  const claimed: number = await isFree(knex('mails').where({ id: due.id })).update({
    lease_until: leaseUntil,
    attempts: knex.raw('attempts + 1'),
  });
  const mail = claimed === 1 ? await findMail(knex, String(due.id)) : null;
  return mail === null ? null : { ...mail, leaseUntil };
}

/** From here on nobody knows whether the mail is out until the mail server answers. Null: it was withdrawn, held back or taken over. */
export async function beginSending(knex: Knex, mail: ClaimedMail, leaseUntil: number): Promise<ClaimedMail | null> {
  const begun: number = await withoutHeld(knex('mails'), knex)
    .where({ id: mail.id, state: 'queued', lease_until: mail.leaseUntil })
    .update({ state: 'sending', lease_until: leaseUntil });
  return begun === 1 ? { ...mail, leaseUntil } : null;
}

export async function endSending(
  knex: Knex,
  mail: ClaimedMail,
  end: {
    readonly state: MailState;
    readonly error?: string | null;
    readonly sentAt?: number;
    readonly sendAfter?: number;
  },
): Promise<void> {
  await knex('mails')
    .where({ id: mail.id, lease_until: mail.leaseUntil })
    .whereIn('state', ['queued', 'sending'])
    .update({
      state: end.state,
      lease_until: null,
      error: end.error ?? null,
      ...(end.sentAt === undefined ? {} : { sent_at: end.sentAt }),
      ...(end.sendAfter === undefined ? {} : { send_after: end.sendAfter }),
    });
}

/** Mails whose sender ended while the mail server had them: nobody knows whether they went out, so they are not sent a second time by themselves. */
export async function giveUpLeases(knex: Knex, now: number): Promise<number> {
  return knex('mails')
    .where({ state: 'sending' })
    .where('lease_until', '<', now)
    .update({ state: 'uncertain', lease_until: null, error: 'interrupted' });
}
