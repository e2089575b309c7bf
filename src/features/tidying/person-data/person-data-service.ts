import { createHash } from 'node:crypto';
import { jurisdictionOf, type Jurisdiction } from '../../../core/books/limitation.ts';
import { keptUntil } from '../../../core/books/retention.ts';
import { writeAudit } from '../../../platform/data/audit.ts';
import { dayOf, type Clock } from '../../../platform/process/clock.ts';
import { inTransaction, type Connection, type Database } from '../../../platform/data/db.ts';
import { currentSetup } from '../../accounting/ledger/setup-service.ts';
import { deleteMails } from '../../documents/mail/mail-service.ts';
import { forgetPeople } from '../../orders/record/order-service.ts';
import { deleteRecipients } from '../../vouchers/record/voucher-service.ts';
import {
  findBoundVouchers,
  findMails,
  findOrders,
  findRecipients,
  findRedemptions,
  isAccount,
  lockOrders,
  type BoundVoucher,
  type MailToPerson,
  type OrderOfPerson,
  type RecipientOfVoucher,
  type RedemptionOfPerson,
} from './person-data-store.ts';

/** Rows of a place that are looked at in one go; what is beyond is told, and comes with the next one. */
export const MAX_PERSON_ROWS = 1000;

export interface PersonDesk {
  readonly database: Database;
  readonly clock: Clock;
  readonly timeZone: string;
}

export interface PersonData {
  readonly email: string;
  readonly orders: readonly OrderOfPerson[];
  readonly recipients: readonly RecipientOfVoucher[];
  readonly mails: readonly MailToPerson[];
  readonly redemptions: readonly RedemptionOfPerson[];
  readonly boundVouchers: readonly BoundVoucher[];
  /** The address also signs in here; an account is ended where people are kept. */
  readonly isAccount: boolean;
}

/** Why something of a person stays: the law wants it, it is still in use, or it guards a voucher. */
export type KeepReason = 'document' | 'letter' | 'in_progress' | 'bound';

export interface PersonPlan {
  /** What goes at once, by place; ids of orders, vouchers and mails. */
  readonly buyers: readonly string[];
  readonly orderRecipients: readonly string[];
  /** Orders that came to nothing: all of the buyer goes. */
  readonly endedBuyers: readonly string[];
  readonly recipients: readonly string[];
  readonly mails: readonly string[];
  readonly kept: readonly {
    readonly place: 'orders' | 'mails' | 'redemptions' | 'bound_vouchers';
    readonly reason: KeepReason;
    readonly count: number;
    readonly until: string | null;
  }[];
}

/** Everything that is kept on the person behind a mail address, at most `MAX_PERSON_ROWS` of a place. */
export async function personData(connection: Connection, typed: string): Promise<PersonData> {
  const emails = spellingsOf(typed);
  return {
    email: typed.trim(),
    orders: await findOrders(connection, emails, MAX_PERSON_ROWS),
    recipients: await findRecipients(connection, emails, MAX_PERSON_ROWS),
    mails: await findMails(connection, emails, MAX_PERSON_ROWS),
    redemptions: await findRedemptions(connection, emails, MAX_PERSON_ROWS),
    boundVouchers: await findBoundVouchers(connection, emails, MAX_PERSON_ROWS),
    isAccount: await isAccount(connection, emails),
  };
}

/** What a deletion would take now and what has to stay, why and until when. */
export async function personPlan(
  connection: Connection,
  data: PersonData,
  { clock, timeZone }: Omit<PersonDesk, 'database'>,
): Promise<PersonPlan> {
  const { setup } = await currentSetup(connection);
  return planOf(data, jurisdictionOf(setup.chart), clock.today(), (instant) => dayOf(instant, timeZone));
}

/** Deletes what may go, in one transaction, after looking again; the log names the person by a hash alone. */
export async function forgetPerson(
  { database, clock, timeZone }: PersonDesk,
  typed: string,
  actor: string,
): Promise<{ readonly gone: number }> {
  return inTransaction(database, async (trx) => {
    await writeAudit(trx, [
      {
        recordedAt: clock.now(),
        actor,
        action: 'person.forget',
        entity: 'person',
        entityId: hashOf(typed),
        changes: {},
      },
    ]);
    await lockOrders(
      trx,
      (await findOrders(trx, spellingsOf(typed), MAX_PERSON_ROWS)).map(({ id }) => id),
    );
    const plan = await personPlan(trx, await personData(trx, typed), { clock, timeZone });
    const counts = [
      await forgetPeople(trx, plan.buyers, ['buyer_email', 'buyer_phone', 'message']),
      await forgetPeople(trx, plan.endedBuyers, [
        'buyer_name',
        'buyer_email',
        'buyer_phone',
        'buyer_street',
        'buyer_postcode',
        'buyer_city',
        'message',
      ]),
      await forgetPeople(trx, plan.orderRecipients, ['recipient_name', 'recipient_email', 'message']),
      await deleteRecipients(trx, plan.recipients),
      await deleteMails(trx, plan.mails),
    ];
    return { gone: counts.reduce((sum, one) => sum + one, 0) };
  });
}

