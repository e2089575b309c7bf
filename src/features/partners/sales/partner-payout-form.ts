import type { FormError } from '../../../platform/html/form-view.ts';
import type { Translate } from '../../../platform/html/i18n.ts';
import { parseAmount, parsePastDay } from '../../../platform/html/typed-input.ts';
import { textOf } from '../../../platform/http/request.ts';
import type { CommissionInvoice } from './partner-payout-service.ts';

type Body = Readonly<Record<string, unknown>>;
type Read<T> = { readonly value: T } | { readonly errors: readonly FormError[] };

const MAX_NUMBER = 36;

export function readCommission(body: Body, today: string, t: Translate): Read<CommissionInvoice> {
  const documentNumber = textOf(body['commissionNumber'], MAX_NUMBER);
  const [on, net, vat] = [
    parsePastDay(textOf(body['commissionOn']), today),
    parseAmount(textOf(body['commissionNet'])),
    parseAmount(textOf(body['commissionVat']) || '0'),
  ];
  const problem = (path: string, key: string): FormError => ({ path, message: t(`partner_statements:${key}`) });
  const errors = [
    ...(documentNumber === '' ? [problem('commissionNumber', 'commission_number_required')] : []),
    ...(on.ok ? [] : [{ path: 'commissionOn', message: t(`common:${on.error}`) }]),
    ...(!net.ok || net.value < 0 ? [problem('commissionNet', 'commission_amount_wrong')] : []),
    ...(!vat.ok || vat.value < 0 ? [problem('commissionVat', 'commission_amount_wrong')] : []),
  ];
  if (errors.length > 0 || !on.ok || !net.ok || !vat.ok) return { errors };
  return { value: { documentNumber, on: on.value, net: net.value, vat: vat.value } };
}

export function readPayout(
  body: Body,
  today: string,
  t: Translate,
): Read<{ readonly paidOn: string; readonly reference: string; readonly cents: number }> {
  const reference = textOf(body['payoutReference'], MAX_NUMBER);
  const [paidOn, cents] = [parsePastDay(textOf(body['payoutOn']), today), parseAmount(textOf(body['payoutAmount']))];
  const problem = (path: string, key: string): FormError => ({ path, message: t(key) });
  const errors = [
    ...(paidOn.ok ? [] : [problem('payoutOn', `common:${paidOn.error}`)]),
    ...(cents.ok ? [] : [problem('payoutAmount', 'partner_statements:payout_amount_wrong')]),
    ...(reference === '' ? [problem('payoutReference', 'partner_statements:payout_reference_required')] : []),
  ];
  if (errors.length > 0 || !paidOn.ok || !cents.ok) return { errors };
  return { value: { paidOn: paidOn.value, reference, cents: cents.value } };
}
