import type { Knex } from 'knex';

export interface StoredNotice {
  readonly mailId: string;
  readonly sourceKey: string;
  readonly kind: 'bounce' | 'complaint' | 'delay';
  readonly recipient: string | null;
  readonly status: string | null;
  readonly detail: string | null;
  /** As the other side says; null: it did not. */
  readonly happenedAt: number | null;
  readonly recordedAt: number;
  readonly actor: string;
}

export interface ListedNotice extends StoredNotice {
  readonly id: string;
  readonly subject: string;
}

/** Fails with a duplicate key where it was told before. */
export async function insertNotice(trx: Knex.Transaction, one: StoredNotice): Promise<void> {
  await trx('mail_notices').insert({
    mail_id: one.mailId,
    source_key: one.sourceKey,
    kind: one.kind,
    recipient: one.recipient,
    status: one.status,
    detail: one.detail,
    happened_at: one.happenedAt,
    recorded_at: one.recordedAt,
    actor: one.actor,
  });
}

/** The mail a notice was kept for; null: it was never told. */
export async function findNoticeMail(knex: Knex, sourceKey: string): Promise<string | null> {
  const row = await knex('mail_notices')
    .where('source_key', sourceKey)
    .first<{ mail_id: number | string } | undefined>('mail_id');
  return row === undefined ? null : String(row.mail_id);
}

/** The newest first; those of one mail or of all. */
export async function listNotices(
  knex: Knex,
  page: { readonly mailId: string | null; readonly beforeId: string | null; readonly limit: number },
): Promise<ListedNotice[]> {
  const query = knex('mail_notices as n')
    .join('mails as m', 'm.id', 'n.mail_id')
    .orderBy('n.id', 'desc')
    .limit(page.limit);
  if (page.mailId !== null) void query.where('n.mail_id', page.mailId);
  if (page.beforeId !== null) void query.where('n.id', '<', page.beforeId);
  const rows = await query.select<NoticeRow[]>('n.*', 'm.subject');
  return rows.map((row) => ({
    id: String(row.id),
    mailId: String(row.mail_id),
    sourceKey: row.source_key,
    kind: row.kind,
    recipient: row.recipient,
    status: row.status,
    detail: row.detail,
    happenedAt: row.happened_at === null ? null : Number(row.happened_at),
    recordedAt: Number(row.recorded_at),
    actor: row.actor,
    subject: row.subject,
  }));
}

/** It went out, so nobody wonders any more whether it did; false: it has not gone out, or was sent anew since. */
export async function markBounced(
  trx: Knex.Transaction,
  mailId: string,
  kind: 'bounce' | 'complaint',
  now: number,
): Promise<boolean> {
  const marked: number = await trx('mails')
    .where({ id: mailId })
    .whereIn('state', ['sent', 'uncertain'])
    .update({
      state: 'sent',
      sent_at: trx.raw('coalesce(sent_at, ?)', [now]),
      bounced_at: now,
      bounce_kind: kind,
      bounce_seen_at: null,
    });
  return marked === 1;
}

/** Somebody has seen to it. */
export async function markBounceSeen(trx: Knex.Transaction, mailId: string, now: number): Promise<boolean> {
  const seen: number = await trx('mails')
    .where({ id: mailId })
    .whereNotNull('bounced_at')
    .whereNull('bounce_seen_at')
    .update({ bounce_seen_at: now });
  return seen === 1;
}

interface NoticeRow {
  readonly id: number | string;
  readonly mail_id: number | string;
  readonly source_key: string;
  readonly kind: StoredNotice['kind'];
  readonly recipient: string | null;
  readonly status: string | null;
  readonly detail: string | null;
  readonly happened_at: number | string | null;
  readonly recorded_at: number | string;
  readonly actor: string;
  readonly subject: string;
}
