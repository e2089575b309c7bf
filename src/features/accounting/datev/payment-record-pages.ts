import type { Request, Response, Router } from 'express';
import { requires } from '../../../platform/http/permissions.ts';
import { formView, type FormError } from '../../../platform/html/form-view.ts';
import { dayInput } from '../../../platform/html/format.ts';
import { parseDay } from '../../../platform/html/typed-input.ts';
import type { Translate } from '../../../platform/html/i18n.ts';
import { renderPage } from '../../../platform/html/views.ts';
import { markInvalid, parameterOf, textOrNull } from '../../../platform/http/request.ts';
import { firstDayOf, lastDayOf, monthOf } from '../../../core/month.ts';
import { listPaymentRecords, type PaymentRecord } from './payment-record-service.ts';
import { ACCOUNTING_PATH, urlWith } from '../ledger/ledger-request-form.ts';
import type { Shell } from '../../../platform/process/feature.ts';
import { pageRouter } from '../../../platform/http/page-router.ts';

const PATH = `${ACCOUNTING_PATH}/payments`;
const ROWS = 50;

/** Payment records: what vouchers with value paid on each booking, with the money account to book it on. */
export function paymentRecordPages({ database, clock }: Shell): Router {
  const router = pageRouter();

  router.get(PATH, requires('books.see'), showPayments);

  return router;

  async function showPayments(req: Request, res: Response): Promise<void> {
    const { t, locale } = res.locals;
    const month = monthOf(clock.today());
    const booking = parameterOf(req, 'booking');
    const hasDays = booking !== '' || req.query['from'] !== undefined;
    const typed = {
      booking,
      from: hasDays ? parameterOf(req, 'from') : dayInput(firstDayOf(month), locale),
      to: hasDays ? parameterOf(req, 'to') : dayInput(lastDayOf(month), locale),
    };
    const errors: FormError[] = [];
    const day = (name: 'from' | 'to'): string | null => {
      const parsed = typed[name] === '' ? null : parseDay(typed[name]);
      if (parsed !== null && !parsed.ok) errors.push({ path: name, message: t(`common:${parsed.error}`) });
      return parsed?.ok === true ? parsed.value : null;
    };
    const question = { booking: textOrNull(typed.booking), from: day('from'), to: day('to') };
    const cursor = textOrNull(req.query['cursor']);
    markInvalid(res, errors);
    const { items: records, nextCursor } =
      errors.length > 0
        ? { items: [], nextCursor: null }
        : await listPaymentRecords(database.knex, question, cursor, ROWS);
    renderPage(res, 'accounting/datev/payments', {
      title: t('accounting:payments.title'),
      form: formView(typed, errors),
      rows: records.map((record) => ({
        ...record,
        typeText: t(`accounting:type.${record.type}`),
        accountText: accountText(record, t),
        entryHref: `${ACCOUNTING_PATH}/journal/${record.entryId}`,
        bookingHref: urlWith(PATH, { booking: record.bookingNumber }),
        voucherHref: `/admin/vouchers/${record.voucherId}`,
      })),
      first: cursor === null ? '' : urlWith(PATH, typed),
      next: nextCursor === null ? '' : urlWith(PATH, { ...typed, cursor: nextCursor }),
    });
  }
}

/** A price cut has no money account; a payment may have one that nobody has named yet. */
function accountText({ valueRole, moneyAccount }: PaymentRecord, t: Translate): string {
  return valueRole === null ? t('accounting:payments.no_money') : (moneyAccount ?? t('accounting:balances.no_account'));
}
