import { maskedCode } from '../../../core/engine/code-mask.ts';
import {
  fillLines,
  fillPlaceholders,
  MAIL_EVENTS,
  wrongPlaceholders,
  type MailEvent,
} from '../../../core/sale/placeholders.ts';
import { writeAudit } from '../../../platform/data/audit.ts';
import { inTransaction, type Database, type Transaction } from '../../../platform/data/db.ts';
import { readPage, type Page } from '../../../platform/data/page.ts';
import { appError } from '../../../platform/process/errors.ts';
import type { I18n, Locale } from '../../../platform/html/i18n.ts';
import {
  cancelMail,
  findMail,
  insertMail,
  listMails,
  requeueMail,
  type Mail,
  type MailAttachment,
  type MailFilter,
} from './mail-store.ts';
import { findMailText, findOwnMailText, saveMailText, type MailText } from './mail-text-store.ts';

export { MAIL_FILTERS, type Mail, type MailAttachment, type MailFilter, type MailFilterState } from './mail-store.ts';

export type { MailText } from './mail-text-store.ts';

export { deleteMails, deleteMailsAbout } from './mail-store.ts';

const MAX_ABOUT = 20;

export interface MailOrder {
  readonly event: MailEvent;
  /** What the mail is about, once for all time: `order:17:fulfilled`. */
  readonly dedupeKey: string;
  readonly locale: Locale;
  readonly brand: string | null;
  readonly to: { readonly email: string; readonly name: string | null };
  readonly values: Readonly<Record<string, string>>;
  /** Values that only people with the right may read again. */
  readonly secrets: readonly string[];
  readonly attachments: readonly MailAttachment[];
  /** Not before this instant. */
  readonly sendAfter: number;
  readonly about: { readonly entity: string; readonly id: string } | null;
}

export interface MailRoom {
  /** In the transaction of what the mail tells of. False: it was queued before. */
  queue(trx: Transaction, order: MailOrder, now: number): Promise<boolean>;
  /** The text as it would be for these values: the stored one of the brand or of all brands, else ours. */
  compose(
    connection: Transaction | Database['knex'],
    event: MailEvent,
    locale: Locale,
    brand: string | null,
    values: Readonly<Record<string, string>>,
  ): Promise<MailText>;
  defaultText(event: MailEvent, locale: Locale): MailText;
}

/** Writes mails into the queue; the delivery takes them from there. */
export function createMailRoom(i18n: I18n): MailRoom {
  const defaultText = (event: MailEvent, locale: Locale): MailText => {
    const t = i18n.translator(locale);
    return { subject: t(`mail:${event}.subject`), body: t(`mail:${event}.body`) };
  };
  const compose: MailRoom['compose'] = async (connection, event, locale, brand, values) => {
    const text = (await findMailText(connection, event, locale, brand ?? '')) ?? defaultText(event, locale);
    // A subject is one line, whatever its values say.
    return {
      subject: fillPlaceholders(text.subject, values).replace(/\s+/g, ' ').trim().slice(0, 300),
      body: fillLines(text.body, values),
    };
  };
  return {
    compose,
    defaultText,
    async queue(trx, order, now) {
      const { subject, body } = await compose(trx, order.event, order.locale, order.brand, order.values);
      return insertMail(trx, {
        dedupeKey: order.dedupeKey,
        event: order.event,
        locale: order.locale,
        brand: order.brand,
        recipient: order.to.email,
        recipientName: order.to.name,
        subject,
        body,
        secrets: order.secrets.filter((secret) => secret !== ''),
        attachments: order.attachments,
        entity: order.about?.entity ?? null,
        entityId: order.about?.id ?? null,
        sendAfter: order.sendAfter,
        now,
      });
    },
  };
}

export function mailPage(database: Database, filter: MailFilter): Promise<Page<Mail>> {
  return readPage(filter.limit, (limit) => listMails(database.knex, { ...filter, limit }));
}

