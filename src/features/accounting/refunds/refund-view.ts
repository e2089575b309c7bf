import type { Response } from 'express';
import { may } from '../../../core/access.ts';
import { groupedIban } from '../../../core/sale/epc-payment.ts';
import { isWithdrawable, missingOf, type Refund, type RefundState } from './refund-service.ts';

export const REFUNDS_PATH = '/admin/refunds';

const TONES: Readonly<Record<RefundState, string>> = {
  open: 'warn',
  ordered: 'info',
  paid: 'ok',
  set_off: 'ok',
  withdrawn: 'quiet',
};

export type Names = ReadonlyMap<string, string>;

/** A refund as the list and its own page show it; the whole IBAN only where somebody may pay. */
export function refundRow(refund: Refund, names: Names, { locals: { t, user } }: Response) {
  const mayPay = may(user, 'refunds.pay');
  const isUnpaid = refund.state === 'open' || refund.state === 'ordered';
  const gaps = isUnpaid ? missingOf(refund) : [];
  return {
    ...refund,
    href: `${REFUNDS_PATH}/${refund.id}`,
    fileHref: refund.fileId === null ? '' : `${REFUNDS_PATH}/files/${refund.fileId}`,
    voucherHref: refund.voucher === null ? '' : `/admin/vouchers/${refund.voucher.id}`,
    voucherText: refund.voucher === null ? '' : (refund.voucher.number ?? `V-${refund.voucher.id}`),
    orderHref: refund.order === null ? '' : `/admin/orders/${refund.order.id}`,
    orderText: refund.order?.number ?? '',
    ibanText: mayPay ? groupedIban(refund.iban) : refund.iban === '' ? '' : `…${refund.iban.slice(-4)}`,
    wayText: t(`refunds:way.${refund.way}`),
    originText: t(`refunds:origin.${refund.origin}`),
    stateText: t(`refunds:state.${refund.state}`),
    tone: TONES[refund.state],
    gaps: gaps.map((gap) => t(`refunds:gap.${gap}`)),
    decidedByText: names.get(refund.decidedBy) ?? refund.decidedBy,
    paidByText: refund.paidBy === null ? '' : (names.get(refund.paidBy) ?? refund.paidBy),
    isChoosable: mayPay && refund.state === 'open' && refund.way === 'transfer' && gaps.length === 0,
    mayChange: mayPay && refund.state === 'open',
    mayPay: mayPay && isUnpaid && refund.way !== 'cash',
    isCash: isUnpaid && refund.way === 'cash',
    mayWithdraw: mayPay && refund.state === 'open' && isWithdrawable(refund),
  };
}
