import { currencyDigits } from '../../../core/currency.ts';
import type { Response, Router } from 'express';
import { requires } from '../../../platform/http/permissions.ts';
import { CORRECTION_ROLES } from '../../../core/books/postings.ts';
import type { Moment } from '../../../platform/process/clock.ts';
import type { Database } from '../../../platform/data/db.ts';
import { appError, rethrowUnexpected } from '../../../platform/process/errors.ts';
import { errorSentence, fieldSentence } from '../../../platform/http/error-sentence.ts';
import { addFlash } from '../../../platform/html/flash.ts';
import { formatMoney, currencySymbol } from '../../../platform/html/format.ts';
import { formView, type FormError } from '../../../platform/html/form-view.ts';
import { fingerprintOf, idempotently } from '../../../platform/data/idempotency.ts';
import { generateToken } from '../../../platform/secrets/tokens.ts';
import { parseMoney } from '../../../platform/html/typed-input.ts';
import { actorOf, idOf, markInvalid, LENGTHS, fieldOf } from '../../../platform/http/request.ts';
import { renderPage } from '../../../platform/html/views.ts';
import { doOrAsk, secondPersonHint } from '../approvals/approval-asking-form.ts';
import { mayCorrectValue } from './voucher-aside-view.ts';
import { correctValue } from '../life/voucher-correction-service.ts';
import { findVoucher } from '../record/voucher-service.ts';
import type { VoucherView } from '../record/voucher-view-service.ts';
import { pageRouter } from '../../../platform/http/page-router.ts';
import type { Shell } from '../../../platform/process/feature.ts';

const PATH = '/admin/vouchers/:id/correction';
const DIRECTIONS = ['more', 'less'] as const;
const SCOPE = 'admin:voucher-correction';

/** Puts a wrong balance right: by how much, where the difference is, and why. */
export function voucherCorrectionPages({ database, clock }: Shell): Router {
  const router = pageRouter();
  const moment = (): Moment => clock.moment();

  router.get(PATH, requires('vouchers.correct'), async (req, res) => {
    await show(res, database, await findVoucher(database, idOf(req), moment()), {
      direction: 'more',
      counter: 'DEBITOR',
      amount: '',
      reason: '',
    });
  });

  router.post(PATH, requires('vouchers.correct'), async (req, res) => {
    const { t } = res.locals;
    const voucher = await findVoucher(database, idOf(req), moment());
    const typed = {
      direction: fieldOf(req, 'direction'),
      counter: fieldOf(req, 'counter'),
      amount: fieldOf(req, 'amount'),
      reason: fieldOf(req, 'reason', LENGTHS.reason),
    };
    const direction = DIRECTIONS.find((one) => one === typed.direction);
    const counter = CORRECTION_ROLES.find((one) => one === typed.counter);
    const amount = parseMoney(typed.amount, currencyDigits(voucher.currency));
    const errors: FormError[] = [];
    if (direction === undefined) errors.push({ path: 'direction', message: t('common:input.required') });
    if (!amount.ok) errors.push({ path: 'amount', message: t(`common:${amount.error}`) });
    else if (amount.value <= 0) errors.push({ path: 'amount', message: t('vouchers:family.amount_positive') });
    if (counter === undefined) errors.push({ path: 'counter', message: t('common:input.required') });
    if (typed.reason === '') errors.push({ path: 'reason', message: t('vouchers:family.reason_required') });
    if (errors.length > 0 || counter === undefined || !amount.ok) {
      await show(res, database, voucher, typed, errors);
      return;
    }
    const change = direction === 'less' ? -amount.value : amount.value;
    const correction = { change, counter, reason: typed.reason };
    const request = {
      scope: SCOPE,
      key: `${voucher.id}:${fieldOf(req, 'once', LENGTHS.code)}`,
      fingerprint: fingerprintOf(correction),
    };
    try {
      const outcome = await doOrAsk(database, req, res, {
        work: () =>
          idempotently(
            database,
            request,
            clock.now(),
            async (trx) =>
              (await correctValue({ trx, actor: actorOf(res), moment: moment() }, voucher.id, correction)).id,
          ),
        wish: () => ({ kind: 'correction', voucherId: voucher.id, change, counter }),
        reason: typed.reason,
        moment: moment(),
      });
      if ('asked' in outcome) {
        res.redirect(303, outcome.asked);
        return;
      }
      addFlash(req, { kind: 'success', text: t('vouchers:correction.done') });
      res.redirect(303, `/admin/vouchers/${voucher.id}`);
    } catch (error) {
      rethrowUnexpected(error, 'not_found');
      const { t } = res.locals;
      const fields = error.details.fields?.map((field) => ({
        path: field.path,
        message: fieldSentence(field, t),
      }));
      await show(res, database, voucher, typed, fields ?? [{ path: '', message: errorSentence(error.code, t) }]);
    }
  });

  return router;
}

async function show(
  res: Response,
  database: Database,
  voucher: VoucherView,
  values: Readonly<Record<string, unknown>>,
  errors: readonly FormError[] = [],
): Promise<void> {
  const { t, locale, user } = res.locals;
  if (!mayCorrectValue(voucher, user)) throw appError('illegal_transition');
  markInvalid(res, errors);
  const choices = (names: readonly string[], group: string) =>
    names.map((value) => ({
      value,
      label: t(`vouchers:correction.${group}.${value}`),
      hint: t(`vouchers:correction.${group}_hint.${value}`),
    }));
  renderPage(res, 'vouchers/form/correction', {
    title: t('vouchers:correction.title', { title: voucher.title }),
    breadcrumbs: [
      { href: '/admin/vouchers', text: t('vouchers:title') },
      { href: `/admin/vouchers/${voucher.id}`, text: voucher.title },
    ],
    voucher,
    balance: formatMoney(voucher.balance ?? 0, voucher.currency, locale),
    symbol: currencySymbol(voucher.currency, locale),
    isGoodwill: voucher.funding === 'goodwill',
    directions: choices(DIRECTIONS, 'direction'),
    counters: choices(CORRECTION_ROLES, 'counter'),
    once: generateToken('k'),
    secondPerson: await secondPersonHint(database.knex, voucher.currency, res.locals),
    form: formView(values, errors),
  });
}
