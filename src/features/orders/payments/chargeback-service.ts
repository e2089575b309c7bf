import { requireToldDay } from '../../staff/people/told-day-service.ts';
import type { I18n } from '../../../platform/html/i18n.ts';
import type { Shell } from '../../../platform/process/feature.ts';
import type { Act, Author } from '../../../platform/data/act.ts';
import { disputedOf, disputeFigures, type Disputed, type DisputeFigures } from '../../../core/books/dispute.ts';
import { inTransaction, type Connection } from '../../../platform/data/db.ts';
import { appError } from '../../../platform/process/errors.ts';
import { holdMails, releaseMails } from '../../documents/mail/mail-hold-service.ts';
import {
  giveBackCharged,
  lockedFamily,
  lockForDispute,
  moneyOfFamily,
  unlockAfterDispute,
  withDescendants,
  type FamilyMoney,
} from '../../vouchers/life/voucher-dispute-service.ts';
import {
  findChargebackOrder,
  findChargebacks,
  insertChargeback,
  keyByHand,
  listDisputes,
  replaceByHand,
  saveDispute,
  type Chargeback,
} from './chargeback-store.ts';
import { auditOrder, lockedOrder, readOrder } from '../record/order-service.ts';
import { findOrderVouchers, updateOrder, type Order } from '../record/order-store.ts';

export { type Chargeback } from './chargeback-store.ts';

export interface ChargebackOutcome {
  readonly order: Order;
  readonly isRepeated: boolean;
  /** Cents that were taken back and not given again. */
  readonly disputed: number;
}

/** The reason of a lock is written in the language of the order. */
type DisputeParts = Pick<Shell, 'database' | 'i18n'>;

/**
 * Keeps money that the provider took back or gave again, once per event. What is missing locks the order's vouchers and
 * all that came of them; once nothing is missing any more, everything the dispute did is undone.
 */
export async function bookChargeback(
  { database, i18n }: DisputeParts,
  author: Author,
  orderId: string,
  one: Chargeback,
): Promise<ChargebackOutcome> {
  const { moment } = author;
  return inTransaction(database, async (trx) => {
    const order = await lockedOrder(trx, orderId, moment);
    const keptFor = await findChargebackOrder(trx, one.sourceKey);
    if (keptFor !== null && keptFor !== orderId) throw appError('conflict');
    if (keptFor !== null)
      return { order, isRepeated: true, disputed: (await chargebacksOf(trx, orderId)).disputed.total };
    await requireToldDay({ trx, ...author }, one.happenedOn, 'paidOn');
    if (one.kind === 'chargeback_won') await replaceByHand(trx, orderId, one.cents);
    await keep({ trx, ...author }, order, one, i18n);
    return {
      order: await readOrder(trx, orderId),
      isRepeated: false,
      disputed: (await chargebacksOf(trx, orderId)).disputed.total,
    };
  });
}

export interface WonByHand {
  /** What the person saw as missing; another sum by now is a conflict. */
  readonly cents: number;
  readonly happenedOn: string;
  readonly reference: string | null;
  /** Of the form, so that sending it twice counts once. */
  readonly formKey: string;
}

/** A person knows that all of the missing money is back, without having been told by the provider. */
export async function bookWonByHand(
  { database, i18n }: DisputeParts,
  author: Author,
  orderId: string,
  won: WonByHand,
): Promise<Order> {
  const { moment } = author;
  return inTransaction(database, async (trx) => {
    const order = await lockedOrder(trx, orderId, moment);
    const sourceKey = keyByHand(won.formKey);
    if ((await findChargebackOrder(trx, sourceKey)) !== null) return order;
    const { disputed } = await chargebacksOf(trx, orderId);
    if (disputed.total === 0 || disputed.total !== won.cents) throw appError('conflict');
    await requireToldDay({ trx, ...author }, won.happenedOn, 'wonOn');
    await keep(
      { trx, ...author },
      order,
      {
        kind: 'chargeback_won',
        cents: won.cents,
        happenedOn: won.happenedOn,
        sourceKey,
        reference: won.reference,
      },
      i18n,
    );
    return readOrder(trx, orderId);
  });
}