/** What went out about one thing, the newest first; so many at most. */
export async function mailsAbout(database: Database, entity: string, entityId: string): Promise<Mail[]> {
  const about = { state: null, event: null, recipient: null, entity, entityId, beforeId: null };
  return listMails(database.knex, { ...about, limit: MAX_ABOUT });
}

export async function readMail(database: Database, id: string): Promise<Mail> {
  const mail = await findMail(database.knex, id);
  if (mail === null) throw appError('not_found');
  return mail;
}

/** Whoever reads the link of such a mail has somebody else's account, so it goes to nobody else. */
export const ACCESS_MAILS: readonly string[] = ['invitation', 'password_reset'];

/** Sends a mail that did not go out, came back, or of which nobody knows, once more, to another address where one is given: a person says so. */
export async function sendAgain(
  database: Database,
  id: string,
  recipient: string | null,
  actor: string,
  now: number,
): Promise<void> {
  await inTransaction(database, async (trx) => {
    const mail = await findMail(trx, id);
    const isMoved = recipient !== null && recipient !== mail?.recipient;
    if (isMoved && ACCESS_MAILS.includes(mail?.event ?? '')) throw appError('forbidden');
    if (
      !(await requeueMail(
        trx,
        id,
        ['failed', 'uncertain', 'kept', 'cancelled', 'sent'],
        isMoved ? recipient : null,
        now,
      ))
    )
      throw appError('conflict');
    await writeAudit(trx, [
      {
        recordedAt: now,
        actor,
        action: 'mail.resend',
        entity: 'mail',
        entityId: id,
        changes: isMoved ? { recipient: 'changed' } : null,
      },
    ]);
  });
}

export async function withdrawMail(database: Database, id: string, actor: string, now: number): Promise<void> {
  await inTransaction(database, async (trx) => {
    if (!(await cancelMail(trx, id))) throw appError('conflict');
    await writeAudit(trx, [
      { recordedAt: now, actor, action: 'mail.withdraw', entity: 'mail', entityId: id, changes: null },
    ]);
  });
}

/** The text as a person without the right may read it: of every code and PIN only the last four, or nothing. */
export function maskedText(text: string, secrets: readonly string[]): string {
  return secrets.reduce(
    (masked, secret) => masked.replaceAll(secret, secret.length > 8 ? maskedCode(secret) : '…'),
    text,
  );
}

export function ownMailText(
  database: Database,
  event: MailEvent,
  locale: Locale,
  brand: string,
): Promise<MailText | null> {
  return findOwnMailText(database.knex, event, locale, brand);
}

/** null: back to our text. Placeholders the event does not have are refused by name. */
export async function changeMailText(
  database: Database,
  key: { readonly event: MailEvent; readonly locale: Locale; readonly brand: string },
  text: MailText | null,
  actor: string,
  now: number,
): Promise<void> {
  if (text !== null) requireKnownPlaceholders(key.event, text);
  const before = await findOwnMailText(database.knex, key.event, key.locale, key.brand);
  await inTransaction(database, async (trx) => {
    await saveMailText(trx, key, text, now);
    await writeAudit(trx, [
      {
        recordedAt: now,
        actor,
        action: 'mail_text.change',
        entity: 'mail_text',
        entityId: `${key.event} ${key.locale} ${key.brand}`.trim(),
        changes: { before, after: text },
      },
    ]);
  });
}

function requireKnownPlaceholders(event: MailEvent, text: MailText): void {
  const fields = (['subject', 'body'] as const).flatMap((path) =>
    wrongPlaceholders(text[path], MAIL_EVENTS[event]).map((placeholder) => ({
      path,
      code: 'unknown_placeholder',
      text: 'documents:refusal.unknown_placeholder',
      params: { placeholder, allowed: MAIL_EVENTS[event].map((name) => `{${name}}`) },
    })),
  );
  if (fields.length > 0) throw appError('rule_broken', { fields });
}
