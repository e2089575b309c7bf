import { isLegal } from '../../core/lifecycle.ts';
import { normaliseCode } from '../../core/voucher-code.ts';
import { inTransaction, type Connection, type Database, type Transaction } from '../../platform/db.ts';
import { appError } from '../../platform/errors.ts';
import { setLock } from '../vouchers/voucher-lock-service.ts';
import { lockedVoucher, readVoucher } from '../vouchers/voucher-service.ts';
import { statusOfRecord, type Moment } from '../vouchers/voucher-view-service.ts';
import { findChargebackOrder, findChargebacks, insertChargeback, type Chargeback } from './chargeback-store.ts';
import { auditOrder, lockedOrder } from './order-service.ts';
import { findOrderVouchers, type Order } from './order-store.ts';

export { CHARGEBACK_KINDS, type Chargeback, type ChargebackKind } from './chargeback-store.ts';

export interface ChargebackOutcome {
  readonly order: Order;
  readonly isRepeated: boolean;
  /** Cents that were taken back and not given again. */
  readonly disputed: number;
}

/**
 * Keeps money that the provider took back, once per event, and locks what the order's vouchers still hold. Nothing is
 * posted here: whoever looks into it ends the vouchers with a refund, which goes the way the money came.
 */
export async function bookChargeback(database: Database, orderId: string, one: Chargeback, actor: string, moment: Moment): Promise<ChargebackOutcome> {
  return inTransaction(database, async (trx) => {
    const order = await lockedOrder(trx, orderId, moment);
    const keptFor = await findChargebackOrder(trx, one.sourceKey);
    if (keptFor !== null && keptFor !== orderId) throw appError('conflict');
    if (keptFor !== null) return { order, isRepeated: true, disputed: await disputedOf(trx, orderId) };
    await insertChargeback(trx, orderId, one, moment.now);
    await auditOrder(trx, one.kind === 'refund' ? 'order.provider_refund' : `order.${one.kind}`, orderId, { cents: one.cents, happenedOn: one.happenedOn, reference: one.reference }, actor, moment);
    await lockDisputed(trx, order, actor, moment);
    return { order, isRepeated: false, disputed: await disputedOf(trx, orderId) };
  });
}

/** Locks the vouchers of an order whose money was taken back; what is used up or over stays as it is. */
export async function lockDisputed(trx: Transaction, order: Order, actor: string, moment: Moment): Promise<void> {
  if ((await disputedOf(trx, order.id)) === 0) return;
  const vouchers = [];
  for (const id of await findOrderVouchers(trx, order.id)) vouchers.push(await readVoucher(trx, id, moment));
  const byCode = vouchers.map(({ id, code }) => ({ id, code: normaliseCode(code) })).sort((a, b) => (a.code < b.code ? -1 : 1));
  for (const { id } of byCode) {
    const locked = await lockedVoucher(trx, id, moment);
    if (!isLegal('deactivate', statusOfRecord(locked.record, locked.rules, moment.today))) continue;
    await setLock(trx, locked, true, order.locale === 'de' ? `Rückbelastung ${order.number}` : `Chargeback ${order.number}`, actor, moment);
  }
}

export async function chargebacksOf(connection: Connection, orderId: string): Promise<{ readonly items: readonly Chargeback[]; readonly disputed: number }> {
  const items = await findChargebacks(connection, orderId);
  return { items, disputed: disputedSum(items) };
}

async function disputedOf(connection: Connection, orderId: string): Promise<number> {
  return disputedSum(await findChargebacks(connection, orderId));
}

/** 100,00 taken back, 40,00 given again: 60,00. The order in which it was told does not matter. */
function disputedSum(items: readonly Chargeback[]): number {
  return Math.max(0, items.reduce((sum, { kind, cents }) => sum + (kind === 'chargeback_won' ? -cents : cents), 0));
}
