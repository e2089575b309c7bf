import type { Knex } from 'knex';
import { parseJson } from '../../../platform/data/json.ts';
import { emitSignal } from '../../../platform/data/signals.ts';

export const MAIL_STATES = ['queued', 'sending', 'sent', 'kept', 'failed', 'uncertain', 'cancelled'] as const;
export type MailState = (typeof MAIL_STATES)[number];
/** What a list can be asked for: `bounced` went out and came back, and nobody has dealt with it. */
export const MAIL_FILTERS = [...MAIL_STATES, 'bounced'] as const;
export type MailFilterState = (typeof MAIL_FILTERS)[number];

/** What is made when the mail goes out: the PDFs of these vouchers, invoices, or parts of a settlement run. */
export interface MailAttachment {
  readonly kind: 'vouchers' | 'partner_invoices' | 'partner_run_parts';
  readonly ids: readonly string[];
}

export interface NewMail {
  readonly dedupeKey: string;
  readonly event: string;
  readonly locale: string;
  readonly brand: string | null;
  readonly recipient: string;
  readonly recipientName: string | null;
  readonly subject: string;
  readonly body: string;
  readonly secrets: readonly string[];
  readonly attachments: readonly MailAttachment[];
  readonly entity: string | null;
  readonly entityId: string | null;
  readonly sendAfter: number;
  readonly now: number;
}

export interface Mail extends Omit<NewMail, 'now' | 'dedupeKey'> {
  readonly id: string;
  readonly dedupeKey: string;
  readonly state: MailState;
  readonly attempts: number;
  readonly error: string | null;
  readonly createdAt: number;
  readonly sentAt: number | null;
  /** Came back after it had been sent, or its reader complained; null: neither, as far as was told. */
  readonly bounced: { readonly at: number; readonly kind: 'bounce' | 'complaint'; readonly isSeen: boolean } | null;
}

/** False: a mail with this key is there already. */
export async function insertMail(trx: Knex.Transaction, mail: NewMail): Promise<boolean> {
  const known = await trx('mails').where({ dedupe_key: mail.dedupeKey }).first<object | undefined>('id');
  if (known !== undefined) return false;
  await trx('mails').insert({
    dedupe_key: mail.dedupeKey,
    event: mail.event,
    locale: mail.locale,
    brand_id: mail.brand,
    recipient: mail.recipient,
    recipient_name: mail.recipientName,
    subject: mail.subject,
    body: mail.body,
    secrets: JSON.stringify(mail.secrets),
    attachments: JSON.stringify(mail.attachments),
    entity: mail.entity,
    entity_id: mail.entityId,
    send_after: mail.sendAfter,
    state: 'queued',
    created_at: mail.now,
  });
  emitSignal(trx, 'mail_queued');
  return true;
}

/** Puts a mail back into the queue, to another address where one is given; false: it is not in one of these states. */
export async function requeueMail(
  trx: Knex.Transaction,
  id: string,
  from: readonly MailState[],
  recipient: string | null,
  now: number,
): Promise<boolean> {
  const moved: number = await trx('mails')
    .where({ id })
    .whereIn('state', [...from])
    .update({
      state: 'queued',
      lease_until: null,
      send_after: now,
      attempts: 0,
      error: null,
      bounced_at: null,
      bounce_kind: null,
      bounce_seen_at: null,
      ...(recipient === null ? {} : { recipient }),
    });
  emitSignal(trx, 'mail_queued');
  return moved === 1;
}

export async function cancelMail(trx: Knex.Transaction, id: string): Promise<boolean> {
  const moved: number = await trx('mails')
    .where({ id, state: 'queued' })
    .update({ state: 'cancelled', lease_until: null });
  return moved === 1;
}

export async function findMail(knex: Knex, id: string): Promise<Mail | null> {
  const row = await knex('mails').where({ id }).first<MailRow | undefined>();
  return row === undefined ? null : toMail(row);
}

export interface MailFilter {
  readonly state: MailFilterState | null;
  readonly event: string | null;
  readonly recipient: string | null;
  readonly entity: string | null;
  readonly entityId: string | null;
  readonly beforeId: string | null;
  readonly limit: number;
}

/** The newest first. */
export async function listMails(knex: Knex, filter: MailFilter): Promise<Mail[]> {
  const query = knex('mails').orderBy('id', 'desc').limit(filter.limit);
  if (filter.state === 'bounced') void query.whereNotNull('bounced_at').whereNull('bounce_seen_at');
  else if (filter.state !== null) void query.where('state', filter.state);
  if (filter.event !== null) void query.where('event', filter.event);
  if (filter.recipient !== null)
    void query.where('recipient', 'like', `${filter.recipient.replaceAll(/[%_\\]/g, ' ')}%`);
  if (filter.entity !== null) void query.where({ entity: filter.entity, entity_id: filter.entityId });
  if (filter.beforeId !== null) void query.where('id', '<', filter.beforeId);
  return (await query.select<MailRow[]>()).map(toMail);
}

interface MailRow {
  readonly id: number | string;
  readonly dedupe_key: string;
  readonly event: string;
  readonly locale: string;
  readonly brand_id: string | null;
  readonly recipient: string;
  readonly recipient_name: string | null;
  readonly subject: string;
  readonly body: string;
  readonly secrets: string;
  readonly attachments: string;
  readonly entity: string | null;
  readonly entity_id: string | null;
  readonly send_after: number | string;
  readonly state: MailState;
  readonly attempts: number;
  readonly error: string | null;
  readonly created_at: number | string;
  readonly sent_at: number | string | null;
  readonly bounced_at: number | string | null;
  readonly bounce_kind: 'bounce' | 'complaint' | null;
  readonly bounce_seen_at: number | string | null;
}

function toMail(row: MailRow): Mail {
  return {
    id: String(row.id),
    dedupeKey: row.dedupe_key,
    event: row.event,
    locale: row.locale,
    brand: row.brand_id,
    recipient: row.recipient,
    recipientName: row.recipient_name,
    subject: row.subject,
    body: row.body,
    secrets: parseJson<string[]>(row.secrets),
    attachments: parseJson<MailAttachment[]>(row.attachments),
    entity: row.entity,
    entityId: row.entity_id,
    sendAfter: Number(row.send_after),
    state: row.state,
    attempts: row.attempts,
    error: row.error,
    createdAt: Number(row.created_at),
    sentAt: row.sent_at === null ? null : Number(row.sent_at),
    bounced:
      row.bounced_at === null
        ? null
        : { at: Number(row.bounced_at), kind: row.bounce_kind ?? 'bounce', isSeen: row.bounce_seen_at !== null },
  };
}

/** What is on its way stays. */
export async function deleteMails(trx: Knex.Transaction, ids: readonly string[]): Promise<number> {
  return settledMails(trx).whereIn('id', ids).delete();
}

/** The same by what they are about. */
export async function deleteMailsAbout(
  trx: Knex.Transaction,
  entity: 'order' | 'voucher',
  ids: readonly string[],
): Promise<number> {
  return settledMails(trx).where({ entity }).whereIn('entity_id', ids).delete();
}

function settledMails(trx: Knex.Transaction): Knex.QueryBuilder {
  return trx('mails').whereNotIn('state', ['queued', 'sending']);
}
