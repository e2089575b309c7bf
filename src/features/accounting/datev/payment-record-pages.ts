import type { Request, Response, Router } from 'express';
import { requires } from '../../../platform/http/permissions.ts';
import { formView, type FormError } from '../../../platform/html/form-view.ts';
import { dayInput, formatDay, moneyInput } from '../../../platform/html/format.ts';
import { parseDay } from '../../../platform/html/typed-input.ts';
import type { Translate } from '../../../platform/html/i18n.ts';
import { renderPage } from '../../../platform/html/views.ts';
import { actorOf, markInvalid, textOf, textOrNull } from '../../../platform/http/request.ts';
import { firstDayOf, lastDayOf, monthOf } from '../../../core/month.ts';
import { csvStream, type CsvValue } from '../../../platform/files/csv.ts';
import { paymentRecords } from '../reports/payment-sheet-service.ts';
import { queueWorkbook } from '../reports/workbook-service.ts';
import { listPaymentRecords, type PaymentQuestion, type PaymentRecord } from './payment-record-service.ts';
import { ACCOUNTING_PATH, urlWith } from '../ledger/ledger-request-form.ts';
import type { Shell } from '../../../platform/process/feature.ts';
import { pageRouter } from '../../../platform/http/page-router.ts';

const PATH = `${ACCOUNTING_PATH}/payments`;
const ROWS = 50;
const CSV_COLUMNS = ['booking', 'posted', 'account', 'type', 'voucher', 'currency', 'amount'] as const;

type Fields = Readonly<Record<string, unknown>>;

/** Payment records: what vouchers with value paid on each booking, with the money account to book it on. */
export function paymentRecordPages({ database, clock }: Shell): Router {
  const router = pageRouter();

  router.get(PATH, requires('books.see'), showPayments);
  router.get(`${PATH}.csv`, requires('books.see'), sendCsv);
  router.post(`${PATH}/workbook`, requires('books.see'), startWorkbook);

  return router;

  async function startWorkbook(req: Request, res: Response): Promise<void> {
    const { locale, user } = res.locals;
    const { typed, question, errors } = asked(req.body as Fields, res);
    if (errors.length > 0) return res.redirect(303, urlWith(PATH, typed));
    const filterText = Object.values(typed)
      .filter((one) => one !== '')
      .join('; ');
    const payload = { report: 'payments', question, locale, filterText, userName: user?.name ?? '' } as const;
    res.redirect(303, `/admin/jobs/${await queueWorkbook(database, payload, actorOf(res), clock.now())}`);
  }

  function sendCsv(req: Request, res: Response): void {
    const { typed, question, errors } = asked(req.query, res);
    if (errors.length > 0) return res.redirect(303, urlWith(PATH, typed));
    res.attachment(`zahlsaetze-${clock.today()}.csv`).type('text/csv');
    const csv = csvStream(csvRows(question, res.locals));
    csv.on('error', () => res.destroy());
    res.once('close', () => csv.destroy());
    csv.pipe(res);
  }

  async function* csvRows(question: PaymentQuestion, { t, locale }: Response['locals']): AsyncGenerator<CsvValue[]> {
    yield CSV_COLUMNS.map((name) => t(`accounting:workbook.column.${name}`));
    for await (const records of paymentRecords(database.knex, question))
      for (const record of records)
        yield [
          record.bookingNumber,
          formatDay(record.postedOn, locale),
          accountText(record, t),
          t(`accounting:type.${record.type}`),
          record.voucherLabel,
          record.currency,
          moneyInput(record.cents, record.currency, locale),
        ];
  }

  function asked(fields: Fields, res: Response) {
    const { t, locale } = res.locals;
    const month = monthOf(clock.today());
    const booking = textOf(fields['booking']);
    const hasDays = booking !== '' || fields['from'] !== undefined;
    const typed = {
      booking,
      from: hasDays ? textOf(fields['from']) : dayInput(firstDayOf(month), locale),
      to: hasDays ? textOf(fields['to']) : dayInput(lastDayOf(month), locale),
    };
    const errors: FormError[] = [];
    const day = (name: 'from' | 'to'): string | null => {
      const parsed = typed[name] === '' ? null : parseDay(typed[name]);
      if (parsed !== null && !parsed.ok) errors.push({ path: name, message: t(`common:${parsed.error}`) });
      return parsed?.ok === true ? parsed.value : null;
    };
    const question = { booking: textOrNull(typed.booking), from: day('from'), to: day('to') };
    return { typed, question, errors };
  }

  async function showPayments(req: Request, res: Response): Promise<void> {
    const { t } = res.locals;
    const { typed, question, errors } = asked(req.query, res);
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
      csvHref: urlWith(`${PATH}.csv`, typed),
      fields: Object.entries(typed).map(([name, value]) => ({ name, value })),
      first: cursor === null ? '' : urlWith(PATH, typed),
      next: nextCursor === null ? '' : urlWith(PATH, { ...typed, cursor: nextCursor }),
    });
  }
}

/** A price cut has no money account; a payment may have one that nobody has named yet. */
function accountText({ valueRole, moneyAccount }: PaymentRecord, t: Translate): string {
  return valueRole === null ? t('accounting:payments.no_money') : (moneyAccount ?? t('accounting:balances.no_account'));
}
