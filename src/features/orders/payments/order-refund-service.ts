import type { Act, Author } from '../../../platform/data/act.ts';
import { canBeEnded } from '../../../core/engine/lifecycle.ts';
import { isLegalForOrder } from '../../../core/sale/order-lifecycle.ts';
import { inTransaction, type Database, type Transaction } from '../../../platform/data/db.ts';
import { appError } from '../../../platform/process/errors.ts';
import { withdrawVoucherMails } from '../../documents/mail/mail-hold-service.ts';
import { decideRefund, increasedRefund, type OpenedRefund } from '../../accounting/refunds/refund-service.ts';
import { refundWayOfOrder } from '../../accounting/refunds/refund-source-service.ts';
import { shopSettings } from '../../settings/shop-settings-service.ts';
import {
  balanceOfFamily,
  lockedFamily,
  markEndedByDispute,
  otherDisputesOf,
  withDescendants,
} from '../../vouchers/life/voucher-dispute-service.ts';
import { cancelVoucher } from '../../vouchers/life/voucher-lifecycle-service.ts';
import type { RefundOpening, TakenBackPart } from '../../vouchers/life/voucher-refund-service.ts';
import { readVoucher } from '../../vouchers/record/voucher-service.ts';
import { postWaitingMoney } from './chargeback-service.ts';
import { chargebacksOf, unbookedOf } from './dispute-figures-service.ts';
import { orderSubject } from './order-money-service.ts';
import { queueOrderRefunded } from '../record/order-message-service.ts';
import { auditOrder, lockedOrder, readOrder } from '../record/order-service.ts';
import { findOrderVouchers, updateOrder, type Order } from '../record/order-store.ts';

/**
 * Ends the vouchers of a fulfilled order, and what came of them by new codes or parts, and makes one task of paying back
 * what is left; what was redeemed stays redeemed. What the payment provider has taken back already is not paid a second
 * time, and not among the `cents` that are to be paid back.
 */
export async function refundOrder(
  database: Database,
  author: Author,
  id: string,
  refund: { readonly reason: string; readonly tellsBuyer: boolean },
): Promise<{ readonly order: Order; readonly cents: number }> {
  const { moment } = author;
  const shop = await shopSettings(database.knex);
  return inTransaction(database, async (trx) => {
    const act: Act = { trx, ...author };
    const order = await lockedOrder(trx, id, moment);
    const family = await lockedFamily(trx, await findOrderVouchers(trx, id));
    const hasValue = (await balanceOfFamily(trx, family)) > 0;
    if (!isLegalForOrder('refund', order.state, hasValue)) throw appError('illegal_transition');
    await postWaitingMoney(act, order);
    const { disputed } = await chargebacksOf(trx, id);
    const cents = await endVouchers(act, order, family, { reason: refund.reason, isDisputed: disputed.total > 0 });
    await updateOrder(trx, id, { state: 'refunded', ended_at: moment.now });
    // Winning a dispute brings vouchers and mails back.
    await withdrawVoucherMails(
      trx,
      [{ entity: 'order', id }, ...family.map((one) => ({ entity: 'voucher', id: one }) as const)],
      disputed.total === 0 ? 'refunded' : 'disputed',
    );
    const refunded = await readOrder(trx, id);
    if (refund.tellsBuyer) await queueOrderRefunded(act, refunded, cents, shop);
    await auditOrder(act, 'order.refund', id, { ...refund, cents });
    return { order: refunded, cents };
  });
}

/** How many cents are to be paid back. */
async function endVouchers(
  act: Act,
  order: Order,
  family: readonly string[],
  { reason, isDisputed }: { readonly reason: string; readonly isDisputed: boolean },
): Promise<number> {
  const { trx, moment } = act;
  const left = await unbookedOf(trx, order, family);
  const openItemId = left.charged + left.refunded === 0 ? '' : (await orderSubject(trx, order)).id;
  const part = (cents: number): TakenBackPart => ({ orderNumber: order.number, openItemId, cents });
  const opening = openingOf(order, reason);
  let cents = 0;
  for (const voucherId of family) {
    const voucher = await readVoucher(trx, voucherId, moment);
    const balance = voucher.balance ?? 0;
    if (!canBeEnded(voucher.status, balance)) continue;
    const ofOthers = await chargedOfOthers(trx, voucherId, order.id);
    const takenBack = { charged: [part(left.charged), ...ofOthers], refunded: part(left.refunded) };
    await cancelVoucher(act, voucherId, { refund: true, reason, takenBack, opening });
    if (isDisputed) await markEndedByDispute(trx, voucherId, order.id);
    const own = Math.min(balance, left.charged);
    const others = Math.min(
      balance - own,
      ofOthers.reduce((sum, one) => sum + one.cents, 0),
    );
    const refunded = Math.min(balance - own - others, left.refunded);
    left.charged -= own;
    left.refunded -= refunded;
    cents += balance - own - others - refunded;
  }
  return cents;
}

/** One refund for all vouchers of the order. */
function openingOf(order: Order, reason: string): RefundOpening {
  let opened: OpenedRefund | null = null;
  return async (act, cents) => {
    if (opened !== null) return increasedRefund(act.trx, opened, cents);
    opened = await decideRefund(act, {
      origin: 'order',
      ...(await refundWayOfOrder(act.trx, order.id)),
      payee: order.buyerName ?? '',
      iban: '',
      cents,
      currency: order.currency,
      voucher: null,
      order: { id: order.id, number: order.number },
      partnerId: null,
      lineId: null,
      reason,
      brand: order.brand,
      openItem: null,
    });
    return opened;
  };
}

/** Where vouchers of several orders were merged, money of another one may be missing too. */
async function chargedOfOthers(trx: Transaction, voucherId: string, orderId: string): Promise<TakenBackPart[]> {
  const found: TakenBackPart[] = [];
  for (const otherId of await otherDisputesOf(trx, voucherId, orderId)) {
    const other = await readOrder(trx, otherId);
    const { charged } = await unbookedOf(trx, other, await withDescendants(trx, await findOrderVouchers(trx, otherId)));
    const openItemId = charged === 0 ? '' : (await orderSubject(trx, other)).id;
    found.push({ orderNumber: other.number, openItemId, cents: charged });
    await markEndedByDispute(trx, voucherId, otherId);
  }
  return found;
}
