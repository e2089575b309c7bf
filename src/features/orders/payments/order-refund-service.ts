import type { Author } from '../../../platform/data/act.ts';
import { isLegalForOrder } from '../../../core/sale/order-lifecycle.ts';
import { inTransaction, type Database, type Transaction } from '../../../platform/data/db.ts';
import { appError } from '../../../platform/process/errors.ts';
import { withdrawVoucherMails } from '../../documents/mail/mail-hold-service.ts';
import { shopSettings } from '../../settings/shop-settings-service.ts';
import {
  lockedFamily,
  markEndedByDispute,
  otherDisputesOf,
  withDescendants,
} from '../../vouchers/life/voucher-dispute-service.ts';
import { cancelVoucher } from '../../vouchers/life/voucher-lifecycle-service.ts';
import { readVoucher } from '../../vouchers/record/voucher-service.ts';
import { chargebacksOf, unbookedOf } from './chargeback-service.ts';
import { queueOrderRefunded } from '../record/order-message-service.ts';
import { auditOrder, lockedOrder, readOrder } from '../record/order-service.ts';
import { findOrderVouchers, updateOrder, type Order } from '../record/order-store.ts';

/**
 * Ends the vouchers of a fulfilled order, and what came of them by new codes or parts, and pays back what is left; what
 * was redeemed stays redeemed. What the payment provider has taken back already is not paid a second time, and not among
 * the `cents` that are paid back.
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
    const order = await lockedOrder(trx, id, moment);
    if (!isLegalForOrder('refund', order.state)) throw appError('illegal_transition');
    const family = await lockedFamily(trx, await findOrderVouchers(trx, id));
    const { disputed } = await chargebacksOf(trx, id);
    const takenBack = await unbookedOf(trx, order, family);
    let cents = 0;
    for (const voucherId of family) {
      const voucher = await readVoucher(trx, voucherId, moment);
      if (ENDED.has(voucher.status)) continue;
      const balance = voucher.balance ?? 0;
      const ofOthers = await chargedOfOthers(trx, voucherId, id);
      const charged = [{ orderNumber: order.number, cents: takenBack.charged }, ...ofOthers];
      await cancelVoucher({ trx, ...author }, voucherId, {
        refund: true,
        reason: refund.reason,
        takenBack: { charged, refunded: takenBack.refunded },
      });
      if (disputed.total > 0) await markEndedByDispute(trx, voucherId, id);
      const own = Math.min(balance, takenBack.charged);
      const others = Math.min(
        balance - own,
        ofOthers.reduce((sum, one) => sum + one.cents, 0),
      );
      const refunded = Math.min(balance - own - others, takenBack.refunded);
      takenBack.charged -= own;
      takenBack.refunded -= refunded;
      cents += balance - own - others - refunded;
    }
    await updateOrder(trx, id, { state: 'refunded', ended_at: moment.now });
    // Winning a dispute brings vouchers and mails back.
    await withdrawVoucherMails(
      trx,
      [{ entity: 'order', id }, ...family.map((one) => ({ entity: 'voucher', id: one }) as const)],
      disputed.total === 0 ? 'refunded' : 'disputed',
    );
    const refunded = await readOrder(trx, id);
    if (refund.tellsBuyer) await queueOrderRefunded({ trx, ...author }, refunded, cents, shop);
    await auditOrder({ trx, ...author }, 'order.refund', id, { ...refund, cents });
    return { order: refunded, cents };
  });
}

/** Where vouchers of several orders were merged, money of another one may be missing too. */
async function chargedOfOthers(
  trx: Transaction,
  voucherId: string,
  orderId: string,
): Promise<{ readonly orderNumber: string; readonly cents: number }[]> {
  const found: { orderNumber: string; cents: number }[] = [];
  for (const otherId of await otherDisputesOf(trx, voucherId, orderId)) {
    const other = await readOrder(trx, otherId);
    const { charged } = await unbookedOf(trx, other, await withDescendants(trx, await findOrderVouchers(trx, otherId)));
    found.push({ orderNumber: other.number, cents: charged });
    await markEndedByDispute(trx, voucherId, otherId);
  }
  return found;
}

const ENDED: ReadonlySet<string> = new Set(['cancelled', 'refunded', 'replaced', 'derecognised']);