async function keep(act: Act, order: Order, one: Chargeback, i18n: I18n): Promise<void> {
  const { trx, moment } = act;
  await insertChargeback(trx, order.id, one, moment.now);
  await auditOrder(act, one.kind === 'refund' ? 'order.provider_refund' : `order.${one.kind}`, order.id, {
    cents: one.cents,
    happenedOn: one.happenedOn,
    reference: one.reference,
  });
  await applyDispute(act, order, i18n);
}

/** Brings the order's vouchers and mails in line with the money that is missing; nothing happens where nobody ever took any back. */
export async function applyDispute(act: Act, order: Order, i18n: I18n): Promise<void> {
  const { trx, moment } = act;
  const reason = i18n.translator(order.locale)('orders:chargeback_reason', { number: order.number });
  const { items, disputed } = await chargebacksOf(trx, order.id);
  if (items.length === 0) return;
  await saveDispute(trx, order.id, disputed.total, moment.now);
  const family = await lockedFamily(trx, await findOrderVouchers(trx, order.id));
  let reopened = 0;
  const givenBack = await giveBackCharged(act, family, order, disputed.charged);
  const subjects = [
    { entity: 'order', id: order.id } as const,
    ...family.map((id) => ({ entity: 'voucher', id }) as const),
  ];
  if (disputed.total > 0) {
    for (const id of family) await lockForDispute(act, id, order.id, reason);
    await holdMails(trx, subjects, moment.now);
  } else {
    reopened = await unlockAfterDispute(act, order.id, reason);
    await releaseMails(trx, subjects);
  }
  // What a refund of the order had ended for the chargeback's sake exists again.
  if (order.state === 'refunded' && (givenBack > 0 || reopened > 0)) {
    await updateOrder(trx, order.id, { state: 'fulfilled', ended_at: null });
    await auditOrder(act, 'order.reopen', order.id, { cents: givenBack });
  }
}

export async function chargebacksOf(
  connection: Connection,
  orderId: string,
): Promise<{ readonly items: readonly Chargeback[]; readonly disputed: Disputed }> {
  const items = await findChargebacks(connection, orderId);
  const sum = (kind: Chargeback['kind']): number =>
    items.filter((one) => one.kind === kind).reduce((total, { cents }) => total + cents, 0);
  return {
    items,
    disputed: disputedOf({ chargebacks: sum('chargeback'), refunds: sum('refund'), won: sum('chargeback_won') }),
  };
}

export interface DisputeView extends DisputeFigures, FamilyMoney {
  readonly disputed: number;
}

/** What the dispute of an order costs, of what stands in the books and on its vouchers now. */
export async function disputeOf(connection: Connection, orderId: string): Promise<DisputeView> {
  const { number } = await readOrder(connection, orderId);
  const { disputed } = await chargebacksOf(connection, orderId);
  const money = await moneyOfFamily(
    connection,
    await withDescendants(connection, await findOrderVouchers(connection, orderId)),
    number,
  );
  const booked = Math.min(money.charged, disputed.charged) + Math.min(money.refunded, disputed.refunded);
  return {
    ...money,
    disputed: disputed.total,
    ...disputeFigures({ disputed: disputed.total, booked, balance: money.balance, redeemed: money.redeemed }),
  };
}

/** What is missing of an order's money and not yet booked, by how it was taken. */
export async function unbookedOf(
  connection: Connection,
  order: Order,
  family: readonly string[],
): Promise<{ charged: number; refunded: number }> {
  const { disputed } = await chargebacksOf(connection, order.id);
  const booked = await moneyOfFamily(connection, family, order.number);
  return {
    charged: Math.max(0, disputed.charged - booked.charged),
    refunded: Math.max(0, disputed.refunded - booked.refunded),
  };
}

export interface DisputeListed extends DisputeView {
  readonly order: Order;
  readonly openedAt: number;
}

/** The orders about which somebody has to decide, or has decided. */
export async function disputes(
  connection: Connection,
  page: { readonly isOpen: boolean; readonly beforeId: string | null; readonly limit: number },
): Promise<DisputeListed[]> {
  const listed: DisputeListed[] = [];
  for (const { orderId, openedAt } of await listDisputes(connection, page))
    listed.push({ ...(await disputeOf(connection, orderId)), order: await readOrder(connection, orderId), openedAt });
  return listed;
}

/** How many wait for a decision, counted up to `limit`. */
export async function countOpenDisputes(connection: Connection, limit: number): Promise<number> {
  return (await listDisputes(connection, { isOpen: true, beforeId: null, limit })).length;
}
