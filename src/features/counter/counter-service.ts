import { HOUSE } from '../../core/booking-owner.ts';
import { plainBooking } from '../../core/engine/plain-booking.ts';
import type { Moment } from '../../platform/process/clock.ts';
import {
  businessTypesOf,
  drawerShareOf,
  TENDER_KINDS,
  TENDERS,
  tenderSum,
  type TenderAmounts,
} from '../../core/sale/till.ts';
import type { Booking, Evaluation } from '../../core/engine/voucher.ts';
import { inTransaction, isDuplicateKey, type Database, type Transaction } from '../../platform/data/db.ts';
import { appError } from '../../platform/process/errors.ts';
import { quote } from '../booking/quotes/evaluation-service.ts';
import { redeemIn, type RedemptionInput } from '../booking/redemptions/redemption-service.ts';
import type { MailLinks } from '../orders/record/order-message-service.ts';
import { bookPayment, preparedParts } from '../orders/payments/order-payment-service.ts';
import { newOrderToken, orderDetails, placeIn, type OrderInput } from '../orders/record/order-service.ts';
import { topUpVoucher } from '../vouchers/life/voucher-lifecycle-service.ts';
import { findVoucher } from '../vouchers/record/voucher-service.ts';
import type { VoucherView } from '../vouchers/record/voucher-view-service.ts';
import { findEntryByKey, insertEntry, moveCash, type NewTillEntry } from './shift-store.ts';

export interface CounterRedemption {
  readonly voucherId: string;
  /** What is to be paid at all, in cents. */
  readonly price: number;
  /** At most so much of it with the voucher; null: as much as it can. */
  readonly atMost: number | null;
  readonly bookingNumber: string;
}

/** What the voucher would pay of a price, by the engine itself. */
export async function quoteAtCounter(
  database: Database,
  wish: Omit<CounterRedemption, 'bookingNumber'>,
  moment: Moment,
): Promise<{ readonly voucher: VoucherView; readonly evaluation: Evaluation }> {
  const voucher = await findVoucher(database, wish.voucherId, moment);
  const evaluation = await quote(
    database,
    {
      booking: counterBooking(voucher, wish.price),
      codes: [{ code: voucher.code, atMost: wish.atMost }],
      clientId: HOUSE.clientId,
    },
    moment,
  );
  return { voucher, evaluation };
}

/** Takes the voucher's part and the customer's rest in one step: redemption, drawer and journal, all or nothing. */
export async function redeemAtCounter(
  database: Database,
  shiftId: string,
  wish: CounterRedemption & {
    readonly expectedPayable: number;
    readonly tender: TenderAmounts;
    readonly entryKey: string;
  },
  actor: string,
  moment: Moment,
): Promise<void> {
  const voucher = await findVoucher(database, wish.voucherId, moment);
  await once(database, wish.entryKey, async (trx) => {
    await addToDrawer(trx, shiftId, drawerShareOf(wish.tender), moment);
    const outcome = await redeemIn(trx, inputOf(voucher, wish), actor, moment);
    if (outcome.kind === 'refused') throw appError(outcome.code);
    const voucherAmount = wish.price - wish.expectedPayable;
    await insertEntry(trx, {
      ...entryOf(shiftId, wish.entryKey, wish.tender, actor, moment),
      event: 'redemption',
      businessTypes: businessTypesOf('redemption', { isDiscount: voucher.type === 'discount' }, wish.expectedPayable),
      voucherId: voucher.id,
      redemptionId: outcome.redemption.id,
      bookingNumber: wish.bookingNumber,
      price: wish.price,
      voucherAmount,
    });
  });
}

function inputOf(
  voucher: VoucherView,
  wish: CounterRedemption & { readonly expectedPayable: number },
): RedemptionInput {
  const { price, atMost, bookingNumber, expectedPayable } = wish;
  const source = { booking: counterBooking(voucher, price), codes: [{ code: voucher.code, atMost }] };
  return { source, owner: HOUSE, bookingNumber, expectedPayable, isAdditional: false };
}

