import { allocate } from './allocation.ts';
import type { AllocationShare } from './voucher.ts';

/** One line of a redemption as a reversal sees it; cents. */
export interface ReversibleLine {
  readonly id: string;
  readonly kind: 'discount' | 'payment';
  readonly applied: number;
  readonly reversed: number;
  readonly allocation: readonly AllocationShare[];
}

/** Which of what paid for a booking bears the cancellation fee. */
export const FEE_BEARERS = ['voucher_last', 'voucher_first', 'pro_rata'] as const;
export type FeeBearer = (typeof FEE_BEARERS)[number];

/** What somebody wants back. */
export type ReversalWish =
  | { readonly kind: 'whole' }
  | { readonly kind: 'amount'; readonly amount: number }
  | { readonly kind: 'lines'; readonly amounts: ReadonlyMap<string, number> }
  | { readonly kind: 'travellers'; readonly travellers: readonly (number | null)[] }
  | { readonly kind: 'fee'; readonly fee: number; readonly money: number; readonly bearer: FeeBearer };

export interface ReversalShare {
  readonly lineId: string;
  readonly amount: number;
}

export interface ReversalPlan {
  /** In the reverse order of application; every amount is above 0. */
  readonly shares: readonly ReversalShare[];
  /** Only for a cancellation with a fee. */
  readonly fee: { readonly fromMoney: number; readonly fromVouchers: number; readonly moneyBack: number } | null;
}

/** Where a wish asks for more than there is: line ids, or `amount` or `fee`; empty: there is nothing left to give back. */
export interface ExcessiveWish {
  readonly excessive: readonly string[];
}

/**
 * How much goes back to which line. `whole`: all that is left. `amount`: so much in all, in the reverse order of
 * application. `lines`: so much of each. `travellers`: the stored shares of those who do not travel (`null`: of the
 * booking itself), at most what is left. `fee`: the booking is cancelled and `fee` is kept; the bearer says whether it
 * comes out of the `money` paid, out of the vouchers, or out of both in proportion. Discounts go back whole with it.
 *
 * Source: accounting.md K6, K7 and section 6. Units: minor units. 60,00 from a voucher and 40,00 in money, fee 50,00,
 * voucher_last: money bears 40,00, the voucher 10,00, so 50,00 go back to the voucher and no money.
 */
export function planReversal(lines: readonly ReversibleLine[], wish: ReversalWish): ReversalPlan | ExcessiveWish {
  const open = [...lines].reverse().map((line) => ({ ...line, left: line.applied - line.reversed }));
  const left = sumOf(open);
  if (left === 0) return { excessive: [] };
  switch (wish.kind) {
    case 'whole':
      return planOf(open.map((line) => ({ lineId: line.id, amount: line.left })));
    case 'amount':
      return wish.amount <= 0 || wish.amount > left
        ? { excessive: ['amount'] }
        : planOf(takeInOrder(open, wish.amount));
    case 'lines': {
      const excessive = [...wish.amounts].filter(
        ([id, amount]) => amount < 0 || amount > (open.find((line) => line.id === id)?.left ?? 0),
      );
      if (excessive.length > 0) return { excessive: excessive.map(([id]) => id) };
      return planOf(open.map((line) => ({ lineId: line.id, amount: wish.amounts.get(line.id) ?? 0 })));
    }
    case 'travellers': {
      const shareOf = (line: ReversibleLine): number =>
        line.allocation
          .filter(({ traveller }) => wish.travellers.includes(traveller))
          .reduce((sum, { amount }) => sum + amount, 0);
      return planOf(open.map((line) => ({ lineId: line.id, amount: Math.min(line.left, shareOf(line)) })));
    }
    case 'fee':
      return planFee(open, wish);
  }
}

type OpenLine = ReversibleLine & { readonly left: number };

function planFee(
  open: readonly OpenLine[],
  { fee, money, bearer }: Extract<ReversalWish, { kind: 'fee' }>,
): ReversalPlan | ExcessiveWish {
  const payments = open.filter(({ kind }) => kind === 'payment');
  const paid = sumOf(payments);
  if (fee < 0 || fee > money + paid) return { excessive: ['fee'] };
  const fromVouchers = voucherPartOf(fee, money, paid, bearer);
  const amounts =
    bearer === 'pro_rata' ? inProportion(payments, paid - fromVouchers) : takeInOrder(payments, paid - fromVouchers);
  const back = new Map(amounts.map(({ lineId, amount }) => [lineId, amount]));
  const shares = open.map((line) => ({
    lineId: line.id,
    amount: line.kind === 'discount' ? line.left : (back.get(line.id) ?? 0),
  }));
  const fromMoney = fee - fromVouchers;
  const plan = planOf(shares);
  return 'excessive' in plan
    ? { shares: [], fee: { fromMoney, fromVouchers, moneyBack: money - fromMoney } }
    : { ...plan, fee: { fromMoney, fromVouchers, moneyBack: money - fromMoney } };
}

function voucherPartOf(fee: number, money: number, paid: number, bearer: FeeBearer): number {
  switch (bearer) {
    case 'voucher_last':
      return Math.max(0, fee - money);
    case 'voucher_first':
      return Math.min(fee, paid);
    case 'pro_rata':
      return money + paid === 0 ? 0 : (allocate(fee, [money, paid])[1] ?? 0);
  }
}

function inProportion(lines: readonly OpenLine[], amount: number): ReversalShare[] {
  const shares = allocate(
    amount,
    lines.map(({ left }) => left),
  );
  return lines.map((line, index) => ({ lineId: line.id, amount: shares[index] ?? 0 }));
}

function takeInOrder(lines: readonly OpenLine[], wanted: number): ReversalShare[] {
  let missing = wanted;
  return lines.map((line) => {
    const amount = Math.min(line.left, missing);
    missing -= amount;
    return { lineId: line.id, amount };
  });
}

function planOf(shares: readonly ReversalShare[]): ReversalPlan | ExcessiveWish {
  const above = shares.filter(({ amount }) => amount > 0);
  return above.length === 0 ? { excessive: [] } : { shares: above, fee: null };
}

function sumOf(lines: readonly OpenLine[]): number {
  return lines.reduce((sum, { left }) => sum + left, 0);
}
