import type { Moment } from '../../../platform/process/clock.ts';
import { addDays } from '../../../core/calendar.ts';
import {
  inTransaction,
  isDuplicateKey,
  type Connection,
  type Transaction,
  type Database,
} from '../../../platform/data/db.ts';
import { formatDay, formatMoney } from '../../../platform/html/format.ts';
import { insertJob } from '../../../platform/jobs/job-store.ts';
import { documentSettings } from '../../settings/document-settings-service.ts';
import type { VoucherDocuments } from '../printing/voucher-document-service.ts';
import { findToRemind, insertReminder, type EndingVoucher, countExpiring } from './voucher-reminder-store.ts';
import { audit, lockedVoucher, readVoucher } from '../record/voucher-service.ts';

const MAX_COUNTED = 1000;

export const REMINDERS_JOB = 'reminders';
/** What is known of a recipient says nothing of their language. */
const LOCALE = 'de';

/** Queues the reminders of a morning, once for its key; nothing where the setting names no days. */
export async function queueReminders(
  { database }: Pick<VoucherDocuments, 'database'>,
  now: number,
  dedupeKey: string,
): Promise<void> {
  const { reminderDays } = await documentSettings(database.knex);
  if (reminderDays === null) return;
  await inTransaction(database, (trx) =>
    insertJob(trx, { kind: REMINDERS_JOB, payload: {}, total: null, createdBy: 'system', now, dedupeKey }),
  ).catch((error: unknown) => {
    if (!isDuplicateKey(error)) throw error;
  });
}

/** The next vouchers whose end is near enough to be reminded of, by id. */
export async function endingSoon(
  connection: Connection,
  today: string,
  afterId: string,
  limit: number,
): Promise<EndingVoucher[]> {
  const { reminderDays } = await documentSettings(connection);
  return reminderDays === null
    ? []
    : findToRemind(connection, { from: today, until: addDays(today, reminderDays) }, afterId, limit);
}

/** Mails whoever it is for that a voucher with value ends soon; false: it is no longer so, or was told before. */
export async function remindOfEnd(
  documents: VoucherDocuments,
  trx: Transaction,
  { id, endsOn }: EndingVoucher,
  actor: string,
  moment: Moment,
): Promise<boolean> {
  await lockedVoucher(trx, id, moment);
  const voucher = await readVoucher(trx, id, moment);
  const { recipient } = voucher;
  if (
    recipient?.email == null ||
    !['active', 'partly_redeemed'].includes(voucher.status) ||
    !(await insertReminder(trx, id, endsOn, moment.now))
  )
    return false;
  await documents.mails.queue(
    trx,
    {
      event: 'reminder_expiry',
      dedupeKey: `voucher:${id}:reminder:${endsOn}`,
      locale: LOCALE,
      brand: voucher.restrictions.brand,
      to: { email: recipient.email, name: recipient.name },
      values: {
        name: recipient.name ?? '',
        title: voucher.title,
        value: formatMoney(voucher.balance ?? 0, voucher.currency, LOCALE),
        validUntil: documents.i18n.translator(LOCALE)('documents:print.until', { day: formatDay(endsOn, LOCALE) }),
        balanceLink: `${documents.baseUrl}/v`,
      },
      secrets: [],
      attachments: [],
      sendAfter: moment.now,
      about: { entity: 'voucher', id },
    },
    moment.now,
  );
  await audit({ trx, actor, moment }, 'voucher.remind', id, { endsOn });
  return true;
}

/** How many vouchers with value end in a span of days; `isMore`: the counting stopped there. */
export async function expiringBetween(
  database: Database,
  from: string,
  until: string,
): Promise<{ readonly count: number; readonly isMore: boolean }> {
  const found = await countExpiring(database.knex, from, until, MAX_COUNTED + 1);
  return { count: Math.min(found, MAX_COUNTED), isMore: found > MAX_COUNTED };
}