/** That somebody took a person's data along is told in the log, by a hash of the address. */
export async function noteExport(database: Database, email: string, actor: string, now: number): Promise<void> {
  await inTransaction(database, (trx) =>
    writeAudit(trx, [
      { recordedAt: now, actor, action: 'person.export', entity: 'person', entityId: hashOf(email), changes: {} },
    ]),
  );
}

function planOf(
  data: PersonData,
  jurisdiction: Jurisdiction,
  today: string,
  localDay: (instant: number) => string,
): PersonPlan {
  const isOpen = ({ state }: OrderOfPerson): boolean => state === 'ordered' || state === 'partly_paid';
  const lastDay = ({ endedAt, fulfilledAt, orderedOn }: OrderOfPerson): string =>
    [orderedOn, ...[endedAt, fulfilledAt].filter((instant) => instant !== null).map(localDay)].sort().at(-1) ??
    orderedOn;
  const settled = data.orders.filter((order) => !isOpen(order));
  const isDue = (order: OrderOfPerson): boolean =>
    order.paid > 0 && keptUntil('document', lastDay(order), jurisdiction) >= today;
  const isOnItsWay = ({ state }: MailToPerson): boolean => state === 'queued' || state === 'sending';
  const isLetter = (mail: MailToPerson): boolean =>
    mail.sentAt !== null && keptUntil('letter', localDay(mail.sentAt), jurisdiction) >= today;
  const mails = data.mails.filter((mail) => !isOnItsWay(mail) && !isLetter(mail));
  const kept: PersonPlan['kept'] = [
    keep(
      'orders',
      'in_progress',
      data.orders.filter(isOpen).map(() => null),
    ),
    keep(
      'orders',
      'document',
      settled
        .filter((order) => order.isBuyer && isDue(order))
        .map((order) => keptUntil('document', lastDay(order), jurisdiction)),
    ),
    keep(
      'mails',
      'in_progress',
      data.mails.filter(isOnItsWay).map(() => null),
    ),
    keep(
      'mails',
      'letter',
      data.mails
        .filter((mail) => !isOnItsWay(mail) && isLetter(mail))
        .map(({ sentAt }) => keptUntil('letter', localDay(sentAt ?? 0), jurisdiction)),
    ),
    keep(
      'redemptions',
      'document',
      data.redemptions.map(({ redeemedAt }) => keptUntil('document', localDay(redeemedAt), jurisdiction)),
    ),
    keep(
      'bound_vouchers',
      'bound',
      data.boundVouchers.map(() => null),
    ),
  ].filter(({ count }) => count > 0);
  return {
    buyers: settled
      .filter((order) => order.isBuyer && isDue(order) && hasAny(order, ['buyer_email', 'buyer_phone', 'message']))
      .map(({ id }) => id),
    endedBuyers: settled.filter((order) => order.isBuyer && !isDue(order)).map(({ id }) => id),
    orderRecipients: settled.filter(({ isRecipient }) => isRecipient).map(({ id }) => id),
    recipients: data.recipients.map(({ voucherId }) => voucherId),
    mails: mails.map(({ id }) => id),
    kept,
  };
}

function keep(
  place: PersonPlan['kept'][number]['place'],
  reason: KeepReason,
  days: readonly (string | null)[],
): PersonPlan['kept'][number] {
  const known = days.filter((day) => day !== null).sort();
  return { place, reason, count: days.length, until: known.at(-1) ?? null };
}

function hasAny({ people }: OrderOfPerson, columns: readonly string[]): boolean {
  return columns.some((column) => (people[column] ?? null) !== null);
}

/** As it was typed, and as most are written. */
function spellingsOf(typed: string): string[] {
  return [...new Set([typed.trim(), typed.trim().toLowerCase()])];
}

function hashOf(email: string): string {
  return createHash('sha256').update(email.trim().toLowerCase()).digest('hex').slice(0, 32);
}
