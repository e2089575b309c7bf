import { HOUSE } from '../../../core/booking-owner.ts';
import { postingsOfTripPayment } from '../../../core/sale/till-postings.ts';
import { plainBooking } from '../../../core/engine/plain-booking.ts';
import type { Moment } from '../../../platform/process/clock.ts';
import {
  businessTypesOf,
  drawerShareOf,
  TENDER_KINDS,
  TENDERS,
  tenderSum,
  type TenderAmounts,
} from '../../../core/sale/till.ts';
import type { Booking, Evaluation } from '../../../core/engine/voucher.ts';
import type { Act, Author } from '../../../platform/data/act.ts';
import type { Database } from '../../../platform/data/db.ts';
import { takeReceiptNumber } from '../../accounting/receipts/receipt-service.ts';
import { appError } from '../../../platform/process/errors.ts';
import { quote } from '../../booking/quotes/evaluation-service.ts';
import { redeemIn, type RedemptionInput } from '../../booking/redemptions/redemption-service.ts';
import type { MailLinks } from '../../orders/record/order-message-service.ts';
import type { PaymentParts } from '../../orders/payments/order-fulfilment-service.ts';
import { bookPayment, preparedParts } from '../../orders/payments/order-payment-service.ts';
import { newOrderToken, orderDetails, placeIn, type OrderInput } from '../../orders/record/order-service.ts';
import { topUpVoucher } from '../../vouchers/life/voucher-lifecycle-service.ts';
import { findVoucher, lockedVoucher } from '../../vouchers/record/voucher-service.ts';
import type { VoucherView } from '../../vouchers/record/voucher-view-service.ts';
import type { TillEntry } from '../till/shift-store.ts';
import { changeDrawer, recordMove, requireCurrency } from '../till/till-book-service.ts';
import { bookOnce, type SentForm } from '../till/till-form-service.ts';

export interface CounterRedemption {
  readonly voucherId: string;
  /** What is to be paid at all, in cents. */
  readonly price: number;
  /** At most so much of it with the voucher; null: as much as it can. */
  readonly atMost: number | null;
  readonly bookingNumber: string;
  /** The price of the whole trip, where something of this booking was redeemed before; null: nothing was. */
  readonly wholePrice: number | null;
}

/** A form that was sent to an open till. */
export interface SentAtTill extends SentForm {
  readonly shiftId: string;
}

