import { createHash } from 'node:crypto';
import { writeAudit } from '../../../platform/data/audit.ts';
import { inTransaction, isDuplicateKey, type Database } from '../../../platform/data/db.ts';
import { readPage, type Page } from '../../../platform/data/page.ts';
import { appError } from '../../../platform/process/errors.ts';
import { readDeliveryReport, type NoticeKind } from './bounce-mail.ts';
import {
  findNoticeMail,
  insertNotice,
  listNotices,
  markBounced,
  markBounceSeen,
  type ListedNotice,
} from './bounce-store.ts';
import { findMail, type Mail } from '../mail/mail-store.ts';

export { NOTICE_KINDS, type NoticeKind } from './bounce-mail.ts';
export type { ListedNotice };

/** What somebody says became of a mail after it had gone out. */
export interface MailNotice {
  /** Unique for ever: told twice, it counts once. */
  readonly sourceKey: string;
  readonly kind: NoticeKind;
  /** The Message-ID the mail was sent with. */
  readonly messageId: string;
  readonly recipient: string | null;
  readonly status: string | null;
  readonly detail: string | null;
  readonly happenedAt: number | null;
}

export interface NoticeOutcome {
  /** null: no mail of ours. */
  readonly mailId: string | null;
  readonly isRepeated: boolean;
  /** Whether the mail counts as come back now. */
  readonly isMarked: boolean;
}

/** Clocks of others may be wrong by as much. */
const TOLERANCE_MS = 10 * 60_000;
const UNKNOWN: NoticeOutcome = { mailId: null, isRepeated: false, isMarked: false };

/** Keeps a notice once and marks its mail; a delay marks nothing, and neither does what is about an earlier sending. */
export async function recordNotice(
  database: Database,
  notice: MailNotice,
  actor: string,
  now: number,
): Promise<NoticeOutcome> {
  const mail = await mailOf(database, notice.messageId);
  if (mail === null) return UNKNOWN;
  const { sourceKey, kind, recipient, status, detail, happenedAt } = notice;
  try {
    return await inTransaction(database, async (trx) => {
      await insertNotice(trx, {
        mailId: mail.id,
        sourceKey,
        kind,
        recipient,
        status,
        detail,
        happenedAt,
        recordedAt: now,
        actor,
      });
      const isLate = happenedAt !== null && mail.sentAt !== null && happenedAt + TOLERANCE_MS < mail.sentAt;
      const isMarked = kind !== 'delay' && !isLate && (await markBounced(trx, mail.id, kind, now));
      await writeAudit(trx, [
        {
          recordedAt: now,
          actor,
          action: `mail.${kind}`,
          entity: 'mail',
          entityId: mail.id,
          changes: { status, marked: isMarked },
        },
      ]);
      return { mailId: mail.id, isRepeated: false, isMarked };
    });
  } catch (error) {
    if (!isDuplicateKey(error)) throw error;
    const keptFor = await findNoticeMail(database.knex, sourceKey);
    if (keptFor !== mail.id) throw appError('conflict');
    return { mailId: mail.id, isRepeated: true, isMarked: false };
  }
}

/** The same from the source of a report; null: it is none, or it tells of nothing that failed. */
export async function recordReport(
  database: Database,
  source: Uint8Array,
  actor: string,
  now: number,
): Promise<NoticeOutcome | null> {
  const report = await readDeliveryReport(source);
  if (report === null) return null;
  const messageId = (await firstOwn(database, report.about)) ?? '';
  let outcome = UNKNOWN;
  for (const one of report.recipients) {
    // A report is known by what it says, however it came here and whatever was put around it.
    const content = [messageId, report.id ?? report.sentAt ?? '', one.kind, one.recipient, one.status].join('\n');
    const sourceKey = `report:${createHash('sha256').update(content).digest('hex')}`;
    const kept = await recordNotice(database, { ...one, sourceKey, messageId, happenedAt: report.sentAt }, actor, now);
    if (outcome.mailId === null || (kept.isMarked && !outcome.isMarked)) outcome = kept;
  }
  return outcome;
}

export function noticePage(
  database: Database,
  page: { readonly mailId: string | null; readonly beforeId: string | null; readonly limit: number },
): Promise<Page<ListedNotice>> {
  return readPage(page.limit, (limit) => listNotices(database.knex, { ...page, limit }));
}

/** A person has dealt with a mail that came back, in another way than by sending it again. */
export async function settleBounce(database: Database, mailId: string, actor: string, now: number): Promise<void> {
  await inTransaction(database, async (trx) => {
    if (!(await markBounceSeen(trx, mailId, now))) throw appError('conflict');
    await writeAudit(trx, [
      { recordedAt: now, actor, action: 'mail.bounce_settled', entity: 'mail', entityId: mailId, changes: null },
    ]);
  });
}

async function firstOwn(database: Database, messageIds: readonly string[]): Promise<string | null> {
  for (const id of messageIds) if ((await mailOf(database, id)) !== null) return id;
  return null;
}

/** Our Message-IDs name the mail and the instant it was written at: `<mail-17.1795449600000@host>`. */
async function mailOf(database: Database, messageId: string): Promise<Mail | null> {
  const found = /^<?mail-(\d{1,18})\.(\d{1,15})@[^<>\s]+>?$/.exec(messageId.trim());
  if (found === null) return null;
  const mail = await findMail(database.knex, found[1] ?? '');
  return mail !== null && mail.createdAt === Number(found[2]) ? mail : null;
}
