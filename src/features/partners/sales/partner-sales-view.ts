import type { Connection } from '../../../platform/data/db.ts';
import type { FormError } from '../../../platform/html/form-view.ts';
import { dayInput, formatMoney, moneyInput } from '../../../platform/html/format.ts';
import type { Locale, Translate } from '../../../platform/html/i18n.ts';
import { parseDay, parseMoney } from '../../../platform/html/typed-input.ts';
import { textOf } from '../../../platform/http/request.ts';
import { salesFigures, type CommissionInvoice, type SalesRefusal } from './partner-sales-service.ts';
import type { Statement } from '../statements/partner-statement-service.ts';

type Body = Readonly<Record<string, unknown>>;
type Read<T> = { readonly value: T } | { readonly errors: readonly FormError[] };

const MAX_NUMBER = 36;

export function readCommission(body: Body, today: string, t: Translate): Read<CommissionInvoice> {
  const documentNumber = textOf(body['commissionNumber'], MAX_NUMBER);
  const [on, net, vat] = [
    parseDay(textOf(body['commissionOn'])),
    parseMoney(textOf(body['commissionNet'])),
    parseMoney(textOf(body['commissionVat']) || '0'),
  ];
  const problem = (path: string, key: string): FormError => ({ path, message: t(`partner_statements:${key}`) });
  const errors = [
    ...(documentNumber === '' ? [problem('commissionNumber', 'commission_number_required')] : []),
    ...(!on.ok || on.value > today ? [problem('commissionOn', 'commission_day_wrong')] : []),
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
  const [paidOn, cents] = [parseDay(textOf(body['payoutOn'])), parseMoney(textOf(body['payoutAmount']))];
  const problem = (path: string, key: string): FormError => ({ path, message: t(key) });
  const errors = [
    ...(!paidOn.ok || paidOn.value > today ? [problem('payoutOn', 'partner_invoices:paid_on_wrong')] : []),
    ...(cents.ok ? [] : [problem('payoutAmount', 'partner_statements:payout_amount_wrong')]),
    ...(reference === '' ? [problem('payoutReference', 'partner_statements:payout_reference_required')] : []),
  ];
  if (errors.length > 0 || !paidOn.ok || !cents.ok) return { errors };
  return { value: { paidOn: paidOn.value, reference, cents: cents.value } };
}

/** Why it cannot be booked now, at the field it is about. */
export async function refusalOf(
  connection: Connection,
  statement: Statement,
  path: string,
  refusal: SalesRefusal,
  locale: Locale,
  t: Translate,
): Promise<FormError> {
  const { payout, soldCents } = await salesFigures(connection, statement);
  return {
    path,
    message: t(`partner_statements:sales_refusal.${refusal}`, {
      payout: formatMoney(payout, statement.currency, locale),
      sold: formatMoney(soldCents, statement.currency, locale),
    }),
  };
}

/** What a report of sales comes to, and what its two forms begin with. */
export async function salesView(
  connection: Connection,
  statement: Statement,
  body: Body,
  today: string,
  locale: Locale,
) {
  const figures = await salesFigures(connection, statement);
  const { commission, payout, currency } = statement;
  const kept =
    commission === null
      ? null
      : {
          commissionNumber: commission.documentNumber,
          commissionOn: dayInput(commission.on, locale),
          commissionNet: moneyInput(commission.net, currency, locale),
          commissionVat: moneyInput(commission.vat, currency, locale),
        };
  const empty = { commissionNumber: '', commissionOn: dayInput(today, locale), commissionNet: '', commissionVat: '' };
  const begun = { ...(kept ?? empty), payoutOn: dayInput(today, locale), payoutAmount: '', payoutReference: '' };
  const values = Object.fromEntries(
    Object.entries(begun).map(([name, value]) => [name, typeof body[name] === 'string' ? textOf(body[name]) : value]),
  );
  const isOpen = statement.state === 'compared' && payout === null && !figures.isBookable;
  return {
    values,
    sales: {
      ...figures,
      hasRefunds: figures.refunded > 0,
      hasCommission: commission !== null,
      commissionNumber: commission?.documentNumber ?? '',
      paidOn: payout?.paidOn ?? '',
      reference: payout?.reference ?? '',
      mayCharge: isOpen && figures.sold > 0,
      mayPay: isOpen && figures.sold + figures.refunded > 0,
    },
  };
}
