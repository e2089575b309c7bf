import { businessTypesOf, inCash } from '../../../core/sale/till.ts';
import type { Act, Author } from '../../../platform/data/act.ts';
import type { Connection, Database } from '../../../platform/data/db.ts';
import type { Page } from '../../../platform/data/page.ts';
import { refundPage } from '../../accounting/refunds/refund-list-service.ts';
import { payRefund, readRefund, type Refund } from '../../accounting/refunds/refund-service.ts';
import type { SentAtTill } from './counter-service.ts';
import type { TillEntry } from '../till/shift-store.ts';
import { changeDrawer, recordMove, requireCurrency, tillRule } from '../till/till-book-service.ts';
import { bookOnce } from '../till/till-form-service.ts';

const MAX_SHOWN = 50;

/** What is decided to be paid back in cash and waits for somebody at a till. */
export function cashRefunds(connection: Connection): Promise<Page<Refund>> {
  return refundPage(connection, {
    state: 'open',
    way: 'cash',
    text: '',
    isIncomplete: false,
    after: null,
    limit: MAX_SHOWN,
  });
}

/** Pays a refund out of the drawer of an open till: the task is done, and its number stands on the slip. */
export async function payRefundAtCounter(
  database: Database,
  sent: SentAtTill,
  refundId: string,
  author: Author,
): Promise<TillEntry> {
  const { entry } = await bookOnce(database, sent, async (trx) => {
    const act: Act = { trx, ...author };
    const { cents, currency, way } = await readRefund(trx, refundId);
    if (way !== 'cash') throw tillRule('', 'refund_not_cash');
    const shift = await changeDrawer(act, sent.shiftId, -cents);
    requireCurrency(shift, currency);
    const payment = { paidOn: act.moment.today, reference: shift.till };
    const refund = await payRefund(act, refundId, 'cash', payment);
    await recordMove(act, shift, {
      ...sent,
      event: 'refund',
      businessTypes: businessTypesOf('refund', null, 0),
      tender: inCash(-refund.cents),
      price: -refund.cents,
      documentNumber: refund.number,
      postings: [],
      voucherId: refund.voucher?.id ?? null,
      orderId: refund.order?.id ?? null,
      note: refund.payee === '' ? null : refund.payee.slice(0, 200),
    });
  });
  return entry;
}
