import { join } from 'node:path';
import { inCash, tenderAmounts, type TenderAmounts } from '../../../src/core/sale/till.ts';
import { compareCash, type CashComparison } from '../../../src/features/counter/till/cash-account-service.ts';
import {
  quoteAtCounter,
  redeemAtCounter,
  sellAtCounter,
  topUpAtCounter,
} from '../../../src/features/counter/desk/counter-service.ts';
import {
  openShift,
  openShiftOf,
  type OpeningGap,
  type Shift,
  type TillEntry,
} from '../../../src/features/counter/till/shift-service.ts';
import type { SentForm } from '../../../src/features/counter/till/till-form-service.ts';
import { createVoucher } from '../../../src/features/vouchers/life/voucher-create-service.ts';
import type { VoucherView } from '../../../src/features/vouchers/record/voucher-view-service.ts';
import type { Author } from '../../../src/platform/data/act.ts';
import type { Database } from '../../../src/platform/data/db.ts';
import { createI18n } from '../../../src/platform/html/i18n.ts';

export const TODAY = '2026-06-15';
const i18n = createI18n({ directory: join(import.meta.dirname, '..', '..', '..', 'locales'), strict: true });
let forms = 0;

/** A form that nobody has sent before. */
export function newForm(): SentForm {
  const entryKey = `form-${++forms}`;
  return { entryKey, formHash: entryKey };
}

export const byCard = (cents: number): TenderAmounts => tenderAmounts((tender) => (tender === 'card' ? cents : 0));
export const mixed = (cash: number, card: number): TenderAmounts => ({ cash, card, transfer: 0 });

/** What people do at tills, without their pages. */
export function tillDesk(database: () => Database, today: () => string = () => TODAY) {
  const author = (actor: string): Author => ({
    actor,
    moment: { today: today(), now: Date.parse(`${today()}T12:00:00Z`) },
  });
  const shiftOf = async (actor: string): Promise<Shift> => {
    const shift = await openShiftOf(database().knex, actor);
    if (shift === null) throw new Error(`${actor} has no open till`);
    return shift;
  };
  return {
    author,
    shiftOf,
    open: async (actor: string, till: string, cash: number, gap: OpeningGap | null = 'transit'): Promise<Shift> => {
      const outcome = await openShift(database(), { till, cash, gap, note: 'morgens' }, author(actor));
      if (outcome.kind !== 'opened') throw new Error('the drawer does not hold what was left in it');
      return shiftOf(actor);
    },
    compare: async (): Promise<CashComparison> => {
      const [first, ...others] = await compareCash(database().knex);
      if (others.length > 0) throw new Error('more than one currency');
      return first ?? { currency: 'EUR', inDrawers: 0, inAccount: 0, difference: 0, opening: null };
    },
    voucher: (cents: number): Promise<VoucherView> =>
      createVoucher(database(), author('user:1'), {
        type: 'purchase',
        title: 'Am Schalter',
        paidAt: today(),
        value: { originalValue: cents },
      }),
    sell: async (
      actor: string,
      amount: number,
      quantity: number,
      tender: TenderAmounts,
      buyerEmail: string | null = null,
    ) => {
      const shift = await shiftOf(actor);
      const people = { buyerPhone: null, buyerStreet: null, buyerPostcode: null, buyerCity: null };
      const none = { buyerName: null, recipientName: null, recipientEmail: null, message: null, motif: null };
      const input = { locale: 'de', brand: null, amount, quantity, buyerEmail, ...people, ...none } as const;
      const desk = { database: database(), i18n, baseUrl: 'http://till.example' };
      return sellAtCounter(desk, { ...newForm(), shiftId: shift.id }, { input, tender }, author(actor));
    },
    /** Pays a trip with the voucher as far as it goes, and the rest by `restBy`. */
    redeem: async (
      actor: string,
      voucherId: string,
      price: number,
      bookingNumber: string,
      restBy: (cents: number) => TenderAmounts = inCash,
    ): Promise<TillEntry> => {
      const shift = await shiftOf(actor);
      const { evaluation } = await quoteAtCounter(database(), { voucherId, price, atMost: null }, author(actor).moment);
      const rest = evaluation.payable;
      const wish = {
        voucherId,
        price,
        atMost: null,
        bookingNumber,
        wholePrice: null,
        expectedPayable: rest,
        tender: restBy(rest),
      };
      return redeemAtCounter(database(), { ...newForm(), shiftId: shift.id }, wish, author(actor));
    },
    topUp: async (actor: string, voucherId: string, tender: TenderAmounts): Promise<TillEntry> => {
      const shift = await shiftOf(actor);
      return topUpAtCounter(database(), { ...newForm(), shiftId: shift.id }, { voucherId, tender }, author(actor));
    },
  };
}