export async function topUpAtCounter(
  database: Database,
  shiftId: string,
  topUp: { readonly voucherId: string; readonly tender: TenderAmounts; readonly entryKey: string },
  actor: string,
  moment: Moment,
): Promise<void> {
  const { tender } = topUp;
  await once(database, topUp.entryKey, async (trx) => {
    await addToDrawer(trx, shiftId, drawerShareOf(tender), moment);
    for (const one of TENDERS) {
      if (tender[one] > 0)
        await topUpVoucher({ trx, actor, moment }, topUp.voucherId, {
          amount: tender[one],
          method: TENDER_KINDS[one].method,
        });
    }
    const price = tenderSum(tender);
    await insertEntry(trx, {
      ...entryOf(shiftId, topUp.entryKey, tender, actor, moment),
      event: 'top_up',
      businessTypes: businessTypesOf('top_up', null, 0),
      voucherId: topUp.voucherId,
      price,
    });
  });
}

export interface CounterSale {
  readonly input: Omit<OrderInput, 'origin' | 'delivery' | 'deliverOn' | 'submitKey'>;
  readonly tender: TenderAmounts;
  readonly entryKey: string;
}

export interface SoldVouchers {
  readonly orderId: string;
  readonly voucherIds: readonly string[];
  /** Told once to the buyer who stands there; null when this sale was made before. */
  readonly pin: string | null;
}

/** Sells vouchers over the counter: order, money, codes and journal in one step. */
export async function sellAtCounter(
  database: Database,
  shiftId: string,
  sale: CounterSale,
  links: MailLinks,
  actor: string,
  moment: Moment,
): Promise<SoldVouchers> {
  const parts = await preparedParts({ database, ...links });
  const isNew = await once(database, sale.entryKey, async (trx) => {
    await addToDrawer(trx, shiftId, drawerShareOf(sale.tender), moment);
    const order = await placeIn(
      { trx, actor, moment },
      { ...sale.input, origin: 'counter', delivery: 'counter', deliverOn: null, submitKey: `counter ${sale.entryKey}` },
      newOrderToken(),
      links,
    );
    for (const one of TENDERS) {
      if (sale.tender[one] === 0) continue;
      const payment = {
        cents: sale.tender[one],
        method: TENDER_KINDS[one].method,
        paidOn: moment.today,
        sourceKey: `counter:${sale.entryKey}:${one}`,
        reference: null,
      };
      await bookPayment({ trx, actor, moment }, order.id, payment, parts);
    }
    await insertEntry(trx, {
      ...entryOf(shiftId, sale.entryKey, sale.tender, actor, moment),
      event: 'sale',
      businessTypes: businessTypesOf('sale', null, 0),
      orderId: order.id,
      price: order.total,
    });
  });
  const entry = await findEntryByKey(database.knex, sale.entryKey);
  if (entry?.orderId == null) throw new Error('a sale without its entry');
  const { voucherIds } = await orderDetails(database.knex, entry.orderId);
  return { orderId: entry.orderId, voucherIds, pin: isNew ? parts.prepared.pin : null };
}

/** A trip of which the counter knows the price only; brand and partner are the voucher's own, because somebody looked. */
function counterBooking(voucher: VoucherView, price: number): Booking {
  const { brand, partner, minTravellers } = voucher.restrictions;
  const { customer } = voucher.restrictions;
  const travellers = Array.from({ length: Math.max(1, minTravellers ?? 1) }, () => 'adult' as const);
  return plainBooking(voucher.currency, price, travellers, { brand, partner, channel: 'counter', customer });
}

/** False: the same form was sent before, and nothing was done again. */
async function once(database: Database, entryKey: string, work: (trx: Transaction) => Promise<void>): Promise<boolean> {
  if ((await findEntryByKey(database.knex, entryKey)) !== null) return false;
  try {
    await inTransaction(database, work);
    return true;
  } catch (error) {
    if (isDuplicateKey(error) && (await findEntryByKey(database.knex, entryKey)) !== null) return false;
    throw error;
  }
}

async function addToDrawer(trx: Transaction, shiftId: string, cash: number, moment: Moment): Promise<void> {
  if (!(await moveCash(trx, shiftId, cash, moment.now))) throw appError('conflict');
}

function entryOf(
  shiftId: string,
  entryKey: string,
  tender: TenderAmounts,
  actor: string,
  moment: Moment,
): Omit<NewTillEntry, 'event' | 'businessTypes' | 'price'> {
  return {
    shiftId,
    entryKey,
    voucherId: null,
    orderId: null,
    redemptionId: null,
    bookingNumber: null,
    voucherAmount: 0,
    ...tender,
    note: null,
    actor,
    recordedAt: moment.now,
  };
}
