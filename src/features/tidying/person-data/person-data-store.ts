import type { Knex } from 'knex';

/** Where the mail address of a person may stand; every place is looked into along an index. */
export interface OrderOfPerson {
  readonly id: string;
  readonly number: string;
  readonly state: string;
  readonly paid: number;
  readonly orderedOn: string;
  readonly endedAt: number | null;
  readonly fulfilledAt: number | null;
  readonly isBuyer: boolean;
  readonly isRecipient: boolean;
  readonly people: Readonly<Record<string, string | null>>;
}

export async function findOrders(knex: Knex, emails: readonly string[], limit: number): Promise<OrderOfPerson[]> {
  const rows = await knex('order_people as p')
    .join('orders as o', 'o.id', 'p.order_id')
    .whereIn('p.buyer_email', emails)
    .orWhereIn('p.recipient_email', emails)
    .orderBy('o.id')
    .limit(limit)
    .select<Record<string, string | number | null>[]>(
      'o.number',
      'o.state',
      'o.paid',
      'o.ordered_on',
      'o.ended_at',
      'o.fulfilled_at',
      'p.*',
    );
  return rows.map(({ order_id, number, state, paid, ordered_on, ended_at, fulfilled_at, ...people }) => ({
    id: String(order_id),
    number: String(number),
    state: String(state),
    paid: Number(paid),
    orderedOn: String(ordered_on),
    endedAt: ended_at === null || ended_at === undefined ? null : Number(ended_at),
    fulfilledAt: fulfilled_at === null || fulfilled_at === undefined ? null : Number(fulfilled_at),
    isBuyer: emails.includes(String(people['buyer_email'])),
    isRecipient: emails.includes(String(people['recipient_email'])),
    people: people as Record<string, string | null>,
  }));
}

export interface RecipientOfVoucher {
  readonly voucherId: string;
  readonly number: string | null;
  readonly name: string | null;
  readonly email: string;
  readonly note: string | null;
}

export async function findRecipients(
  knex: Knex,
  emails: readonly string[],
  limit: number,
): Promise<RecipientOfVoucher[]> {
  const rows = await knex('voucher_recipients as p')
    .join('vouchers as v', 'v.id', 'p.voucher_id')
    .whereIn('p.email', emails)
    .orderBy('p.voucher_id')
    .limit(limit)
    .select<
      { voucher_id: number | string; number: string | null; name: string | null; email: string; note: string | null }[]
    >('p.voucher_id', 'v.number', 'p.name', 'p.email', 'v.note');
  return rows.map(({ voucher_id, ...row }) => ({ voucherId: String(voucher_id), ...row }));
}

export interface MailToPerson {
  readonly id: string;
  readonly event: string;
  readonly subject: string;
  readonly state: string;
  readonly createdAt: number;
  readonly sentAt: number | null;
}

export async function findMails(knex: Knex, emails: readonly string[], limit: number): Promise<MailToPerson[]> {
  const rows = await knex('mails').whereIn('recipient', emails).orderBy('id').limit(limit).select<
    {
      id: number | string;
      event: string;
      subject: string;
      state: string;
      created_at: number | string;
      sent_at: number | string | null;
    }[]
  >('id', 'event', 'subject', 'state', 'created_at', 'sent_at');
  return rows.map((row) => ({
    id: String(row.id),
    event: row.event,
    subject: row.subject,
    state: row.state,
    createdAt: Number(row.created_at),
    sentAt: row.sent_at === null ? null : Number(row.sent_at),
  }));
}

export interface RedemptionOfPerson {
  readonly id: string;
  readonly bookingNumber: string;
  readonly customerId: string | null;
  readonly redeemedAt: number;
}

export async function findRedemptions(
  knex: Knex,
  emails: readonly string[],
  limit: number,
): Promise<RedemptionOfPerson[]> {
  const rows = await knex('redemptions')
    .whereIn('customer_email', emails)
    .orderBy('id')
    .limit(limit)
    .select<
      { id: number | string; booking_number: string; customer_id: string | null; redeemed_at: number | string }[]
    >('id', 'booking_number', 'customer_id', 'redeemed_at');
  return rows.map((row) => ({
    id: String(row.id),
    bookingNumber: row.booking_number,
    customerId: row.customer_id,
    redeemedAt: Number(row.redeemed_at),
  }));
}

export interface BoundVoucher {
  readonly id: string;
  readonly number: string | null;
  readonly title: string;
}

/** Vouchers that nobody but this customer may redeem. */
export async function findBoundVouchers(knex: Knex, emails: readonly string[], limit: number): Promise<BoundVoucher[]> {
  const rows = await knex('voucher_rules as r')
    .join('vouchers as v', 'v.rules_id', 'r.id')
    .whereIn('r.customer_email', emails)
    .orderBy('v.id')
    .limit(limit)
    .select<{ id: number | string; number: string | null; title: string }[]>('v.id', 'v.number', 'r.title');
  return rows.map(({ id, ...row }) => ({ id: String(id), ...row }));
}

export async function isAccount(knex: Knex, emails: readonly string[]): Promise<boolean> {
  return (await knex('users').whereIn('email', emails).first('id')) !== undefined;
}

export async function lockOrders(trx: Knex.Transaction, ids: readonly string[]): Promise<void> {
  await trx('orders').whereIn('id', ids).orderBy('id').forUpdate().select('id');
}
