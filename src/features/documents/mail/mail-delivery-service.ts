import type { Clock } from '../../../platform/process/clock.ts';
import type { Database } from '../../../platform/data/db.ts';
import { listenTo } from '../../../platform/data/signals.ts';
import { documentSettings } from '../../settings/document-settings-service.ts';
import type { MailServer, OutgoingMail } from './delivery-mail.ts';
import { takeMailRequests } from './mail-intake-service.ts';
import type { MailRoom } from './mail-service.ts';
import { paragraphsOf } from './mail-paragraph-service.ts';
import { beginSending, claimMail, endSending, giveUpLeases, type ClaimedMail } from './mail-sending-store.ts';
import { type Mail, type MailAttachment } from './mail-store.ts';

export interface DeliveredFile {
  readonly filename: string;
  readonly content: Buffer;
  readonly contentType: string;
}

/** A picture under the text of a mail. */
export interface MailPicture {
  readonly filename: string;
  readonly png: Buffer;
  /** What it says, for those who do not see it. */
  readonly alt: string;
  readonly caption: string;
  /** What the picture says and the mail's text must say as well; else `alt` is put below the text. */
  readonly values: readonly string[];
}

export type PictureOf = (mail: Pick<Mail, 'event' | 'locale' | 'entity' | 'entityId'>) => Promise<MailPicture | null>;

export interface MailDeliveryParts {
  readonly database: Database;
  readonly clock: Clock;
  /** null: there is none, and mails are kept to be read in the admin. */
  readonly server: MailServer | null;
  readonly mails: MailRoom;
  /** Where answers go when nobody named a sender: `no-reply@` this host. */
  readonly host: string;
  readonly renderView: (view: string, data: object) => string;
  /** Makes what a mail brings along; above this feature, because only it knows vouchers. */
  readonly filesFor: (attachment: MailAttachment, locale: string) => Promise<readonly DeliveredFile[]>;
  /** Drawn when the mail goes out, for what is true then; null: it has none. */
  readonly pictureOf: PictureOf;
  readonly reportFailure: (error: unknown) => void;
  /** How often it is looked for what another process queued, or what is due later. */
  readonly lookEveryMs?: number;
}

const LOOK_EVERY_MS = 1000;
const LEASE_MS = 120_000;
const MAX_ATTEMPTS = 8;
const FIRST_RETRY_MS = 30_000;

/** Sends what is due, one mail after the other; several processes may do so at once. */
export function createMailDelivery(parts: MailDeliveryParts): {
  start(): void;
  stop(): Promise<void>;
  deliverDue(): Promise<number>;
} {
  const { database, clock, server, reportFailure, lookEveryMs = LOOK_EVERY_MS } = parts;
  const stopping = new AbortController();
  const queued = listenTo(database.knex, 'mail_queued');
  let loop: Promise<void> | null = null;

  async function work(): Promise<void> {
    while (!stopping.signal.aborted) {
      const sent = await deliverDue().catch((error: unknown) => {
        reportFailure(error);
        return 0;
      });
      if (sent === 0) await queued.next(lookEveryMs);
    }
  }

  /** Everything that is due now; how many mails were touched. */
  async function deliverDue(): Promise<number> {
    await giveUpLeases(database.knex, clock.now());
    let touched = await takeMailRequests(database, parts.mails, clock);
    while (!stopping.signal.aborted) {
      const mail = await claimMail(database.knex, clock.now(), clock.now() + LEASE_MS);
      if (mail === null) return touched;
      await deliver(mail);
      touched += 1;
    }
    return touched;
  }

  async function deliver(mail: ClaimedMail): Promise<void> {
    if (server === null) return endSending(database.knex, mail, { state: 'kept' });
    // Its maker died again and again: another attempt would take the next process along.
    if (mail.attempts > MAX_ATTEMPTS) return endSending(database.knex, mail, { state: 'failed', error: 'attachment' });
    let outgoing: OutgoingMail;
    try {
      outgoing = await outgoingOf(parts, mail);
    } catch (error) {
      // Nothing has left the house: it may be tried again.
      reportFailure(error);
      return retryOrFail(mail, 'attachment');
    }
    const begun = await beginSending(database.knex, mail, clock.now() + LEASE_MS);
    if (begun === null) return;
    const result = await server.send(outgoing);
    if (result.kind === 'sent') return endSending(database.knex, begun, { state: 'sent', sentAt: clock.now() });
    if (result.kind === 'refused') return endSending(database.knex, begun, { state: 'failed', error: result.error });
    return retryOrFail(begun, result.error);
  }

  async function retryOrFail(mail: ClaimedMail, error: string): Promise<void> {
    if (mail.attempts >= MAX_ATTEMPTS) return endSending(database.knex, mail, { state: 'failed', error });
    return endSending(database.knex, mail, {
      state: 'queued',
      error,
      sendAfter: clock.now() + FIRST_RETRY_MS * 2 ** (mail.attempts - 1),
    });
  }

  return {
    deliverDue,
    start() {
      loop ??= work();
    },
    async stop() {
      stopping.abort();
      queued.close();
      await loop;
      server?.close();
    },
  };
}

/** The HTML of a mail as its reader sees it; `src` says where the picture comes from. */
export async function mailHtml(
  database: Database,
  renderView: MailDeliveryParts['renderView'],
  mail: Pick<Mail, 'locale' | 'subject' | 'body'>,
  picture: (Pick<MailPicture, 'alt' | 'caption'> & { readonly src: string }) | null,
): Promise<string> {
  const { companyName, companyAddress } = await documentSettings(database.knex);
  return renderView('mail/mail', {
    locale: mail.locale,
    subject: mail.subject,
    sender: companyName,
    paragraphs: paragraphsOf(mail.body),
    picture,
    footLines: [companyName, ...companyAddress.split('\n')].map((line) => line.trim()).filter((line) => line !== ''),
  });
}

async function outgoingOf(
  { database, host, renderView, filesFor, pictureOf }: MailDeliveryParts,
  mail: Mail,
): Promise<OutgoingMail> {
  const { senderEmail, senderName, companyName } = await documentSettings(database.knex);
  const address = senderEmail === '' ? `no-reply@${host}` : senderEmail;
  const name = (senderName === '' ? companyName : senderName).replaceAll('"', '');
  const attachments = await Promise.all(mail.attachments.map((attachment) => filesFor(attachment, mail.locale)));
  const picture = await pictureOf(mail);
  const body = picture === null ? mail.body : bodyNaming(mail.body, picture);
  const cid = `picture-${mail.id}.${mail.createdAt}@${host}`;
  return {
    from: name === '' ? address : `"${name}" <${address}>`,
    to: mail.recipient,
    toName: mail.recipientName,
    subject: mail.subject,
    text: body,
    html: await mailHtml(
      database,
      renderView,
      { ...mail, body },
      picture === null ? null : { ...picture, src: `cid:${cid}` },
    ),
    // The same for every attempt, so that a reader's program shows one mail.
    messageId: `<mail-${mail.id}.${mail.createdAt}@${host}>`,
    attachments: [
      ...attachments.flat(),
      ...(picture === null
        ? []
        : [
            {
              filename: picture.filename,
              content: picture.png,
              contentType: 'image/png',
              cid,
              contentDisposition: 'inline' as const,
            },
          ]),
    ],
  };
}

/** A text of one's own may leave out what the picture says, and what is due may have changed since it was written. */
function bodyNaming(body: string, { values, alt }: MailPicture): string {
  return values.every((value) => body.includes(value)) ? body : `${body}\n\n${alt}`;
}