/** What the voucher would pay of a price, by the engine itself. */
export async function quoteAtCounter(
  database: Database,
  wish: Omit<CounterRedemption, 'bookingNumber' | 'wholePrice'>,
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

/** Takes the voucher's part and the customer's rest in one step: redemption, drawer, ledger and receipt, all or nothing. */
export async function redeemAtCounter(
  database: Database,
  sent: SentAtTill,
  wish: CounterRedemption & { readonly expectedPayable: number; readonly tender: TenderAmounts },
  author: Author,
): Promise<TillEntry> {
  const { actor, moment } = author;
  const { price, expectedPayable, tender, bookingNumber } = wish;
  const voucher = await findVoucher(database, wish.voucherId, moment);
  const { entry } = await bookOnce(database, sent, async (trx) => {
    const act: Act = { trx, ...author };
    const shift = await changeDrawer(act, sent.shiftId, drawerShareOf(tender));
    requireCurrency(shift, voucher.currency);
    const outcome = await redeemIn(trx, inputOf(voucher, wish), actor, moment);
    if (outcome.kind === 'refused') throw appError(outcome.code);
    // A trip that no voucher pays for is no redemption, and none of the till's business.
    if (outcome.redemption.evaluation.accepted.length === 0) throw appError('codes_rejected');
    await recordMove(act, shift, {
      ...sent,
      event: 'redemption',
      businessTypes: businessTypesOf('redemption', { isDiscount: voucher.type === 'discount' }, expectedPayable),
      tender,
      price,
      documentNumber: await takeReceiptNumber(act),
      postings: postingsOfTripPayment(tender),
      voucherAmount: price - expectedPayable,
      voucherId: voucher.id,
      redemptionId: outcome.redemption.id,
      bookingNumber,
    });
  });
  return entry;
}

function inputOf(
  voucher: VoucherView,
  wish: CounterRedemption & { readonly expectedPayable: number },
): RedemptionInput {
  const { price, atMost, bookingNumber, expectedPayable, wholePrice } = wish;
  const source = { booking: counterBooking(voucher, price), codes: [{ code: voucher.code, atMost }] };
  const input = { source, owner: HOUSE, bookingNumber, expectedPayable };
  return wholePrice === null ? { ...input, isAdditional: false } : { ...input, isAdditional: true, wholePrice };
}

export async function topUpAtCounter(
  database: Database,
  sent: SentAtTill,
  { voucherId, tender }: { readonly voucherId: string; readonly tender: TenderAmounts },
  author: Author,
): Promise<TillEntry> {
  const { entry } = await bookOnce(database, sent, async (trx) => {
    const act: Act = { trx, ...author };
    const shift = await changeDrawer(act, sent.shiftId, drawerShareOf(tender));
    const { rules } = await lockedVoucher(trx, voucherId, author.moment);
    requireCurrency(shift, rules.currency);
    const documentNumber = await takeReceiptNumber(act);
    for (const one of TENDERS)
      if (tender[one] > 0)
        await topUpVoucher(act, voucherId, { amount: tender[one], method: TENDER_KINDS[one].method, documentNumber });
    await recordMove(act, shift, {
      ...sent,
      event: 'top_up',
      businessTypes: businessTypesOf('top_up', null, 0),
      tender,
      price: tenderSum(tender),
      documentNumber,
      postings: [],
      voucherId,
    });
  });
  return entry;
}

export interface CounterSale {
  readonly input: Omit<OrderInput, 'origin' | 'delivery' | 'deliverOn' | 'submitKey'>;
  readonly tender: TenderAmounts;
}

export interface SoldVouchers {
  readonly orderId: string;
  readonly voucherIds: readonly string[];
  /** What was sold for, in cents. */
  readonly total: number;
  /** Told once to the buyer who stands there; null when this sale was made before. */
  readonly pin: string | null;
}

/** Sells vouchers over the counter: order, money, codes, journal and receipt in one step. */
export async function sellAtCounter(
  desk: MailLinks & { readonly database: Database },
  sent: SentAtTill,
  sale: CounterSale,
  author: Author,
): Promise<SoldVouchers> {
  const { database } = desk;
  const parts = await preparedParts(desk);
  const { entry, isNew } = await bookOnce(database, sent, (trx) => sellIn({ trx, ...author }, sent, sale, parts));
  if (entry.orderId === null) throw new Error('a sale without its order');
  const { voucherIds } = await orderDetails(database.knex, entry.orderId);
  return { orderId: entry.orderId, voucherIds, total: entry.price, pin: isNew ? parts.prepared.pin : null };
}

async function sellIn(act: Act, sent: SentAtTill, { input, tender }: CounterSale, parts: PaymentParts): Promise<void> {
  const shift = await changeDrawer(act, sent.shiftId, drawerShareOf(tender));
  const wanted = { origin: 'counter', delivery: 'counter', deliverOn: null } as const;
  const ordered = { ...input, ...wanted, submitKey: `counter ${sent.entryKey}` };
  const order = await placeIn(act, ordered, newOrderToken(), parts.links);
  requireCurrency(shift, order.currency);
  const documentNumber = await takeReceiptNumber(act);
  for (const one of TENDERS) {
    if (tender[one] === 0) continue;
    const { method } = TENDER_KINDS[one];
    const source = { paidOn: act.moment.today, sourceKey: `counter:${sent.entryKey}:${one}`, reference: null };
    await bookPayment(act, order.id, { cents: tender[one], method, ...source, documentNumber }, parts);
  }
  const { voucherIds } = await orderDetails(act.trx, order.id);
  await recordMove(act, shift, {
    ...sent,
    event: 'sale',
    businessTypes: businessTypesOf('sale', null, 0),
    tender,
    price: order.total,
    documentNumber,
    postings: [],
    orderId: order.id,
    voucherIds,
  });
}

/** A trip of which the counter knows the price only; brand and partner are the voucher's own, because somebody looked. */
function counterBooking(voucher: VoucherView, price: number): Booking {
  const { brand, partner, minTravellers } = voucher.restrictions;
  const { customer } = voucher.restrictions;
  const travellers = Array.from({ length: Math.max(1, minTravellers ?? 1) }, () => 'adult' as const);
  return plainBooking(voucher.currency, price, travellers, { brand, partner, channel: 'counter', customer });
}
