import PostalMime, { type Attachment, type Email } from 'postal-mime';

export const NOTICE_KINDS = ['bounce', 'complaint', 'delay'] as const;
export type NoticeKind = (typeof NOTICE_KINDS)[number];

/** What a report says of one recipient. */
export interface ReportedRecipient {
  readonly kind: NoticeKind;
  readonly recipient: string | null;
  /** The enhanced status code, such as 5.1.1. */
  readonly status: string | null;
  readonly detail: string | null;
}

export interface DeliveryReport {
  /** The report's own Message-ID. */
  readonly id: string | null;
  readonly sentAt: number | null;
  /** The Message-IDs of what it may be about, the surest first. */
  readonly about: readonly string[];
  readonly recipients: readonly ReportedRecipient[];
}

const MAX_RECIPIENTS = 20;
const MAX_IDS = 20;
const MAX_DETAIL = 500;
/** What is looked through for an address; longer is nobody's address. */
const MAX_FIELD = 2000;
const MAX_NESTED = 3;

/**
 * Reads a report of a mail server about a mail (RFC 3464), or of a provider about a reader's complaint (RFC 5965). Null: it
 * is neither, such as a note of absence, or it tells only of what arrived.
 */
export async function readDeliveryReport(source: Uint8Array): Promise<DeliveryReport | null> {
  const email = await PostalMime.parse(source, {
    maxNestingDepth: 50,
    rfc822Attachments: true,
    maxRfc822NestingDepth: MAX_NESTED,
    attachmentEncoding: 'arraybuffer',
  }).catch(() => null);
  if (email === null) return null;
  const part = (type: string): Attachment | undefined => email.attachments.find(({ mimeType }) => mimeType === type);
  const status = part('message/delivery-status');
  const feedback = part('message/feedback-report');
  const recipients =
    status !== undefined ? recipientsOf(textOf(status)) : feedback !== undefined ? complaintOf(textOf(feedback)) : [];
  if (recipients.length === 0) return null;
  const returned = part('message/rfc822') ?? part('text/rfc822-headers');
  const sentAt = Date.parse(email.date ?? '');
  return {
    id: email.messageId ?? null,
    sentAt: Number.isNaN(sentAt) ? null : sentAt,
    about: idsOf(returned === undefined ? '' : (headersOf(textOf(returned)).get('message-id') ?? ''), email),
    recipients,
  };
}

/** One group of fields a recipient, after one of the message; only those whose mail did not arrive. */
function recipientsOf(text: string): ReportedRecipient[] {
  const found: ReportedRecipient[] = [];
  for (const group of text
    .replaceAll('\r\n', '\n')
    .split(/\n[ \t]*\n/)
    .slice(0, MAX_RECIPIENTS + 1)) {
    const fields = headersOf(group);
    const action = (fields.get('action') ?? '').toLowerCase();
    if (action !== 'failed' && action !== 'delayed') continue;
    found.push({
      kind: action === 'failed' ? 'bounce' : 'delay',
      recipient: addressIn(fields.get('original-recipient') ?? fields.get('final-recipient') ?? ''),
      status: /\b[245]\.\d{1,3}\.\d{1,3}\b/.exec(fields.get('status') ?? '')?.[0] ?? null,
      detail: detailOf(fields.get('diagnostic-code') ?? ''),
    });
  }
  return found;
}

function complaintOf(text: string): ReportedRecipient[] {
  const fields = headersOf(text);
  if ((fields.get('feedback-type') ?? '').toLowerCase() === 'not-spam') return [];
  return [
    {
      kind: 'complaint',
      recipient: addressIn(fields.get('original-rcpt-to') ?? ''),
      status: null,
      detail: detailOf(fields.get('feedback-type') ?? ''),
    },
  ];
}

/** Names in small letters, folded lines joined, long values cut; of a field that stands twice the first. */
function headersOf(text: string): Map<string, string> {
  const fields = new Map<string, string>();
  const [head = ''] = text
    .replaceAll('\r\n', '\n')
    .trimStart()
    .split(/\n[ \t]*\n/, 1);
  for (const line of head.replaceAll(/\n[ \t]+/g, ' ').split('\n')) {
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(0, colon)).trim().toLowerCase();
    if (name !== '' && !fields.has(name)) fields.set(name, line.slice(colon + 1, colon + 1 + MAX_FIELD).trim());
  }
  return fields;
}

/** `rfc822; <anna@example.org>` */
function addressIn(field: string): string | null {
  return /[^\s<>;,"]+@[^\s<>;,"]+/.exec(field)?.[0].slice(0, 254) ?? null;
}

function detailOf(field: string): string | null {
  const text = field
    .replace(/^\s*smtp\s*;\s*/i, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
  return text === '' ? null : text.slice(0, MAX_DETAIL);
}

function idsOf(returned: string, email: Email): string[] {
  const texts = [returned, email.inReplyTo ?? '', email.references ?? ''];
  return [...new Set(texts.flatMap((text) => text.match(/<[^<>\s]{3,300}>/g) ?? []))].slice(0, MAX_IDS);
}

function textOf({ content }: Attachment): string {
  return typeof content === 'string' ? content : new TextDecoder().decode(content);
}
