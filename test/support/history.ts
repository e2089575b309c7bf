import { HOUSE } from '../../src/core/booking-owner.ts';
import { redeem } from '../../src/features/booking/redemptions/redemption-service.ts';
import { reverse } from '../../src/features/booking/reversals/reversal-service.ts';
import type { VoucherBody } from '../../src/features/vouchers/record/voucher-service.ts';
import { createVoucher } from '../../src/features/vouchers/life/voucher-create-service.ts';
import type { VoucherView } from '../../src/features/vouchers/record/voucher-view-service.ts';
import type { Database } from '../../src/platform/data/db.ts';

/** What happens to vouchers over the days of a test, through the services themselves. */
export interface History {
  sell(title: string, cents: number, day: string, more?: Partial<VoucherBody>): Promise<VoucherView>;
  /** The id of the redemption; null: the codes did not hold. */
  spend(codes: readonly string[], tripPrice: number, bookingNumber: string, day: string): Promise<string | null>;
  /** False: more than was redeemed. */
  giveBack(redemptionId: string, amount: number | null, day: string): Promise<boolean>;
}

let keys = 0;

export function historyOf(database: () => Database): History {
  const at = (today: string) => ({ today, now: Date.parse(`${today}T12:00:00Z`) });
  const request = () => ({ scope: 'test', key: `history-${++keys}`, fingerprint: String(keys) });
  return {
    sell: (title, cents, day, more = {}) =>
      createVoucher(
        database(),
        { actor: 'test', moment: at(day) },
        { type: 'purchase', title, paidAt: day, value: { originalValue: cents }, ...more },
      ),
    async spend(codes, tripPrice, bookingNumber, day) {
      const booking = {
        currency: 'EUR',
        tripPrice,
        nonDiscountable: 0,
        travellers: [{ kind: 'adult' as const }],
        product: null,
        themes: [],
        regions: [],
        brand: null,
        partner: null,
        channel: 'web' as const,
        entry: 'booking_flow' as const,
        departure: null,
        customer: null,
        reference: null,
      };
      const source = { booking, codes: codes.map((code) => ({ code, atMost: null })) };
      const { outcome } = await redeem(
        database(),
        { source, owner: HOUSE, bookingNumber, expectedPayable: null, isAdditional: false },
        request(),
        'test',
        at(day),
      );
      return outcome.kind === 'redeemed' ? outcome.redemption.id : null;
    },
    async giveBack(redemptionId, amount, day) {
      const { outcome } = await reverse(
        database(),
        {
          redemptionId,
          clientId: null,
          wish: amount === null ? { kind: 'whole' } : { kind: 'amount', amount },
          expectedAmount: null,
          reason: 'Storno',
        },
        request(),
        'test',
        at(day),
      );
      return outcome.kind === 'reversed';
    },
  };
}
