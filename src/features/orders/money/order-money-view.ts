import type { Response } from 'express';
import { may } from '../../../core/access.ts';
import type { Refund } from '../../accounting/refunds/refund-service.ts';
import { moneyInput } from '../../../platform/html/format.ts';
import { generateToken } from '../../../platform/secrets/tokens.ts';
import type { Order, OrderPayment } from '../record/order-service.ts';
import type { OrderBalance } from './order-balance-service.ts';

/** What the page of an order says of its money: the payments, what stands on no voucher, and what is paid back. */
export function orderMoneyView(
  order: Order,
  { balance, refunding, free }: OrderBalance,
  { payments, refunds }: { readonly payments: readonly OrderPayment[]; readonly refunds: readonly Refund[] },
  { locals: { t, locale, user } }: Response,
) {
  return {
    payments: payments.map((one) => ({
      ...one,
      methodText: t(`orders:method.${one.method}`),
      sourceText: t(`orders:source.${sourceOf(one.sourceKey)}`),
    })),
    refunds: refunds.map((refund) => ({
      href: `/admin/refunds/${refund.id}`,
      number: refund.number,
      cents: refund.cents,
      paidOn: refund.paidOn,
      stateText: t(`refunds:state.${refund.state}`),
    })),
    hasMoney: balance > 0,
    balance: Math.abs(balance),
    isClaim: balance < 0,
    refunding,
    free,
    freeText: moneyInput(free, order.currency, locale),
    formKey: generateToken(''),
    mayRefundMoney: free > 0 && may(user, 'orders.refund'),
    mayMoveMoney: free > 0 && may(user, 'orders.change'),
  };
}

const SOURCES = ['settle', 'form', 'webhook', 'statement', 'counter', 'moved'] as const;

function sourceOf(sourceKey: string): string {
  return SOURCES.find((one) => sourceKey.startsWith(`${one}:`)) ?? 'other';
}
