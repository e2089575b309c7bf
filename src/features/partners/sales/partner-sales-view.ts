import type { Response } from 'express';
import type { Connection } from '../../../platform/data/db.ts';
import type { FormError } from '../../../platform/html/form-view.ts';
import { dayInput, formatMoney, moneyInput } from '../../../platform/html/format.ts';
import type { Locale } from '../../../platform/html/i18n.ts';
import { textOf } from '../../../platform/http/request.ts';
import type { Statement } from '../statements/partner-statement-service.ts';
import { salesFigures, type CommissionInvoice, type SalesRefusal } from './partner-payout-service.ts';

/** Why it cannot be booked now, at the field it is about. */
export async function refusalOf(
  connection: Connection,
  statement: Statement,
  { path, refusal }: { readonly path: string; readonly refusal: SalesRefusal },
  { locale, t }: Response['locals'],
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
  body: Readonly<Record<string, unknown>>,
  { today, locale }: { readonly today: string; readonly locale: Locale },
) {
  const figures = await salesFigures(connection, statement);
  const { commission, payout, currency } = statement;
  const begun = {
    ...commissionInput(commission, currency, { today, locale }),
    payoutOn: dayInput(today, locale),
    payoutAmount: '',
    payoutReference: '',
  };
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

function commissionInput(
  commission: CommissionInvoice | null,
  currency: string,
  { today, locale }: { readonly today: string; readonly locale: Locale },
) {
  return commission === null
    ? { commissionNumber: '', commissionOn: dayInput(today, locale), commissionNet: '', commissionVat: '' }
    : {
        commissionNumber: commission.documentNumber,
        commissionOn: dayInput(commission.on, locale),
        commissionNet: moneyInput(commission.net, currency, locale),
        commissionVat: moneyInput(commission.vat, currency, locale),
      };
}
