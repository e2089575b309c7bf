import { isLegalForOrder } from '../../core/order-lifecycle.ts';
import { inTransaction, type Database } from '../../platform/db.ts';
import { appError } from '../../platform/errors.ts';
import { shopSettings } from '../settings/shop-settings-service.ts';
import { cancelVoucher } from '../vouchers/voucher-lifecycle-service.ts';
import { readVoucher } from '../vouchers/voucher-service.ts';
import type { Moment } from '../vouchers/voucher-view-service.ts';
import { chargebacksOf } from './chargeback-service.ts';
import { queueOrderRefunded, type MailLinks } from './order-message-service.ts';
import { auditOrder, lockedOrder, readOrder } from './order-service.ts';
import { findOrderVouchers, updateOrder, type Order } from './order-store.ts';

/**
 * Ends the vouchers of a fulfilled order and pays back what is left on them; what was redeemed stays redeemed. What the
 * payment provider has taken back already is not paid a second time.
 */
export async function refundOrder(
  database: Database,
  id: string,
  refund: { readonly reason: string; readonly tellsBuyer: boolean },
  links: MailLinks,
  actor: string,
  moment: Moment,
): Promise<{ readonly order: Order; readonly cents: number }> {
  const shop = await shopSettings(database.knex);
  return inTransaction(database, async (trx) => {
    const order = await lockedOrder(trx, id, moment);
    if (!isLegalForOrder('refund', order.state)) throw appError('illegal_transition');
    let cents = 0;
    let { disputed: takenBack } = await chargebacksOf(trx, id);
    for (const voucherId of await findOrderVouchers(trx, id)) {
      const voucher = await readVoucher(trx, voucherId, moment);
      if (ENDED.has(voucher.status)) {
        takenBack = Math.max(0, takenBack - order.amount);
        continue;
      }
      const balance = voucher.balance ?? 0;
      cents += balance;
      await cancelVoucher(trx, voucherId, { refund: true, reason: refund.reason, takenBack: Math.min(takenBack, balance) }, actor, moment);
      takenBack -= Math.min(takenBack, balance);
    }
    await updateOrder(trx, id, { state: 'refunded', ended_at: moment.now });
    const refunded = await readOrder(trx, id);
    if (refund.tellsBuyer) await queueOrderRefunded(trx, refunded, cents, shop, links, moment);
    await auditOrder(trx, 'order.refund', id, { ...refund, cents }, actor, moment);
    return { order: refunded, cents };
  });
}

const ENDED: ReadonlySet<string> = new Set(['cancelled', 'refunded', 'replaced', 'derecognised']);
